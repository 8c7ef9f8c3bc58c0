// Crashes of the journal, each on a copy of a disk in memory:
//
//   1  a workload appends intents, attempts and rows on two writers, commits now and then, rolls over small segments
//   2  an accident: a kill after any append, a torn slot, a power cut at any time, an error in the middle of recovery
//   3  a new gateway opens the copy; what it reads is compared with what the workload was promised
//
// Every failure prints the step or seed.

#include "storage/journal/journal_for_test.h"
#include "storage/ledger_verify.h"

namespace tollgate {
namespace {

void expect_good(Disk& disk) {
  auto report = verify_ledger(disk, {}, noon);
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->good()) << report->told[0];
  EXPECT_EQ(report->open_calls, 0u);
}

TEST(JournalCrash, AKillAfterAnyAppendLosesNothing) {
  constexpr int steps = 90;
  for (int last = 0; last < steps; ++last) {
    SCOPED_TRACE(last);
    FakeDisk disk;
    TestJournal gateway(disk);
    int step = 0, finished = 0;
    RowSpace space;
    for (std::uint64_t call = 0; step < last; ++call) {  // each call is three appends: an intent, an attempt, a row
      auto row = test_row(call);
      if (step++ < last) space = gateway.begin(row, call % 2 == 0 ? 0 : 1);
      if (step++ < last) {
        ASSERT_TRUE(gateway.writer(call % 2 == 0 ? 0 : 1).append_attempt(space, test_attempt(row)).has_value());
      }
      if (step++ < last) {
        gateway.writer(call % 2 == 0 ? 0 : 1).append_request(std::move(space), row);
        ++finished;
      }
      gateway.care();
    }
    FakeDisk later = disk.after_kill();
    TestJournal again(later);
    ASSERT_EQ(again.error, "");
    auto all = read_back(later);
    int calls = (last + 2) / 3;
    EXPECT_EQ(all.requests.size(), static_cast<std::size_t>(calls));
    EXPECT_EQ(again->start().settled, static_cast<std::uint64_t>(calls - finished));
    for (int call = 0; call < finished; ++call)
      EXPECT_EQ(text_of(all.requests[test_id(static_cast<std::uint64_t>(call))]),
                text_of(test_row(static_cast<std::uint64_t>(call))));
    expect_good(later);
  }
}

TEST(JournalCrash, ATornEndIsCutAtEveryByte) {
  FakeDisk disk;
  TestJournal gateway(disk);
  gateway.call(1);
  std::string name = segment_name({1, 0}, 0);
  std::size_t last_record = 4 * record_bytes;  // head, start, intent, attempt; then the row
  for (std::size_t kept = 0; kept < record_bytes; ++kept) {
    SCOPED_TRACE(kept);
    for (char garbage : {'\0', '\x5A'}) {
      FakeDisk torn = disk.after_kill();
      auto& bytes = torn.bytes(name);
      char at_end = bytes[last_record + kept];
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(last_record + kept),
                bytes.begin() + static_cast<std::ptrdiff_t>(last_record + record_bytes), garbage);
      if (bytes[last_record + kept] == at_end) continue;  // the tear changed nothing there
      TestJournal again(torn);
      ASSERT_EQ(again.error, "");
      EXPECT_EQ(again->start().settled, 1u);
      auto row = read_back(torn).requests.at(test_id(1));
      EXPECT_EQ(row.error_code, "crash_recovered");
      EXPECT_EQ(row.cost, test_row(1).cost) << "its attempt's row was whole";
    }
  }
}

