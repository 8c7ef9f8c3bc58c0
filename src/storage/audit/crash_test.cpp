// What kills, power cuts and failing disks do to the audit log: what was acknowledged is there, and the log can be
// verified wherever it was interrupted.

#include "storage/audit/audit_for_test.h"

namespace tollgate {
namespace {

class AuditCrashTest : public ::testing::Test {
 protected:
  FakeDisk disk;
  AuditLogForTest test{disk};
};

// A crash in the middle of a group that nobody was told of: what is whole stays, the rest is cut off and said.
TEST_F(AuditCrashTest, CutsATornEndAtEveryByteOfTheLastGroup) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 20);
  const std::string name = audit_segment_name(1);
  const std::size_t before = disk.bytes(name).size();
  test.write(20, 23);
  test.abandon();
  const std::string whole = disk.bytes(name);
  for (std::size_t size = before; size <= whole.size(); ++size) {
    FakeDisk torn = disk.after_kill();
    torn.bytes(name).resize(size);
    AuditLogForTest restarted(torn);
    ASSERT_TRUE(restarted.open().has_value()) << size;
    auto report = restarted.verify();
    ASSERT_TRUE(report.good()) << size << report.fault->found.words;
    ASSERT_GE(report.lines, 22u) << "start, 20 that were acknowledged, restart";
    ASSERT_EQ(report.torn_bytes, 0u);
  }
}

TEST_F(AuditCrashTest, KeepsEveryAcknowledgedLineThroughPowerCuts) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 20);
  disk.fail_sync = true;
  for (std::uint64_t number = 20; number < 40; ++number) ASSERT_TRUE(test.append(number).has_value());
  EXPECT_FALSE(test.log->step(test.now, test.wall).has_value());
  EXPECT_EQ(test.log->durable(), 20u);
  std::mt19937_64 random(20'261'129);
  for (int round = 0; round < 300; ++round) {
    FakeDisk cut = disk.after_power_cut(random);
    AuditLogForTest restarted(cut);
    ASSERT_TRUE(restarted.open().has_value()) << "round " << round;
    auto report = restarted.verify();
    ASSERT_TRUE(report.good()) << "round " << round << ": " << report.fault->found.words;
    ASSERT_GE(report.lines, 22u) << "round " << round;
  }
}

// The crash came between the making of a segment and its first line.
TEST_F(AuditCrashTest, GoesOnInASegmentThatHasNoLineYet) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 20);
  test.abandon();
  ASSERT_TRUE(disk.replace(audit_segment_name(22), "torn").has_value());
  ASSERT_TRUE(test.open().has_value());
  test.write(20, 30);
  EXPECT_EQ(list_audit_segments(disk)->size(), 2u);
  EXPECT_TRUE(test.verify().good());
  EXPECT_EQ(test.verify().lines, 32u);
}

TEST_F(AuditCrashTest, DoesNotOpenWhenAcknowledgedLinesAreDamagedOrGone) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 100, 10);
  test.abandon();
  const std::string name = audit_segment_name(1);

  FakeDisk changed = disk.after_kill();
  changed.bytes(name)[changed.bytes(name).size() / 2] ^= 1;
  EXPECT_FALSE(AuditLogForTest(changed).open().has_value()) << "a later group knew that it was durable";

  ASSERT_TRUE(test.open().has_value());
  test.stop();
  FakeDisk cut = disk.after_kill();
  cut.bytes(name).resize(cut.bytes(name).size() - 1);
  EXPECT_FALSE(AuditLogForTest(cut).open().has_value()) << "the checkpoint has signed it";

  FakeDisk unsigned_log = disk.after_kill();
  ASSERT_TRUE(unsigned_log.remove(audit_checkpoint_file).has_value());
  EXPECT_FALSE(AuditLogForTest(unsigned_log).open().has_value()) << "else a cut log would be signed again";

  FakeDisk gone = disk.after_kill();
  ASSERT_TRUE(gone.remove(name).has_value());
  EXPECT_FALSE(AuditLogForTest(gone).open().has_value());
}

