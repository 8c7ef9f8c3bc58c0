#include "storage/limits/limit_store.h"

#include <gtest/gtest.h>

#include "storage/journal/temporary_folder.h"

namespace tollgate {
namespace {

constexpr WallTime noon{1'800'000'000'000'000'000};
constexpr std::string_view five = R"({"usd":5,"every":"day"})", six = R"({"usd":6,"every":"day"})";

class LimitStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<LimitStore> opened() {
    auto store = LimitStore::open(folder.path(), pepper);
    EXPECT_TRUE(store) << store.error().detail;
    return store ? std::move(*store) : nullptr;
  }
  static int status_of(const Error& error) { return error.http_status != 0 ? error.http_status : info(error.fault).http_status; }

  TemporaryFolder folder;
  crypto::Key pepper = crypto::Key::random();
};

TEST_F(LimitStoreTest, KeepsWhatWasSaidOverAStart) {
  auto store = opened();
  ASSERT_TRUE(store->create("b", std::string(five), noon));
  ASSERT_TRUE(store->create("a", std::string(six), noon + seconds(1)));
  auto again = opened();
  auto rows = again->list();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows, store->list());
  EXPECT_EQ(rows[0].name, "a");
  EXPECT_EQ(rows[1].settings, five);
  EXPECT_EQ(rows[1].created, noon);
}

TEST_F(LimitStoreTest, AVersionNeverComesBack) {
  auto store = opened();
  auto first = store->create("a", std::string(five), noon);
  auto second = store->change("a", std::string(six), noon, first->version);
  ASSERT_TRUE(second);
  EXPECT_GT(second->version, first->version);
  ASSERT_TRUE(store->remove("a", second->version));
  EXPECT_GT(store->create("a", std::string(five), noon)->version, second->version);
}

TEST_F(LimitStoreTest, RefusesWhatIsStaleTakenOrMissing) {
  auto store = opened();
  auto row = store->create("a", std::string(five), noon);
  EXPECT_EQ(status_of(store->create("a", std::string(five), noon).error()), 409);
  EXPECT_EQ(status_of(store->change("a", std::string(six), noon, row->version + 1).error()), 412);
  EXPECT_EQ(status_of(store->remove("a", row->version + 1).error()), 412);
  EXPECT_EQ(status_of(store->change("b", std::string(six), noon).error()), 404);
  EXPECT_EQ(store->create("a b", std::string(five), noon).error().param, "name");
  EXPECT_FALSE(store->create("c", "[]", noon));
  EXPECT_FALSE(store->create("c", R"({"match":")" + std::string(max_limit_settings, 'x') + "\"}", noon));
  EXPECT_EQ(store->show("a")->settings, five);
}

TEST_F(LimitStoreTest, AGateThatRefusesLeavesEverythingAsItWas) {
  auto store = opened();
  ASSERT_TRUE(store->create("a", std::string(five), noon));
  auto refuse = [](const LimitRow*, const LimitRow*) -> Result<void> { return fail(Fault::unavailable, "the audit log is full"); };
  EXPECT_FALSE(store->create("b", std::string(five), noon, refuse));
  EXPECT_FALSE(store->change("a", std::string(six), noon, {}, refuse));
  EXPECT_FALSE(store->remove("a", {}, refuse));
  auto again = opened();
  ASSERT_EQ(again->list().size(), 1u);
  EXPECT_EQ(again->show("a")->settings, five);
}

TEST_F(LimitStoreTest, TheGateSeesWhatWasAndWhatWillBe) {
  auto store = opened();
  std::string seen;
  auto note = [&](const LimitRow* before, const LimitRow* after) -> Result<void> {
    seen = (before == nullptr ? "-" : before->settings) + " " + (after == nullptr ? "-" : after->settings);
    return {};
  };
  ASSERT_TRUE(store->create("a", std::string(five), noon, note));
  EXPECT_EQ(seen, "- " + std::string(five));
  ASSERT_TRUE(store->change("a", std::string(six), noon, {}, note));
  EXPECT_EQ(seen, std::string(five) + " " + std::string(six));
  ASSERT_TRUE(store->remove("a", {}, note));
  EXPECT_EQ(seen, std::string(six) + " -");
}

TEST_F(LimitStoreTest, SeesWhatAnotherProcessWrote) {
  auto store = opened(), other = opened();
  ASSERT_TRUE(store->create("a", std::string(five), noon));
  EXPECT_EQ(other->refresh(), true);
  EXPECT_TRUE(other->show("a"));
  EXPECT_EQ(other->refresh(), false);
}

TEST_F(LimitStoreTest, RefusesAFileThatWasChangedOutside) {
  ASSERT_TRUE(opened()->create("a", std::string(five), noon));
  const std::string path = std::string(folder.path()) + "/limits.jsonl";
  std::string text = **read_private_file(path, max_limit_file_bytes);
  text.replace(text.find("\"usd\":5"), 7, "\"usd\":9");
  ASSERT_TRUE(replace_private_file(path, text));
  EXPECT_FALSE(LimitStore::open(folder.path(), pepper));
}

}  // namespace
}  // namespace tollgate
