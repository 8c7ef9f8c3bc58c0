// Journal and view together in a real folder: what questions give while a gateway runs, after it stopped, and when the
// view is gone, held by somebody, or damaged.

#include <fstream>
#include <thread>

#include "storage/files/disk.h"
#include "storage/journal/journal_for_test.h"
#include "storage/journal/journal_threads.h"
#include "storage/journal/temporary_folder.h"
#include "storage/ledger_verify.h"
#include "storage/sqlite/feeder.h"
#include "storage/sqlite/sums.h"

namespace tollgate {
namespace {

constexpr Duration forever = std::chrono::hours(24 * 365 * 100);

// What a gateway runs on a folder.
struct Running {
  JournalWriter& writer(int index = 0) { return journal->writer(index); }
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Feeder> feeder;
};

class LedgerFolder {
 public:
  LedgerFolder() : disk(std::move(*FileDisk::open(path.path()))), view(path.path() / view_file) {}

  Running open(int writers = 1) {
    auto journal = Journal::open(*disk, sealer, {.writers = writers, .random = test_random(2)}, "pid 1", noon);
    EXPECT_TRUE(journal.has_value()) << (journal ? "" : journal.error().detail);
    return {std::move(*journal), std::make_unique<Feeder>(*disk, view, forever)};
  }
  static void call(JournalWriter& writer, std::uint64_t number) {
    auto row = test_row(number);
    auto space = std::move(*writer.open(RowPurpose::call));
    ASSERT_TRUE(writer.append_intent(space, test_intent(row)).has_value());
    ASSERT_TRUE(writer.append_attempt(space, test_attempt(row)).has_value());
    writer.append_request(std::move(space), row);
  }
  // Commits, and lets the view follow to the end; gives the view's last word.
  Result<std::uint64_t> follow(Running& ledger) {
    EXPECT_TRUE(ledger.journal->step_commit([] { return Instant{}; }).has_value());
    now = now + feeder_sync_after;
    return ledger.feeder->step(ledger.journal->ends(), now, noon);
  }
  // As another process would ask.
  std::vector<std::string> rows(RowFilter filter = {}) {
    auto names = std::move(*Dictionary::open(*disk, sealer, {.mode = Dictionary::Mode::read}));
    LedgerQueries queries(*disk, *names, view);
    std::vector<std::string> texts;
    auto asked = queries.rows(filter, [&](const RequestRow& row) {
      texts.push_back(text_of(row));
      return true;
    });
    EXPECT_TRUE(asked.has_value()) << (asked ? "" : asked.error().detail);
    return texts;
  }
  void expect_good() {
    auto report = verify_ledger(*disk, view, {0});
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_TRUE(report->good()) << report->told[0];
  }

