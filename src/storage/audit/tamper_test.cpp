// Every way to touch a log of 10,000 records that lies in several segments is found:
//
//   1  a log is written once, stopped in good order, and copied for each case
//   2  a case changes bytes or files of its copy, by a seeded generator
//   3  verify must find a fault; where the case knows the place, at that line
//
// A failure prints the seed.

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "storage/audit/audit_for_test.h"

namespace tollgate {
namespace {

constexpr std::uint64_t records = 10'000;
constexpr std::uint64_t segment_bytes = 1 << 20;
constexpr std::uint64_t seed = 20'261'129;

class AuditTamper : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    disk_ = new FakeDisk;
    log_ = new AuditLogForTest(*disk_, {.segment_bytes = segment_bytes});
    ASSERT_TRUE(log_->open().has_value());
    log_->write(0, records, 50);
    log_->stop();
    segments_ = *list_audit_segments(*disk_);
  }
  static void TearDownTestSuite() {
    delete log_;
    delete disk_;
    segments_.clear();
  }

  static FakeDisk copy() { return disk_->after_kill(); }
  static std::optional<AuditFault> check(FakeDisk& disk) { return log_->verify_on(disk).fault; }

  // The lines of one segment, with their line ends.
  static std::vector<std::string> lines_of(const std::string& bytes) {
    std::vector<std::string> lines;
    for (std::string_view line : split(bytes, '\n'))
      if (!line.empty()) lines.push_back(std::string(line) + '\n');
    return lines;
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string bytes;
    for (const std::string& line : lines) bytes += line;
    return bytes;
  }

  struct Place {
    std::string segment;
    std::size_t line;
  };
  Place any_place() {
    const AuditSegment& segment = segments_[random() % segments_.size()];
    return {segment.name, random() % (lines_of(disk_->bytes(segment.name)).size() - 1)};
  }
  // Changes the lines of one segment for a moment; gives the fault.
  std::optional<AuditFault> with_lines(const std::string& segment, const std::function<void(std::vector<std::string>&)>& change) {
    std::string& bytes = work.bytes(segment);
    const std::string before = bytes;
    auto lines = lines_of(before);
    change(lines);
    bytes = joined(lines);
    auto fault = check(work);
    bytes = before;
    return fault;
  }

  std::mt19937_64 random{seed};
  FakeDisk work = copy();
  static inline FakeDisk* disk_ = nullptr;
  static inline AuditLogForTest* log_ = nullptr;
  static inline std::vector<AuditSegment> segments_;
};

TEST_F(AuditTamper, FindsNothingInALogThatNobodyTouched) {
  FakeDisk disk = copy();
  auto report = log_->verify_on(disk);
  EXPECT_TRUE(report.good());
  EXPECT_GE(segments_.size(), 4u);
  EXPECT_EQ(report.lines, records + 2 + segments_.size() - 1) << "with start, stop and rotations";
  EXPECT_EQ(report.signed_seq, report.head.seq);
}

TEST_F(AuditTamper, FindsAFlippedBitAnywhere) {
  for (int round = 0; round < 1200; ++round) {
    const AuditSegment& segment = segments_[random() % segments_.size()];
    const std::size_t at = random() % segment.bytes;
    char& byte = work.bytes(segment.name)[at];
    const char before = byte;
    byte = static_cast<char>(before ^ (1 << (random() % 8)));
    auto fault = check(work);
    ASSERT_TRUE(fault) << "seed " << seed << ", round " << round << ", " << segment.name << " byte " << at;
    EXPECT_TRUE(fault->file == segment.name || fault->found.fault == ChainFault::cut);
    byte = before;
  }
}

TEST_F(AuditTamper, FindsADroppedLineAtItsPlace) {
  for (int round = 0; round < 60; ++round) {
    const Place place = any_place();
    auto fault = with_lines(place.segment, [&](auto& lines) { lines.erase(lines.begin() + static_cast<long>(place.line)); });
    ASSERT_TRUE(fault) << "seed " << seed << ", round " << round;
    EXPECT_EQ(fault->file, place.segment);
    EXPECT_EQ(fault->line, place.line + 1);
    EXPECT_EQ(fault->found.fault, ChainFault::missing);
  }
}

