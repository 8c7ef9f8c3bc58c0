#pragma once
// A number of LLM tokens. Never negative in what we store; sums saturate.

#include <compare>
#include <cstdint>

namespace tollgate {

struct Tokens {
  std::int64_t count = 0;

  friend auto operator<=>(Tokens, Tokens) = default;
  friend Tokens operator+(Tokens a, Tokens b) {
    std::int64_t sum = 0;
    return {__builtin_add_overflow(a.count, b.count, &sum) ? INT64_MAX : sum};
  }
  // Never below zero: providers report overlapping counts in ways that would make a difference negative.
  friend Tokens operator-(Tokens a, Tokens b) { return {a.count > b.count ? a.count - b.count : 0}; }
  Tokens& operator+=(Tokens other) { return *this = *this + other; }
};

}  // namespace tollgate
