#include "storage/vault/vault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "storage/vault/folder_for_test.h"

namespace tollgate {
namespace {

constexpr WallTime noon{1'700'000'000'000'000'000};

Secret secret(std::string text) { return Secret(std::move(text)); }
Secret key_text(const crypto::Key& key) { return crypto::to_text(key); }

std::unique_ptr<Vault> opened(const FolderForTest& folder, Secret master_key = {}) {
  auto vault = Vault::open(folder.path(), std::move(master_key));
  EXPECT_TRUE(vault.has_value()) << (vault ? "" : vault.error().detail);
  return vault ? std::move(*vault) : nullptr;
}

std::string value_in(const Vault& vault, std::string_view name) {
  auto value = vault.get(name);
  return value ? std::string(value->reveal()) : value.error().detail;
}

TEST(Vault, KeepsSecretsAndTellsTheirNamesOnly) {
  FolderForTest folder;
  auto vault = opened(folder);
  ASSERT_TRUE(vault->set("openai-main", secret("sk-one"), noon).has_value());
  ASSERT_TRUE(vault->set("anthropic", secret("sk-two"), noon).has_value());
  ASSERT_TRUE(vault->set("openai-main", secret("sk-three"), noon + seconds(1)).has_value());

  auto again = opened(folder);
  EXPECT_EQ(value_in(*again, "openai-main"), "sk-three");
  auto entries = again->list();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].name, "openai-main");
  EXPECT_EQ(entries[1].version, 3u);
  EXPECT_EQ(entries[1].created, noon);
  EXPECT_EQ(entries[1].changed, noon + seconds(1));
}

TEST(Vault, WritesNothingUntilThereIsSomethingToKeep) {
  FolderForTest folder;
  auto vault = opened(folder);
  EXPECT_TRUE(vault->list().empty());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Vault, HasNoSecretInClearAndNoFileForOthers) {
  FolderForTest folder;
  ASSERT_TRUE(opened(folder)->set("openai", secret("sk-canary-0123456789"), noon).has_value());
  for (auto name : {"vault.jsonl", "master.key", "vault.lock"}) {
    std::string bytes = folder.read(name);
    EXPECT_EQ(bytes.find("canary"), std::string::npos) << name;
    EXPECT_EQ(bytes.find(hex("canary")), std::string::npos) << name;
    EXPECT_EQ(folder.mode(name), 0600) << name;
  }
}

TEST(Vault, RemovesForGoodAndNeverGivesAVersionTwice) {
  FolderForTest folder;
  auto vault = opened(folder);
  ASSERT_TRUE(vault->set("a", secret("one"), noon).has_value());
  ASSERT_TRUE(vault->remove("a").has_value());
  EXPECT_EQ(vault->get("a").error().fault, Fault::not_found);
  EXPECT_EQ(vault->remove("a").error().fault, Fault::not_found);
  ASSERT_TRUE(vault->set("a", secret("two"), noon).has_value());
  EXPECT_EQ(vault->list()[0].version, 3u);
}

TEST(Vault, HasBoundsForNamesAndValues) {
  FolderForTest folder;
  auto vault = opened(folder);
  for (std::string name : {"", "a b", "../a\n", "tollgate/key-pepper"}) {
    EXPECT_EQ(vault->set(name, secret("x"), noon).error().param, "name") << name;
    EXPECT_EQ(vault->get(name).error().param, "name") << name;
  }
  EXPECT_EQ(vault->set("a", secret(""), noon).error().param, "value");
  EXPECT_EQ(vault->set("a", secret(std::string(max_secret_bytes + 1, 'x')), noon).error().param, "value");
  EXPECT_TRUE(vault->set("a", secret(std::string(max_secret_bytes, 'x')), noon).has_value());
}

TEST(Vault, TakesTheMasterKeyOfTheEnvironment) {
  FolderForTest folder;
  crypto::Key master = crypto::Key::random(), other = crypto::Key::random();
  ASSERT_TRUE(opened(folder, key_text(master))->set("a", secret("one"), noon).has_value());
  EXPECT_FALSE(folder.has("master.key"));
  EXPECT_EQ(value_in(*opened(folder, key_text(master)), "a"), "one");
  EXPECT_EQ(Vault::open(folder.path(), key_text(other)).error().detail,
            "vault.jsonl: sealed with master key " + crypto::master_id(master) + ", but the master key given here is " +
                crypto::master_id(other));
  EXPECT_EQ(Vault::open(folder.path(), {}).error().detail,
            "vault.jsonl: is sealed, and there is neither TOLLGATE_MASTER_KEY nor a file master.key beside it");
}

