#pragma once
// What a call costs: Usage x Price -> Money, in whole numbers, rounded once.
//
// Prices of tokens and characters are nano-USD per MILLION units: $3.00 per million tokens is 3'000'000'000. Every bucket has its
// price; one that a price list leaves out falls back when the list is read (rates_from). So costing never decides anything.
//
//   cached_input, cache_write_*, audio_input, image_input, video_input  else as input
//   cached_audio, cached_image                                          else as cached_input
//   reasoning, audio_output, image_output, video_output                 else as output
//   all others                                                          else nothing

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/settings.h"
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
  std::int64_t image_input = 0;
  std::int64_t video_input = 0;
  std::int64_t cached_audio = 0;
  std::int64_t cached_image = 0;
  std::int64_t image_output = 0;
  std::int64_t video_output = 0;
  std::int64_t characters = 0;      // of a text that is spoken
  std::int64_t audio_hour = 0;      // nano-USD for an hour of audio; a second is a whole number in no known price list
  std::int64_t audio_least_ms = 0;  // shorter audio costs as much as this
  std::int64_t page = 0;            // nano-USD for each, as all below
  std::int64_t annotated_page = 0;
  std::int64_t web_search = 0;
  std::int64_t file_search = 0;

  friend bool operator==(const Rates&, const Rates&) = default;
};

// The prices that a list names.
struct ListedRates {
  std::optional<std::int64_t> input{}, cached_input{}, cache_write_5m{}, cache_write_1h{}, audio_input{}, output{}, reasoning{},
      audio_output{}, image{}, request{}, image_input{}, video_input{}, cached_audio{}, cached_image{}, image_output{}, video_output{},
      characters{}, audio_hour{}, audio_least_ms{}, page{}, annotated_page{}, web_search{}, file_search{};
};

// One of them: what it is called in price lists, and what it is where a list leaves it out.
struct RateField {
  std::string_view name;
  std::int64_t Rates::* rate;
  std::optional<std::int64_t> ListedRates::* listed;
  std::int64_t Rates::* otherwise = nullptr;  // the rate that it is like; null: nothing
  bool is_money = true;                       // else a bound, which shares leave alone
};
// Those that others are like come first.
std::span<const RateField> rate_fields();

Rates rates_from(const ListedRates& listed);
// The same over prices that were there: a price that is named changes what is like it too, where that is not named itself (`input` sets
// all of the input side anew, `output` all of the output side); all else stays as it was.
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
  std::vector<Tier> tiers;                            // by `above`, growing
  ServiceTier service = ServiceTier::standard;        // what it is the price of
  std::vector<Price> services{};                      // prices of other services; one that is not here costs as usual

  const Rates& rates_at(Tokens all_input) const;
  // Of a call that was served so: one of `services`, else this.
  const Price& of(ServiceTier tier) const;
};

// What is paid of a price, in millionths: with a discount less than a million, with a surcharge more.
struct Terms {
  std::int64_t millionths = 1'000'000;

  bool whole() const { return millionths == 1'000'000; }
  friend bool operator==(Terms, Terms) = default;
};

// The exact sum over all buckets, rounded half up once, to nano-USD. Saturates. Buckets below zero count as none. It takes the price as
// it is: of(usage.beside.tier) chooses.
Money cost(const Price& price, const Usage& usage, Terms terms = {});

// The same at a share of it, as calls of a batch have it; its id says so. Every rate is rounded half up.
Price at_percent(const Price& price, Percent share, std::string_view word);

// What a call may use besides text in and out; what it cannot use need not be reserved for.
struct MayUse {
  bool cache = true;  // reads and writes of five minutes
  bool cache_1h = true;
  bool audio = true;  // and pictures and films
  std::int64_t images = 0;
  std::int64_t audio_ms = 0;
  std::int64_t characters = 0;
  std::int64_t pages = 0;
  std::int64_t web_searches = 0;
  std::int64_t file_searches = 0;
  ServiceTier tier = ServiceTier::untold;  // asked for: it may be served so, or as usual
};

// No less than the cost of any usage within these bounds: every token at the dearest price that may apply to it.
Money worst_case(const Price& price, Tokens input_bound, Tokens output_bound, MayUse may = {}, Terms terms = {});

}  // namespace tollgate
