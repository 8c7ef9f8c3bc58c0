#include "reporting/reconcile.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

constexpr std::int64_t day = 20'600;

ProviderExport export_of(std::vector<ExportLine> lines,
                         std::vector<ExportMeasure> measures = {std::begin(all_measures), std::end(all_measures)}) {
  ProviderExport made{.format = "csv", .measures = std::move(measures), .lines = std::move(lines)};
  made.first_day = made.last_day = day;
  for (const ExportLine& line : made.lines) {
    made.has_keys = made.has_keys || !line.key.empty();
    made.has_models = made.has_models || !line.model.empty();
  }
  return made;
}

UsageSums sums(std::int64_t input, std::int64_t cost = 0) {
  return {.input_tokens = input, .cached_tokens = 0, .output_tokens = 0, .cost_nano_usd = cost};
}

TEST(Reconcile, EqualSumsAreNoDrift) {
  auto theirs = export_of({{day, "main", "m", sums(300, 30)}});
  Reconciler reconciler(theirs, {});
  reconciler.add_ours(day, "main", "m", sums(100, 10));
  reconciler.add_ours(day, "main", "m", sums(200, 20));
  auto result = reconciler.compare();
  EXPECT_TRUE(result.drift.empty());
  EXPECT_EQ(result.compared, 1u);
}

TEST(Reconcile, TellsEachMeasureThatDiffersWithBothSides) {
  auto theirs = export_of({{day, "main", "m", sums(300, 1'000)}});
  Reconciler reconciler(theirs, {});
  reconciler.add_ours(day, "main", "m", sums(290, 1'500));
  auto drift = reconciler.compare().drift;
  ASSERT_EQ(drift.size(), 2u);
  EXPECT_EQ(drift[0].measure, ExportMeasure::input_tokens);
  EXPECT_EQ(drift[0].difference(), -10);
  EXPECT_EQ(drift[1].measure, ExportMeasure::cost_nano_usd);
  EXPECT_EQ(drift[1].difference(), 500);
  EXPECT_EQ(drift[1].kind, DriftKind::differs);
}

TEST(Reconcile, TellsWhatOnlyOneSideKnows) {
  auto theirs = export_of({{day, "main", "a", sums(5)}});
  Reconciler reconciler(theirs, {});
  reconciler.add_ours(day, "main", "b", sums(7));
  auto drift = reconciler.compare().drift;
  ASSERT_EQ(drift.size(), 2u);
  EXPECT_EQ(drift[0].kind, DriftKind::only_theirs);
  EXPECT_EQ(drift[1].kind, DriftKind::only_ours);
}

TEST(Reconcile, ToleranceIsAShareOfWhatTheProviderSays) {
  auto theirs = export_of({{day, "main", "m", sums(1'000)}}, {ExportMeasure::input_tokens});
  for (auto [ours, drifts] : {std::pair{995, 0u}, {994, 1u}, {1'005, 0u}, {1'006, 1u}}) {
    Reconciler reconciler(theirs, {.tolerance = *parse_percent("0.5%")});
    reconciler.add_ours(day, "main", "m", sums(ours));
    EXPECT_EQ(reconciler.compare().drift.size(), drifts) << ours;
  }
}

TEST(Reconcile, RoundingOfEachCostIsNoDrift) {
  auto theirs = export_of({{day, "main", "m", sums(0, 100)}}, {ExportMeasure::cost_nano_usd});
  Reconciler reconciler(theirs, {});
  for (int i = 0; i < 9; ++i) reconciler.add_ours(day, "main", "m", sums(0, i == 0 ? 25 : 10));
  EXPECT_TRUE(reconciler.compare().drift.empty());  // 105 against 100, ten roundings of a half
  reconciler.add_ours(day, "main", "m", sums(0, 1));
  EXPECT_EQ(reconciler.compare().drift.size(), 1u);
}

TEST(Reconcile, KeysOfTheExportStandForOurCredentials) {
  auto theirs = export_of({{day, "key_1", "m", sums(5)}, {day, "key_2", "m", sums(6)}});
  Reconciler reconciler(theirs, {.tolerance = {}, .keys = {{"key_1", "main"}, {"key_2", "main"}}});
  reconciler.add_ours(day, "main", "m", sums(11));
  EXPECT_TRUE(reconciler.compare().drift.empty());
}

TEST(Reconcile, AnExportWithoutKeysOrModelsIsComparedOverAllOfThem) {
  auto theirs = export_of({{day, "", "", sums(12)}});
  Reconciler reconciler(theirs, {});
  reconciler.add_ours(day, "main", "a", sums(5));
  reconciler.add_ours(day, "second", "b", sums(7));
  EXPECT_TRUE(reconciler.compare().drift.empty());
}

TEST(Reconcile, ASnapshotsNameMeetsTheNameThatWasAskedFor) {
  auto theirs = export_of({{day, "", "gpt-4o-2024-08-06", sums(5)}, {day, "", "claude-x-20250514", sums(6)}});
  Reconciler reconciler(theirs, {});
  reconciler.add_ours(day, "main", "gpt-4o", sums(5));
  reconciler.add_ours(day, "main", "claude-x", sums(6));
  EXPECT_TRUE(reconciler.compare().drift.empty());
}

TEST(Reconcile, DaysThatTheExportDoesNotTellOfCountNothing) {
  auto theirs = export_of({{day, "main", "m", sums(5)}});
  Reconciler reconciler(theirs, {});
  reconciler.add_ours(day, "main", "m", sums(5));
  reconciler.add_ours(day + 1, "main", "m", sums(99));
  reconciler.add_ours(day - 1, "main", "m", sums(99));
  EXPECT_TRUE(reconciler.compare().drift.empty());
}

}  // namespace
}  // namespace tollgate
