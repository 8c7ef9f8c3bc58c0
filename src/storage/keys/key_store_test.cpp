#include "storage/keys/key_store.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/text.h"
#include "identity/key_format.h"
#include "storage/vault/folder_for_test.h"

namespace tollgate {
namespace {

constexpr WallTime noon{1'700'000'000'123'000'000};
const crypto::Key pepper = *crypto::Key::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");

std::unique_ptr<KeyStore> opened(const FolderForTest& folder) {
  auto store = KeyStore::open(folder.path(), pepper);
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().detail);
  return store ? std::move(*store) : nullptr;
}

KeySettings everything() {
  return {.attribution = {.team = "search",
                          .user = "alice \"q\"",
                          .feature = "auto\u00e9",
                          .tags = {{"env", "dev"}, {"zone", "b"}}},
          .models = {"gpt-4o", "claude-*"},
          .may_set = {.user = true, .feature = false, .tags = true},
          .expires = noon + seconds(60),
          .allow_from = {*parse_cidr("10.0.0.0/8"), *parse_cidr("fd00::/8")},
          .limits = {{"usd", "50", "month"}, {"tokens", "1000", "day"}}};
}

// Who has this credential now, by what the store holds.
std::string holder(const KeyStore& store, std::string_view credential, WallTime now) {
  KeyTableBuilder builder(pepper);
  EXPECT_TRUE(add_stored_keys(store.list(), builder).has_value());
  auto table = std::move(builder).build();
  const VirtualKey* key = table->find(credential, now);
  if (!key) return "nobody";
  return key->revoked ? key->name + " (revoked)" : key->name;
}

TEST(KeyStore, GivesASecretOnceAndKeepsOnlyItsDigest) {
  FolderForTest folder;
  auto issued = opened(folder)->create("search-dev", {}, noon);
  ASSERT_TRUE(issued.has_value());
  EXPECT_EQ(shape_of_key(issued->secret.reveal()), KeyShape::ours);
  EXPECT_EQ(id_of_key(issued->secret.reveal()), issued->key.id);
  EXPECT_EQ(holder(*opened(folder), issued->secret.reveal(), noon), "search-dev");
  const std::string bytes = folder.read("keys.jsonl");
  EXPECT_EQ(bytes.find(issued->secret.reveal().substr(15)), std::string::npos);
  EXPECT_EQ(bytes.find(hex(crypto::bytes_of(crypto::sha256(issued->secret.reveal())))), std::string::npos);
  EXPECT_EQ(folder.mode("keys.jsonl"), 0600);
}

TEST(KeyStore, KeepsEverySetting) {
  FolderForTest folder;
  auto issued = opened(folder)->create("search-dev", everything(), noon);
  ASSERT_TRUE(issued.has_value()) << issued.error().detail;
  auto shown = opened(folder)->show("search-dev");
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(*shown, issued->key);
  EXPECT_EQ(shown->settings, everything());
  EXPECT_EQ(shown->created, noon);
}

TEST(KeyStore, RefusesATakenNameAndABadOne) {
  FolderForTest folder;
  auto store = opened(folder);
  ASSERT_TRUE(store->create("a", {}, noon).has_value());
  EXPECT_EQ(store->create("a", {}, noon).error().http_status, 409);
  EXPECT_EQ(store->create("a b", {}, noon).error().param, "name");
  EXPECT_EQ(store->show("none"), std::nullopt);
}

TEST(KeyStore, NamesTheFieldOfABadSetting) {
  auto param_of = [](auto spoil) {
    KeySettings settings = everything();
    spoil(settings);
    auto checked = check_key_settings(settings);
    return checked ? "fine" : checked.error().param;
  };
  EXPECT_EQ(param_of([](KeySettings&) {}), "fine");
  EXPECT_EQ(param_of([](KeySettings& s) { s.attribution.team = "a\nb"; }), "team");
  EXPECT_EQ(param_of([](KeySettings& s) { s.attribution.user = std::string(257, 'u'); }), "user");
  EXPECT_EQ(param_of([](KeySettings& s) { s.attribution.tags = {{"b", "x"}, {"a", "x"}}; }), "tags");
  EXPECT_EQ(param_of([](KeySettings& s) { s.models.assign(257, "m"); }), "models");
  EXPECT_EQ(param_of([](KeySettings& s) { s.limits[0].amount = ""; }), "limits");
}

TEST(KeyStore, RevokesForARunningGateway) {
  FolderForTest folder;
  auto gateway = opened(folder), command = opened(folder);
  auto issued = command->create("a", {}, noon);
  EXPECT_TRUE(*gateway->refresh());
  EXPECT_EQ(holder(*gateway, issued->secret.reveal(), noon), "a");
  ASSERT_TRUE(command->revoke("a", noon + seconds(5)).has_value());
  EXPECT_TRUE(*gateway->refresh());
  EXPECT_EQ(holder(*gateway, issued->secret.reveal(), noon), "a (revoked)");
  EXPECT_EQ(gateway->show("a")->revoked, noon + seconds(5));
  EXPECT_FALSE(*gateway->refresh());
  EXPECT_EQ(command->revoke("b", noon).error().fault, Fault::not_found);
}

TEST(KeyStore, RotatesAndEndsTheOldSecretWhenItWasSaid) {
  FolderForTest folder;
  auto store = opened(folder);
  auto first = store->create("a", everything(), noon);
  auto second = store->rotate("a", seconds(60), noon);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->key.settings, everything());
  EXPECT_NE(second->key.id, first->key.id);
  EXPECT_EQ(holder(*store, second->secret.reveal(), noon), "a");
  EXPECT_EQ(holder(*store, first->secret.reveal(), noon + seconds(59)), "a");
  EXPECT_EQ(holder(*store, first->secret.reveal(), noon + seconds(60)), "nobody");

