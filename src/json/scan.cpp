#include "json/scan.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "json/bytes.h"
#include "json/keys.h"
#include "json/number.h"
#include "json/unicode.h"

namespace tollgate::json {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Each step takes the place where it begins and returns the place behind what it read, or null with `fault_` set.
class Scanner {
 public:
  Scanner(std::string_view text, ScanOptions options, std::span<Member> out)
      : begin_(text.data()),
        end_(text.data() + text.size()),
        max_depth_(std::clamp(options.max_depth, 0, max_depth_limit)),
        refuse_duplicates_(options.refuse_duplicates),
        out_(out) {}

  std::expected<Value, Fault> run(bool must_be_object);
  std::size_t member_count() const { return member_count_; }

 private:
  struct Level {
    std::uint32_t first_key : 31;
    std::uint32_t is_object : 1;
  };

  const char* blank(const char* p) const { return skip_blank(p, end_); }
  bool at(const char* p, char c) const { return p != end_ && *p == c; }
  [[gnu::cold, gnu::noinline]] const char* fail(std::string_view what, const char* p) {
    fault_ = {what, static_cast<std::size_t>(p - begin_)};
    return nullptr;
  }

  const char* whole_value(const char* p);
  const char* value(const char* p);
  const char* after_value(const char* p);
  const char* open_object(const char* p);
  const char* open_array(const char* p);
  const char* close(const char* p);
  bool push(bool is_object, const char* p);
  const char* key(const char* p);
  bool remember(std::string_view raw);
  const char* string(const char* p);
  const char* escape(const char* p);
  const char* number(const char* p);
  const char* literal(const char* p, std::string_view word);
  void end_member(const char* p);

