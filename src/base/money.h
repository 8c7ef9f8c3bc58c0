#pragma once
// Money is a whole number of nano-USD (10^-9 US dollars) in 64 bits: enough for 9.2 billion dollars, and fine enough that a
// token at $0.001 per million still costs one unit. No floating point touches it.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

struct Money {
  std::int64_t nano_usd = 0;

  friend auto operator<=>(Money, Money) = default;
  // Sums saturate at the ends of the range instead of wrapping: an absurd bill must never turn into a credit.
  friend Money operator+(Money a, Money b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.nano_usd, b.nano_usd, &sum)) return {b.nano_usd > 0 ? INT64_MAX : INT64_MIN};
    return {sum};
  }
  friend Money operator-(Money a, Money b) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a.nano_usd, b.nano_usd, &difference)) return {b.nano_usd < 0 ? INT64_MAX : INT64_MIN};
    return {difference};
  }
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }
};

constexpr std::int64_t nano_per_usd = 1'000'000'000;
inline constexpr Money usd(std::int64_t dollars) { return {dollars * nano_per_usd}; }

// Reads a decimal number of dollars exactly: "50", "0.0025", "-1.5". Empty when it is no such number, has more than nine
// digits after the point that are not zero, or does not fit.
std::optional<Money> parse_usd(std::string_view text);

// The shortest exact decimal: "50", "0.0025", "-1.5".
std::string format_usd(Money money);

}  // namespace tollgate
