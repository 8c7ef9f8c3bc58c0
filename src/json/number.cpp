#include "json/number.h"

#include <algorithm>
#include <charconv>
#include <cfloat>

namespace tollgate::json {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_exponent_mark(char c) { return c == 'e' || c == 'E'; }

const char* skip_digits(const char* p, const char* end) {
  while (p != end && is_digit(*p)) ++p;
  return p;
}

// A literal taken apart. The value is 0.DIGITS x 10^point, and DIGITS begins with the first digit that is not zero.
struct Parts {
  bool negative = false;
  std::string_view whole{}, fraction{};  // around the point; leading zeros of the value are cut from both
  int point = 0;
  bool is_zero() const { return whole.empty() && fraction.empty(); }
};

// The exponent's value; it stops growing beyond what is refused.
int read_exponent(std::string_view digits) {
  bool negative = !digits.empty() && digits.front() == '-';
  if (!digits.empty() && !is_digit(digits.front())) digits.remove_prefix(1);
  int value = 0;
  for (char c : digits) value = std::min(value * 10 + (c - '0'), max_exponent + 1);
  return negative ? -value : value;
}

std::string_view without_leading_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

Parts take_apart(std::string_view literal, int& exponent) {
  Parts parts;
  parts.negative = literal.front() == '-';
  if (parts.negative) literal.remove_prefix(1);
  std::size_t mark = std::min(literal.find_first_of("eE"), literal.size());
  exponent = read_exponent(literal.substr(std::min(mark + 1, literal.size())));
  std::string_view mantissa = literal.substr(0, mark);
  std::size_t dot = std::min(mantissa.find('.'), mantissa.size());
  parts.whole = without_leading_zeros(mantissa.substr(0, dot));
  parts.fraction = mantissa.substr(std::min(dot + 1, mantissa.size()));
  parts.point = static_cast<int>(parts.whole.size()) + exponent;
  if (parts.whole.empty()) {
    std::string_view significant = without_leading_zeros(parts.fraction);
    parts.point -= static_cast<int>(parts.fraction.size() - significant.size());
    parts.fraction = significant;
  }
  return parts;
}

// Near the ends of the range only rounding decides.
bool double_is_finite_and_not_zero(std::string_view literal) {
  double value = 0;
  auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  return error == std::errc() && value != 0 && value <= DBL_MAX && value >= -DBL_MAX;
}

// DBL_MAX is 0.179…e309, the least double above zero 0.494…e-323.
constexpr int point_of_largest = 309, point_of_least = -323;

std::string_view fault_of_magnitude(std::string_view literal) {
  int exponent = 0;
  Parts parts = take_apart(literal, exponent);
  if (exponent > max_exponent || exponent < -max_exponent) return "exponent too large";
  if (parts.is_zero()) return {};
  if (parts.point < point_of_largest && parts.point > point_of_least) return {};
  bool in_doubt = parts.point == point_of_largest || parts.point == point_of_least;
  if (in_doubt && double_is_finite_and_not_zero(literal)) return {};
  return parts.point > 0 ? "number too large" : "number too close to zero";
}

// Shorter literals whose exponent has at most two digits lie well inside the range.
constexpr int surely_in_range_length = 200, surely_in_range_exponent_digits = 2;

const char* wrong(std::string_view& what, std::string_view why) {
  what = why;
  return nullptr;
}

}  // namespace

const char* skip_number(const char* p, const char* end, std::string_view& what) {
  const char* start = p;
  if (*p == '-') ++p;
  if (p == end || !is_digit(*p)) return wrong(what, "digit expected");
  const char* whole = p;
  p = skip_digits(p, end);
  if (*whole == '0' && p - whole > 1) return wrong(what, "number with a leading zero");
  if (p != end && *p == '.') {
    const char* fraction = ++p;
    p = skip_digits(p, end);
    if (p == fraction) return wrong(what, "digit expected after the point");
  }
  bool in_range = true;
  if (p != end && is_exponent_mark(*p)) {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    const char* digits = p;
    p = skip_digits(p, end);
    if (p == digits) return wrong(what, "digit expected in the exponent");
    in_range = p - digits <= surely_in_range_exponent_digits;
  }
  if (p - start > max_number_length) return wrong(what, "number longer than 512 characters");
  if (!in_range || p - start > surely_in_range_length) {
    std::string_view fault = fault_of_magnitude({start, static_cast<std::size_t>(p - start)});
    if (!fault.empty()) return wrong(what, fault);
  }
  return p;
}

std::optional<std::int64_t> whole_number(std::string_view literal) {
  constexpr int most_digits = 19;  // of a 64-bit integer
  if (literal.empty()) return std::nullopt;
  int exponent = 0;
  Parts parts = take_apart(literal, exponent);
  if (parts.is_zero()) return 0;
  if (parts.point > most_digits) return std::nullopt;
  std::int64_t value = 0;
  int position = 0;  // of a digit behind the first significant one
  auto add = [&](std::string_view digits) {
    for (char c : digits) {
      if (position++ >= parts.point) {
        if (c != '0') return false;
        continue;
      }
      int digit = parts.negative ? -(c - '0') : c - '0';
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value)) return false;
    }
    return true;
  };
  if (!add(parts.whole) || !add(parts.fraction)) return std::nullopt;
  for (; position < parts.point; ++position)
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
  return value;
}

}  // namespace tollgate::json
