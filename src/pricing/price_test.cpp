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
                                   .image = {}}),
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

// whisper-1: $0.36 an hour, which is no whole number of nano-dollars for every millisecond.
TEST(Cost, OfAudioByItsLengthIsExact) {
  ListedRates listed;
  listed.audio_hour = 360'000'000;
  Price whisper{.id = "whisper", .rates = rates_from(listed), .tiers = {}};
  Usage usage;
  usage.beside.audio_ms = 61'000;
  EXPECT_EQ(cost(whisper, usage), Money{6'100'000});
  usage.beside.audio_ms = 1;
  EXPECT_EQ(cost(whisper, usage), Money{100});
  listed.audio_hour = 111'000'000;
  listed.audio_least_ms = 10'000;
  whisper.rates = rates_from(listed);
  EXPECT_EQ(cost(whisper, usage), Money{308'333});  // ten seconds
  usage.beside.audio_ms = 0;
  EXPECT_EQ(cost(whisper, usage), Money{0});
}

TEST(Cost, CountsCharactersPagesAndSearches) {
  ListedRates listed;
  listed.characters = dollars(1500);
  listed.page = 2'000'000;
  listed.annotated_page = 3'000'000;
  listed.web_search = 10'000'000;
  listed.file_search = 2'500'000;
  Usage usage;
  usage.beside = {.characters = 100, .pages = 2, .annotated_pages = 1, .web_searches = 3, .file_searches = 1};
  EXPECT_EQ(cost({.id = "x", .rates = rates_from(listed), .tiers = {}}, usage), Money{1'500'000 + 7'000'000 + 30'000'000 + 2'500'000});
}

TEST(Cost, GivesPartsOfABucketTheirOwnPrice) {
  ListedRates listed;
  listed.input = 1'000'000;
  listed.output = 2'000'000;
  listed.cached_input = 500'000;
  listed.image_output = 30'000'000;
  listed.cached_audio = 100'000;
  Price price{.id = "x", .rates = rates_from(listed), .tiers = {}};
  Usage usage = used(10, 10);
  usage.cache_read = {10};
  usage.beside = {.image_input = {4}, .cached_audio = {10}, .image_output = {3}};
  EXPECT_EQ(cost(price, usage), Money{10 + 1 + 14 + 90});
  usage.beside = {.image_output = {99}};  // more than there is of it: all of it
  EXPECT_EQ(cost(price, usage), Money{10 + 5 + 300});
}

TEST(Cost, IsPaidByTheTermsAndRoundedOnce) {
  EXPECT_EQ(cost(flat(dollars(100), 0), used(1'000, 0), {850'000}), Money{850'000});
  EXPECT_EQ(cost(flat(1'000'000, 0), used(1, 0), {499'999}), Money{0});
  EXPECT_EQ(cost(flat(1'000'000, 0), used(1, 0), {500'000}), Money{1});
  EXPECT_EQ(cost(flat(dollars(100), 0), used(1'000, 0), {0}), Money{0});
}

TEST(Price, HasOtherNumbersForServices) {
  Price price = flat(100, 100);
  price.services.push_back(flat(50, 50));
  price.services[0].service = ServiceTier::flex;
  EXPECT_EQ(price.of(ServiceTier::flex).rates.input, 50);
  for (auto tier : {ServiceTier::untold, ServiceTier::standard, ServiceTier::priority}) EXPECT_EQ(price.of(tier).rates.input, 100);
}

TEST(Cost, SaturatesInsteadOfWrapping) {
  Usage usage;
  usage.input = usage.cache_read = usage.cache_write_5m = usage.cache_write_1h = usage.audio_input = {INT64_MAX};
  usage.output = usage.reasoning = usage.audio_output = {INT64_MAX};
  usage.image_count = INT64_MAX;
  Price price = flat(INT64_MAX, INT64_MAX);
  price.rates.image = price.rates.request = INT64_MAX;
  EXPECT_EQ(cost(price, usage, {2'000'000}), Money{INT64_MAX});
  usage.beside.audio_ms = price.rates.audio_hour = INT64_MAX;
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
      Rates made;
      for (const RateField& field : rate_fields()) made.*field.rate = below(field.is_money ? 9'000'000'000 : 20'000);
      return made;
    };
    Price price{.id = "x", .rates = rates(), .tiers = {{1000, rates()}, {5000, rates()}}};
    Usage usage;
    for (Tokens* bucket : {&usage.input, &usage.cache_read, &usage.cache_write_5m, &usage.cache_write_1h,
                           &usage.audio_input, &usage.output, &usage.reasoning, &usage.audio_output})
      *bucket = {below(2000)};
    usage.image_count = below(5);
    usage.beside = {.image_input = {below(2000)}, .video_input = {below(2000)}, .cached_audio = {below(2000)}, .cached_image = {below(2000)},
                    .image_output = {below(2000)}, .video_output = {below(2000)}, .audio_ms = below(90'000), .characters = below(3000),
                    .pages = below(3), .annotated_pages = below(3), .web_searches = below(4), .file_searches = below(4)};
    MayUse may{.images = 5, .audio_ms = 90'000, .characters = 3000, .pages = 6, .web_searches = 4, .file_searches = 4};
    Terms terms{below(2'000'000)};
    Tokens input = usage.all_input() + Tokens{below(3)}, output = usage.all_output() + Tokens{below(3)};
    ASSERT_GE(worst_case(price, input, output, may, terms), cost(price, usage, terms)) << "seed " << seed;
    price.services.push_back({.id = "y", .rates = rates(), .tiers = {{3000, rates()}}, .service = ServiceTier::priority});
    may.tier = ServiceTier::priority;
    for (auto served : {ServiceTier::standard, ServiceTier::priority})
      ASSERT_GE(worst_case(price, input, output, may, terms), cost(price.of(served), usage, terms)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tollgate
