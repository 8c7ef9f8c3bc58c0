#pragma once
// UTF-8 and the escapes of JSON strings: how long a sequence is, what an escape stands for, and strings compared as
// decoded.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::json {

// A look at the bytes before `end` that begin with one from 0x80 on.
struct Utf8 {
  int length;  // of the sequence, or of the longest start of one (at least 1) when it is wrong
  bool valid;
};
// REQUIRES: p < end and *p is not ASCII. Source: Unicode 15, table 3-7.
Utf8 utf8_at(const char* p, const char* end);

// The first ASCII byte, or `end`; null when a sequence on the way is wrong, and then `p` stands before it.
const char* skip_utf8(const char*& p, const char* end);

// Four hexadecimal digits as a number; -1 when they are none. REQUIRES: four readable bytes.
int hex4(const char* p);

constexpr bool is_high_surrogate(int unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
constexpr bool is_low_surrogate(int unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// The end of the escape whose backslash is at `p`; null when it is none, or a surrogate without its other half.
const char* skip_escape(const char* p, const char* end);

// The bytes of a string's inside, decoded one by one. An escape that no scan accepted reads as U+FFFD.
class DecodedBytes {
 public:
  explicit DecodedBytes(std::string_view raw) : at_(raw.data()), end_(raw.data() + raw.size()) {}
  // 0..255, or -1 at the end.
  int next() {
    if (used_ < size_) return static_cast<unsigned char>(bytes_[used_++]);
    if (at_ == end_) return -1;
    if (*at_ != '\\') return static_cast<unsigned char>(*at_++);
    decode_escape();
    return static_cast<unsigned char>(bytes_[used_++]);
  }

 private:
  void decode_escape();
  const char* at_;
  const char* end_;
  char bytes_[4] = {};  // of the escape being handed out
  int size_ = 0, used_ = 0;
};

void append_decoded(std::string& out, std::string_view raw);

// Below, at or above 0, by the decoded bytes.
int compare_decoded(std::string_view a, std::string_view b);

}  // namespace tollgate::json
