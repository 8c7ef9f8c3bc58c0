#pragma once
// What a call takes of its limits, in every measure at once, and an amount in the unit of one of them.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/money.h"

namespace tollgate {

// What is counted.
enum class Measure : std::uint8_t { usd, tokens, input_tokens, output_tokens, requests, concurrent };
std::string_view to_string(Measure measure);

// Nano-USD, tokens or requests.
struct Quantity {
  std::int64_t units = 0;

  constexpr Quantity() = default;
  constexpr explicit Quantity(std::int64_t count) : units(count) {}
  constexpr Quantity(Money money) : units(money.nano_usd) {}  // NOLINT: money is one of them
  friend constexpr auto operator<=>(Quantity, Quantity) = default;
};

// As a JSON number and for people: `12.5` of USD, whole numbers of the rest.
std::string to_text(Measure measure, Quantity amount);
// "USD", "tokens", "input tokens", …
std::string_view unit_of(Measure measure);

struct Spent {
  Money cost{};
  std::int64_t input = 0, output = 0;  // tokens
  std::int64_t requests = 0;
  std::int64_t at_once = 0;  // held while a call lasts; nothing is used of it

  constexpr Spent() = default;
  constexpr Spent(Money money) : cost(money) {}  // NOLINT: a call of which only the money matters
  constexpr Spent(Money money, std::int64_t input_tokens, std::int64_t output_tokens, std::int64_t calls)
      : cost(money), input(input_tokens), output(output_tokens), requests(calls) {}

  std::int64_t of(Measure measure) const;
  // The larger in each measure.
  friend Spent max(const Spent& a, const Spent& b) {
    Spent most{std::max(a.cost, b.cost), std::max(a.input, b.input), std::max(a.output, b.output), std::max(a.requests, b.requests)};
    most.at_once = std::max(a.at_once, b.at_once);
    return most;
  }
  friend bool operator==(const Spent&, const Spent&) = default;
};

}  // namespace tollgate
