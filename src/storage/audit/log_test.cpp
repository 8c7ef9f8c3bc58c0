#include "storage/audit/log.h"

#include <algorithm>
#include <thread>

#include "storage/audit/audit_for_test.h"
#include "storage/audit/outside.h"
#include "storage/audit/reader.h"
#include "storage/audit/thread.h"
#include "storage/files/disk.h"
#include "storage/journal/temporary_folder.h"

namespace tollgate {
namespace {

class AuditLogTest : public ::testing::Test {
 protected:
  std::vector<AuditRow> rows(AuditFilter filter = {.limit = 100'000}) {
    auto read = read_audit_rows(disk, filter);
    EXPECT_TRUE(read.has_value());
    return read ? std::move(*read) : std::vector<AuditRow>{};
  }
  std::string newest_line() { return rows({.limit = 1}).front().line; }
  bool newest_says(std::string_view text) { return newest_line().find(text) != std::string::npos; }

  FakeDisk disk;
  AuditLogForTest test{disk};
};

TEST_F(AuditLogTest, BeginsWithAStartAndASignedHead) {
  ASSERT_TRUE(test.open().has_value());
  auto report = test.verify();
  EXPECT_TRUE(report.good());
  EXPECT_EQ(report.lines, 1u);
  EXPECT_EQ(report.signed_seq, 1u);
  EXPECT_TRUE(newest_says(R"("kind":"log","event":"start")"));
}

TEST_F(AuditLogTest, TellsByTicketsHowFarItIsDurable) {
  ASSERT_TRUE(test.open().has_value());
  int rung = 0;
  test.log->on_durable([&] { ++rung; });
  EXPECT_EQ(test.append(1), 1u);
  EXPECT_EQ(test.append(2), 2u);
  EXPECT_EQ(test.log->durable(), 0u);
  EXPECT_FALSE(test.log->wait(2, milliseconds(1)).has_value());
  EXPECT_EQ(test.log->step(test.now, test.wall), 2u);
  EXPECT_EQ(test.log->durable(), 2u);
  EXPECT_EQ(rung, 1);
  EXPECT_TRUE(test.log->wait(2, milliseconds(1)).has_value());
  EXPECT_EQ(test.log->step(test.now, test.wall), 0u) << "nothing waits";
}

TEST_F(AuditLogTest, ContinuesTheChainAfterAStopAndAfterAKill) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 10);
  test.stop();
  ASSERT_TRUE(test.open().has_value());
  EXPECT_TRUE(newest_says(R"("event":"start")"));
  test.write(10, 20);
  test.abandon();
  ASSERT_TRUE(test.open().has_value());
  EXPECT_TRUE(newest_says(R"("event":"restart","cut_bytes":0)"));
  auto report = test.verify();
  EXPECT_TRUE(report.good());
  EXPECT_EQ(report.lines, 20u + 4);
}

TEST_F(AuditLogTest, RefusesASecondWriter) {
  ASSERT_TRUE(test.open().has_value());
  AuditLogForTest second(disk);
  EXPECT_FALSE(second.open().has_value());
}

TEST_F(AuditLogTest, RefusesWhatItsQueueCannotHold) {
  test.settings.queue_bytes = 4096;
  ASSERT_TRUE(test.open().has_value());
  std::uint64_t taken = 0;
  while (test.append(taken).has_value()) ++taken;
  EXPECT_GT(taken, 2u);
  EXPECT_LT(taken, 10u);
  ASSERT_TRUE(test.log->step(test.now, test.wall).has_value());
  EXPECT_TRUE(test.append(taken).has_value());
  EXPECT_EQ(test.verify().lines, 1 + taken);
}

TEST_F(AuditLogTest, SignsAHeadEachMinuteAndAtTheEnd) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 10);
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  EXPECT_EQ(test.verify().signed_seq, 1u);
  test.now = test.now + seconds(61);
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  EXPECT_EQ(test.verify().signed_seq, 11u);
  test.stop();
  EXPECT_EQ(test.verify().signed_seq, 12u);
}

TEST_F(AuditLogTest, BeginsANewSegmentEachDay) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 10);
  test.wall = test.wall + seconds(86'401);
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  test.write(10, 20);
  EXPECT_EQ(list_audit_segments(disk)->size(), 2u);
  auto report = test.verify();
  EXPECT_TRUE(report.good());
  EXPECT_EQ(report.signed_seq, 11u) << "the old segment is signed whole";
}

TEST_F(AuditLogTest, SignsTheLogForSomebodyToKeepElsewhere) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 10);
  auto text = sign_audit_log(disk, test.signing, test.wall);
  ASSERT_TRUE(text.has_value());
  EXPECT_TRUE(test.verify({*text}).good());
  FakeDisk cut = disk.after_kill();
  cut.bytes(audit_segment_name(1)).resize(2000);
  EXPECT_TRUE(test.verify_on(cut).good()) << "the checkpoint beside it is older";
  EXPECT_EQ(test.verify_on(cut, {*text}).fault->found.fault, ChainFault::cut);
}