  auto third = store->rotate("a", Duration::zero(), noon + seconds(1));
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(holder(*store, second->secret.reveal(), noon + seconds(1)), "nobody");
  EXPECT_EQ(holder(*store, first->secret.reveal(), noon + seconds(1)), "nobody");
  EXPECT_EQ(holder(*opened(folder), third->secret.reveal(), noon + seconds(1)), "a");
}

TEST(KeyStore, NeverHoldsMoreThanAFewSecretsOfOneKey) {
  FolderForTest folder;
  auto store = opened(folder);
  ASSERT_TRUE(store->create("a", {}, noon).has_value());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(store->rotate("a", seconds(60), noon).has_value());
  EXPECT_EQ(store->show("a")->secrets.size(), 4u);
}

TEST(KeyStore, RefusesToRotateARevokedKeyOrForTooLong) {
  FolderForTest folder;
  auto store = opened(folder);
  ASSERT_TRUE(store->create("a", {}, noon).has_value());
  EXPECT_EQ(store->rotate("a", seconds(-1), noon).error().param, "old_valid_for");
  EXPECT_EQ(store->rotate("a", max_old_secret_time + seconds(1), noon).error().param, "old_valid_for");
  ASSERT_TRUE(store->revoke("a", noon).has_value());
  EXPECT_EQ(store->rotate("a", seconds(1), noon).error().http_status, 409);
}

TEST(KeyStore, RefusesAChangeOfAVersionThatIsNoMore) {
  FolderForTest folder;
  auto store = opened(folder);
  auto created = store->create("a", {}, noon);
  auto changed = store->change("a", everything(), noon, created->key.version);
  ASSERT_TRUE(changed.has_value());
  EXPECT_GT(changed->version, created->key.version);
  for (auto status : {store->change("a", {}, noon, created->key.version).error().http_status,
                      store->revoke("a", noon, created->key.version).error().http_status,
                      store->rotate("a", seconds(1), noon, created->key.version).error().http_status,
                      store->remove("a", created->key.version).error().http_status})
    EXPECT_EQ(status, 412);
  EXPECT_EQ(store->show("a")->settings, everything());
  EXPECT_TRUE(store->remove("a", changed->version).has_value());
  EXPECT_GT(store->create("a", {}, noon)->key.version, changed->version);
}

TEST(KeyStore, NeverOpensWithOneFlippedBit) {
  FolderForTest folder;
  auto store = opened(folder);
  ASSERT_TRUE(store->create("a", {}, noon).has_value());
  const std::string text = folder.read("keys.jsonl");
  const crypto::HmacKey tag_key = key_file_tag_key(pepper);
  ASSERT_TRUE(read_key_file(text, tag_key).has_value());
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string broken = text;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(read_key_file(broken, tag_key).has_value()) << bit;
  }
  for (std::size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(read_key_file(text.substr(0, size), tag_key).has_value());
}

TEST(KeyStore, RefusesAFileOfAnotherVaultOrThatOthersMayRead) {
  FolderForTest folder;
  ASSERT_TRUE(opened(folder)->create("a", {}, noon).has_value());
  EXPECT_EQ(KeyStore::open(folder.path(), crypto::Key::random()).error().detail,
            "keys.jsonl: was changed outside Tollgate, is damaged, or belongs to another vault");
  folder.set_mode("keys.jsonl", 0644);
  EXPECT_FALSE(KeyStore::open(folder.path(), pepper).has_value());
}

