#include "storage/journal/added_rows.h"

#include <fmt/format.h>

#include "storage/journal/journal_for_test.h"

namespace tollgate {
namespace {

LedgerRow imported(std::uint64_t number) {
  LedgerRow row{test_row(number), RowOrigin::import, {}};
  row.attribution.user = "somebody new";
  return row;
}

// A correction of a call's row, as it lies in the journal.
CorrectionRecord correction(Disk& disk, std::uint64_t number, std::int64_t difference, std::uint64_t id) {
  CorrectionRecord made{.record = {}, .price_id = "a new price"};
  JournalPositions from;
  EXPECT_TRUE(read_journal(disk, from, nullptr, UINT64_MAX, [&](const JournalRecord& record) {
    if (record.header.type == RecordType::request && record.as<RequestRecord>().id == test_id(number))
      made.record = record.as<RequestRecord>();
  }));
  made.record.corrects = made.record.id;
  made.record.id = test_id(id);
  made.record.origin = static_cast<std::uint8_t>(RowOrigin::correction);
  made.record.cost_nano_usd = difference;
  made.record.usage = {};
  made.record.attempts = 0;
  return made;
}

AddedRows some_rows(Disk& disk) {
  AddedRows rows;
  rows.corrections.push_back(correction(disk, 1, -700, 900));
  rows.attempts.push_back(test_attempt(test_row(50)));
  rows.imports.push_back(imported(50));
  rows.imports.push_back(imported(51));
  return rows;
}

// Every row that was added, as a text with its type.
std::vector<std::string> added_in(Disk& disk) {
  PlainSealer sealer;
  auto names = std::move(*Dictionary::open(disk, sealer, {.mode = Dictionary::Mode::read}));
  std::vector<std::string> texts;
  JournalPositions from;
  auto read = read_journal(disk, from, nullptr, UINT64_MAX, [&](const JournalRecord& record) {
    auto type = record.header.type;
    if (type == RecordType::request || !is_row(type)) return;
    LedgerRow row = row_of(record.as<RequestRecord>(), *names);
    texts.push_back(fmt::format("{} {} {} {}", static_cast<int>(type), static_cast<int>(row.origin),
                                row.corrects.empty() ? "-" : to_string(row.corrects), text_of(row)));
  });
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
  return texts;
}

TEST(AddedRows, ComeIntoTheJournalOnceAndTheirFileGoes) {
  FakeDisk disk;
  TestJournal journal(disk);
  journal.call(1);
  journal.commit_and_care();
  auto file = leave_added_rows(disk, some_rows(disk));
  ASSERT_TRUE(file) << file.error().detail;
  std::string bytes = disk.bytes(*file);
  ASSERT_TRUE(journal->step_added(noon));
  EXPECT_FALSE(disk.has(*file));
  auto added = added_in(disk);
  ASSERT_EQ(added.size(), 3u);
  EXPECT_EQ(added[0].substr(0, 36), "7 1 " + to_string(test_id(1)) + " r");
  EXPECT_NE(added[0].find("a new price"), std::string::npos);
  EXPECT_EQ(added[1], "9 2 - " + text_of(imported(50)));

  ASSERT_TRUE(disk.replace(*file, bytes));  // as if it had been killed before it removed the file
  ASSERT_TRUE(journal->step_added(noon));
  EXPECT_FALSE(disk.has(*file));
  EXPECT_EQ(added_in(disk), added);
}

TEST(AddedRows, ComeInOnceWhateverOperationAKillPrevents) {
  bool whole = false;
  for (int operations = 0; !whole; ++operations) {
    ASSERT_LT(operations, 100);
    FakeDisk disk;
    TestJournal journal(disk);
    journal.call(1);
    journal.commit_and_care();
    ASSERT_TRUE(leave_added_rows(disk, some_rows(disk)));
    disk.operations_left = operations;
    whole = journal->step_added(noon).has_value();
    FakeDisk later = disk.after_kill();
    TestJournal next(later);
    ASSERT_EQ(next.error, "");
    ASSERT_TRUE(next->step_added(noon)) << operations;
    EXPECT_EQ(added_in(later).size(), 3u) << operations;
    EXPECT_TRUE(find_added_rows(later)->empty()) << operations;
  }
}

TEST(AddedRows, TheirNamesSurviveAPowerCutAsTheyDo) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20; ++i) {
    FakeDisk disk;
    TestJournal journal(disk);
    journal.call(1);
    journal.commit_and_care();
    ASSERT_TRUE(leave_added_rows(disk, some_rows(disk)));
    ASSERT_TRUE(journal->step_added(noon));
    auto added = added_in(disk);
    FakeDisk later = disk.after_power_cut(random);
    TestJournal next(later);
    ASSERT_EQ(next.error, "");
    EXPECT_EQ(added_in(later), added);
  }
}

TEST(AddedRows, EachLeavingHasAStreamOfItsOwnOverStarts) {
  FakeDisk disk;
  for (int run = 0; run < 3; ++run) {
    TestJournal journal(disk);
    ASSERT_EQ(journal.error, "");
    for (int i = 0; i < 2; ++i) {
      AddedRows rows;
      rows.imports.push_back(imported(static_cast<std::uint64_t>(run * 2 + i)));
      ASSERT_TRUE(leave_added_rows(disk, rows));
      if (i == 1) continue;  // this one waits for the next run
      ASSERT_TRUE(journal->step_added(noon));
    }
    ASSERT_TRUE(journal->close(noon));
  }
  TestJournal last(disk);
  ASSERT_TRUE(last->step_added(noon));
  EXPECT_EQ(added_in(disk).size(), 6u);
}

TEST(AddedRows, CountNothingForLimits) {
  FakeDisk disk;
  {
    TestJournal journal(disk);
    journal.call(1);
    journal.commit_and_care();
    ASSERT_TRUE(leave_added_rows(disk, some_rows(disk)));
    ASSERT_TRUE(journal->step_added(noon));
    ASSERT_TRUE(journal->close(noon));
  }
  TestJournal next(disk);
  FactSums all;
  next->facts().each([&](const FactKey&, const FactSums& sums) {
    all.requests += sums.requests;
    all.cost_nano_usd += sums.cost_nano_usd;
  });
  EXPECT_EQ(all.requests, 1);
  EXPECT_EQ(all.cost_nano_usd, test_row(1).cost.nano_usd);
}

TEST(AddedRows, ADamagedFileIsNamedAndHoldsUpNoOther) {
  FakeDisk disk;
  TestJournal journal(disk);
  journal.call(1);
  journal.commit_and_care();
  auto bad = leave_added_rows(disk, some_rows(disk)), good = leave_added_rows(disk, some_rows(disk));
  disk.bytes(*bad)[60] ^= 1;
  auto taken = journal->step_added(noon);
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().detail.find(*bad), std::string::npos);
  EXPECT_TRUE(disk.has(*bad));
  EXPECT_FALSE(disk.has(*good));
  EXPECT_EQ(added_in(disk).size(), 3u);
}

TEST(AddedRows, NoCutOfAFileIsTakenForAWholeOne) {
  FakeDisk disk;
  TestJournal journal(disk);
  journal.call(1);
  journal.commit_and_care();
  std::string bytes = encode(some_rows(disk));
  ASSERT_TRUE(decode_added_rows(bytes));
  for (std::size_t size = 0; size < bytes.size(); size += 7) EXPECT_FALSE(decode_added_rows(bytes.substr(0, size))) << size;
}

}  // namespace
}  // namespace tollgate