TEST_F(AuditLogTest, LetsWholeOldSegmentsGoAndCanStillBeVerified) {
  test.settings.segment_bytes = 20'000;
  test.settings.keep = seconds(10 * 86'400);
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 200, 10);
  const std::string kept_elsewhere = *sign_audit_log(disk, test.signing, test.wall);
  const std::size_t before = list_audit_segments(disk)->size();
  ASSERT_GT(before, 3u);
  test.wall = test.wall + seconds(11LL * 86'400);
  test.now = test.now + seconds(11LL * 86'400);
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  EXPECT_LT(list_audit_segments(disk)->size(), 3u);
  auto report = test.verify();
  EXPECT_TRUE(report.good()) << report.fault->found.words;
  EXPECT_GT(report.first_seq, 150u);
  EXPECT_TRUE(test.verify({kept_elsewhere}).good()) << "what a checkpoint covers may go by retention";
  test.stop();
  ASSERT_TRUE(test.open().has_value());
  EXPECT_TRUE(test.verify().good());

  FakeDisk without_anchor = disk.after_kill();
  ASSERT_TRUE(without_anchor.remove(audit_anchor_file).has_value());
  EXPECT_EQ(test.verify_on(without_anchor).fault->found.fault, ChainFault::missing);
}

TEST_F(AuditLogTest, TellsNothingOfAPersonWhoWasErasedAndStaysValid) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 30);
  const std::uint64_t alice = AuditLogForTest::id_of("alice"), bob = AuditLogForTest::id_of("bob");
  const std::vector<AuditRow> hers = rows({.persons = {{alice}}, .limit = 100});
  ASSERT_EQ(hers.size(), 10u);
  EXPECT_EQ(hers.front().line.find("alice"), std::string::npos);
  EXPECT_NE(readable_audit_line(hers.front().line, test.sealer).find(R"("user":"alice","tags":{"env":"dev"})"), std::string::npos);

  ASSERT_TRUE(test.log->erase(alice, "operator", test.wall).has_value());
  ASSERT_TRUE(test.log->step(test.now, test.wall).has_value());
  EXPECT_NE(readable_audit_line(hers.front().line, test.sealer).find(R"("erased":true)"), std::string::npos);
  EXPECT_TRUE(newest_says(R"("event":"erasure","actor":"operator","person":")" + pseudonym(alice)));
  EXPECT_TRUE(test.verify().good());
  for (const std::string& name : disk.names()) EXPECT_EQ(disk.bytes(name).find("alice"), std::string::npos) << name;
  const auto his = rows({.persons = {{bob}}, .limit = 1});
  EXPECT_NE(readable_audit_line(his.front().line, test.sealer).find(R"("user":"bob")"), std::string::npos);
}

TEST_F(AuditLogTest, ReadsRowsNewestFirstByTimeKeyPersonAndKind) {
  test.settings.segment_bytes = 20'000;
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 100, 10);
  auto all = rows();
  EXPECT_EQ(all.size(), test.verify().lines);
  EXPECT_TRUE(std::ranges::is_sorted(all, std::greater{}, &AuditRow::seq));
  EXPECT_EQ(rows({.limit = 7}).size(), 7u);
  EXPECT_EQ(rows({.before_seq = 8, .limit = 100}).front().seq, 7u);
  EXPECT_EQ(rows({.key = "search-dev", .limit = 1000}).size(), 50u);
  EXPECT_EQ(rows({.key = "search", .limit = 1000}).size(), 0u);
  EXPECT_EQ(rows({.kind = "request", .limit = 1000}).size(), 100u);
  EXPECT_EQ(rows({.persons = {{}}, .limit = 1000}).size(), 0u);
  EXPECT_EQ(rows({.request = to_string(audit_row_for_test(5).id), .limit = 10}).size(), 1u);
  const WallTime fifty = audit_row_for_test(50).finished_at;
  EXPECT_EQ(rows({.since = fifty, .kind = "request", .limit = 1000}).size(), 50u);
  EXPECT_EQ(rows({.until = fifty, .kind = "request", .limit = 1000}).size(), 50u);
}

TEST_F(AuditLogTest, ReadsOnWhileALineIsBeingWritten) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 5);
  disk.bytes(audit_segment_name(1)) += R"({"v":1,"seq":7,"dur)";
  EXPECT_EQ(rows().size(), 6u);
  auto report = test.verify();
  EXPECT_TRUE(report.good());
  EXPECT_EQ(report.torn_bytes, 19u);
}

