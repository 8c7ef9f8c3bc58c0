#include "storage/audit/follower.h"

#include <limits>

#include "storage/audit/audit_for_test.h"

namespace tollgate {
namespace {

constexpr std::uint64_t newest = std::numeric_limits<std::uint64_t>::max();

class AuditFollowerTest : public ::testing::Test {
 protected:
  AuditFollowerTest() { EXPECT_TRUE(test.open().has_value()); }

  static std::vector<std::uint64_t> numbers(const std::vector<FollowedLine>& lines) {
    std::vector<std::uint64_t> out;
    for (const FollowedLine& line : lines) out.push_back(line.seq);
    return out;
  }
  // All that there is, in batches.
  std::vector<std::uint64_t> drain(AuditFollower& follower, std::size_t batch) {
    std::vector<std::uint64_t> out;
    for (;;) {
      auto lines = follower.next(newest, batch, SIZE_MAX);
      EXPECT_TRUE(lines.has_value());
      if (!lines || lines->empty()) return out;
      for (std::uint64_t seq : numbers(*lines)) out.push_back(seq);
      follower.take();
    }
  }
  static std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> out;
    for (; from <= to; ++from) out.push_back(from);
    return out;
  }

  FakeDisk disk;
  AuditLogForTest test{disk, {.segment_bytes = 4096}};
};

TEST_F(AuditFollowerTest, GivesEveryLineOnceInOrderOverAllSegments) {
  test.write(0, 100, 7);
  ASSERT_GT(list_audit_segments(disk)->size(), 3u);
  AuditFollower follower(disk, 0);
  EXPECT_EQ(drain(follower, 9), range(1, test.log->durable_seq()));
  const std::uint64_t seen = test.log->durable_seq();
  test.write(100, 110, 3);
  EXPECT_EQ(drain(follower, 9), range(seen + 1, test.log->durable_seq()));
  EXPECT_EQ(follower.missed(), 0u);
}

TEST_F(AuditFollowerTest, GivesTheSameAgainUntilItIsTaken) {
  test.write(0, 20);
  AuditFollower follower(disk, 3);
  auto first = follower.next(newest, 2, SIZE_MAX);
  EXPECT_EQ(numbers(*first), range(4, 5));
  EXPECT_EQ(first->front().kind, "request");
  EXPECT_EQ(numbers(*follower.next(newest, 2, SIZE_MAX)), range(4, 5));
  follower.take();
  EXPECT_EQ(numbers(*follower.next(newest, 1, SIZE_MAX)), range(6, 6));
  follower.back_to(4);
  EXPECT_EQ(numbers(*follower.next(newest, 2, SIZE_MAX)), range(5, 6));
}

TEST_F(AuditFollowerTest, StopsAtTheLineThatIsDurableAndAtTheBytesThatAreWanted) {
  test.write(0, 20);
  AuditFollower follower(disk, 0);
  EXPECT_EQ(numbers(*follower.next(4, 100, SIZE_MAX)), range(1, 4));
  EXPECT_EQ(numbers(*follower.next(newest, 100, 1)), range(1, 1)) << "one at least";
  EXPECT_TRUE(follower.next(0, 100, SIZE_MAX)->empty());
}

TEST_F(AuditFollowerTest, CountsLinesThatWereGoneBeforeItCame) {
  test.write(0, 100, 7);
  auto segments = list_audit_segments(disk);
  const std::uint64_t first_left = (*segments)[2].first_seq;
  ASSERT_TRUE(disk.remove((*segments)[0].name).has_value());
  ASSERT_TRUE(disk.remove((*segments)[1].name).has_value());
  AuditFollower follower(disk, 0);
  EXPECT_EQ(drain(follower, 50), range(first_left, test.log->durable_seq()));
  EXPECT_EQ(follower.missed(), first_left - 1);
}

}  // namespace
}  // namespace tollgate