// One power cut in the life of a random workload.
void cut_the_power(std::uint64_t seed) {
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  FakeDisk disk;
  TestJournal gateway(disk);
  struct Promise {
    int writer;
    Lsn lsn;
  };
  std::map<std::uint64_t, Promise> intents, rows;
  std::map<std::uint64_t, RowSpace> open;
  for (int step = 0, steps = static_cast<int>(random() % 200); step < steps; ++step) {
    std::uint64_t number = static_cast<std::uint64_t>(step);
    int writer = static_cast<int>(random() % 2);
    switch (random() % 4) {
      case 0:
      case 1: {
        if (open.size() == 8) break;  // as many as small segments have space for
        auto row = test_row(number);
        open[number] = gateway.begin(row, writer);
        intents[number] = {writer, gateway.writer(writer).appended()};
        break;
      }
      case 2:
        if (!open.empty()) {
          auto call = open.begin();
          int its_writer = intents[call->first].writer;
          rows[call->first] = {its_writer, gateway.finish(std::move(call->second), test_row(call->first), its_writer)};
          open.erase(call);
        }
        break;
      default: gateway.commit_and_care();
    }
    gateway.care();
  }
  FakeDisk later = disk.after_power_cut(random);
  TestJournal again(later);
  ASSERT_EQ(again.error, "");
  auto all = read_back(later);
  for (const auto& [number, promise] : intents)
    EXPECT_TRUE(gateway.writer(promise.writer).durable() < promise.lsn || all.requests.contains(test_id(number)))
        << number;
  for (const auto& [number, promise] : rows) {
    if (gateway.writer(promise.writer).durable() < promise.lsn) continue;
    ASSERT_TRUE(all.requests.contains(test_id(number))) << number;
    EXPECT_EQ(text_of(all.requests[test_id(number)]), text_of(test_row(number)));
  }
  EXPECT_EQ(all.request_rows, all.requests.size());
  again.call(1000);  // new names must not get ids that survivors use
  for (const auto& [id, row] : read_back(later).requests)
    EXPECT_TRUE(row.model == "(lost)" || id == test_id(std::stoull(row.model.substr(7)))) << row.model;
  EXPECT_EQ(text_of(read_back(later).requests[test_id(1000)]), text_of(test_row(1000)));
  expect_good(later);
}

TEST(JournalCrash, APowerCutLosesNothingThatWasDurable) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) cut_the_power(seed);
}

// Recovery that is itself cut short after any change that it makes to the disk, again and again.
TEST(JournalCrash, RecoverySettlesEachOpenCallOnceHoweverOftenItIsInterrupted) {
  FakeDisk disk;
  TestJournal gateway(disk);
  std::vector<RowSpace> open;
  for (std::uint64_t number = 0; number < 12; ++number)
    open.push_back(gateway.begin(test_row(number), number % 2 == 0 ? 0 : 1));
  gateway.care();
  gateway.writer(0).append_progress(
      {.id = test_id(0), .at_ns = noon.ns + 1, .cost_nano_usd = 600, .usage = {.input = 100, .output = 9}});

  for (int operations = 0; operations < 14; ++operations) {
    SCOPED_TRACE(operations);
    FakeDisk crashed = disk.after_kill();
    FakeDisk next;
    for (int attempt = 0; attempt < 3; ++attempt) {  // three starts that fail, further and further on
      crashed.operations_left = operations + attempt;
      {
        TestJournal interrupted(crashed);
      }
      std::mt19937_64 random(static_cast<std::uint64_t>(operations));
      next = attempt % 2 == 0 ? crashed.after_kill() : crashed.after_power_cut(random);
      crashed = std::move(next);
    }
    TestJournal again(crashed);
    ASSERT_EQ(again.error, "");
    auto all = read_back(crashed);
    EXPECT_EQ(all.requests.size(), 12u);
    EXPECT_EQ(all.request_rows, 12u) << "each exactly once";
    for (const auto& [id, row] : all.requests) {
      EXPECT_EQ(row.status, RowStatus::incomplete);
      EXPECT_EQ(row.error_code, "crash_recovered");
      EXPECT_EQ(row.usage_source, UsageSource::estimated);
      EXPECT_EQ(row.cost, Money{id == test_id(0) ? 600 : 250});
      EXPECT_EQ(all.attempts[id].size(), 1u);
    }
    EXPECT_EQ(all.requests[test_id(0)].usage.output.count, 9);
    expect_good(crashed);
  }
}