TEST_F(AuditLogTest, TakesInWhatCommandsLeft) {
  ASSERT_TRUE(test.open().has_value());
  EncodedEvent event;
  encode(AuditChange{.at = test.wall, .actor = "command", .person = "carol", .action = "keys.create", .object = "new-key"}, event);
  ASSERT_TRUE(leave_audit_event(disk, event).has_value());
  EXPECT_EQ(test.verify().left_events, 1u);
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  EXPECT_TRUE(newest_says(R"("kind":"change","actor":"command","action":"keys.create","object":"new-key","outcome":"done","left":")"));
  EXPECT_NE(readable_audit_line(newest_line(), test.sealer).find(R"("person":"carol")"), std::string::npos);
  auto report = test.verify();
  EXPECT_TRUE(report.good());
  EXPECT_EQ(report.left_events, 0u);
}

TEST_F(AuditLogTest, KnowsTheHeadsOfAnEarlierSigningKeyWhenItIsTold) {
  ASSERT_TRUE(test.open().has_value());
  test.write(0, 10);
  test.stop();
  const crypto::SigningKey next(key_for_test('n'));
  auto open_with = [&](std::vector<crypto::PublicKey> older) {
    return AuditLog::open(disk, next, {.person_of = {}, .sealer = &test.sealer, .older_keys = std::move(older)}, {}, test.now, test.wall);
  };
  EXPECT_FALSE(open_with({}).has_value());
  auto log = open_with({test.signing.public_key()});
  ASSERT_TRUE(log.has_value());
  auto report = verify_audit(disk, {.keys = std::span(&next.public_key(), 1)});
  EXPECT_TRUE(report->good());
}

// Real threads and a real disk: each producer's events are all there, in its own order.
TEST(AuditThreads, KeepWhatManyThreadsAppendInTheOrderOfEach) {
  constexpr std::uint64_t producers = 4, events = 2'000;
  TemporaryFolder folder;
  auto disk = std::move(*FileDisk::open(folder.path() / "audit"));
  SealerForTest sealer;
  const crypto::SigningKey signing(key_for_test('s'));
  auto log = std::move(*AuditLog::open(
      *disk, signing, {.person_of = [](std::string_view name) { return AuditLogForTest::id_of(name); }, .sealer = &sealer},
      {.segment_bytes = 1 << 20}, {1}, audit_noon));
  {
    AuditThread thread(*log);
    std::vector<std::jthread> threads;
    for (std::uint64_t producer = 0; producer < producers; ++producer)
      threads.emplace_back([&, producer] {
        std::uint64_t ticket = 0;
        for (std::uint64_t number = 0; number < events; ++number) {
          RequestRow row = audit_row_for_test(number);
          row.id = {(producer + 1) << 32, number};
          auto appended = log->append(AuditRequest{.row = row});
          ASSERT_TRUE(appended.has_value());
          ASSERT_GT(*appended, ticket);
          ticket = *appended;
        }
        EXPECT_TRUE(log->wait(ticket, seconds(20)).has_value());
      });
    threads.clear();
    EXPECT_EQ(log->durable(), producers * events);
  }
  log.reset();
  auto report = verify_audit(*disk, {.keys = std::span(&signing.public_key(), 1)});
  ASSERT_TRUE(report.has_value() && report->good());
  auto rows = read_audit_rows(*disk, {.kind = "request", .limit = producers * events + 1});
  ASSERT_EQ(rows->size(), producers * events);
  std::map<std::string, std::string> last;  // of each producer: its id begins with its number
  for (const AuditRow& row : *rows) {
    const std::string id = row.line.substr(row.line.find("\"id\":\"") + 6, request_id_length);
    std::string& newer = last[id.substr(0, 16)];
    EXPECT_TRUE(newer.empty() || id < newer);
    newer = id;
  }
  EXPECT_EQ(last.size(), producers);
}

TEST_F(AuditLogTest, TellsOfAPersonWhomACommandErased) {
  ASSERT_TRUE(test.open().has_value());
  EncodedEvent event;
  encode(AuditNote{.at = test.wall, .event = AuditLogEvent::erasure, .actor = "a test", .person = 0xabc}, event);
  ASSERT_TRUE(leave_audit_event(disk, event).has_value());
  encode(AuditChange{.at = test.wall, .action = "keys.create", .object = "erasure"}, event);
  ASSERT_TRUE(leave_audit_event(disk, event).has_value());
  ASSERT_TRUE(test.log->care(test.now, test.wall).has_value());
  EXPECT_EQ(test.erased, std::vector<std::uint64_t>{0xabc});
  EXPECT_EQ(rows({.kind = "change"}).size(), 1u);
}

}  // namespace
}  // namespace tollgate
