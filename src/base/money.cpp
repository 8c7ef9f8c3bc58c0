#include "base/money.h"

#include <fmt/format.h>

namespace tollgate {

std::optional<Money> parse_usd(std::string_view text) {
  bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  std::int64_t value = 0;
  int decimals = -1;  // digits seen after the point; -1: no point yet
  bool any_digit = false;
  for (char c : text) {
    if (c == '.') {
      if (decimals >= 0) return std::nullopt;
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    any_digit = true;
    if (decimals == 9) {
      if (c != '0') return std::nullopt;
      continue;
    }
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, c - '0', &value)) return std::nullopt;
    if (decimals >= 0) ++decimals;
  }
  if (!any_digit) return std::nullopt;
  for (int i = decimals < 0 ? 0 : decimals; i < 9; ++i)
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
  return Money{negative ? -value : value};
}

std::string format_usd(Money money) {
  bool negative = money.nano_usd < 0;
  std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(money.nano_usd) : static_cast<std::uint64_t>(money.nano_usd);
  std::string text =
      fmt::format("{}{}.{:09}", negative ? "-" : "", magnitude / nano_per_usd, magnitude % nano_per_usd);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace tollgate
