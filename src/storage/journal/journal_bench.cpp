// What the journal costs, on the disk of the folder given as argument (default: the current one):
//
//   1  one worker's calls of three records, names known: ns a record, nothing syncs
//   2  two workers as fast as they can with the real threads: commits a second, records a commit, time a commit
//   3  one call at a time, each waiting until it is durable: latency
//   4  a start over a million rows since the last checkpoint
//
// Sums and sizes are printed, nothing is asserted.

#include <unistd.h>

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "storage/files/disk.h"
#include "storage/journal/journal_threads.h"

namespace tollgate {
namespace {

class OpenSealer final : public ValueSealer {
 public:
  Result<std::string> seal(std::uint64_t, std::string_view text) override { return std::string(text); }
  std::optional<std::string> open(std::uint64_t, std::string_view sealed) override { return std::string(sealed); }
  Result<void> sync() override { return {}; }
  Result<void> forget(std::uint64_t) override { return {}; }
};

using Clock = std::chrono::steady_clock;
WallTime wall() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}
Instant instant() { return {std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count()}; }
double us(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

struct Call {
  RequestRow row;
  AttemptRow attempt;
  RequestIdSource ids{0};

  Call() {
    row.key = "search-dev";
    row.attribution = {.team = "search", .user = "alice", .feature = "autocomplete", .tags = {{"env", "dev"}}};
    row.route = row.model = "gpt-4o";
    row.endpoint = "/v1/chat/completions";
    row.dialect = "openai_chat";
    row.provider = "openai";
    row.status = RowStatus::ok;
    row.price_id = "gpt-4o@2026-01";
    row.cost = {1234};
    attempt.provider = "openai";
    attempt.model = "gpt-4o";
    attempt.key = "main";
    attempt.phase = AttemptPhase::done;
    attempt.cost = row.cost;
  }
  // False when the ledger had no space just now.
  bool run(JournalWriter& writer, WallTime now) {
    auto space = writer.open(RowPurpose::call);
    if (!space) return false;
    row.id = ids.next(now, 1);
    row.at = now;
    attempt.request_id = row.id;
    std::ignore = writer.append_intent(
        *space, {.row = row, .attempt = 1, .provider_key = "main", .reserved = {}, .input = {}, .input_cost = {}});
    std::ignore = writer.append_attempt(*space, attempt);
    writer.append_request(std::move(*space), row);
    return true;
  }
};

struct Folder {
  explicit Folder(const char* parent) : path(fmt::format("{}/journal-bench-{}", parent, ::getpid())) {
    std::filesystem::remove_all(path);
    disk = std::move(*FileDisk::open(path));
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::unique_ptr<Journal> open(int writers) {
    auto journal =
        Journal::open(*disk, sealer, {.writers = writers, .random = [n = std::uint64_t{0}]() mutable { return ++n; }},
                      "bench", wall());
    if (!journal) fmt::print("cannot open: {}\n", journal.error().detail), std::exit(1);
    return std::move(*journal);
  }
  std::filesystem::path path;
  std::unique_ptr<FileDisk> disk;
  OpenSealer sealer;
};

void append_alone(const char* parent) {
  Folder folder(parent);
  auto journal = folder.open(1);
  Call call;
  std::ignore = journal->step_care(instant(), wall());
  constexpr int warm = 2'000, calls = 38'000;
  auto now = wall();
  for (int i = 0; i < warm; ++i) call.run(journal->writer(0), now);
  auto began = Clock::now();
  for (int i = 0; i < calls; ++i) call.run(journal->writer(0), now);
  fmt::print("append: {:.0f} ns a record of 256 bytes\n", us(Clock::now() - began) * 1000 / (3.0 * calls));
}

void busy(const char* parent, Durability durability) {
  Folder folder(parent);
  auto journal = folder.open(2);
  constexpr auto time = seconds(3);
  std::atomic<std::uint64_t> done = 0, refused = 0;
  double seconds_taken = 0;
  {
    JournalThreads threads(*journal, durability, {});
    std::vector<std::jthread> workers;
    auto began = Clock::now();
    for (int i = 0; i < 2; ++i)
      workers.emplace_back([&, i] {
        Call call;
        std::uint64_t mine = 0, without = 0;
        while (Clock::now() - began < time) {
          bool recorded = call.run(journal->writer(i), wall());
          mine += recorded;
          without += !recorded;
          std::this_thread::sleep_for(std::chrono::microseconds(recorded ? 20 : 1000));
        }
        done += mine;
        refused += without;
      });
    workers.clear();
    seconds_taken = us(Clock::now() - began) / 1e6;
  }
  auto commits = journal->commits();
  fmt::print("busy, {}: {:.0f} calls/s, {} refused, {:.0f} commits/s, {:.1f} records a commit, {:.0f} us a commit\n",
             durability == Durability::power ? "power" : "process", static_cast<double>(done) / seconds_taken,
             refused.load(), static_cast<double>(commits.commits) / seconds_taken,
             static_cast<double>(commits.records) / static_cast<double>(std::max<std::uint64_t>(commits.commits, 1)),
             static_cast<double>(commits.time.count()) / 1000 /
                 static_cast<double>(std::max<std::uint64_t>(commits.commits, 1)));
}

void one_at_a_time(const char* parent) {
  Folder folder(parent);
  auto journal = folder.open(1);
  std::vector<double> times;
  Call call;
  {
    JournalThreads threads(*journal, Durability::power, {});
    for (int i = 0; i < 3'000; ++i) {
      auto began = Clock::now();
      call.run(journal->writer(0), wall());
      while (journal->writer(0).durable() < journal->writer(0).appended()) std::this_thread::yield();
      times.push_back(us(Clock::now() - began));
    }
  }
  std::ranges::sort(times);
  fmt::print("one call until durable: p50 {:.0f} us, p99 {:.0f} us\n", times[times.size() / 2],
             times[times.size() * 99 / 100]);
}

void start_after_a_million(const char* parent) {
  Folder folder(parent);
  {
    auto journal = folder.open(1);
    Call call;
    auto now = wall();
    for (std::uint64_t rows = 0; rows < 1'000'000;) {
      if (!call.run(journal->writer(0), now)) {
        std::ignore = journal->step_commit(instant);
        std::ignore = journal->step_care(instant(), now);
        continue;
      }
      if (++rows % 1000 == 0) now = now + milliseconds(50);
    }
    std::ignore = journal->step_commit(instant);
  }  // as after a kill: no close
  auto began = Clock::now();
  auto journal = folder.open(1);
  fmt::print("start with 10^6 rows since the checkpoint: {:.0f} ms, {} records\n", us(Clock::now() - began) / 1000,
             journal->start().records_read);
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  const char* parent = argc > 1 ? argv[1] : ".";
  tollgate::append_alone(parent);
  tollgate::one_at_a_time(parent);
  tollgate::busy(parent, tollgate::Durability::power);
  tollgate::busy(parent, tollgate::Durability::process);
  tollgate::start_after_a_million(parent);
}
