// Roll-ups against the rows: the same sums for any question, and the same lines, wherever the rows came from and went.
//
//   1. calls with random rows go through a real journal; the view follows now and then, so that some are in its tail
//   2. random questions are compared with sums made row by row over what the ledger lists
//   3. the lines of every roll-up are compared with the rows, both ways
//   4. again after: rows expired, a person was erased, the roll-ups were filled up, the view was made anew

#include "storage/sqlite/rollups.h"

#include "storage/files/disk.h"
#include "storage/journal/temporary_folder.h"
#include "storage/sqlite/feeder.h"
#include "storage/sqlite/sums_for_test.h"

namespace tollgate {
namespace {

constexpr Duration forever = std::chrono::hours(24 * 365 * 100);
constexpr std::uint64_t rows_in_a_ledger = 400;

class SummedFolder {
 public:
  explicit SummedFolder(std::uint64_t seed)
      : random(seed), disk(std::move(*FileDisk::open(path.path()))), view(path.path() / view_file) {
    auto opened = Journal::open(*disk, sealer, {.writers = 1, .random = test_random(2)}, "pid 1", noon);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().detail);
    journal = std::move(*opened);
    start_feeder();
  }

  void start_feeder() { feeder = std::make_unique<Feeder>(*disk, view, forever); }
  void call() {
    auto row = random.row(next_++);
    auto& writer = journal->writer(0);
    auto space = std::move(*writer.open(RowPurpose::call));
    ASSERT_TRUE(writer.append_intent(space, test_intent(row)).has_value());
    ASSERT_TRUE(writer.append_attempt(space, test_attempt(row)).has_value());
    writer.append_request(std::move(space), row);
  }
  void calls(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) call();
  }
  // The rows are in the view, and its roll-ups wait for more of them.
  void bring() {
    ASSERT_TRUE(journal->step_commit([] { return Instant{}; }).has_value());
    auto stepped = feeder->step(journal->ends(), now = now + feeder_sync_after, noon);
    ASSERT_TRUE(stepped.has_value()) << stepped.error().detail;
  }
  // The roll-ups have them too: nothing else was to do.
  void follow() {
    bring();
    bring();
  }
  LedgerQueries queries() { return LedgerQueries(*disk, journal->names(), view); }

  std::vector<RequestRow> rows() {
    std::vector<RequestRow> rows;
    auto asked = queries().rows({}, [&](const RequestRow& row) { return rows.push_back(row), true; });
    EXPECT_TRUE(asked.has_value());
    return rows;
  }
  void expect_right_answers(int questions) {
    auto all = rows();
    for (int i = 0; i < questions; ++i) {
      SumQuery query = random.question();
      auto ledger = queries();
      auto sums = sum_rows(ledger, query);
      ASSERT_TRUE(sums.has_value()) << sums.error().detail;
      ASSERT_EQ(texts_of(*sums), sums_by_hand(all, query)) << "question " << i;
    }
  }
  void expect_right_lines();
  void meddle(const std::string& sql) {
    auto database = std::move(*Database::open(view, Database::Mode::write, 1000));
    auto done = database.run(sql.c_str());
    ASSERT_TRUE(done.has_value()) << done.error().detail;
  }

  RandomSums random;
  TemporaryFolder path;
  PlainSealer sealer;
  std::unique_ptr<FileDisk> disk;
  std::filesystem::path view;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Feeder> feeder;
  Instant now{1};

 private:
  std::uint64_t next_ = 1;
};

// The lines that SQLite makes of the rows, in the words of its own calendar.
std::string lines_of_rows(const RollupTable& table) {
  constexpr std::string_view hours[] = {"at_ns / 3600000000000", "at_ns / 86400000000000 * 24",
                                        "unixepoch(at_ns / 1000000000, 'unixepoch', 'start of month') / 3600"};
  std::string names;
  for (auto name : std::span(rollup_names).subspan(table.persons ? 0 : rollup_person_names)) names += std::string(name) + ", ";
  std::string sql = "SELECT " + std::string(hours[static_cast<std::size_t>(table.step)]) + " AS hour, " + names +
                    "COUNT(*), COUNT(*), SUM(status = 1)";
  for (auto column : summed_columns) sql += ", SUM(" + std::string(column) + ")";
  return sql + " FROM requests GROUP BY " + names + "1";
}

void SummedFolder::expect_right_lines() {
  auto database = std::move(*Database::open(view, Database::Mode::read, 1000));
  for (const auto& table : rollup_tables) {
    std::string kept = "SELECT * FROM " + std::string(table.name), right = lines_of_rows(table);
    for (const auto& difference : {kept + " EXCEPT " + right, right + " EXCEPT " + kept}) {
      auto count = database.ask("SELECT COUNT(*) FROM (SELECT * FROM (" + difference + "))");
      ASSERT_TRUE(count.has_value()) << count.error().detail;
      EXPECT_EQ(*count, 0) << table.name;
    }
    EXPECT_GT(*database.ask("SELECT COUNT(*) FROM " + std::string(table.name)), 0) << table.name;
  }
}

