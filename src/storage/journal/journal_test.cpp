#include "storage/journal/journal.h"

#include "storage/journal/journal_for_test.h"
#include "storage/ledger_verify.h"

namespace tollgate {
namespace {

std::map<std::string, std::int64_t> cost_by_team(TestJournal& gateway) {
  std::map<std::string, std::int64_t> cost;
  gateway->facts().each([&](const FactKey& key, const FactSums& sums) {
    cost[gateway->names().word_text(key.team)] += sums.cost_nano_usd;
  });
  return cost;
}

TEST(Journal, GivesBackEveryFieldOfARow) {
  FakeDisk disk;
  TestJournal gateway(disk);
  gateway.call(7);
  auto all = read_back(disk);
  EXPECT_EQ(text_of(all.requests.at(test_id(7))), text_of(test_row(7)));
  auto attempt = all.attempts.at(test_id(7)).at(0);
  auto right = test_attempt(test_row(7));
  EXPECT_EQ(attempt.key, right.key);
  EXPECT_EQ(attempt.phase, right.phase);
  EXPECT_EQ(attempt.usage, right.usage);
  EXPECT_EQ(attempt.cost, right.cost);
  EXPECT_EQ(attempt.started_at, right.started_at);
  EXPECT_EQ(attempt.duration_ms, right.duration_ms);
  EXPECT_EQ(attempt.price_id, right.price_id);
}

TEST(Journal, ASecondGatewayIsRefusedAndToldWhoHoldsTheFolder) {
  FakeDisk disk;
  TestJournal gateway(disk);
  TestJournal second(disk);
  EXPECT_EQ(second.error, "another gateway works on this data folder (pid 1)");
}

TEST(Journal, DurableFollowsTheCommitsAndWakesTheWriter) {
  FakeDisk disk;
  TestJournal gateway(disk);
  int woken = 0;
  gateway.writer().on_commit([&] { ++woken; });
  gateway.call(1);
  EXPECT_EQ(gateway.writer().durable().sequence, 0u);
  EXPECT_EQ(*gateway.commit(), 5u);  // two starts, intent, attempt, row
  EXPECT_EQ(gateway.writer().durable(), gateway.writer().appended());
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(*gateway.commit(), 0u);
  EXPECT_EQ(woken, 1);
}

TEST(Journal, AFailedSyncIsFinal) {
  FakeDisk disk;
  TestJournal gateway(disk);
  auto row = test_row(1);
  auto space = gateway.begin(row);
  disk.fail_sync = true;
  EXPECT_FALSE(gateway.commit().has_value());
  disk.fail_sync = false;
  EXPECT_EQ(*gateway.commit(), 0u) << "nothing is tried again";
  EXPECT_EQ(gateway.writer().durable().sequence, 0u);
  EXPECT_EQ(gateway.writer().health(), LedgerHealth::failed);
  EXPECT_EQ(gateway.writer().open(RowPurpose::call).error().fault, Fault::unavailable);
  gateway.finish(std::move(space), row);  // a running call still ends in its space
  EXPECT_EQ(read_back(disk).requests.size(), 1u);
}

TEST(Journal, ACommitThatHangsShutsTheGateUntilItEnds) {
  FakeDisk disk;
  TestJournal gateway(disk);
  gateway.call(1);
  Instant began{1'000}, late = began + seconds(5) + milliseconds(1);
  disk.during_sync = [&] {
    EXPECT_FALSE(gateway->stalled(began + seconds(5)));
    EXPECT_TRUE(gateway->stalled(late));
    EXPECT_TRUE(gateway->step_care(late, noon).has_value());
    EXPECT_EQ(gateway.writer().health(), LedgerHealth::stalled);
    EXPECT_FALSE(gateway.writer().open(RowPurpose::call).has_value());
    disk.during_sync = {};
  };
  ASSERT_TRUE(gateway->step_commit([&] { return began; }).has_value());
  EXPECT_EQ(gateway.writer().health(), LedgerHealth::ok);
  EXPECT_TRUE(gateway.writer().open(RowPurpose::call).has_value());
}

TEST(Journal, AFullDiskRefusesNewCallsAndLetsRunningOnesEnd) {
  FakeDisk disk;
  disk.total_bytes = std::uint64_t{1} << 30;
  TestJournal gateway(disk, {.segment_slots = 60});
  std::vector<RowSpace> running;
  for (std::uint64_t number = 0; number < 5; ++number) running.push_back(gateway.begin(test_row(number)));
  disk.free_bytes = 1000;
  gateway.care();
  EXPECT_EQ(gateway.writer().health(), LedgerHealth::full);
  EXPECT_FALSE(gateway.writer().open(RowPurpose::call).has_value());
  auto refusal = gateway.writer().open(RowPurpose::refusal);
  ASSERT_TRUE(refusal.has_value()) << "the 503 itself has a row";
  gateway.writer().append_request(std::move(*refusal), test_row(9));
  for (std::uint64_t number = 0; number < 5; ++number) gateway.finish(std::move(running[number]), test_row(number));
  ASSERT_TRUE(gateway.commit().has_value());
  disk.free_bytes = std::uint64_t{1} << 30;
  gateway.care();
  EXPECT_TRUE(gateway.writer().open(RowPurpose::call).has_value()) << "it comes back without a restart";
  EXPECT_EQ(read_back(disk).requests.size(), 6u);
}

TEST(Journal, ReservedSpaceIsNeverGivenToOthers) {
  FakeDisk disk;
  TestJournal gateway(disk, {.segment_slots = 64});  // nobody makes further segments
  std::vector<RowSpace> running;
  for (;;) {
    auto space = gateway.writer().open(RowPurpose::call);
    if (!space) break;
    running.push_back(std::move(*space));
  }
  ASSERT_GT(running.size(), 10u);
  for (int i = 0; i < 200; ++i) gateway.writer().append_progress({.id = test_id(1), .at_ns = 1, .usage = {}});
  std::uint64_t number = 0;
  for (auto& space : running) {
    auto row = test_row(number++);
    ASSERT_TRUE(gateway.writer().append_intent(space, test_intent(row)).has_value());
    gateway.finish(std::move(space), row);
  }
  EXPECT_EQ(gateway.writer().reserved(), 1u) << "only the stop record's";
  EXPECT_EQ(read_back(disk).requests.size(), running.size());
}

TEST(Journal, SpaceThatWasNotUsedComesBack) {
  FakeDisk disk;
  TestJournal gateway(disk);
  {
    auto space = gateway.writer().open(RowPurpose::call);
  }
  EXPECT_EQ(gateway.writer().reserved(), 1u);
  auto row = test_row(1);
  gateway.writer().append_request(gateway.begin(row), row);
  EXPECT_EQ(gateway.writer().reserved(), 1u);
}

TEST(Journal, ACleanStopLeavesOnlyWhatWasWritten) {
  FakeDisk disk;
  {
    TestJournal gateway(disk);
    for (std::uint64_t number = 0; number < 20; ++number) {
      gateway.call(number, number % 2 == 0 ? 0 : 1);
      gateway.commit_and_care();
    }
    ASSERT_TRUE(gateway->close(noon).has_value());
  }
  std::uint64_t bytes = 0;
  auto segments = *list_segments(disk);
  for (const auto& segment : segments) bytes += segment.bytes;
  EXPECT_EQ(bytes, (4 + 20 * 3 + 4) * record_bytes) << "two starts, two stops, rows, and the heads of four segments";
  TestJournal again(disk);
  EXPECT_EQ(again->start().settled, 0u);
  EXPECT_EQ(again->start().records_read, 0u) << "the checkpoint covers it";
  auto report = verify_ledger(disk, {}, noon);
  EXPECT_TRUE(report->good()) << report->told[0];
}

TEST(Journal, FactsComeBackOverStopsAndCrashes) {
  FakeDisk disk;
  for (int life = 0; life < 3; ++life) {
    TestJournal gateway(disk);
    for (std::uint64_t number = 0; number < 4; ++number) gateway.call(static_cast<std::uint64_t>(life) * 4 + number);
    ASSERT_TRUE(gateway.commit().has_value());
    ASSERT_TRUE(life != 1 || gateway->close(noon).has_value());
  }
  TestJournal last(disk);
  auto cost = cost_by_team(last);
  EXPECT_EQ(cost["search"], 6 * 1000 + 0 + 2 + 4 + 6 + 8 + 10);
  EXPECT_EQ(cost["ads"], 6 * 1000 + 1 + 3 + 5 + 7 + 9 + 11);
}

TEST(Journal, FactsTooOldForAnyLimitAreDroppedAndStillAddUp) {
  FakeDisk disk;
  {
    TestJournal gateway(disk);
    gateway.call(1);
    ASSERT_TRUE(gateway->close(noon).has_value());
  }
  auto much_later = noon + std::chrono::hours(70 * 24);
  TestJournal gateway(disk, {.writers = 1, .segment_slots = small_segment}, much_later);
  EXPECT_EQ(gateway->facts().size(), 0u);
  auto report = verify_ledger(disk, {}, noon);
  EXPECT_TRUE(report->good()) << report->told[0];
}

TEST(Journal, RefusedCallsCountNothing) {
  FakeDisk disk;
  {
    TestJournal gateway(disk);
    auto row = test_row(1);
    row.status = RowStatus::refused;
    row.attempts = 0;
    row.cost = {};
    gateway.writer().append_request(std::move(*gateway.writer().open(RowPurpose::refusal)), row);
    ASSERT_TRUE(gateway->close(noon).has_value());
  }
  EXPECT_EQ(TestJournal(disk)->facts().size(), 0u);
}

TEST(Facts, GrowWiderWithAgeAndAreDroppedInTheEnd) {
  Facts facts;
  auto at = [](Duration ago) {
    RequestRecord record;
    record.at_ns = noon.ns - ago.count();
    record.cost_nano_usd = 1;
    return record;
  };
  for (auto ago : {Duration(seconds(60)), Duration(seconds(120)), Duration(std::chrono::hours(30)),
                   Duration(std::chrono::hours(30) + std::chrono::minutes(1)), Duration(std::chrono::hours(24 * 70))})
    facts.add(at(ago));
  facts.compact(noon);
  EXPECT_EQ(facts.size(), 3u) << "two minutes, one quarter of an hour";
  std::int64_t total = 0;
  facts.each([&](const FactKey&, const FactSums& sums) { total += sums.cost_nano_usd; });
  EXPECT_EQ(total, 4);
}

TEST(Journal, RetiresOnlyWhatViewAndCheckpointHold) {
  FakeDisk disk;
  JournalSettings settings{
      .writers = 1, .segment_slots = small_segment, .journal_max_bytes = 10 * (small_segment + 1) * record_bytes};
  TestJournal gateway(disk, settings);
  JournalPositions in_view;
  Instant now{1};
  auto follow = [&](const JournalPositions* view) {
    now = now + checkpoint_after;
    ASSERT_TRUE(gateway->step_checkpoint(view, now, noon).has_value());
  };
  for (std::uint64_t number = 0; number < 100; ++number) {
    gateway.call(number);
    gateway.commit_and_care();
  }
  follow(nullptr);
  follow(nullptr);
  EXPECT_EQ(gateway.writer().health(), LedgerHealth::full) << "over its maximum, and nothing may go";
  EXPECT_EQ(read_back(disk).requests.size(), 100u);

  in_view = gateway->ends();
  gateway.writer().append_request(std::move(*gateway.writer().open(RowPurpose::refusal)), [] {
    auto row = test_row(200);
    row.attempts = 0;
    row.cost = {};
    return row;
  }());
  gateway.commit_and_care();
  follow(&in_view);
  follow(&in_view);
  EXPECT_EQ(gateway.writer().health(), LedgerHealth::ok);
  auto segments = *list_segments(disk);
  EXPECT_LE(segments.size(), 10u);
  EXPECT_GT(segments.size(), 5u) << "no more than needed";
  EXPECT_GT(segments.front().number, 0u) << "the oldest go first";

  FakeDisk later = disk.after_kill();
  TestJournal again(later, settings);
  ASSERT_EQ(again.error, "");
  auto cost = cost_by_team(again);
  EXPECT_EQ(cost["search"] + cost["ads"], 100 * 1000 + 99 * 100 / 2) << "sums outlive their segments";
  auto report = verify_ledger(later, {}, noon);
  EXPECT_TRUE(report->good()) << report->told[0];
}

TEST(Journal, ASmallMaximumMakesSmallSegmentsNotAFullJournal) {
  FakeDisk disk;
  TestJournal gateway(disk, {.writers = 16, .journal_max_bytes = std::uint64_t{64} << 20});
  gateway.care();
  ASSERT_TRUE(gateway->step_checkpoint(nullptr, Instant{1}, noon).has_value());
  EXPECT_EQ(gateway.writer().health(), LedgerHealth::ok);
}

TEST(Journal, OldSegmentsGoWhenTheirTimeIsOver) {
  FakeDisk disk;
  TestJournal gateway(disk, {.writers = 1, .segment_slots = small_segment, .keep = std::chrono::hours(1)});
  for (std::uint64_t number = 0; number < 30; ++number) {
    gateway.call(number);
    gateway.commit_and_care();
  }
  auto ends = gateway->ends();
  Instant now{1};
  for (int round = 0; round < 3; ++round) {
    now = now + checkpoint_after;
    gateway.call(static_cast<std::uint64_t>(100 + round));
    gateway.commit_and_care();
    ASSERT_TRUE(gateway->step_checkpoint(&ends, now, noon + std::chrono::minutes(30)).has_value());
  }
  EXPECT_EQ(list_segments(disk)->front().number, 0u);
  ASSERT_TRUE(gateway->step_checkpoint(&ends, now, noon + std::chrono::minutes(90)).has_value());
  EXPECT_EQ(list_segments(disk)->front().number, 3u) << "the fourth holds rows that the view has not";
}

TEST(Journal, ReadsWhileItIsWritten) {
  FakeDisk disk;
  TestJournal gateway(disk);
  JournalPositions at;
  std::uint64_t rows = 0;
  auto follow = [&] {
    auto read = read_journal(disk, at, nullptr, 7,
                             [&](const JournalRecord& record) { rows += record.header.type == RecordType::request; });
    ASSERT_TRUE(read.has_value());
  };
  for (std::uint64_t number = 0; number < 50; ++number) {
    gateway.call(number);
    gateway.commit_and_care();
    follow();
  }
  EXPECT_EQ(rows, 50u);
}

TEST(Journal, AReaderStopsAtTheEndsItIsGiven) {
  FakeDisk disk;
  TestJournal gateway(disk);
  gateway.call(1);
  ASSERT_TRUE(gateway.commit().has_value());
  auto ends = gateway->ends();
  gateway.call(2);
  JournalPositions at;
  std::uint64_t rows = 0;
  ASSERT_TRUE(read_journal(disk, at, &ends, 1000, [&](const JournalRecord& record) {
                rows += record.header.type == RecordType::request;
              }).has_value());
  EXPECT_EQ(rows, 1u);
}

}  // namespace
}  // namespace tollgate