TEST_F(AuditTamper, FindsLinesThatWereSwapped) {
  for (int round = 0; round < 60; ++round) {
    const Place place = any_place();
    auto fault = with_lines(place.segment, [&](auto& lines) { std::swap(lines[place.line], lines[place.line + 1]); });
    ASSERT_TRUE(fault) << "seed " << seed << ", round " << round;
    EXPECT_EQ(fault->line, place.line + 1);
    EXPECT_EQ(fault->found.fault, ChainFault::missing);
  }
}

TEST_F(AuditTamper, FindsALineThatStandsTwice) {
  for (int round = 0; round < 60; ++round) {
    const Place place = any_place();
    auto fault = with_lines(place.segment, [&](auto& lines) {
      lines.insert(lines.begin() + static_cast<long>(place.line), lines[place.line]);
    });
    ASSERT_TRUE(fault) << "seed " << seed << ", round " << round;
    EXPECT_EQ(fault->line, place.line + 2);
    EXPECT_EQ(fault->found.fault, ChainFault::repeated);
  }
}

TEST_F(AuditTamper, FindsALineThatWasPutInWithAHashOfItsOwn) {
  for (int round = 0; round < 60; ++round) {
    const Place place = any_place();
    auto fault = with_lines(place.segment, [&](auto& lines) {
      auto next = read_audit_line(std::string_view(lines[place.line]).substr(0, lines[place.line].size() - 1));
      ChainHead head{.seq = next->seq - 1};
      std::ranges::copy(*unhex(next->prev), head.hash.begin());
      std::string line;
      chain_line(line, head, {.at = audit_noon}, R"({"kind":"request","id":"req_made_up"})", nullptr);
      lines.insert(lines.begin() + static_cast<long>(place.line), line);
    });
    ASSERT_TRUE(fault) << "seed " << seed << ", round " << round;
    EXPECT_EQ(fault->line, place.line + 2) << "the line behind it does not follow";
  }
}

TEST_F(AuditTamper, FindsLinesThatWereJoinedOrParted) {
  for (int round = 0; round < 60; ++round) {
    const Place place = any_place();
    auto joined_lines = with_lines(place.segment, [&](auto& lines) { lines[place.line].pop_back(); });
    ASSERT_TRUE(joined_lines) << "seed " << seed << ", round " << round;
    EXPECT_EQ(joined_lines->line, place.line + 1);
    auto parted = with_lines(place.segment, [&](auto& lines) { lines[place.line].insert(40, "\n"); });
    ASSERT_TRUE(parted);
    EXPECT_EQ(parted->line, place.line + 1);
    auto emptied = with_lines(place.segment, [&](auto& lines) { lines[place.line] += "\n"; });
    ASSERT_TRUE(emptied);
    EXPECT_EQ(emptied->line, place.line + 2);
  }
}

TEST_F(AuditTamper, FindsAnEndThatWasCutOffAtAnyByte) {
  const std::string& last = segments_.back().name;
  for (int round = 0; round < 100; ++round) {
    std::string& bytes = work.bytes(last);
    const std::string before = bytes;
    bytes.resize(round < 50 ? bytes.size() - 1 - static_cast<std::size_t>(round) : random() % bytes.size());
    auto fault = check(work);
    bytes = before;
    ASSERT_TRUE(fault) << "seed " << seed << ", round " << round;
    EXPECT_EQ(fault->found.fault, ChainFault::cut);
  }
}

TEST_F(AuditTamper, FindsEveryFileThatWasRemoved) {
  for (const AuditSegment& segment : segments_) {
    FakeDisk disk = copy();
    ASSERT_TRUE(disk.remove(segment.name).has_value());
    auto fault = check(disk);
    ASSERT_TRUE(fault) << segment.name;
  }
  FakeDisk disk = copy();
  for (const AuditSegment& segment : segments_) ASSERT_TRUE(disk.remove(segment.name).has_value());
  EXPECT_EQ(check(disk)->found.fault, ChainFault::cut);
}

TEST_F(AuditTamper, FindsFilesThatWereRenamedOrSwapped) {
  FakeDisk swapped = copy();
  std::swap(swapped.bytes(segments_[1].name), swapped.bytes(segments_[2].name));
  EXPECT_EQ(check(swapped)->file, segments_[1].name);

  FakeDisk renamed = copy();
  ASSERT_TRUE(renamed.rename(segments_[1].name, audit_segment_name(segments_[1].first_seq + 1)).has_value());
  EXPECT_EQ(check(renamed)->found.fault, ChainFault::segment);

  FakeDisk added = copy();
  ASSERT_TRUE(added.replace(audit_segment_name(segments_[1].first_seq + 5), added.bytes(segments_[1].name)).has_value());
  EXPECT_EQ(check(added)->found.fault, ChainFault::segment);
}

