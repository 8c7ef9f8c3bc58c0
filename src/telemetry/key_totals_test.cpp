#include "telemetry/key_totals.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "telemetry/rows_for_test.h"

namespace tollgate {
namespace {

KeyUse operator+(KeyUse a, const KeyUse& b) {
  return {a.requests + b.requests, a.refused + b.refused, a.input + b.input, a.cached + b.cached, a.output + b.output,
          a.cost + b.cost};
}

KeyUse use_of(const RequestRow& row) {
  const Usage& usage = row.usage;
  bool refused = row.status == RowStatus::refused;
  return {1, refused ? 1 : 0, usage.all_input(), usage.cache_read, usage.all_output(), row.cost};
}

TEST(KeyTotals, AddUpToTheRowsOfEachKeyOverTwoThreads) {
  KeyTotals totals;
  std::map<std::string, KeyUse> expected[2];
  auto work = [&](int number) {
    RandomRows rows(static_cast<std::uint64_t>(number));
    for (int i = 0; i < 30'000; ++i) {
      RequestRow row = rows.next();
      row.key += std::to_string(i % 50);
      totals.recorded(row, {});
      expected[number][row.key] = expected[number][row.key] + use_of(row);
    }
  };
  std::thread first(work, 0);
  std::thread second(work, 1);
  first.join();
  second.join();
  for (const auto& [key, use] : expected[1]) expected[0][key] = expected[0][key] + use;
  EXPECT_EQ(totals.size(), expected[0].size());
  for (const auto& [key, use] : totals.all()) EXPECT_EQ(use, expected[0].at(key)) << key;
}

TEST(KeyTotals, GoOnFromWhatWasRestored) {
  KeyTotals totals;
  totals.restore("dev", {10, 2, {100}, {50}, {30}, {7}});
  RequestRow row;
  row.key = "dev";
  row.status = RowStatus::ok;
  row.usage.input = {4};
  row.usage.cache_read = {6};
  row.usage.output = {5};
  row.cost = {1};
  totals.recorded(row, {});
  EXPECT_EQ(totals.of("dev"), (KeyUse{11, 2, {110}, {56}, {35}, {8}}));
}

TEST(KeyTotals, KnowNothingOfAKeyThatNeverCalled) {
  KeyTotals totals;
  EXPECT_EQ(totals.of("dev"), std::nullopt);
  EXPECT_TRUE(totals.all().empty());
}

TEST(KeyTotals, ListKeysByName) {
  KeyTotals totals;
  for (const char* key : {"c", "a", "b"}) totals.restore(key, {.requests = 1});
  auto all = totals.all();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].first + all[1].first + all[2].first, "abc");
}

TEST(KeyTotals, KeepTheKnownKeysWhenThereAreTooMany) {
  KeyTotals totals(100);
  RequestRow row;
  for (int i = 0; i < 300; ++i) {
    row.key = "key-" + std::to_string(i % 150);
    totals.recorded(row, {});
  }
  EXPECT_EQ(totals.size(), 100u);
  EXPECT_EQ(totals.of("key-0")->requests, 2);
  EXPECT_EQ(totals.rows_left_out(), 100u);
}

}  // namespace
}  // namespace tollgate