  const char* begin_;
  const char* end_;
  int max_depth_;
  int depth_ = 0;
  bool refuse_duplicates_;
  bool escaped_ = false;   // the string read last has escapes
  bool recording_ = false;
  std::span<Member> out_;
  std::size_t member_count_ = 0;
  std::string_view member_key_;             // of the first level, being read
  const char* member_value_ = nullptr;
  Fault fault_{};
  Level levels_[max_depth_limit];           // only [0, depth_) is ever read
  OpenKeys keys_;
};

std::expected<Value, Fault> Scanner::run(bool must_be_object) {
  std::string_view text(begin_, static_cast<std::size_t>(end_ - begin_));
  if (text.size() > max_text_size) return std::unexpected(Fault{"larger than 2 GiB", max_text_size});
  if (text.starts_with(byte_order_mark)) return std::unexpected(Fault{"begins with a byte order mark", 0});
  const char* start = blank(begin_);
  if (start == end_) return std::unexpected(Fault{"empty text", 0});
  if (must_be_object && *start != '{') {
    fail("not an object", start);
    return std::unexpected(fault_);
  }
  recording_ = must_be_object;
  const char* behind = whole_value(start);
  if (behind && blank(behind) != end_) behind = fail("text behind the value", blank(behind));
  if (!behind) return std::unexpected(fault_);
  return Value{{start, static_cast<std::size_t>(behind - start)}, kind_of(*start)};
}

// One turn for each value and each opening bracket, however deep.
const char* Scanner::whole_value(const char* p) {
  do {
    p = value(p);
  } while (p && depth_ > 0);
  return p;
}

const char* Scanner::value(const char* p) {
  p = blank(p);
  if (p == end_) return fail("text ends too early", p);
  switch (*p) {
    case '"': p = string(p + 1); break;
    case '{': return open_object(p);
    case '[': return open_array(p);
    case 't': p = literal(p, "true"); break;
    case 'f': p = literal(p, "false"); break;
    case 'n': p = literal(p, "null"); break;
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9': p = number(p); break;
    default: return fail("value expected", p);
  }
  return p ? after_value(p) : nullptr;
}

// Closes what ends here, and stops where the next value begins or the outermost one has ended.
const char* Scanner::after_value(const char* p) {
  while (depth_ > 0) {
    if (depth_ == 1 && recording_) end_member(p);
    p = blank(p);
    if (p == end_) return fail("text ends too early", p);
    bool in_object = levels_[depth_ - 1].is_object;
    if (*p == ',') return in_object ? key(blank(p + 1)) : p + 1;
    if (*p != (in_object ? '}' : ']')) return fail(in_object ? "',' or '}' expected" : "',' or ']' expected", p);
    p = close(p);
    if (!p) return nullptr;
  }
  return p;
}

bool Scanner::push(bool is_object, const char* p) {
  if (depth_ >= max_depth_) {
    fail(max_depth_ == default_max_depth ? "nested deeper than 128" : "nested too deeply", p);
    return false;
  }
  levels_[depth_++] = {static_cast<std::uint32_t>(keys_.mark()) & 0x7FFFFFFFu, is_object};
  return true;
}

const char* Scanner::open_object(const char* p) {
  if (!push(true, p)) return nullptr;
  p = blank(p + 1);
  if (!at(p, '}')) return key(p);
  --depth_;
  return after_value(p + 1);
}

const char* Scanner::open_array(const char* p) {
  if (!push(false, p)) return nullptr;
  p = blank(p + 1);
  if (!at(p, ']')) return p;
  --depth_;
  return after_value(p + 1);
}

const char* Scanner::close(const char* p) {
  Level level = levels_[--depth_];
  if (!level.is_object || !refuse_duplicates_) return p + 1;
  const char* repeated = keys_.close(level.first_key);
  return repeated ? fail("duplicate key", repeated - 1) : p + 1;
}

const char* Scanner::key(const char* p) {
  if (p == end_) return fail("text ends too early", p);
  if (*p != '"') return fail("key expected", p);
  const char* start = p + 1;
  escaped_ = false;
  p = string(start);
  if (!p) return nullptr;
  std::string_view raw(start, static_cast<std::size_t>(p - start - 1));
  if (refuse_duplicates_ && !remember(raw)) return nullptr;
  p = blank(p);
  if (!at(p, ':')) return fail("':' expected", p);
  p = blank(p + 1);
  if (depth_ == 1) {
    member_key_ = raw;
    member_value_ = p;
  }
  return p;
}

bool Scanner::remember(std::string_view raw) {
  OpenKeys::Added added = keys_.add(levels_[depth_ - 1].first_key, raw, escaped_);
  if (added == OpenKeys::Added::fresh) return true;
  fail(added == OpenKeys::Added::duplicate ? "duplicate key" : "too many keys", raw.data() - 1);
  return false;
}

void Scanner::end_member(const char* p) {
  if (member_count_ < out_.size()) {
    std::string_view raw(member_value_, static_cast<std::size_t>(p - member_value_));
    out_[member_count_] = {member_key_, {raw, kind_of(*member_value_)}};
  }
  ++member_count_;
}

const char* Scanner::string(const char* p) {
  for (;;) {
    p = skip_plain(p, end_);
    if (p == end_) return fail("string without its end", p);
    if (*p == '"') return p + 1;
    if (*p == '\\') {
      p = escape(p);
      if (!p) return nullptr;
    } else if (static_cast<signed char>(*p) < 0) {
      if (!skip_utf8(p, end_)) return fail("invalid UTF-8", p);
    } else {
      return fail("control character in a string", p);
    }
  }
}

const char* Scanner::escape(const char* p) {
  escaped_ = true;
  const char* behind = skip_escape(p, end_);
  if (behind) return behind;
  bool surrogate = end_ - p >= 6 && p[1] == 'u' && hex4(p + 2) >= 0;
  return fail(surrogate ? "half of a surrogate pair" : "invalid escape", p);
}

const char* Scanner::number(const char* p) {
  std::string_view what;
  const char* behind = skip_number(p, end_, what);
  return behind ? behind : fail(what, p);
}

const char* Scanner::literal(const char* p, std::string_view word) {
  if (static_cast<std::size_t>(end_ - p) < word.size() || std::memcmp(p, word.data(), word.size()) != 0)
    return fail("value expected", p);
  return p + word.size();
}

}  // namespace

std::expected<Value, Fault> scan(std::string_view text, ScanOptions options) {
  return Scanner(text, options, {}).run(false);
}

std::expected<Value, Fault> scan_object(std::string_view text, ScanOptions options, std::span<Member> out,
                                        std::size_t& count) {
  Scanner scanner(text, options, out);
  auto value = scanner.run(true);
  count = value ? scanner.member_count() : 0;
  return value;
}

}  // namespace tollgate::json