TEST_F(AuditTamper, FindsLinesThatWereMovedToAnotherFile) {
  for (int round = 0; round < 30; ++round) {
    FakeDisk disk = copy();
    const std::size_t from = random() % (segments_.size() - 1);
    auto lines = lines_of(disk.bytes(segments_[from].name));
    const std::string moved = lines.back();
    lines.pop_back();
    disk.bytes(segments_[from].name) = joined(lines);
    std::string& next = disk.bytes(segments_[from + 1].name);
    next = moved + next;
    EXPECT_TRUE(check(disk)) << "seed " << seed << ", round " << round;
  }
}

// Everything that can be made without the key: from a line on, all numbers and hashes are right again.
TEST_F(AuditTamper, FindsAChainThatWasMadeAnewWithoutTheKey) {
  for (int round = 0; round < 20; ++round) {
    FakeDisk disk = copy();
    const std::uint64_t forged_line = 1 + random() % records;
    ChainHead head;
    for (const AuditSegment& segment : segments_) {
      std::string anew;
      for (const std::string& line : lines_of(disk.bytes(segment.name))) {
        auto view = read_audit_line(std::string_view(line).substr(0, line.size() - 1));
        const std::size_t begin = line.find("\"kind\"");
        std::string members = "{" + line.substr(begin, view->covered.size() - begin - 75) + "}";
        if (head.seq + 1 == forged_line) members.insert(members.size() - 1, ",\"cost_nano_usd\":1");
        WallTime at;
        parse_rfc3339(view->at, at);
        chain_line(anew, head, {.durable = view->durable, .at = at, .up_ms = 0}, members, nullptr);
      }
      disk.bytes(segment.name) = anew;
    }
    auto fault = check(disk);
    ASSERT_TRUE(fault) << "seed " << seed << ", round " << round;
    EXPECT_EQ(fault->found.fault, ChainFault::forged);
  }
}

TEST_F(AuditTamper, FindsACheckpointThatWasChangedForgedOrTakenAway) {
  for (int round = 0; round < 200; ++round) {
    std::string& text = work.bytes(std::string(audit_checkpoint_file));
    const std::string before = text;
    text[random() % text.size()] ^= static_cast<char>(1 << (random() % 8));
    EXPECT_TRUE(check(work)) << "seed " << seed << ", round " << round;
    text = before;
  }
  FakeDisk forged = copy();
  const crypto::SigningKey other(key_for_test('x'));
  const ChainHead head = log_->verify_on(forged).head;
  ASSERT_TRUE(forged.replace(audit_checkpoint_file, sign_head(other, SignedHeadKind::checkpoint, head, audit_noon)).has_value());
  EXPECT_EQ(check(forged)->found.fault, ChainFault::forged);

  FakeDisk gone = copy();
  ASSERT_TRUE(gone.remove(audit_checkpoint_file).has_value());
  EXPECT_EQ(check(gone)->found.fault, ChainFault::unsigned_);
}

TEST_F(AuditTamper, DoesNotLetACheckpointStandForAnAnchor) {
  FakeDisk disk = copy();
  ASSERT_TRUE(disk.remove(segments_[0].name).has_value());
  EXPECT_EQ(check(disk)->found.fault, ChainFault::missing);
  const std::string checkpoint = disk.bytes(std::string(audit_checkpoint_file));
  ASSERT_TRUE(disk.replace(audit_anchor_file, checkpoint).has_value());
  EXPECT_EQ(check(disk)->found.fault, ChainFault::forged);
}

// Only a checkpoint that lies elsewhere can tell that a whole folder was put back to an older state.
TEST_F(AuditTamper, FindsAnOlderCopyByACheckpointFromElsewhere) {
  FakeDisk disk;
  AuditLogForTest log(disk);
  ASSERT_TRUE(log.open().has_value());
  log.write(0, 100);
  log.stop();
  FakeDisk older = disk.after_kill();
  ASSERT_TRUE(log.open().has_value());
  log.write(100, 200);
  log.stop();
  const std::string elsewhere = disk.bytes(std::string(audit_checkpoint_file));
  EXPECT_TRUE(log.verify_on(older).good());
  auto fault = log.verify_on(older, {elsewhere}).fault;
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->found.fault, ChainFault::cut);
}

}  // namespace
}  // namespace tollgate
