// Oniguruma's words in those of PCRE2, one after the other.

#include <fmt/format.h>

#include "tokens/tokenizer_file_pattern.h"

namespace tollgate {
namespace {

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr std::string_view word_class = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";

class Translation {
 public:
  explicit Translation(std::string_view pattern) : rest_(pattern), whole_(pattern) {}

  Result<std::string> run() {
    while (!rest_.empty()) TG_TRY_VOID(in_class_ ? of_class() : outside());
    if (in_class_) return refuse("a class without its end");
    return std::move(out_);
  }

 private:
  std::unexpected<Error> refuse(std::string_view what) const {
    return fail(Fault::invalid_request, fmt::format("the pattern {} has {}, which this version does not read", whole_, what));
  }
  void copy(std::size_t bytes) {
    out_ += rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
  }
  Result<void> write(std::string_view words, std::size_t read) {
    out_ += words;
    rest_.remove_prefix(read);
    return {};
  }

  Result<void> outside() {
    char c = rest_.front();
    if (c == '\\') return escape();
    if (c == '[') return open_class();
    if (c == '^' || c == '$') return refuse("^ or $");
    if (c == '(') return open_group();
    if (rest_.starts_with("}+")) return refuse("a + behind {…}");
    if (rest_.starts_with("{,")) return refuse("{,n}");
    copy(1);
    return {};
  }

  Result<void> open_group() {
    for (std::string_view known : {"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:"})
      if (rest_.starts_with(known)) return copy(known.size()), Result<void>();
    if (rest_.starts_with("(?") || rest_.starts_with("(*")) return refuse("a group of an unknown kind");
    copy(1);
    return {};
  }

  Result<void> open_class() {
    std::size_t size = rest_.starts_with("[^") ? 2 : 1;
    if (rest_.substr(size).starts_with(']')) return refuse("a class that begins with ]");
    copy(size);
    in_class_ = true;
    return {};
  }

  Result<void> of_class() {
    if (rest_.front() == '\\') return escape();
    if (rest_.front() == '[') return refuse("a class within a class");
    if (rest_.starts_with("&&")) return refuse("&& in a class");
    if (rest_.front() == ']') in_class_ = false;
    copy(1);
    return {};
  }

  Result<void> escape() {
    if (rest_.size() < 2) return refuse("a \\ at its end");
    switch (char c = rest_[1]) {
      case 's': return write(R"(\p{White_Space})", 2);
      case 'S': return write(R"(\P{White_Space})", 2);
      case 'd': return write(R"(\p{Nd})", 2);
      case 'D': return write(R"(\P{Nd})", 2);
      case 'w': return write(in_class_ ? std::string(word_class) : fmt::format("[{}]", word_class), 2);
      case 'W':
        if (in_class_) return refuse("\\W in a class");
        return write(fmt::format("[^{}]", word_class), 2);
      case 'v': return write(R"(\x0b)", 2);
      case 'n': case 'r': case 't': case 'f': return copy(2), Result<void>();
      case 'p': case 'P': return property();
      case 'u': return code(2, 4);
      case 'x': return rest_.substr(2).starts_with('{') ? (copy(2), Result<void>()) : code(2, 2);
      default:
        if (is_letter_or_digit(c)) return refuse(fmt::format("\\{}", c));
        return copy(2), Result<void>();
    }
  }

  Result<void> property() {
    std::size_t end = rest_.find('}');
    if (!rest_.substr(2).starts_with('{') || end == rest_.npos) return refuse("a property without { and }");
    copy(end + 1);
    return {};
  }

  // Hexadecimal digits from there on.
  Result<void> code(std::size_t from, std::size_t digits) {
    if (rest_.size() < from + digits) return refuse("a code with too few digits");
    if (digits == 2 && rest_[from] > '7') return refuse("\\x of a byte that is no ASCII");
    return write(fmt::format("\\x{{{}}}", rest_.substr(from, digits)), from + digits);
  }

  std::string_view rest_, whole_;
  std::string out_;
  bool in_class_ = false;
};

}  // namespace

Result<std::string> pcre2_of(std::string_view oniguruma) { return Translation(oniguruma).run(); }

}  // namespace tollgate
