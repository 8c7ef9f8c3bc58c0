#include "storage/sqlite/rollup_plan.h"

#include <gtest/gtest.h>

#include <random>

#include "limits/zone_for_test.h"

namespace tollgate {
namespace {

std::vector<RollupPiece> pieces(NeedsPersons persons, WallTime begin, WallTime end) {
  std::vector<RollupPiece> result;
  append_pieces(tables_for(persons), begin, end, result);
  return result;
}

std::string text(const std::vector<RollupPiece>& pieces) {
  std::string words;
  for (const auto& piece : pieces) {
    std::int64_t unit = piece.table == nullptr ? 1 : ns_per_hour;
    words += std::string(piece.table == nullptr ? "rows" : piece.table->name) + " " + rfc3339({piece.begin * unit}).substr(0, 16) +
             " " + rfc3339({piece.end * unit}).substr(0, 16) + "\n";
  }
  return words;
}

TEST(RollupPlan, TakesWholeStretchesFromTheRollupsAndTheEndsFromTheRows) {
  EXPECT_EQ(text(pieces(NeedsPersons::no, at("2026-10-02T10:30:00Z"), at("2026-10-04T02:00:00Z"))),
            "rows 2026-10-02T10:30 2026-10-02T11:00\n"
            "names_by_hour 2026-10-02T11:00 2026-10-03T00:00\n"
            "names_by_day 2026-10-03T00:00 2026-10-04T00:00\n"
            "names_by_hour 2026-10-04T00:00 2026-10-04T02:00\n");
  EXPECT_EQ(text(pieces(NeedsPersons::no, at("2025-11-30"), at("2026-02-01T01:00:00Z"))),
            "names_by_day 2025-11-30T00:00 2025-12-01T00:00\n"
            "names_by_month 2025-12-01T00:00 2026-02-01T00:00\n"
            "names_by_hour 2026-02-01T00:00 2026-02-01T01:00\n");
  EXPECT_EQ(text(pieces(NeedsPersons::yes, at("2025-11-29T12:00:00Z"), at("2026-02-01T00:00:00Z"))),
            "rows 2025-11-29T12:00 2025-11-30T00:00\n"
            "persons_by_day 2025-11-30T00:00 2025-12-01T00:00\n"
            "persons_by_month 2025-12-01T00:00 2026-02-01T00:00\n");
  EXPECT_EQ(text(pieces(NeedsPersons::yes, at("2026-10-02T10:30:00Z"), at("2026-10-02T18:00:00Z"))),
            "rows 2026-10-02T10:30 2026-10-02T18:00\n");
  EXPECT_TRUE(pieces(NeedsPersons::no, at("2026-10-02"), at("2026-10-02")).empty());
}

TEST(RollupPlan, OpenEndsBecomeWholeMonths) {
  auto stretch = stretch_of({INT64_MIN}, {INT64_MAX}, at("2026-10-02T10:30:00Z"), at("2026-12-31T23:59:59Z"));
  EXPECT_EQ(rfc3339(stretch.begin), "2026-10-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(stretch.end), "2027-01-01T00:00:00.000Z");
  auto asked = stretch_of(at("2026-10-03"), at("2026-10-04"), at("2026-10-02T10:30:00Z"), at("2026-12-31T23:59:59Z"));
  EXPECT_EQ(asked.begin, at("2026-10-03"));
  EXPECT_EQ(asked.end, at("2026-10-04"));
}

TEST(RollupPlan, CoversEachMomentOnceWhateverTheStretch) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::int64_t begin = static_cast<std::int64_t>(random() % (40ULL * 365 * 24)) * ns_per_hour - 20LL * 365 * 24 * ns_per_hour;
    std::int64_t end = begin + static_cast<std::int64_t>(random() % (70ULL * 24)) * ns_per_hour;
    if (random() % 2 == 0) begin += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(ns_per_hour));
    if (random() % 2 == 0) end += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(ns_per_hour));
    auto persons = random() % 2 == 0 ? NeedsPersons::yes : NeedsPersons::no;
    std::int64_t covered = begin;
    for (const auto& piece : pieces(persons, {begin}, {end})) {
      std::int64_t unit = piece.table == nullptr ? 1 : ns_per_hour;
      ASSERT_EQ(piece.begin * unit, covered) << round;
      ASSERT_LT(piece.begin, piece.end) << round;
      if (piece.table != nullptr) {
        ASSERT_EQ(begin_hour(piece.table->step, piece.begin * unit), piece.begin) << round;
        ASSERT_EQ(begin_hour(piece.table->step, piece.end * unit), piece.end) << round;
      }
      covered = piece.end * unit;
    }
    ASSERT_EQ(covered, std::max(begin, end)) << round;
  }
}

}  // namespace
}  // namespace tollgate
