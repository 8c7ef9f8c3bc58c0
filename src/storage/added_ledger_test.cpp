// Rows that were added afterwards, in a real folder: what questions, sums and the proof say of them.

#include "storage/files/disk.h"
#include "storage/journal/journal_for_test.h"
#include "storage/journal/temporary_folder.h"
#include "storage/ledger_verify.h"
#include "storage/sqlite/feeder.h"
#include "storage/sqlite/sums.h"

namespace tollgate {
namespace {

constexpr Duration forever = std::chrono::hours(24 * 365 * 100);

class AddedLedger : public testing::Test {
 protected:
  AddedLedger() : disk_(std::move(*FileDisk::open(path_.path()))), view_(path_.path() / view_file), feeder_(*disk_, view_, forever) {
    journal_ = std::move(*Journal::open(*disk_, sealer_, {.writers = 1, .random = test_random(2)}, "pid 1", noon));
    for (std::uint64_t number = 0; number < 3; ++number) call(number);
    commit();
  }

  void call(std::uint64_t number) {
    auto row = test_row(number);
    auto space = std::move(*journal_->writer(0).open(RowPurpose::call));
    ASSERT_TRUE(journal_->writer(0).append_intent(space, test_intent(row)));
    ASSERT_TRUE(journal_->writer(0).append_attempt(space, test_attempt(row)));
    journal_->writer(0).append_request(std::move(space), row);
  }
  void commit() { ASSERT_TRUE(journal_->step_commit([] { return Instant{}; })); }
  void follow() {
    now_ = now_ + feeder_sync_after;
    ASSERT_TRUE(feeder_.step(journal_->ends(), now_, noon));
  }

  template <class Ask>
  auto asked(Ask ask) {
    auto names = std::move(*Dictionary::open(*disk_, sealer_, {.mode = Dictionary::Mode::read}));
    LedgerQueries queries(*disk_, *names, view_);
    return ask(queries);
  }

  CorrectionRecord correction(std::uint64_t number, std::int64_t difference, std::uint64_t id) {
    CorrectionRecord made{.record = {}, .price_id = "new"};
    EXPECT_TRUE(asked([&](LedgerQueries& queries) {
      return queries.calls({}, [&](const LedgerQueries::Call& call) -> Result<bool> {
        if (call.row.id == test_id(number)) made.record = call.record;
        return true;
      });
    }));
    made.record.corrects = made.record.id;
    made.record.id = test_id(id);
    made.record.origin = static_cast<std::uint8_t>(RowOrigin::correction);
    made.record.cost_nano_usd = difference;
    made.record.usage = {};
    made.record.attempts = 0;
    made.record.saved_nano_usd = 0;
    return made;
  }
  void add(const AddedRows& rows) {
    ASSERT_TRUE(leave_added_rows(*disk_, rows));
    ASSERT_TRUE(journal_->step_added(noon));
  }

  std::vector<std::string> told_by_verify() {
    auto report = verify_ledger(*disk_, view_, {0});
    return report ? report->told : std::vector{report.error().detail};
  }
  Sums sums(std::vector<std::string> by) {
    auto found = asked([&](LedgerQueries& queries) { return sum_rows(queries, {.filter = {}, .by = std::move(by)}); });
    EXPECT_TRUE(found.has_value());
    return found ? *found : Sums{};
  }

