#pragma once
// What a call costs: Usage x Price -> Money, in whole numbers, rounded once.
//
// Prices are nano-USD per MILLION units: $3.00 per million tokens is 3'000'000'000. Every bucket has its price; one
// that a price list leaves out falls back when the list is read (rates_from): cached_input, cache_write_* and
// audio_input to input, reasoning and audio_output to output. So costing never decides anything.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "domain/usage.h"

namespace tollgate {

struct Rates {
  std::int64_t input = 0;
  std::int64_t cached_input = 0;
  std::int64_t cache_write_5m = 0;
  std::int64_t cache_write_1h = 0;
  std::int64_t audio_input = 0;
  std::int64_t output = 0;
  std::int64_t reasoning = 0;
  std::int64_t audio_output = 0;
  std::int64_t image = 0;    // nano-USD for one image
  std::int64_t request = 0;  // nano-USD for each call

  friend bool operator==(const Rates&, const Rates&) = default;
};

// The prices that a list names.
struct ListedRates {
  std::optional<std::int64_t> input, cached_input, cache_write_5m, cache_write_1h, audio_input, output, reasoning,
      audio_output, image, request;
};
Rates rates_from(const ListedRates& listed);
// The same over prices that were there: naming `input` sets all of the input side anew, naming `output` all of the
// output side; of a side whose main price is not named, what is left out stays as it was.
Rates rates_over(const Rates& before, const ListedRates& listed);

// Above so many input tokens (all buckets of input together) the whole call has other prices.
struct Tier {
  std::int64_t above = 0;
  Rates rates;

  friend bool operator==(const Tier&, const Tier&) = default;
};

struct Price {
  std::string id;  // stands for these numbers for ever: "openai/gpt-4o@2026-11-22"
  Rates rates;
  std::vector<Tier> tiers;  // by `above`, growing

  const Rates& rates_at(Tokens all_input) const;
};

// The exact sum over all buckets, rounded half up once, to nano-USD. Saturates. Buckets below zero count as none.
Money cost(const Price& price, const Usage& usage);

// The same at a share of it, as calls of a batch have it; its id says so. Every rate is rounded half up.
Price at_percent(const Price& price, int percent, std::string_view word);

// What a call may use besides text in and out; what it cannot use need not be reserved for.
struct MayUse {
  bool cache = true;  // reads and writes of five minutes
  bool cache_1h = true;
  bool audio = true;
  std::int64_t images = 0;
};

// No less than the cost of any usage within these bounds: every token at the dearest price that may apply to it.
Money worst_case(const Price& price, Tokens input_bound, Tokens output_bound, MayUse may = {});

}  // namespace tollgate
