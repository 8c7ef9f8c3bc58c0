#include "pricing/price.h"

#include <gtest/gtest.h>

#include <random>

namespace tollgate {
namespace {

constexpr std::int64_t dollars(std::int64_t cents) { return cents * 10'000'000; }  // per million tokens, from cents

// Anthropic's Sonnet as of 2026-11: 3 in, 0.30 read, 3.75 and 6 written, 15 out; twice the input above 200,000 tokens.
Price sonnet() {
  Price price{.id = "sonnet",
              .rates = rates_from({.input = dollars(300),
                                   .cached_input = dollars(30),
                                   .cache_write_5m = dollars(375),
                                   .cache_write_1h = dollars(600),
                                   .audio_input = {},
                                   .output = dollars(1500),
                                   .reasoning = {},
                                   .audio_output = {},
                                   .image = {},
                                   .request = {}}),
              .tiers = {}};
  ListedRates dearer;
  dearer.input = dollars(600);
  dearer.cached_input = dollars(60);
  dearer.cache_write_5m = dollars(750);
  dearer.output = dollars(2250);
  price.tiers.push_back({200'000, rates_from(dearer)});
  return price;
}

Price flat(std::int64_t input, std::int64_t output) {
  ListedRates listed;
  listed.input = input;
  listed.output = output;
  return {.id = "flat", .rates = rates_from(listed), .tiers = {}};
}

Usage used(std::int64_t input, std::int64_t output) {
  Usage usage;
  usage.input = {input};
  usage.output = {output};
  return usage;
}

TEST(Cost, IsTheSumOfAllBucketsTimesTheirPrices) {
  Usage usage = used(1000, 500);
  usage.cache_read = {20'000};
  usage.cache_write_5m = {300};
  usage.cache_write_1h = {40};
  usage.reasoning = {7};
  // 1000*3 + 20000*0.3 + 300*3.75 + 40*6 + 500*15 + 7*15 dollars for a million tokens = 0.01797 USD
  EXPECT_EQ(cost(sonnet(), usage), Money{17'970'000});
}

TEST(Cost, OfACallOfGpt4oIsWhatTheInvoiceSays) {
  Price gpt_4o = flat(dollars(250), dollars(1000));
  EXPECT_EQ(cost(gpt_4o, used(812, 1024)), Money{2'030'000 + 10'240'000});
  EXPECT_EQ(cost(gpt_4o, used(0, 0)), Money{0});
}

TEST(Cost, RoundsHalfUpOnceAndNotEachBucket) {
  EXPECT_EQ(cost(flat(499'999, 0), used(1, 0)), Money{0});
  EXPECT_EQ(cost(flat(500'000, 0), used(1, 0)), Money{1});
  EXPECT_EQ(cost(flat(1'499'999, 0), used(1, 0)), Money{1});
  EXPECT_EQ(cost(flat(400'000, 400'000), used(1, 1)), Money{1});
  EXPECT_EQ(cost(flat(250'000, 250'000), used(1, 1)), Money{1});
  EXPECT_EQ(cost(flat(249'999, 250'000), used(1, 1)), Money{0});
}

TEST(Cost, TakesTheDearerTierOnlyAboveItsThresholdAndForTheWholeCall) {
  Usage usage = used(150'000, 1000);
  usage.cache_read = {50'000};
  EXPECT_EQ(cost(sonnet(), usage), Money{450'000'000 + 15'000'000 + 15'000'000});
  usage.cache_read = {50'001};
  EXPECT_EQ(cost(sonnet(), usage), Money{900'000'000 + 30'000'600 + 22'500'000});
}

TEST(Cost, CountsImagesAndTheCallItself) {
  ListedRates listed;
  listed.image = 40'000'000;
  listed.request = 5'000'000;
  Usage usage;
  usage.image_count = 3;
  EXPECT_EQ(cost({.id = "image", .rates = rates_from(listed), .tiers = {}}, usage), Money{125'000'000});
}

TEST(Cost, SaturatesInsteadOfWrapping) {
  Usage usage;
  usage.input = usage.cache_read = usage.cache_write_5m = usage.cache_write_1h = usage.audio_input = {INT64_MAX};
  usage.output = usage.reasoning = usage.audio_output = {INT64_MAX};
  usage.image_count = INT64_MAX;
  Price price = flat(INT64_MAX, INT64_MAX);
  price.rates.image = price.rates.request = INT64_MAX;
  EXPECT_EQ(cost(price, usage), Money{INT64_MAX});
  EXPECT_EQ(worst_case(price, {INT64_MAX}, {INT64_MAX}), Money{INT64_MAX});
}

TEST(Cost, NeverBecomesACredit) { EXPECT_EQ(cost(flat(dollars(300), dollars(300)), used(-16'638, 10)), Money{30'000}); }

TEST(Rates, FallBackAsTheRowsSay) {
  Rates rates = flat(3, 7).rates;
  EXPECT_EQ(rates.cached_input, 3);
  EXPECT_EQ(rates.cache_write_5m, 3);
  EXPECT_EQ(rates.cache_write_1h, 3);
  EXPECT_EQ(rates.audio_input, 3);
  EXPECT_EQ(rates.reasoning, 7);
  EXPECT_EQ(rates.audio_output, 7);
  EXPECT_EQ(rates.image, 0);
  ListedRates named;
  named.input = 3;
  named.cached_input = 0;
  EXPECT_EQ(rates_from(named).cached_input, 0);
}

TEST(Rates, KeepTheSideOfKnownPricesThatIsNotNamed) {
  ListedRates only_output;
  only_output.output = 99;
  Rates changed = rates_over(sonnet().rates, only_output);
  EXPECT_EQ(changed.cached_input, dollars(30));
  EXPECT_EQ(changed.reasoning, 99);
  ListedRates only_input;
  only_input.input = 5;
  EXPECT_EQ(rates_over(sonnet().rates, only_input).cached_input, 5);
  EXPECT_EQ(rates_over(sonnet().rates, only_input).output, dollars(1500));
}

TEST(WorstCase, TakesTheDearestPriceThatMayApply) {
  EXPECT_EQ(worst_case(sonnet(), {1000}, {100}), Money{6'000'000 + 1'500'000});
  EXPECT_EQ(worst_case(sonnet(), {1000}, {100}, {.cache_1h = false}), Money{3'750'000 + 1'500'000});
  EXPECT_EQ(worst_case(sonnet(), {1000}, {100}, {.cache = false, .cache_1h = false}), Money{3'000'000 + 1'500'000});
  EXPECT_EQ(worst_case(sonnet(), {200'000}, {0}), Money{1'200'000'000});
  EXPECT_EQ(worst_case(sonnet(), {200'001}, {0}), Money{1'500'007'500});
}

// Whatever a call within the bounds uses, its cost is reserved. Prints its seed.
TEST(WorstCase, IsNeverBelowAnyCostWithinTheBounds) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    std::mt19937_64 random(seed);
    auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n)); };
    auto rates = [&] {
      return Rates{below(9'000'000'000), below(9'000'000'000), below(9'000'000'000), below(9'000'000'000),
                   below(9'000'000'000), below(9'000'000'000), below(9'000'000'000), below(9'000'000'000),
                   below(90'000'000),    below(90'000'000)};
    };
    Price price{.id = "x", .rates = rates(), .tiers = {{1000, rates()}, {5000, rates()}}};
    Usage usage;
    for (Tokens* bucket : {&usage.input, &usage.cache_read, &usage.cache_write_5m, &usage.cache_write_1h,
                           &usage.audio_input, &usage.output, &usage.reasoning, &usage.audio_output})
      *bucket = {below(2000)};
    usage.image_count = below(5);
    Tokens input = usage.all_input() + Tokens{below(3)}, output = usage.all_output() + Tokens{below(3)};
    ASSERT_GE(worst_case(price, input, output, {.images = 5}), cost(price, usage)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tollgate