TEST(Vault, RefusesAMasterKeyThatIsNone) {
  FolderForTest folder;
  for (auto text : {"changeme", ",", " ", "00"})
    EXPECT_FALSE(Vault::open(folder.path(), secret(text)).has_value()) << text;
  folder.write("master.key", "not a key\n");
  EXPECT_EQ(Vault::open(folder.path(), {}).error().detail,
            "master.key: is no key of 32 bytes in hexadecimal or base64");
}

TEST(Vault, RefusesFilesThatOthersMayRead) {
  FolderForTest folder;
  ASSERT_TRUE(opened(folder)->set("a", secret("one"), noon).has_value());
  for (auto name : {"master.key", "vault.jsonl"}) {
    folder.set_mode(name, 0640);
    auto vault = Vault::open(folder.path(), {});
    ASSERT_FALSE(vault.has_value()) << name;
    EXPECT_EQ(vault.error().detail, std::string(name) + ": others may open it (mode 0640); make it 0600");
    folder.set_mode(name, 0600);
  }
}

TEST(Vault, DoesNotOpenWhenAByteOfItsFileWasChanged) {
  FolderForTest folder;
  ASSERT_TRUE(opened(folder)->set("a", secret("one"), noon).has_value());
  const std::string text = folder.read("vault.jsonl");
  for (std::size_t at = 0; at < text.size(); at += 7) {
    std::string broken = text;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    folder.write("vault.jsonl", broken);
    ASSERT_FALSE(Vault::open(folder.path(), {}).has_value()) << at;
  }
  folder.write("vault.jsonl", text);
  EXPECT_EQ(value_in(*opened(folder), "a"), "one");
}

TEST(Vault, ShowsARunningGatewayWhatACommandWrote) {
  FolderForTest folder;
  auto gateway = opened(folder), command = opened(folder);
  EXPECT_FALSE(*gateway->refresh());
  ASSERT_TRUE(command->set("a", secret("one"), noon).has_value());
  EXPECT_TRUE(*gateway->refresh());
  EXPECT_EQ(value_in(*gateway, "a"), "one");
  EXPECT_FALSE(*gateway->refresh());
}

TEST(Vault, KeepsWhatItHasWhenTheFileVanishesOrIsAnOlderCopy) {
  FolderForTest folder;
  auto gateway = opened(folder);
  ASSERT_TRUE(gateway->set("a", secret("one"), noon).has_value());
  const std::string older = folder.read("vault.jsonl");
  ASSERT_TRUE(gateway->set("a", secret("two"), noon).has_value());
  folder.write("vault.jsonl", older);
  EXPECT_EQ(gateway->refresh().error().detail, "vault.jsonl: is an older copy than the one that was read before");
  std::filesystem::remove(folder.file("vault.jsonl"));
  EXPECT_EQ(gateway->refresh().error().detail, "vault.jsonl: has vanished");
  EXPECT_FALSE(gateway->set("b", secret("three"), noon).has_value());
  EXPECT_EQ(value_in(*gateway, "a"), "two");
}

TEST(Vault, LosesNothingWhenSeveralWrite) {
  FolderForTest folder;
  constexpr int writers = 4, each = 8;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&folder, w] {
      auto vault = opened(folder);
      for (int i = 0; i < each; ++i)
        EXPECT_TRUE(vault->set("s" + std::to_string(w * each + i), secret("x"), noon).has_value());
    });
  for (auto& thread : threads) thread.join();
  auto vault = opened(folder);
  EXPECT_EQ(vault->list().size(), std::size_t{writers * each});
  EXPECT_EQ(vault->generation(), std::uint64_t{writers * each});
}

TEST(Vault, MakesHouseKeysOnceAndHidesThem) {
  FolderForTest folder;
  auto vault = opened(folder), other = opened(folder);
  auto pepper = vault->house_key(HouseKey::key_pepper, noon);
  auto seed = vault->house_key(HouseKey::checkpoint_seed, noon);
  ASSERT_TRUE(pepper.has_value() && seed.has_value());
  EXPECT_FALSE(*pepper == *seed);
  EXPECT_EQ(*other->house_key(HouseKey::key_pepper, noon), *pepper);
  EXPECT_EQ(*opened(folder)->house_key(HouseKey::checkpoint_seed, noon), *seed);
  EXPECT_TRUE(vault->list().empty());
}

