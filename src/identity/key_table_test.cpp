#include "identity/key_table.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tollgate {
namespace {

const crypto::Key pepper = *crypto::Key::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
constexpr WallTime noon{1'000'000'000'000};

VirtualKey named(std::string name) { return {.name = std::move(name)}; }

KeyTable table_of(std::vector<std::pair<std::string, std::string>> secrets) {
  KeyTableBuilder builder(pepper);
  for (auto& [name, secret] : secrets) EXPECT_TRUE(builder.add(named(name), secret).has_value());
  return *std::move(builder).build();
}

std::string name_of(const VirtualKey* key) { return key ? key->name : "nobody"; }

TEST(KeyTable, FindsAKeyByAnyTextAnOperatorChose) {
  KeyTable table =
      table_of({{"a", "tg_looks-like-ours"}, {"b", "x"}, {"c", std::string(4096, 'k')}, {"d", "p@ss;word'--"}});
  EXPECT_EQ(name_of(table.find("tg_looks-like-ours", noon)), "a");
  EXPECT_EQ(name_of(table.find("x", noon)), "b");
  EXPECT_EQ(name_of(table.find(std::string(4096, 'k'), noon)), "c");
  EXPECT_EQ(name_of(table.find("p@ss;word'--", noon)), "d");
}

TEST(KeyTable, KnowsNobodyByPrefixSuffixCaseOrDigest) {
  KeyTable table = table_of({{"a", "sk-Canary-0123456789"}});
  std::string digest = hex(crypto::bytes_of(CredentialHash(pepper).of("sk-Canary-0123456789")));
  for (std::string wrong : {std::string(), std::string("sk-Canary-012345678"), std::string("sk-Canary-01234567890"),
                            std::string("sk-canary-0123456789"), std::string("%"), digest, *unhex(digest)})
    EXPECT_EQ(name_of(table.find(wrong, noon)), "nobody") << wrong;
}

TEST(KeyTable, EmptyKnowsNobody) {
  KeyTable table = table_of({});
  EXPECT_EQ(table.find("", noon), nullptr);
  EXPECT_EQ(table.find("sk-1234", noon), nullptr);
}

TEST(KeyTable, FindsEachOfManyKeysAndNoOther) {
  constexpr int count = 20'000;
  KeyTableBuilder builder(pepper);
  for (int i = 0; i < count; ++i)
    ASSERT_TRUE(builder.add(named(std::to_string(i)), "key-" + std::to_string(i)).has_value());
  KeyTable table = *std::move(builder).build();
  for (int i = 0; i < count; ++i) ASSERT_EQ(name_of(table.find("key-" + std::to_string(i), noon)), std::to_string(i));
  for (int i = 0; i < count; ++i) ASSERT_EQ(table.find("yek-" + std::to_string(i), noon), nullptr);
}

TEST(KeyTable, HoldsOldAndNewSecretOfOneKeyUntilTheOldOneEnds) {
  CredentialHash hash(pepper);
  const KeyDigest digests[] = {{hash.of("new"), {}}, {hash.of("old"), noon}};
  KeyTableBuilder builder(pepper);
  ASSERT_TRUE(builder.add(named("a"), digests).has_value());
  KeyTable table = *std::move(builder).build();
  EXPECT_EQ(name_of(table.find("old", noon + Duration(-1))), "a");
  EXPECT_EQ(name_of(table.find("old", noon)), "nobody");
  EXPECT_EQ(name_of(table.find("new", noon)), "a");
}

TEST(KeyTable, RefusesTwoKeysWithOneSecretAndNamesBoth) {
  KeyTableBuilder builder(pepper);
  ASSERT_TRUE(builder.add(named("a"), "same").has_value());
  ASSERT_TRUE(builder.add(named("b"), "same").has_value());
  auto table = std::move(builder).build();
  ASSERT_FALSE(table.has_value());
  EXPECT_NE(table.error().detail.find("`a`"), std::string::npos);
  EXPECT_NE(table.error().detail.find("`b`"), std::string::npos);
}

TEST(KeyTable, RefusesTwoKeysWithOneName) {
  KeyTableBuilder builder(pepper);
  ASSERT_TRUE(builder.add(named("a"), "one").has_value());
  EXPECT_EQ(builder.add(named("a"), "two").error().detail, "two keys are named `a`");
}

TEST(KeyTable, RefusesSecretsThatNoHeaderCarries) {
  for (std::string secret : {std::string(), std::string("sk-1 sk-2"), std::string("sk-1,sk-2"), std::string("sk-1\n"),
                             std::string("k\xC3\xA9y"), std::string("sk\0x", 4), std::string(4097, 'a')}) {
    auto added = KeyTableBuilder(pepper).add(named("a"), secret);
    ASSERT_FALSE(added.has_value()) << secret;
    EXPECT_TRUE(secret.empty() || added.error().detail.find(secret) == std::string::npos);
  }
}

TEST(KeyTable, DependsOnThePepper) {
  KeyTableBuilder builder(crypto::Key::random());
  const KeyDigest digest{CredentialHash(pepper).of("secret"), {}};
  ASSERT_TRUE(builder.add(named("a"), {&digest, 1}).has_value());
  EXPECT_EQ((*std::move(builder).build()).find("secret", noon), nullptr);
}

TEST(KeyTable, FindsByName) {
  KeyTable table = table_of({{"a", "one"}, {"b", "two"}});
  EXPECT_EQ(name_of(table.named("b")), "b");
  EXPECT_EQ(table.named("c"), nullptr);
  EXPECT_EQ(table.keys().size(), 2u);
}

TEST(VirtualKey, HasANameOfPlainCharacters) {
  EXPECT_TRUE(valid_key_name("search-dev"));
  EXPECT_TRUE(valid_key_name(std::string(128, 'a')));
  for (std::string name :
       {std::string(), std::string("a b"), std::string("a\n"), std::string("\xC3\xA9"), std::string(129, 'a')})
    EXPECT_FALSE(valid_key_name(name)) << name;
}

}  // namespace
}  // namespace tollgate
