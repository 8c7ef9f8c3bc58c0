#include "storage/worker_ledger.h"

#include "async/clock.h"
#include "async/epoll_poller.h"
#include "async/task_group.h"
#include "storage/journal/journal_for_test.h"

namespace tollgate {
namespace {

class WorkerLedgerTest : public ::testing::Test {
 protected:
  // Whatever waits, told apart by its result.
  static Task<void> wait_for(WorkerLedger& ledger, Wait wait, std::optional<Result<void>>& result) {
    result = co_await ledger.durable(wait);
  }
  void turns_until(const std::optional<Result<void>>& result) {
    reactor.run_until([&] { return result.has_value(); });
  }

  FakeDisk disk;
  TestJournal journal{disk};
  SystemClock clock;
  SeededRandom random{1};
  EpollPoller poller;
  Reactor reactor{clock, random, poller};
  TaskGroup group;
};

TEST_F(WorkerLedgerTest, WritesACallFromBeginToFinish) {
  WorkerLedger ledger(journal.writer(), reactor, Durability::power);
  for (std::uint64_t number = 0; number < 3; ++number) {
    auto row = test_row(number);
    auto ticket = ledger.begin(test_intent(row));
    ASSERT_TRUE(ticket.has_value());
    ASSERT_TRUE(ledger.again(*ticket, test_intent(row, 2)).has_value());
    ledger.progress(row.id, row.usage, row.cost);
    ledger.attempt(*ticket, test_attempt(row, 1));
    ledger.attempt(*ticket, test_attempt(row, 2));
    ledger.finish(*ticket, row);
  }
  EXPECT_EQ(journal.writer().reserved(), 1u);
  auto all = read_back(disk);
  EXPECT_EQ(all.requests.size(), 3u);
  EXPECT_EQ(all.attempts[test_id(2)].size(), 2u);
}

TEST_F(WorkerLedgerTest, WaitsUntilTheCommitAndIsWoken) {
  WorkerLedger ledger(journal.writer(), reactor, Durability::power);
  Reactor::Turn turn(reactor);
  ASSERT_TRUE(ledger.refused(test_row(1)).has_value());
  std::optional<Result<void>> result;
  group.spawn(wait_for(ledger, {}, result));
  EXPECT_FALSE(result.has_value());
  ASSERT_TRUE(journal.commit().has_value());
  turns_until(result);
  EXPECT_TRUE(result->has_value());
  result.reset();
  group.spawn(wait_for(ledger, {}, result));
  EXPECT_TRUE(result.has_value()) << "nothing new: no wait";
}

TEST_F(WorkerLedgerTest, GivesUpAtTheDeadlineWhenNothingCommits) {
  WorkerLedger ledger(journal.writer(), reactor, Durability::power);
  Reactor::Turn turn(reactor);
  ASSERT_TRUE(ledger.refused(test_row(1)).has_value());
  std::optional<Result<void>> result;
  group.spawn(wait_for(ledger, {.until = reactor.now() + milliseconds(1)}, result));
  turns_until(result);
  ASSERT_FALSE(result->has_value());
  EXPECT_EQ(result->error().fault, Fault::unavailable);
}

TEST_F(WorkerLedgerTest, AFailedSyncWakesEverybodyWithAnError) {
  WorkerLedger ledger(journal.writer(), reactor, Durability::power);
  Reactor::Turn turn(reactor);
  ASSERT_TRUE(ledger.refused(test_row(1)).has_value());
  std::optional<Result<void>> first, second;
  group.spawn(wait_for(ledger, {}, first));
  group.spawn(wait_for(ledger, {}, second));
  disk.fail_sync = true;
  ASSERT_FALSE(journal.commit().has_value());
  turns_until(second);
  EXPECT_EQ(first->error().fault, Fault::unavailable);
  EXPECT_EQ(second->error().fault, Fault::unavailable);
  EXPECT_EQ(ledger.begin(test_intent(test_row(2))).error().fault, Fault::unavailable);
}

TEST_F(WorkerLedgerTest, OfTheLevelProcessNobodyWaits) {
  WorkerLedger ledger(journal.writer(), reactor, Durability::process);
  Reactor::Turn turn(reactor);
  ASSERT_TRUE(ledger.refused(test_row(1)).has_value());
  std::optional<Result<void>> result;
  group.spawn(wait_for(ledger, {}, result));
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->has_value());
}

}  // namespace
}  // namespace tollgate