TEST(Rollups, AnswerLikeTheRowsWhateverIsAsked) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    SummedFolder ledger(seed);
    for (int part = 0; part < 4; ++part) {
      ledger.calls(rows_in_a_ledger / 4);
      if (part % 2 == 0) ledger.follow();
      if (part == 1 || seed % 2 == 0) ledger.bring();
      ledger.expect_right_answers(80);
    }
    ledger.follow();
    ledger.expect_right_lines();
    ledger.expect_right_answers(20);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(Rollups, LoseWhatLeavesTheView) {
  SummedFolder ledger(21);
  ledger.calls(rows_in_a_ledger);
  ledger.follow();
  ledger.feeder.reset();
  auto view = std::move(*View::open(ledger.view));
  WallTime old = noon + -std::chrono::hours(24 * 30);
  for (std::int64_t removed = 1; removed > 0;) {
    auto expired = view->expire(old, 37);
    ASSERT_TRUE(expired.has_value());
    removed = *expired;
  }
  ledger.expect_right_lines();
  ledger.expect_right_answers(200);
  auto database = std::move(*Database::open(ledger.view, Database::Mode::read, 1000));
  EXPECT_EQ(*database.ask("SELECT COUNT(*) FROM persons_by_day WHERE row_count = 0"), 0);
  EXPECT_EQ(*database.ask("SELECT MIN(hour) FROM names_by_hour"), *database.ask("SELECT MIN(at_ns) / 3600000000000 FROM requests"));
}

TEST(Rollups, KnowNoMoreOfAnErasedPersonThanTheRowsDo) {
  SummedFolder ledger(22);
  ledger.calls(rows_in_a_ledger);
  ledger.follow();
  auto persons = ledger.journal->names().persons_named("user-1");
  ASSERT_EQ(persons.size(), 1u);
  ASSERT_TRUE(ledger.journal->names().forget(persons[0]).has_value());
  ledger.calls(50);  // a new person of this name
  ledger.follow();
  EXPECT_NE(ledger.journal->names().persons_named("user-1"), persons);
  ledger.expect_right_lines();
  ledger.expect_right_answers(200);
  auto queries = ledger.queries();
  auto sums = sum_rows(queries, {.filter = {}, .by = {"user"}});
  ASSERT_TRUE(sums.has_value());
  EXPECT_EQ(std::ranges::count_if(sums->rows, [](const SumRow& row) { return row.by[0].starts_with("erased-"); }), 1);
}

TEST(Rollups, AreFilledUpInAViewThatHadNone) {
  SummedFolder ledger(23);
  ledger.calls(rows_in_a_ledger);
  ledger.follow();
  ledger.feeder.reset();
  ledger.meddle("DROP TABLE rollups; DROP TABLE names_by_hour; DROP TABLE names_by_day; DROP TABLE names_by_month;"
                "DROP TABLE persons_by_day; DROP TABLE persons_by_month");
  ledger.expect_right_answers(50);  // from the rows
  auto view = std::move(*View::open(ledger.view));
  int steps = 0;
  for (bool complete = false; !complete; ++steps) {
    auto filled = view->fill_rollups(90);
    ASSERT_TRUE(filled.has_value()) << filled.error().detail;
    complete = *filled;
    if (steps != 2) continue;
    view.reset();  // a stop in the middle; then new rows, some before the mark and some behind it
    ledger.expect_right_answers(20);
    view = std::move(*View::open(ledger.view));
    ViewBatch batch;
    auto positions = view->positions();
    ledger.calls(60);
    ASSERT_TRUE(ledger.journal->step_commit([] { return Instant{}; }).has_value());
    ASSERT_TRUE(read_journal(*ledger.disk, positions, nullptr, UINT64_MAX, [&](const JournalRecord& r) { batch.add(r); }).has_value());
    ASSERT_TRUE(view->write(batch, positions).has_value());
    ledger.expect_right_answers(50);
  }
  EXPECT_GE(steps, 5);
  ledger.expect_right_lines();
  ledger.expect_right_answers(200);
}

TEST(Rollups, AreMadeAnewWhenTheirVersionIsAnother) {
  SummedFolder ledger(24);
  ledger.calls(100);
  ledger.follow();
  ledger.feeder.reset();
  ledger.meddle("UPDATE rollups SET version = 0; UPDATE names_by_day SET cost_nano_usd = 1");
  ledger.expect_right_answers(50);
  ledger.start_feeder();
  ledger.follow();
  ledger.expect_right_lines();
  ledger.expect_right_answers(50);
}