  TemporaryFolder path;
  std::unique_ptr<FileDisk> disk;
  std::filesystem::path view;
  PlainSealer sealer;
  Instant now{1};
};

std::vector<std::string> texts_of_calls(std::uint64_t from, std::uint64_t to) {
  std::vector<std::string> texts;
  for (; from < to; ++from) texts.push_back(text_of(test_row(from)));
  return texts;
}

TEST(Ledger, AnswersAtOnceHoweverFarTheViewIs) {
  LedgerFolder folder;
  auto ledger = folder.open();
  for (std::uint64_t number = 0; number < 10; ++number) LedgerFolder::call(ledger.writer(0), number);
  EXPECT_EQ(folder.rows(), texts_of_calls(0, 10)) << "no view yet";
  ASSERT_TRUE(folder.follow(ledger).has_value());
  EXPECT_EQ(ledger.feeder->lag(), 0u);
  EXPECT_EQ(folder.rows(), texts_of_calls(0, 10)) << "all in the view";
  for (std::uint64_t number = 10; number < 15; ++number) LedgerFolder::call(ledger.writer(0), number);
  EXPECT_EQ(folder.rows(), texts_of_calls(0, 15)) << "view and tail";
  folder.expect_good();
  ASSERT_TRUE(ledger.journal->close(noon).has_value());
  EXPECT_EQ(folder.rows(), texts_of_calls(0, 15)) << "stopped";
  std::filesystem::remove(folder.view);
  EXPECT_EQ(folder.rows(), texts_of_calls(0, 15)) << "from the journal alone";
}

TEST(Ledger, FiltersAndPagesOverViewAndTail) {
  LedgerFolder folder;
  auto ledger = folder.open();
  for (std::uint64_t number = 0; number < 10; ++number) LedgerFolder::call(ledger.writer(0), number);
  ASSERT_TRUE(folder.follow(ledger).has_value());
  for (std::uint64_t number = 10; number < 20; ++number) LedgerFolder::call(ledger.writer(0), number);

  auto page = folder.rows({.before = test_id(12), .order = RowOrder::newest_first, .limit = 4});
  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ(page[0], text_of(test_row(11)));
  EXPECT_EQ(page[3], text_of(test_row(8)));
  EXPECT_EQ(folder.rows({.from = test_row(9).at, .to = test_row(11).at}), texts_of_calls(9, 11));
  EXPECT_EQ(folder.rows({.user = "user-3"}).size(), 4u);
  EXPECT_EQ(folder.rows({.team = "ads", .user = "user-3"}).size(), 2u);
  EXPECT_TRUE(folder.rows({.key = "unknown"}).empty());
}

TEST(Ledger, FindsOneRequestWithItsAttempts) {
  LedgerFolder folder;
  auto ledger = folder.open();
  LedgerFolder::call(ledger.writer(0), 1);
  ASSERT_TRUE(folder.follow(ledger).has_value());
  LedgerFolder::call(ledger.writer(0), 2);
  LedgerQueries queries(*folder.disk, ledger.journal->names(), folder.view);
  for (std::uint64_t number : {1, 2}) {
    auto found = queries.find(test_id(number));
    ASSERT_TRUE(found.has_value() && found->has_value());
    EXPECT_EQ(text_of((*found)->row), text_of(test_row(number)));
    ASSERT_EQ((*found)->attempts.size(), 1u);
    EXPECT_EQ((*found)->attempts[0].key, "main");
  }
  EXPECT_FALSE(queries.find(test_id(3))->has_value());
}

TEST(Ledger, SumsAreTheSameFromViewAndJournal) {
  LedgerFolder folder;
  auto ledger = folder.open();
  for (std::uint64_t number = 0; number < 30; ++number) {
    LedgerFolder::call(ledger.writer(0), number);
    ASSERT_TRUE(number != 12 || folder.follow(ledger).has_value());
  }
  for (bool with_view : {true, false}) {
    LedgerQueries queries(*folder.disk, ledger.journal->names(), with_view ? folder.view : std::filesystem::path());
    auto sums = sum_rows(queries, {.filter = {}, .by = {"tags.env", "team", "user"}, .bucket = SumBucket::month});
    ASSERT_TRUE(sums.has_value()) << sums.error().detail;
    EXPECT_EQ(sums->total.requests, 30);
    EXPECT_EQ(sums->total.cost.nano_usd, 30 * 1000 + 29 * 30 / 2);
    EXPECT_EQ(sums->total.usage.output.count, 30 * 50 + 29 * 30 / 2);
    EXPECT_EQ(sums->rows.size(), 20u);
    EXPECT_EQ(sums->rows[0].by, (std::vector<std::string>{"dev", "ads", "user-0"}));
    EXPECT_EQ(sums->rows[0].bucket, "2026-11-01T00:00:00.000Z");
    EXPECT_EQ(sums->rows[0].sum.requests, 1);
    EXPECT_EQ(sums->rows[0].sum.cost.nano_usd, 1015);
  }
  LedgerQueries queries(*folder.disk, ledger.journal->names(), folder.view);
  EXPECT_EQ(sum_rows(queries, {.filter = {}, .by = {"colour"}}).error().param, "by");
}

TEST(Ledger, BucketsBeginWhereTheCalendarSays) {
  LedgerFolder folder;
  auto ledger = folder.open();
  LedgerFolder::call(ledger.writer(0), 0);  // a Sunday, 22 November 2026, 07:46 UTC
  LedgerQueries queries(*folder.disk, ledger.journal->names(), folder.view);
  const std::pair<SumBucket, std::string> cases[] = {{SumBucket::hour, rfc3339(noon).substr(0, 13) + ":00:00.000Z"},
                                                     {SumBucket::day, rfc3339(noon).substr(0, 10) + "T00:00:00.000Z"},
                                                     {SumBucket::month, "2026-11-01T00:00:00.000Z"}};
  for (const auto& [bucket, begin] : cases)
    EXPECT_EQ(sum_rows(queries, {.filter = {}, .by = {}, .bucket = bucket})->rows[0].bucket, begin);
  WallTime monday;
  ASSERT_TRUE(
      parse_rfc3339(sum_rows(queries, {.filter = {}, .by = {}, .bucket = SumBucket::week})->rows[0].bucket, monday));
  EXPECT_EQ((monday.unix_seconds() / 86'400 + 3) % 7, 0);
  EXPECT_LE(monday, noon);
  EXPECT_GT(monday + std::chrono::hours(7 * 24), noon);
}

TEST(Ledger, AViewThatIsGoneOrDamagedIsMadeAnewWithTheSameRows) {
  LedgerFolder folder;
  for (int damage = 0; damage < 4; ++damage) {
    SCOPED_TRACE(damage);
    auto ledger = folder.open();
    LedgerFolder::call(ledger.writer(0), static_cast<std::uint64_t>(damage));
    ASSERT_TRUE(folder.follow(ledger).has_value());
    EXPECT_EQ(ledger.feeder->lag(), 0u);
    EXPECT_EQ(folder.rows(), texts_of_calls(0, static_cast<std::uint64_t>(damage) + 1));
    folder.expect_good();
    ASSERT_TRUE(ledger.journal->close(noon).has_value());
    ledger = {};
    if (damage == 0) std::filesystem::remove(folder.view);
    if (damage == 1)
      std::ofstream(folder.view, std::ios::trunc) << "this is no database, and it is long enough to be one";
    if (damage == 2) {
      std::fstream file(folder.view, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(4096);
      file << std::string(4096 * 3, '\x77');
    }
    EXPECT_EQ(folder.rows(), texts_of_calls(0, static_cast<std::uint64_t>(damage) + 1)) << "from the journal meanwhile";
  }
}

TEST(Ledger, AViewThatIsAheadOfTheJournalIsMadeAnew) {
  LedgerFolder folder;
  auto ledger = folder.open();
  LedgerFolder::call(ledger.writer(0), 1);
  ASSERT_TRUE(folder.follow(ledger).has_value());
  auto ends = JournalPositions{{{1, 0}, 2}};  // a journal put back from an older copy
  Feeder feeder(*folder.disk, folder.view, std::chrono::hours(1'000'000));
  ASSERT_TRUE(feeder.step(ends, Instant{1}, noon).has_value());
  EXPECT_EQ(feeder.rebuilds(), 1u);
}

TEST(Ledger, SomebodyWhoHoldsTheViewDelaysItAndNothingElse) {
  LedgerFolder folder;
  auto ledger = folder.open();
  LedgerFolder::call(ledger.writer(0), 0);
  ASSERT_TRUE(folder.follow(ledger).has_value());
  auto holder = std::move(*Database::open(folder.view, Database::Mode::write, 0));
  ASSERT_TRUE(holder.run("BEGIN IMMEDIATE").has_value());
  LedgerFolder::call(ledger.writer(0), 1);
  EXPECT_EQ(folder.follow(ledger).error().code, database_busy);
  EXPECT_EQ(ledger.writer(0).durable(), ledger.writer(0).appended());
  EXPECT_EQ(folder.rows(), texts_of_calls(0, 2)) << "readers are not held";
  ASSERT_TRUE(holder.run("COMMIT").has_value());
  ASSERT_TRUE(folder.follow(ledger).has_value());
  EXPECT_EQ(ledger.feeder->lag(), 0u);
}

TEST(Ledger, VerifyFindsWhatDoesNotAddUp) {
  LedgerFolder folder;
  auto ledger = folder.open();
  auto& writer = ledger.writer(0);
  for (std::uint64_t number = 0; number < 5; ++number) LedgerFolder::call(writer, number);
  ASSERT_TRUE(folder.follow(ledger).has_value());
  ASSERT_TRUE(folder.follow(ledger).has_value()) << "roll-ups";
  folder.expect_good();

  auto twice = std::move(*writer.open(RowPurpose::call));
  auto row = test_row(4);
  std::ignore = writer.append_attempt(twice, test_attempt(row));
  writer.append_request(std::move(twice), row);
  auto wrong = test_row(5);
  auto space = std::move(*writer.open(RowPurpose::call));
  std::ignore = writer.append_attempt(space, test_attempt(wrong));
  wrong.cost = {1};
  writer.append_request(std::move(space), wrong);
  auto meddler = std::move(*Database::open(folder.view, Database::Mode::write, 1000));
  ASSERT_TRUE(meddler
                  .run("UPDATE requests SET cost_nano_usd = 0 WHERE http_status = 200 AND input_tokens = 100 AND "
                       "output_tokens = 52")
                  .has_value());

  auto report = verify_ledger(*folder.disk, folder.view, {0});
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->problems, 4u);
  std::string told;
  for (const auto& words : report->told) told += words + "\n";
  EXPECT_NE(told.find(to_string(test_id(4)) + ": has more than one row"), std::string::npos) << told;
  EXPECT_NE(told.find(to_string(test_id(5)) + ": costs 1 nano-USD, its attempts say 1005"), std::string::npos) << told;
  EXPECT_NE(told.find(to_string(test_id(2)) + ": its row is not in the view, or differs there"), std::string::npos)
      << told;
  EXPECT_NE(told.find("the view's roll-up names_by_hour does not sum the rows from 2026-11-21T22:00"), std::string::npos)
      << told;
}

TEST(Ledger, OldRowsLeaveTheView) {
  LedgerFolder folder;
  auto ledger = folder.open();
  for (std::uint64_t number = 0; number < 4; ++number) LedgerFolder::call(ledger.writer(0), number);
  ASSERT_TRUE(folder.follow(ledger).has_value());
  auto view = std::move(*View::open(folder.view));
  EXPECT_EQ(*view->expire(test_row(2).at, 100), 2);
  EXPECT_EQ(*view->expire(test_row(2).at, 100), 0);
  EXPECT_EQ(folder.rows(), texts_of_calls(2, 4));
}

// Real threads: two workers write, the journal commits, the view follows, somebody asks and verifies all the while.
TEST(Ledger, ManyThreadsWriteWhileOthersRead) {
  constexpr std::uint64_t calls = 3'000;
  LedgerFolder folder;
  auto ledger = folder.open(2);
  {
    JournalThreads threads(*ledger.journal, Durability::power,
                           {.in_view = {}, .on_error = [](const Error& error) { ADD_FAILURE() << error.detail; }});
    std::jthread view([&](std::stop_token stop) {
      while (!stop.stop_requested()) {
        EXPECT_TRUE(ledger.feeder->step(ledger.journal->ends(), Instant{1}, noon).has_value());
        std::this_thread::yield();
      }
    });
    std::vector<std::jthread> workers;
    for (int index = 0; index < 2; ++index)
      workers.emplace_back([&, index] {
        for (std::uint64_t number = 0; number < calls; ++number)
          LedgerFolder::call(ledger.writer(index), number * 2 + static_cast<std::uint64_t>(index));
      });
    std::size_t seen = 0;
    for (int round = 0; round < 5; ++round) {
      std::size_t now = folder.rows().size();
      EXPECT_GE(now, seen);
      seen = now;
      folder.expect_good();
    }
    workers.clear();
    for (int index = 0; index < 2; ++index)
      while (ledger.writer(index).durable() < ledger.writer(index).appended()) std::this_thread::yield();
  }
  ASSERT_TRUE(ledger.journal->close(noon).has_value());
  EXPECT_EQ(folder.rows(), texts_of_calls(0, 2 * calls));
  folder.expect_good();
}

}  // namespace
}  // namespace tollgate
