// `tollgate ledger` on a real folder: a journal as a gateway writes it, asked while it is open and after it was closed.

#include <gtest/gtest.h>

#include <algorithm>

#include "app/commands/commands.h"
#include "app/data_folder.h"
#include "storage/journal/journal_for_test.h"
#include "storage/journal/temporary_folder.h"
#include "storage/sqlite/feeder.h"

namespace tollgate {
namespace {

struct Said {
  int code;
  std::string out;
};

Said say(const Command& command, std::vector<std::string> words) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  int code = command.run(words);
  testing::internal::GetCapturedStderr();
  return {code, testing::internal::GetCapturedStdout()};
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// What a gateway does to its data folder, without its sockets.
class LedgerCommand : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = DataFolder::open(data_, noon);
    ASSERT_TRUE(folder) << folder.error().detail;
    folder_ = std::move(*folder);
    auto disk = FileDisk::open(data_ / "journal");
    ASSERT_TRUE(disk) << disk.error().detail;
    disk_ = std::move(*disk);
    JournalSettings settings{.writers = 1, .segment_slots = min_segment_slots, .random = test_random(1)};
    auto journal = Journal::open(*disk_, *folder_.person_keys, settings, "a test", noon);
    ASSERT_TRUE(journal) << journal.error().detail;
    journal_ = std::move(*journal);
  }

  void call(std::uint64_t number) {
    RequestRow row = test_row(number);
    auto space = journal_->writer(0).open(RowPurpose::call);
    ASSERT_TRUE(space) << space.error().detail;
    ASSERT_TRUE(journal_->writer(0).append_intent(*space, test_intent(row)));
    ASSERT_TRUE(journal_->writer(0).append_attempt(*space, test_attempt(row)));
    journal_->writer(0).append_request(std::move(*space), row);
  }
  // Takes all that was written so far into the view.
  void feed_view() {
    ASSERT_TRUE(journal_->step_commit([] { return Instant{}; }));
    Feeder feeder(*disk_, data_ / view_file, std::chrono::hours(24 * 36'500));
    ASSERT_TRUE(feeder.step(journal_->ends(), Instant{1}, noon));
  }
  void close() {
    ASSERT_TRUE(journal_->close(noon));
    journal_.reset();
  }
  Said ledger(std::vector<std::string> words) {
    words.insert(words.end(), {"--data", data_.string()});
    return say(ledger_command, std::move(words));
  }

  TemporaryFolder home_;
  std::filesystem::path data_ = home_.path() / "data";
  DataFolder folder_;
  std::unique_ptr<FileDisk> disk_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(LedgerCommand, ShowsRowsAtOnceWhileTheGatewayRunsAndAfterItStopped) {
  call(1);
  feed_view();
  call(2);
  Said running = ledger({"rows"});
  EXPECT_EQ(running.code, exit_yes);
  EXPECT_EQ(lines_of(running.out), 2u);
  EXPECT_TRUE(
      running.out.starts_with(R"({"id":")" + to_string(test_id(1)) + R"(","at":")" + rfc3339(test_row(1).at) + '"'));
  EXPECT_NE(running.out.find(R"("user":"user-2")"), std::string::npos);
  close();
  EXPECT_EQ(ledger({"rows"}).out, running.out);
}

TEST_F(LedgerCommand, ShowsAnAttemptForEachTry) {
  call(1);
  Said attempts = ledger({"attempts"});
  EXPECT_EQ(attempts.code, exit_yes);
  EXPECT_TRUE(
      attempts.out.starts_with(R"({"request_id":")" + to_string(test_id(1)) + R"(","n":1,"provider":"openai")"));
}

TEST_F(LedgerCommand, WritesCsvWithAHeader) {
  call(1);
  Said csv = ledger({"rows", "--format", "csv"});
  EXPECT_TRUE(csv.out.starts_with("id,at,finished_at,key,team,user,feature,tags,route,endpoint,dialect,stream,"));
  EXPECT_NE(csv.out.find(R"(,search-dev,ads,user-1,autocomplete,"{""env"":""prod"",""zone"":""b""}",gpt-4o,)"),
            std::string::npos);
  EXPECT_EQ(lines_of(csv.out), 2u);
}

TEST_F(LedgerCommand, FiltersByTimeAndNamesAndCount) {
  for (std::uint64_t number = 1; number <= 6; ++number) call(number);
  EXPECT_EQ(lines_of(ledger({"rows", "--team", "search"}).out), 3u);
  EXPECT_EQ(lines_of(ledger({"rows", "--key", "nobody"}).out), 0u);
  EXPECT_EQ(lines_of(ledger({"rows", "--from", rfc3339(test_row(3).at), "--to", rfc3339(test_row(5).at)}).out), 2u);
  Said newest = ledger({"rows", "--newest", "--limit", "2"});
  EXPECT_EQ(lines_of(newest.out), 2u);
  EXPECT_TRUE(newest.out.starts_with(R"({"id":")" + to_string(test_id(6))));
}

TEST_F(LedgerCommand, AddsUpExactlyWhatTheRowsSay) {
  call(1);
  call(2);
  feed_view();
  call(3);
  Said report = ledger({"report", "--by", "team", "--format", "json"});
  EXPECT_EQ(report.code, exit_yes);
  EXPECT_NE(report.out.find(R"({"team":"ads","requests":2,"refused":0,"input_tokens":200,"cached_tokens":40,)"),
            std::string::npos);
  EXPECT_NE(report.out.find(R"("total":{"requests":3,"refused":0,"input_tokens":300,"cached_tokens":60,)"),
            std::string::npos);
  EXPECT_NE(report.out.find(R"("cost_nano_usd":3006,"saved_nano_usd":33})"), std::string::npos);
}

TEST_F(LedgerCommand, RefusesToSumByWhatIsNoName) { EXPECT_EQ(ledger({"report", "--by", "colour"}).code, exit_misuse); }

TEST_F(LedgerCommand, ProvesAWholeLedger) {
  call(1);
  feed_view();
  call(2);
  Said running = ledger({"verify"});
  EXPECT_EQ(running.code, exit_yes) << running.out;
  EXPECT_TRUE(running.out.starts_with("good: 2 requests, 2 attempts"));
  close();
  EXPECT_EQ(ledger({"verify", "--json"}).code, exit_yes);
}

TEST_F(LedgerCommand, SaysNoToACostThatNoAttemptHad) {
  RequestRow row = test_row(1);
  auto space = journal_->writer(0).open(RowPurpose::call);
  ASSERT_TRUE(journal_->writer(0).append_intent(*space, test_intent(row)));
  ASSERT_TRUE(journal_->writer(0).append_attempt(*space, test_attempt(row)));
  row.cost = {1};
  journal_->writer(0).append_request(std::move(*space), row);
  Said verdict = ledger({"verify"});
  EXPECT_EQ(verdict.code, exit_no);
  EXPECT_NE(verdict.out.find(to_string(row.id)), std::string::npos);
  EXPECT_NE(verdict.out.find("1 problems"), std::string::npos);
}

TEST_F(LedgerCommand, SaysNoWhenTheJournalHasVanished) {
  call(1);
  feed_view();
  close();
  std::filesystem::remove_all(data_ / "journal");
  EXPECT_EQ(ledger({"verify"}).code, exit_no);
  EXPECT_EQ(ledger({"rows"}).code, exit_no);
}

}  // namespace
}  // namespace tollgate