TEST(JournalCrash, SettlesAnAttemptThatFollowedALostOne) {
  FakeDisk disk;
  TestJournal gateway(disk);
  auto row = test_row(1);
  auto space = gateway.begin(row);
  AttemptRow lost = test_attempt(row);
  lost.phase = AttemptPhase::first_byte;
  lost.cost = {};
  ASSERT_TRUE(gateway.writer().append_attempt(space, lost).has_value());
  row.provider = "azure";
  ASSERT_TRUE(gateway.writer().append_intent(space, test_intent(row, 2)).has_value());
  FakeDisk later = disk.after_kill();
  TestJournal again(later);
  auto all = read_back(later);
  auto settled = all.requests.at(row.id);
  EXPECT_EQ(settled.provider, "azure");
  EXPECT_EQ(settled.attempts, 2);
  EXPECT_EQ(settled.cost, Money{250});
  ASSERT_EQ(all.attempts[row.id].size(), 2u);
  EXPECT_EQ(all.attempts[row.id][1].n, 2);
  expect_good(later);
}

TEST(JournalCrash, ADamagedMiddleRefusesTheStartAndNamesThePlace) {
  FakeDisk disk;
  TestJournal gateway(disk);
  for (std::uint64_t number = 0; number < 6; ++number) {
    gateway.call(number);
    gateway.commit_and_care();
  }
  std::string name = segment_name({1, 0}, 0);
  std::mt19937_64 random(3);
  for (std::size_t slot = 1; slot < 17; ++slot) {  // the start and five calls; later records knew them durable
    FakeDisk damaged = disk.after_kill();
    std::size_t at = slot * record_bytes + random() % record_bytes;
    damaged.bytes(name)[at] ^= static_cast<char>(1 << random() % 8);
    TestJournal again(damaged);
    EXPECT_NE(again.error.find(name + " at byte " + std::to_string(slot * record_bytes)), std::string::npos)
        << again.error;
    auto report = verify_ledger(damaged, {}, noon);
    ASSERT_TRUE(report.has_value());
    EXPECT_FALSE(report->good());
  }
}

TEST(JournalCrash, AMissingOrShortenedSegmentRefusesTheStart) {
  FakeDisk disk;
  {
    TestJournal gateway(disk);
    for (std::uint64_t number = 0; number < 30; ++number) {
      gateway.call(number);
      gateway.commit_and_care();
    }
    ASSERT_TRUE(gateway->close(noon).has_value());
  }
  FakeDisk missing = disk.after_kill();
  ASSERT_TRUE(missing.remove(segment_name({1, 0}, 1)).has_value());
  EXPECT_NE(TestJournal(missing).error.find("the segment before it is missing"), std::string::npos);

  FakeDisk shortened = disk.after_kill();
  std::string last = segment_name({1, 0}, 3);
  ASSERT_TRUE(shortened.has(last));
  shortened.bytes(last).resize(shortened.bytes(last).size() - record_bytes);
  EXPECT_NE(TestJournal(shortened).error.find("that the checkpoint has seen"), std::string::npos);
}

TEST(JournalCrash, ADamagedCheckpointFallsBackToTheOneBefore) {
  FakeDisk disk;
  {
    TestJournal first(disk);
  }  // a crash: its checkpoint is the start's
  {
    TestJournal second(disk);
    second.call(1);
    ASSERT_TRUE(second->close(noon).has_value());
  }
  ASSERT_TRUE(disk.has(std::string(checkpoint_before_file)));
  disk.bytes(std::string(checkpoint_file))[40] ^= 1;
  TestJournal third(disk);
  ASSERT_EQ(third.error, "");
  EXPECT_EQ(third->facts().size(), 1u);
  EXPECT_EQ(read_back(disk).requests.size(), 1u);

  FakeDisk both = disk.after_kill();
  both.bytes(std::string(checkpoint_file))[40] ^= 1;
  both.bytes(std::string(checkpoint_before_file))[40] ^= 1;
  EXPECT_NE(TestJournal(both).error.find("checkpoint is damaged"), std::string::npos);
}

}  // namespace
}  // namespace tollgate
