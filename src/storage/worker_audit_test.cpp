#include "storage/worker_audit.h"

#include "async/clock.h"
#include "async/epoll_poller.h"
#include "async/task_group.h"
#include "storage/audit/audit_for_test.h"

namespace tollgate {
namespace {

class WorkerAuditTest : public ::testing::Test {
 protected:
  WorkerAuditTest() { EXPECT_TRUE(test.open().has_value()); }

  static Task<void> wait_for(WorkerAudit& audit, Wait wait, std::optional<Result<void>>& result) {
    result = co_await audit.durable(audit.appended(), wait);
  }
  static Task<void> wait_up_to(WorkerAudit& audit, AuditSink::Mark mark, std::optional<Result<void>>& result) {
    result = co_await audit.durable(mark, {});
  }
  Result<void> append(WorkerAudit& audit, std::uint64_t number) {
    const RequestRow row = audit_row_for_test(number);
    return audit.append(AuditRequest{.row = row});
  }

  crypto::HmacKey digest{key_for_test('d')};
  FakeDisk disk;
  AuditLogForTest test{disk};
  SystemClock clock;
  SeededRandom random{1};
  EpollPoller poller;
  Reactor reactor{clock, random, poller};
  TaskGroup group;
};

TEST_F(WorkerAuditTest, IsWokenWhenItsEventsAreDurable) {
  WorkerAudit audit(*test.log, reactor, digest, Durability::power);
  Reactor::Turn turn(reactor);
  std::optional<Result<void>> result;
  ASSERT_TRUE(append(audit, 1).has_value());
  group.spawn(wait_for(audit, {}, result));
  EXPECT_FALSE(result.has_value());
  ASSERT_TRUE(test.log->step(test.now, test.wall).has_value());
  reactor.run_until([&] { return result.has_value(); });
  EXPECT_TRUE(result->has_value());
  result.reset();
  group.spawn(wait_for(audit, {}, result));
  EXPECT_TRUE(result.has_value()) << "nothing new: no wait";
}

TEST_F(WorkerAuditTest, WakesAnEarlierMarkAlsoBehindALaterOne) {
  WorkerAudit audit(*test.log, reactor, digest, Durability::power);
  Reactor::Turn turn(reactor);
  std::optional<Result<void>> later, earlier;
  ASSERT_TRUE(append(audit, 1).has_value());
  AuditSink::Mark mark = audit.appended();
  ASSERT_TRUE(test.log->step(test.now, test.wall).has_value());
  ASSERT_TRUE(append(audit, 2).has_value());
  group.spawn(wait_for(audit, {}, later));
  group.spawn(wait_up_to(audit, mark, earlier));
  EXPECT_TRUE(earlier.has_value());
  EXPECT_FALSE(later.has_value());
  ASSERT_TRUE(test.log->step(test.now, test.wall).has_value());
  reactor.run_until([&] { return later.has_value(); });
}

TEST_F(WorkerAuditTest, WaitsForNothingWhereTheLedgerDoesNot) {
  WorkerAudit audit(*test.log, reactor, digest, Durability::process);
  Reactor::Turn turn(reactor);
  std::optional<Result<void>> result;
  ASSERT_TRUE(append(audit, 1).has_value());
  group.spawn(wait_for(audit, {}, result));
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->has_value());
  disk.fail_sync = true;
  EXPECT_FALSE(test.log->step(test.now, test.wall).has_value());
  result.reset();
  group.spawn(wait_for(audit, {}, result));
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->has_value()) << "but a log that failed lets no answer out";
}

TEST_F(WorkerAuditTest, GivesUpAtTheDeadlineAndWhenTheDiskFails) {
  WorkerAudit audit(*test.log, reactor, digest, Durability::power);
  Reactor::Turn turn(reactor);
  std::optional<Result<void>> late, failed;
  ASSERT_TRUE(append(audit, 1).has_value());
  group.spawn(wait_for(audit, {.until = reactor.now() + milliseconds(1)}, late));
  reactor.run_until([&] { return late.has_value(); });
  EXPECT_FALSE(late->has_value());
  group.spawn(wait_for(audit, {}, failed));
  disk.fail_sync = true;
  EXPECT_FALSE(test.log->step(test.now, test.wall).has_value());
  reactor.run_until([&] { return failed.has_value(); });
  EXPECT_FALSE(failed->has_value());
  EXPECT_FALSE(append(audit, 2).has_value());
}

}  // namespace
}  // namespace tollgate
