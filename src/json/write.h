#pragma once
// Writes JSON by appending to the caller's string: commas, colons and escapes are the Writer's, the order is the
// caller's.
//
//   std::string body;
//   Writer(body).begin_object().key("model").value("gpt-4o").key("max_tokens").value(16).end_object();
//
// The output is always valid UTF-8: bytes that are none become U+FFFD, one for each maximal subpart (Unicode 15,
// chapter 3.9). Integers are exact. Floating point is written only by `real`, so that none slips in beside money and
// tokens. Allocates only when the string must grow.

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "json/value.h"

namespace tollgate::json {

// Appends `text` as a JSON string, with its quotes.
void append_quoted(std::string& out, std::string_view text);

class Writer {
 public:
  // The string must outlive the writer; what stands in it already stays.
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  // REQUIRES: inside an object, and a value follows.
  Writer& key(std::string_view name);

  Writer& value(std::string_view text);
  Writer& value(const std::string& text) { return value(std::string_view(text)); }
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(std::same_as<bool> auto yes) { return literal(yes ? "true" : "false"); }
  Writer& value(std::signed_integral auto number) { return signed_integer(number); }
  Writer& value(std::unsigned_integral auto number)
    requires(!std::same_as<decltype(number), bool>)
  {
    return unsigned_integer(number);
  }
  Writer& value(std::nullptr_t) { return null(); }
  Writer& value(double) = delete;  // say `real`
  Writer& value(char) = delete;    // a number or a text?

  // The shortest text that reads back as the same double; null when it is infinite or no number.
  Writer& real(double number);
  Writer& null() { return literal("null"); }
  // A value that is JSON already. Line breaks between its tokens become blanks, so that what is written stays on one line and fits
  // into an event or a line of a stream. REQUIRES: `scan` accepted it.
  Writer& raw(std::string_view json);
  Writer& raw(const Value& scanned) { return raw(scanned.raw); }

  template <class T>
  Writer& member(std::string_view name, const T& contents) {
    return key(name).value(contents);
  }

 private:
  void separate() {
    if (comma_due_) out_ += ',';
    comma_due_ = true;
  }
  Writer& open(char bracket);
  Writer& close(char bracket);
  Writer& literal(std::string_view text);
  Writer& signed_integer(std::int64_t number);
  Writer& unsigned_integer(std::uint64_t number);

  std::string& out_;
  int depth_ = 0;           // only asserted
  bool comma_due_ = false;  // the next key or element follows another one
};

}  // namespace tollgate::json