TEST(KeyStore, KeepsItsKeysWhenTheFileVanishesOrIsAnOlderCopy) {
  FolderForTest folder;
  auto gateway = opened(folder);
  ASSERT_TRUE(gateway->create("a", {}, noon).has_value());
  const std::string older = folder.read("keys.jsonl");
  ASSERT_TRUE(gateway->revoke("a", noon).has_value());
  folder.write("keys.jsonl", older);
  EXPECT_EQ(gateway->refresh().error().detail, "keys.jsonl: is an older copy than the one that was read before");
  std::filesystem::remove(folder.file("keys.jsonl"));
  EXPECT_EQ(gateway->refresh().error().detail, "keys.jsonl: has vanished");
  EXPECT_TRUE(gateway->show("a")->revoked.has_value());
}

TEST(KeyStore, SurvivesWhatADeadWriterLeft) {
  FolderForTest folder;
  ASSERT_TRUE(opened(folder)->create("a", {}, noon).has_value());
  folder.write(".keys.jsonl.tmp", "{\"format\":\"tollg", 0644);
  auto store = opened(folder);
  EXPECT_EQ(store->list().size(), 1u);
  ASSERT_TRUE(store->create("b", {}, noon).has_value());
  EXPECT_EQ(opened(folder)->list().size(), 2u);
}

TEST(KeyStore, AGateThatRefusesLeavesEverythingAsItWas) {
  FolderForTest folder;
  auto store = opened(folder);
  auto issued = store->create("a", {}, noon);
  ASSERT_TRUE(issued.has_value());
  const std::string before = folder.read("keys.jsonl");
  auto refuse = [](const StoredKey*, const StoredKey*) -> Result<void> { return fail(Fault::unavailable, "the audit log is full"); };
  EXPECT_FALSE(store->create("b", {}, noon, refuse).has_value());
  EXPECT_FALSE(store->change("a", {.models = {"m"}}, noon, {}, refuse).has_value());
  EXPECT_FALSE(store->revoke("a", noon, {}, refuse).has_value());
  EXPECT_FALSE(store->rotate("a", Duration::zero(), noon, {}, refuse).has_value());
  EXPECT_FALSE(store->remove("a", {}, refuse).has_value());
  EXPECT_EQ(folder.read("keys.jsonl"), before);
  EXPECT_EQ(holder(*opened(folder), issued->secret.reveal(), noon), "a");
}

TEST(KeyStore, TheGateSeesWhatWasAndWhatWillBe) {
  FolderForTest folder;
  auto store = opened(folder);
  std::string seen;
  auto note = [&](const StoredKey* before, const StoredKey* after) -> Result<void> {
    seen = std::string(before == nullptr ? "-" : before->settings.models.empty() ? "all" : before->settings.models[0]) + " " +
           (after == nullptr ? "-" : after->settings.models.empty() ? "all" : after->settings.models[0]);
    return {};
  };
  ASSERT_TRUE(store->create("a", {}, noon, note).has_value());
  EXPECT_EQ(seen, "- all");
  ASSERT_TRUE(store->change("a", {.models = {"m"}}, noon, {}, note).has_value());
  EXPECT_EQ(seen, "all m");
  ASSERT_TRUE(store->remove("a", {}, note).has_value());
  EXPECT_EQ(seen, "m -");
}

TEST(KeyStore, LosesNothingWhenSeveralWrite) {
  FolderForTest folder;
  constexpr int writers = 4, each = 8;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&folder, w] {
      auto store = opened(folder);
      for (int i = 0; i < each; ++i)
        EXPECT_TRUE(store->create("k" + std::to_string(w * each + i), {}, noon).has_value());
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(opened(folder)->list().size(), std::size_t{writers * each});
}

TEST(KeyStore, DoesNotReplaceAKeyOfTheConfiguration) {
  FolderForTest folder;
  auto store = opened(folder);
  ASSERT_TRUE(store->create("a", {}, noon).has_value());
  KeyTableBuilder builder(pepper);
  ASSERT_TRUE(builder.add({.name = "a"}, "configured").has_value());
  EXPECT_EQ(add_stored_keys(store->list(), builder).error().detail, "two keys are named `a`");
}

}  // namespace
}  // namespace tollgate