TEST(Rollups, CountNoRowTwice) {
  SummedFolder ledger(25);
  ledger.calls(100);
  ledger.follow();
  ledger.feeder.reset();
  ViewBatch all;
  JournalPositions positions;
  ASSERT_TRUE(read_journal(*ledger.disk, positions, nullptr, UINT64_MAX, [&](const JournalRecord& r) { all.add(r); }).has_value());
  auto view = std::move(*View::open(ledger.view));
  ASSERT_TRUE(view->write(all, positions).has_value());
  ledger.expect_right_lines();
}

TEST(Rollups, AreTheOnesThatAnswer) {
  SummedFolder ledger(26);
  ledger.calls(100);
  ledger.follow();
  ledger.meddle("UPDATE names_by_day SET cost_nano_usd = 0; UPDATE names_by_month SET cost_nano_usd = 0;"
                "UPDATE persons_by_month SET cost_nano_usd = 1");
  auto queries = ledger.queries();
  EXPECT_EQ(sum_rows(queries, {.filter = {}, .by = {"team", "model"}})->total.cost.nano_usd, 0);
  EXPECT_EQ(sum_rows(queries, {.filter = {}, .by = {"team", "model"}, .bucket = SumBucket::day})->total.cost.nano_usd, 0);
  auto by_person = sum_rows(queries, {.filter = {}, .by = {"user"}, .bucket = SumBucket::month});
  auto lines = std::move(*Database::open(ledger.view, Database::Mode::read, 1000)).ask("SELECT COUNT(*) FROM persons_by_month");
  EXPECT_EQ(by_person->total.cost.nano_usd, *lines);
}

// Either index would give the same answer, and one of them would read every row for it.
TEST(Rollups, RowsBehindTheMarkAreFoundByTheirIdsAndRaggedEndsByTheirTime) {
  SummedFolder ledger(28);
  ledger.calls(rows_in_a_ledger);
  ledger.follow();
  auto database = std::move(*Database::open(ledger.view, Database::Mode::read, 1000));
  auto plan_of = [&](std::string_view rows) {
    auto plan = std::move(*database.prepare("EXPLAIN QUERY PLAN SELECT cost_nano_usd FROM requests WHERE " + std::string(rows)));
    EXPECT_TRUE(*plan.step());
    return std::string(plan.text(3));
  };
  EXPECT_EQ(plan_of(rows_behind_mark), "SEARCH requests USING PRIMARY KEY ((id_high,id_low)>(?,?))");
  EXPECT_EQ(plan_of(rows_behind_far_mark), "SEARCH requests USING INDEX requests_by_time (at_ns>? AND at_ns<?)");
  EXPECT_EQ(plan_of(rows_up_to_mark), "SEARCH requests USING INDEX requests_by_time (at_ns>? AND at_ns<?)");
}

TEST(Rollups, AnswerTheSameHoweverFarTheirMarkIsBehind) {
  SummedFolder ledger(29);
  auto view = std::move(*View::open(ledger.view));
  ViewBatch batch;
  for (std::uint64_t i = 0; i <= far_mark + 10; ++i) {
    RequestRecord row;
    row.at_ns = noon.ns + static_cast<std::int64_t>(i) * (ns_per_hour / 1'000);
    row.id = {static_cast<std::uint64_t>(row.at_ns / 1'000'000) << 16, i};
    row.cost_nano_usd = static_cast<std::int64_t>(i);
    batch.requests.push_back(row);
  }
  ASSERT_TRUE(view->write(batch, {}).has_value());
  SumQuery query{.filter = {.from = noon + std::chrono::hours(1), .to = noon + std::chrono::hours(3)}, .by = {}};
  constexpr std::int64_t right = (1'000 + 2'999) * 2'000 / 2;
  constexpr std::int64_t rows_of_a_step = far_mark / 25;
  for (std::int64_t taken = 0; taken <= far_mark + 2 * rows_of_a_step; taken += rows_of_a_step) {
    auto queries = ledger.queries();
    auto sums = sum_rows(queries, query);
    ASSERT_TRUE(sums.has_value()) << sums.error().detail;
    EXPECT_EQ(sums->total.requests, 2'000);
    EXPECT_EQ(sums->total.cost.nano_usd, right);
    ASSERT_TRUE(view->fill_rollups(rows_of_a_step).has_value());
  }
  EXPECT_EQ(view->rows_to_roll_up(), 0);
}

TEST(Rollups, AQuestionThatTakesTooLongEndsWithWords) {
  SummedFolder ledger(27);
  ledger.calls(rows_in_a_ledger);
  ledger.follow();
  auto queries = ledger.queries();
  queries.give_up_after(Duration(-1));
  auto late = sum_rows(queries, {.filter = {.from = noon + -std::chrono::hours(24 * 60)}, .by = {"user", "model", "key"}, .bucket = SumBucket::hour});
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, database_slow);
  EXPECT_EQ(late.error().fault, Fault::unavailable);
}

}  // namespace
}  // namespace tollgate
