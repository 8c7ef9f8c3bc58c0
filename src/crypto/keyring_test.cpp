#include "crypto/keyring.h"

#include <gtest/gtest.h>

namespace tollgate::crypto {
namespace {

const Label label{.purpose = "vault", .name = "openai-main", .version = 3};

Keyring ring_of(std::vector<Key> keys) { return *Keyring::of(std::move(keys)); }

TEST(Keyring, OpensWhatItSealedAndNamesTheMasterKey) {
  Key master = Key::random();
  Keyring ring = ring_of({master});
  Envelope envelope = ring.seal(label, "sk-canary");
  EXPECT_EQ(envelope.master, master_id(master));
  EXPECT_EQ(ring.open(label, envelope)->reveal(), "sk-canary");
}

TEST(Keyring, GivesEachValueItsOwnDataKey) {
  Keyring ring = ring_of({Key::random()});
  Envelope a = ring.seal(label, "same"), b = ring.seal(label, "same");
  a.wrapped_key = b.wrapped_key;
  EXPECT_FALSE(ring.open(label, a).has_value());
}

TEST(Keyring, DoesNotOpenARowUnderAnotherPurposeNameOrVersion) {
  Keyring ring = ring_of({Key::random()});
  Envelope envelope = ring.seal(label, "sk-canary");
  EXPECT_FALSE(ring.open({"keys", "openai-main", 3}, envelope).has_value());
  EXPECT_FALSE(ring.open({"vault", "openai-spare", 3}, envelope).has_value());
  EXPECT_FALSE(ring.open({"vault", "openai-main", 2}, envelope).has_value());
  EXPECT_FALSE(ring.open({"vaulto", "penai-main", 3}, envelope).has_value());  // parts do not run together
}

TEST(Keyring, NeverOpensAnEnvelopeWithOneFlippedBit) {
  Keyring ring = ring_of({Key::random()});
  const Envelope envelope = ring.seal(label, "sk-canary");
  for (std::string Envelope::* part : {&Envelope::master, &Envelope::wrapped_key, &Envelope::value}) {
    for (std::size_t bit = 0; bit < (envelope.*part).size() * 8; ++bit) {
      Envelope broken = envelope;
      (broken.*part)[bit / 8] = static_cast<char>((broken.*part)[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_FALSE(ring.open(label, broken).has_value()) << bit;
    }
  }
}

TEST(Keyring, SaysWhichMasterKeyIsMissing) {
  Key right = Key::random(), wrong = Key::random();
  Envelope envelope = ring_of({right}).seal(label, "sk-canary");
  auto opened = ring_of({wrong}).open(label, envelope);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().detail,
            "sealed with master key " + master_id(right) + ", but the master key given here is " + master_id(wrong));
}

TEST(Keyring, SealsWithTheNewestAndStillOpensWithOlderOnes) {
  Key old_key = Key::random(), new_key = Key::random();
  Envelope envelope = ring_of({old_key}).seal(label, "sk-canary");
  Keyring both = ring_of({new_key, old_key});
  EXPECT_EQ(both.open(label, envelope)->reveal(), "sk-canary");
  EXPECT_EQ(both.seal(label, "x").master, master_id(new_key));
}

TEST(Keyring, RewrapsToTheNewestSoThatTheOldKeyCanGo) {
  Key old_key = Key::random(), new_key = Key::random();
  Envelope envelope = ring_of({old_key}).seal(label, "sk-canary");
  auto moved = ring_of({new_key, old_key}).rewrap(label, envelope);
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->value, envelope.value);
  EXPECT_EQ(ring_of({new_key}).open(label, *moved)->reveal(), "sk-canary");
  EXPECT_FALSE(ring_of({old_key}).open(label, *moved).has_value());
}

TEST(Keyring, NeedsAKeyAndHasABound) {
  EXPECT_FALSE(Keyring::of({}).has_value());
  Key key = Key::random();
  EXPECT_EQ(ring_of({key, key}).ids().size(), 1u);
  std::vector<Key> many;
  for (std::size_t i = 0; i <= max_master_keys; ++i) many.push_back(Key::random());
  EXPECT_FALSE(Keyring::of(many).has_value());
}

TEST(Keyring, TagsAFileUnderTheNewestKeyForOnePurpose) {
  Key old_key = Key::random(), new_key = Key::random();
  Keyring ring = ring_of({old_key});
  Digest tag = ring.file_tag("vault", "rows");
  Keyring both = ring_of({new_key, old_key});
  EXPECT_TRUE(both.check_file_tag("vault", master_id(old_key), "rows", bytes_of(tag)).has_value());
  EXPECT_FALSE(both.check_file_tag("vault", master_id(new_key), "rows", bytes_of(tag)).has_value());
  EXPECT_FALSE(both.check_file_tag("keys", master_id(old_key), "rows", bytes_of(tag)).has_value());
  EXPECT_FALSE(both.check_file_tag("vault", master_id(old_key), "row", bytes_of(tag)).has_value());
}

}  // namespace
}  // namespace tollgate::crypto
