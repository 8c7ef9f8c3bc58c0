#include "storage/vault/person_keys.h"

#include <gtest/gtest.h>

#include "storage/vault/folder_for_test.h"

namespace tollgate {
namespace {

const crypto::Key wrapping = *crypto::Key::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
constexpr std::size_t mark_bytes = 8, record_bytes = 80;

std::unique_ptr<PersonKeys> opened(const FolderForTest& folder) {
  auto keys = PersonKeys::open(folder.path(), wrapping);
  EXPECT_TRUE(keys.has_value()) << (keys ? "" : keys.error().detail);
  return keys ? std::move(*keys) : nullptr;
}

TEST(PersonKeys, OpenWhatTheySealedAlsoAfterAStart) {
  FolderForTest folder;
  std::string alice = *opened(folder)->seal(1, "alice"), bob = *opened(folder)->seal(2, "bob");
  auto keys = opened(folder);
  EXPECT_EQ(keys->open(1, alice), "alice");
  EXPECT_EQ(keys->open(2, bob), "bob");
  EXPECT_EQ(keys->open(2, alice), std::nullopt);
  EXPECT_EQ(keys->open(3, alice), std::nullopt);
  EXPECT_EQ(folder.read("person.keys").size(), mark_bytes + 2 * record_bytes);
  EXPECT_EQ(folder.mode("person.keys"), 0600);
}

TEST(PersonKeys, ForgetAPersonForGoodAndNobodyElse) {
  FolderForTest folder;
  auto keys = opened(folder);
  std::string nobody = *keys->seal(0, "house"), alice = *keys->seal(1, "alice"), bob = *keys->seal(2, "bob");
  const std::string before = folder.read("person.keys");
  ASSERT_TRUE(keys->forget(1).has_value());
  ASSERT_TRUE(keys->forget(0).has_value());
  EXPECT_EQ(folder.read("person.keys"), before.substr(0, mark_bytes) + std::string(2 * record_bytes, '\0') +
                                            before.substr(mark_bytes + 2 * record_bytes));
  EXPECT_EQ(keys->open(1, alice), std::nullopt);
  EXPECT_EQ(keys->open(0, nobody), std::nullopt);
  EXPECT_EQ(opened(folder)->open(1, alice), std::nullopt);
  EXPECT_EQ(keys->open(2, bob), "bob");
  EXPECT_TRUE(keys->forget(1).has_value());
}

TEST(PersonKeys, GiveAForgottenPersonAFreshKey) {
  FolderForTest folder;
  auto keys = opened(folder);
  std::string before = *keys->seal(1, "alice");
  ASSERT_TRUE(keys->forget(1).has_value());
  std::string after = *keys->seal(1, "alice");
  EXPECT_EQ(keys->open(1, before), std::nullopt);
  EXPECT_EQ(keys->open(1, after), "alice");
}

TEST(PersonKeys, SeeWhatAnotherProcessMadeAndErased) {
  FolderForTest folder;
  auto gateway = opened(folder), command = opened(folder);
  std::string nobody = *gateway->seal(0, "house"), alice = *gateway->seal(1, "alice");
  EXPECT_EQ(command->open(1, alice), "alice");
  std::string more = *command->seal(1, "more");
  EXPECT_EQ(gateway->open(1, more), "more");
  ASSERT_TRUE(command->forget(1).has_value());
  ASSERT_TRUE(command->forget(0).has_value());
  EXPECT_EQ(gateway->open(1, alice), std::nullopt);
  std::string again = *gateway->seal(0, "house");
  EXPECT_EQ(gateway->open(0, nobody), std::nullopt);
  EXPECT_EQ(command->open(0, again), "house");
}

TEST(PersonKeys, SurviveATornRecord) {
  FolderForTest folder;
  std::string alice = *opened(folder)->seal(1, "alice");
  const std::string whole = folder.read("person.keys");
  for (std::size_t torn = 1; torn < record_bytes; torn += 13) {
    folder.write("person.keys", whole + std::string(torn, 'x'));
    auto keys = opened(folder);
    std::string bob = *keys->seal(2, "bob");
    EXPECT_EQ(opened(folder)->open(2, bob), "bob");
    EXPECT_EQ(opened(folder)->open(1, alice), "alice");
    EXPECT_EQ(folder.read("person.keys").size(), mark_bytes + 2 * record_bytes);
  }
}

TEST(PersonKeys, NeverOpenWithAnyByteOfTheFileChanged) {
  FolderForTest folder;
  std::string alice = *opened(folder)->seal(1, "alice");
  const std::string whole = folder.read("person.keys");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    folder.write("person.keys", broken);
    auto keys = PersonKeys::open(folder.path(), wrapping);
    EXPECT_EQ(keys.has_value(), at >= mark_bytes) << at;
    if (keys) {
      EXPECT_EQ((*keys)->open(1, alice), std::nullopt) << at;
    }
  }
}

TEST(PersonKeys, NeedTheWrappingKeyOfTheVault) {
  FolderForTest folder;
  std::string alice = *opened(folder)->seal(1, "alice");
  auto keys = PersonKeys::open(folder.path(), crypto::Key::random());
  ASSERT_TRUE(keys.has_value());
  EXPECT_EQ((*keys)->open(1, alice), std::nullopt);
  EXPECT_EQ((*keys)->seal(1, "x").error().detail, "person.keys: a record is damaged");
}

TEST(PersonKeys, RefuseAFileThatOthersMayRead) {
  FolderForTest folder;
  ASSERT_TRUE(opened(folder)->seal(1, "alice").has_value());
  folder.set_mode("person.keys", 0644);
  EXPECT_FALSE(PersonKeys::open(folder.path(), wrapping).has_value());
}

}  // namespace
}  // namespace tollgate