  TemporaryFolder path_;
  std::unique_ptr<FileDisk> disk_;
  std::filesystem::path view_;
  PlainSealer sealer_;
  Feeder feeder_;
  std::unique_ptr<Journal> journal_;
  Instant now_{1};
};

TEST_F(AddedLedger, CorrectionsChangeTheSumOfTheirCallAndCountNoRequest) {
  auto check = [&](std::string_view when) {
    Sums all = sums({"user"});
    EXPECT_EQ(all.total.requests, 3) << when;
    EXPECT_EQ(all.total.cost, Money{1'000 + 1'001 + 1'002 - 400 + 5}) << when;
    ASSERT_EQ(all.rows.size(), 3u) << when;
    EXPECT_EQ(all.rows[1].sum.cost, Money{1'001 - 400 + 5}) << when;
    EXPECT_EQ(all.rows[1].sum.requests, 1) << when;
    EXPECT_TRUE(told_by_verify().empty()) << when << told_by_verify()[0];
  };
  AddedRows rows;
  rows.corrections = {correction(1, -400, 900), correction(1, 5, 901)};
  add(rows);
  check("from the journal alone");
  follow();
  check("from the view");
  std::filesystem::remove(view_);
  check("without the view");
}

TEST_F(AddedLedger, ImportedRowsCountAsRequestsWithOrWithoutTheirAttempts) {
  AddedRows rows;
  rows.imports = {{test_row(50), RowOrigin::import, {}}, {test_row(51), RowOrigin::import, {}}};
  rows.attempts = {test_attempt(rows.imports[1])};
  add(rows);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(sums({}).total.requests, 5);
    EXPECT_TRUE(told_by_verify().empty()) << told_by_verify()[0];
    std::size_t attempts = 0;
    ASSERT_TRUE(asked([&](LedgerQueries& queries) {
      return queries.calls({}, [&](const LedgerQueries::Call& call) -> Result<bool> {
        EXPECT_EQ(call.row.origin == RowOrigin::import, call.row.id >= test_id(50));
        attempts += call.attempts.size();
        return true;
      });
    }));
    EXPECT_EQ(attempts, 4u);
    follow();
  }
  auto report = verify_ledger(*disk_, view_, {0});
  EXPECT_EQ(report->imports, 2u);
  EXPECT_EQ(report->view_rows, 5u);
}

TEST_F(AddedLedger, VerifyFindsCorrectionsThatDoNotFit) {
  AddedRows rows;
  rows.corrections = {correction(0, -1'001, 900), correction(1, 7, 901), correction(2, 7, 902)};
  rows.corrections[1].record.corrects = test_id(77);
  rows.corrections[2].record.team = rows.corrections[2].record.key;
  add(rows);
  std::string told;
  for (const auto& words : told_by_verify()) told += words + "\n";
  EXPECT_NE(told.find(to_string(test_id(0)) + ": costs -1 nano-USD with its corrections"), std::string::npos) << told;
  EXPECT_NE(told.find(to_string(test_id(77)) + ": is corrected, but has no row"), std::string::npos) << told;
  EXPECT_NE(told.find(to_string(test_id(2)) + ": a correction has other names"), std::string::npos) << told;
}

TEST_F(AddedLedger, VerifyFindsAnImportedRowThatWasThereAlready) {
  AddedRows rows;
  rows.imports = {{test_row(1), RowOrigin::import, {}}};
  add(rows);
  ASSERT_EQ(told_by_verify().size(), 1u);
  EXPECT_EQ(told_by_verify()[0], to_string(test_id(1)) + ": has more than one row");
}

TEST_F(AddedLedger, AViewOfTheSchemaBeforeIsReadAndBroughtUpToDateWithItsRows) {
  follow();
  {
    auto old = std::move(*Database::open(view_, Database::Mode::write, 1'000));
    for (std::string_view column : added_columns)
      ASSERT_TRUE(old.run(("ALTER TABLE requests DROP COLUMN " + std::string(column)).c_str()));
    for (std::string_view column : added_attempt_columns)
      ASSERT_TRUE(old.run(("ALTER TABLE attempts DROP COLUMN " + std::string(column)).c_str()));
    ASSERT_TRUE(old.run("PRAGMA user_version = 1"));
  }
  EXPECT_EQ(sums({}).total.requests, 3);
  EXPECT_TRUE(told_by_verify().empty()) << told_by_verify()[0];

  AddedRows rows;
  rows.corrections = {correction(1, -400, 900)};
  add(rows);
  Feeder newer(*disk_, view_, forever);
  ASSERT_TRUE(newer.step(journal_->ends(), now_ + feeder_sync_after, noon));
  EXPECT_EQ(newer.rebuilds(), 0u);
  EXPECT_EQ(sums({}).total.cost, Money{3'003 - 400});
  EXPECT_TRUE(told_by_verify().empty()) << told_by_verify()[0];
}

TEST_F(AddedLedger, SegmentsOfAddedRowsAreRetiredLikeOthers) {
  AddedRows rows;
  rows.corrections = {correction(1, -400, 900)};
  add(rows);
  ASSERT_TRUE(journal_->close(noon));
  journal_.reset();
  journal_ = std::move(*Journal::open(*disk_, sealer_, {.writers = 1, .keep = seconds(1), .random = test_random(3)}, "pid 1", noon + seconds(60)));
  follow();
  JournalPositions in_view = feeder_.durable_positions();
  for (int i = 1; i <= 3; ++i) {  // two checkpoints must cover them
    call(static_cast<std::uint64_t>(10 + i));
    commit();
    ASSERT_TRUE(journal_->step_checkpoint(&in_view, Instant{i * 61'000'000'000}, noon + seconds(120 + i)));
  }
  for (const auto& segment : *list_segments(*disk_)) EXPECT_LT(segment.stream.writer, first_added_writer) << segment.name;
  follow();
  EXPECT_EQ(sums({}).total.cost, Money{3'003 - 400 + 1'011 + 1'012 + 1'013});
}

}  // namespace
}  // namespace tollgate