TEST_F(AuditCrashTest, LosesNothingWhileTheDiskIsFullAndGoesOnByItself) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 10);
  disk.fail_append = true;
  for (std::uint64_t number = 10; number < 15; ++number) ASSERT_TRUE(test.append(number).has_value());
  for (int round = 0; round < 3; ++round) EXPECT_FALSE(test.log->step(test.now, test.wall).has_value());
  EXPECT_EQ(test.log->health(test.now), AuditHealth::full);
  EXPECT_EQ(test.log->durable(), 10u);
  disk.fail_append = false;
  ASSERT_TRUE(test.log->step(test.now, test.wall).has_value());
  EXPECT_EQ(test.log->durable(), 15u);
  EXPECT_EQ(test.log->health(test.now), AuditHealth::ok);
  EXPECT_TRUE(test.verify().good());
  EXPECT_EQ(test.verify().lines, 16u);
}

TEST_F(AuditCrashTest, TakesNoNewWorkWhenSpaceIsShort) {
  ASSERT_TRUE(test.open().has_value());
  disk.free_bytes = 1 << 20;
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  EXPECT_FALSE(test.log->open_for_work(test.now));
  EXPECT_TRUE(test.append(1).has_value()) << "what runs is still recorded";
  disk.free_bytes = std::uint64_t{1} << 40;
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  EXPECT_TRUE(test.log->open_for_work(test.now));
}

TEST_F(AuditCrashTest, IsShutForGoodWhenASyncFails) {
  ASSERT_TRUE(test.open().has_value());
  ASSERT_TRUE(test.append(1).has_value());
  disk.fail_sync = true;
  EXPECT_FALSE(test.log->step(test.now, test.wall).has_value());
  disk.fail_sync = false;
  EXPECT_FALSE(test.log->step(test.now, test.wall).has_value());
  EXPECT_EQ(test.log->health(test.now), AuditHealth::failed);
  EXPECT_FALSE(test.append(2).has_value());
  EXPECT_FALSE(test.log->wait(1, seconds(60)).has_value()) << "at once, not after a minute";
}

TEST_F(AuditCrashTest, IsStalledWhileAGroupHangs) {
  ASSERT_TRUE(test.open().has_value());
  ASSERT_TRUE(test.append(1).has_value());
  std::vector<AuditHealth> seen;
  disk.during_sync = [&] {
    seen.push_back(test.log->health(test.now + seconds(1)));
    seen.push_back(test.log->health(test.now + seconds(6)));
  };
  ASSERT_TRUE(test.log->step(test.now, test.wall).has_value());
  EXPECT_EQ(seen, (std::vector{AuditHealth::ok, AuditHealth::stalled}));
  EXPECT_EQ(test.log->health(test.now + seconds(6)), AuditHealth::ok);
}

// Retention is cut short after each of its changes of files.
TEST_F(AuditCrashTest, CanBeVerifiedWhereverRetentionWasInterrupted) {
  test.settings.segment_bytes = 20'000;
  test.settings.keep = seconds(10 * 86'400);
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 200, 10);
  test.stop();
  for (int operations = 3; operations < 20; ++operations) {
    FakeDisk copy = disk.after_kill();
    AuditLogForTest again(copy, test.settings);
    again.wall = test.wall + seconds(11LL * 86'400);
    ASSERT_TRUE(again.open().has_value());
    copy.operations_left = operations;
    std::ignore = again.log->care(again.now, again.wall);
    FakeDisk killed = copy.after_kill();
    auto report = test.verify_on(killed);
    ASSERT_TRUE(report.good()) << "after " << operations << " operations: " << report.fault->found.words;
    AuditLogForTest restarted(killed, test.settings);
    restarted.wall = again.wall;
    ASSERT_TRUE(restarted.open().has_value());
    ASSERT_TRUE(restarted.log->care(restarted.now, restarted.wall).has_value());
    ASSERT_TRUE(restarted.verify().good());
  }
}

}  // namespace
}  // namespace tollgate
