#include "tokens/message_cache.h"

#include <gtest/gtest.h>

#include "tokens/samples_for_test.h"

namespace tollgate {
namespace {

MessageHash fixed_hash(std::uint64_t seed) {
  std::array<std::uint64_t, MessageHash::key_words> key;
  Dice dice(seed);
  for (auto& word : key) word = dice.below(1u << 31) << 33 | dice.below(1u << 31);
  return MessageHash(key);
}

TEST(MessageHash, DependsOnEveryByteAndOnTheLength) {
  MessageHash hash = fixed_hash(1);
  for (std::size_t size : {1u, 15u, 16u, 31u, 32u, 33u, 1023u, 1024u, 1025u, 5000u}) {
    std::string text(size, 'x');
    Uint128 whole = hash.of(text, 0);
    EXPECT_TRUE(whole == hash.of(text, 0));
    EXPECT_FALSE(whole == hash.of(text, 1));
    EXPECT_FALSE(whole == hash.of(text + '\0', 0));
    for (std::size_t i = 0; i < size; i += 1 + size / 50) {
      std::string other = text;
      other[i] = 'y';
      EXPECT_FALSE(whole == hash.of(other, 0)) << size << " " << i;
    }
  }
}

TEST(MessageHash, DependsOnTheKey) {
  EXPECT_FALSE(fixed_hash(1).of("text", 0) == fixed_hash(2).of("text", 0));
  EXPECT_FALSE(MessageHash::random().of("text", 0) == MessageHash::random().of("text", 0));
}

TEST(MessageCache, GivesTheCountOfItsEncodingAndForm) {
  MessageHash hash = fixed_hash(1);
  MessageCache cache(hash, 64);
  std::string text = repeated("\\n\\\"half\\u0041 预算 ", 100);
  for (int round = 0; round < 3; ++round)
    for (const Encoding* encoding : {&Encoding::o200k_base(), &Encoding::cl100k_base()}) {
      EXPECT_EQ(cache.count(*encoding, text, TextForm::plain), encoding->count(text));
      EXPECT_EQ(cache.count(*encoding, text, TextForm::json), encoding->count_json(text));
    }
  EXPECT_EQ(cache.misses(), 4u);
  EXPECT_EQ(cache.hits(), 8u);
}

TEST(MessageCache, ForgetsTheOldestOfManyAndStaysRight) {
  MessageHash hash = fixed_hash(1);
  MessageCache cache(hash, 8);
  for (int round = 0; round < 2; ++round)
    for (std::size_t i = 0; i < 100; ++i) {
      std::string text = sample_text(i);
      EXPECT_EQ(cache.count(Encoding::o200k_base(), text, TextForm::plain), Encoding::o200k_base().count(text));
    }
  EXPECT_GT(cache.misses(), 100u);
}

TEST(MessageCache, CountsShortTextsEachTime) {
  MessageHash hash = fixed_hash(1);
  MessageCache cache(hash, 8);
  EXPECT_EQ(cache.count(Encoding::o200k_base(), "Hello, world!", TextForm::plain), 4);
  EXPECT_EQ(cache.misses(), 0u);
}

}  // namespace
}  // namespace tollgate
