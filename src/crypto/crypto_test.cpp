#include <gtest/gtest.h>

#include <cmath>

#include "base/text.h"
#include "crypto/base62.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/sign.h"

namespace tollgate::crypto {
namespace {

std::string counting_bytes(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(i);
  return bytes;
}

// FIPS 180-4 examples.
TEST(Sha256, KnowsTheStandardsExamples) {
  EXPECT_EQ(hex(bytes_of(sha256("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(bytes_of(sha256(""))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, GivesTheSameForAnyPieces) {
  std::string text = counting_bytes(200);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 hash;
    hash.add(std::string_view(text).substr(0, cut));
    hash.add(std::string_view(text).substr(cut));
    ASSERT_EQ(hash.finish(), sha256(text)) << cut;
  }
}

// RFC 4231, cases 2 and 6 (a key longer than a block).
TEST(HmacKey, KnowsTheStandardsExamples) {
  EXPECT_EQ(hex(bytes_of(HmacKey("Jefe").mac("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      hex(bytes_of(HmacKey(std::string(131, '\xaa')).mac("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacKey, DerivesOtherKeysForOtherPurposes) {
  HmacKey key(Key::random());
  EXPECT_EQ(key.derive("a"), key.derive("a"));
  EXPECT_FALSE(key.derive("a") == key.derive("b"));
}

TEST(ConstantTimeEqual, ComparesAllBytes) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "abcd"));
}

TEST(Key, ReadsHexAndBothAlphabetsOfBase64) {
  Key key = Key::random();
  EXPECT_EQ(Key::parse(to_text(key).reveal()), key);
  EXPECT_EQ(Key::parse(" " + std::string(to_text(key).reveal()) + "\n"), key);
  std::string bytes(32, '\xfb');
  EXPECT_EQ(Key::parse("+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s="), Key::from_bytes(bytes));
  EXPECT_EQ(Key::parse("-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"), Key::from_bytes(bytes));
}

TEST(Key, RefusesWhatIsNo256BitKey) {
  for (std::string text : {std::string(), std::string("changeme"), std::string(64, '0'), std::string(63, 'a'),
                           std::string(64, 'g'), std::string(44, 'A'), std::string(43, '*'), std::string(66, 'a')})
    EXPECT_FALSE(Key::parse(text).has_value()) << text;
}

TEST(Random, DoesNotRepeat) {
  EXPECT_NE(random_bytes(32), random_bytes(32));
  EXPECT_NE(random_u64(), random_u64());
  EXPECT_FALSE(Key::random() == Key::random());
}

TEST(Seal, OpensWhatItSealed) {
  Key key = Key::random();
  for (std::size_t size : {0u, 1u, 16u, 1000u}) {
    std::string text = counting_bytes(size), sealed = seal(key, text, "about");
    EXPECT_EQ(sealed.size(), size + seal_overhead);
    auto opened = open(key, sealed, "about");
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->reveal(), text);
  }
}

TEST(Seal, NoticesEveryFlippedBitAndEveryCut) {
  Key key = Key::random();
  std::string sealed = seal(key, "sk-canary", "about");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string broken = sealed;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(open(key, broken, "about").has_value()) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(open(key, std::string_view(sealed).substr(0, size), "about").has_value()) << size;
}

TEST(Seal, NeedsTheSameKeyAndTheSameAssociatedData) {
  Key key = Key::random();
  std::string sealed = seal(key, "text", "about");
  EXPECT_FALSE(open(Key::random(), sealed, "about").has_value());
  EXPECT_FALSE(open(key, sealed, "abou").has_value());
}

TEST(Seal, TakesAFreshNonceEachTime) {
  Key key = Key::random();
  EXPECT_NE(seal(key, "same", "").substr(0, nonce_size), seal(key, "same", "").substr(0, nonce_size));
}

// RFC 8032, 7.1, test 2.
TEST(SigningKey, SignsAsTheStandardDoes) {
  SigningKey key(*Key::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  std::string_view public_bytes(reinterpret_cast<const char*>(key.public_key().data()), 32);
  EXPECT_EQ(hex(public_bytes), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  Signature signature = key.sign("\x72");
  std::string_view text(reinterpret_cast<const char*>(signature.data()), signature.size());
  EXPECT_EQ(hex(text),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(verify(key.public_key(), "\x72", text));
  EXPECT_FALSE(verify(key.public_key(), "\x73", text));
  EXPECT_FALSE(verify(key.public_key(), "\x72", text.substr(1)));
}

TEST(Base62, HasAFixedLengthForEverySize) {
  for (std::size_t bytes = 1; bytes <= max_base62_bytes; ++bytes)
    EXPECT_EQ(base62_length(bytes),
              static_cast<std::size_t>(std::ceil(static_cast<double>(bytes) * 8 / std::log2(62.0))));
}

TEST(Base62, ReadsWhatItWrites) {
  for (std::size_t size : {1u, 4u, 8u, 32u, 64u}) {
    for (std::string bytes :
         {std::string(size, '\0'), std::string(size, '\xff'), counting_bytes(size), random_bytes(size)}) {
      std::string text = base62(bytes);
      EXPECT_EQ(text.size(), base62_length(size));
      EXPECT_EQ(from_base62(text, size), bytes);
    }
  }
}

TEST(Base62, RefusesWhatDoesNotFitOrIsNoDigit) {
  EXPECT_FALSE(from_base62("zzzzzzzzzzz", 8).has_value());  // 62^11 - 1 is more than 64 bits
  EXPECT_FALSE(from_base62("0000000000", 8).has_value());
  EXPECT_FALSE(from_base62("0000000000-", 8).has_value());
  EXPECT_FALSE(from_base62("", 100).has_value());
}

}  // namespace
}  // namespace tollgate::crypto