TEST(Vault, RotatesItsMasterKeyFileUnderARunningGateway) {
  FolderForTest folder;
  auto gateway = opened(folder);
  ASSERT_TRUE(gateway->set("a", secret("one"), noon).has_value());
  const auto pepper = *gateway->house_key(HouseKey::key_pepper, noon);
  const std::string old_master = folder.read("master.key");

  auto rotation = opened(folder)->rotate_master();
  ASSERT_TRUE(rotation.has_value()) << rotation.error().detail;
  EXPECT_EQ(rotation->rewrapped, 2u);
  const std::string new_master = folder.read("master.key");
  EXPECT_NE(new_master, old_master);
  EXPECT_EQ(std::count(new_master.begin(), new_master.end(), '\n'), 1);
  EXPECT_EQ(value_in(*gateway, "a"), "one");
  EXPECT_TRUE(*gateway->refresh());
  EXPECT_EQ(value_in(*gateway, "a"), "one");
  EXPECT_EQ(*gateway->house_key(HouseKey::key_pepper, noon), pepper);

  folder.write("master.key", old_master);
  EXPECT_FALSE(Vault::open(folder.path(), {}).has_value());
}

// A rotation writes: both keys, the vault, the new key alone. It may die after each.
TEST(Vault, OpensAfterARotationThatDiedHalfwayAndFinishesIt) {
  FolderForTest folder;
  ASSERT_TRUE(opened(folder)->set("a", secret("one"), noon).has_value());
  const std::string old_master = folder.read("master.key"), old_vault = folder.read("vault.jsonl");
  ASSERT_TRUE(opened(folder)->rotate_master().has_value());
  const std::string new_master = folder.read("master.key"), new_vault = folder.read("vault.jsonl");

  for (const std::string& vault_text : {old_vault, new_vault}) {
    folder.write("master.key", new_master + old_master);
    folder.write("vault.jsonl", vault_text);
    EXPECT_EQ(value_in(*opened(folder), "a"), "one");
    ASSERT_TRUE(opened(folder)->rotate_master().has_value());
    EXPECT_EQ(folder.read("master.key"), new_master);
    EXPECT_EQ(value_in(*opened(folder), "a"), "one");
  }
}

TEST(Vault, RotatesTheKeyOfTheEnvironment) {
  FolderForTest folder;
  const crypto::Key old_key = crypto::Key::random(), new_key = crypto::Key::random();
  auto vault = opened(folder, key_text(old_key));
  ASSERT_TRUE(vault->set("a", secret("one"), noon).has_value());
  EXPECT_EQ(vault->rotate_master().error().detail, "TOLLGATE_MASTER_KEY holds one key: set it to NEW,OLD first");

  std::string both = std::string(key_text(new_key).reveal()) + "," + std::string(key_text(old_key).reveal());
  auto rotation = opened(folder, secret(both))->rotate_master();
  ASSERT_TRUE(rotation.has_value());
  EXPECT_EQ(rotation->master, crypto::master_id(new_key));
  EXPECT_EQ(value_in(*opened(folder, key_text(new_key)), "a"), "one");
  EXPECT_FALSE(Vault::open(folder.path(), key_text(old_key)).has_value());
}

TEST(Vault, AGateThatRefusesLeavesEverythingAsItWas) {
  FolderForTest folder;
  auto vault = opened(folder);
  ASSERT_TRUE(vault->set("a", secret("one"), noon).has_value());
  const std::string before = folder.read("vault.jsonl");
  std::string seen;
  auto refuse = [&](const VaultEntry* was) -> Result<void> {
    seen += was == nullptr ? "-" : was->name;
    return fail(Fault::unavailable, "the audit log is full");
  };
  EXPECT_FALSE(vault->set("b", secret("two"), noon, refuse).has_value());
  EXPECT_FALSE(vault->set("a", secret("two"), noon, refuse).has_value());
  EXPECT_FALSE(vault->remove("a", refuse).has_value());
  EXPECT_FALSE(vault->rotate_master([](std::string_view) -> Result<void> { return fail(Fault::unavailable, "full"); }).has_value());
  EXPECT_EQ(seen, "-aa");
  EXPECT_EQ(folder.read("vault.jsonl"), before);
  EXPECT_EQ(value_in(*opened(folder), "a"), "one");
  ASSERT_TRUE(opened(folder)->rotate_master().has_value()) << "finishes what was given up";
  EXPECT_EQ(value_in(*opened(folder), "a"), "one");
}

TEST(Vault, MovesFromTheFileToTheEnvironment) {
  FolderForTest folder;
  const crypto::Key key = crypto::Key::random();
  ASSERT_TRUE(opened(folder)->set("a", secret("one"), noon).has_value());
  ASSERT_TRUE(opened(folder, key_text(key))->rotate_master().has_value());
  std::filesystem::remove(folder.file("master.key"));
  EXPECT_EQ(value_in(*opened(folder, key_text(key)), "a"), "one");
}

}  // namespace
}  // namespace tollgate
