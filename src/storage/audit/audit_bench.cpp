// What the audit log costs, on the disk of the folder given as argument (default: the current one):
//
//   1  on a worker's thread: an event made and handed over; the chain is not there
//   2  on the log's thread: sealing, hashing and chaining, nothing written
//   3  one event at a time, each waiting until it is durable: latency
//   4  two producers as fast as they can, slowed by what the disk takes: lines a second, lines a group
//   5  verification of what was written, and the newest hundred rows
//
// Numbers are printed, nothing is asserted.

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "crypto/seal.h"
#include "storage/audit/reader.h"
#include "storage/audit/thread.h"
#include "storage/audit/verify.h"
#include "storage/files/disk.h"

namespace tollgate {
namespace {

using Clock = std::chrono::steady_clock;
double us(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }
Instant instant() { return {std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count()}; }
WallTime wall() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

class BenchSealer final : public ValueSealer {
 public:
  Result<std::string> seal(std::uint64_t, std::string_view text) override { return crypto::seal(key_, text, "bench"); }
  std::optional<std::string> open(std::uint64_t, std::string_view) override { return std::nullopt; }
  Result<void> sync() override { return {}; }
  Result<void> forget(std::uint64_t) override { return {}; }

 private:
  crypto::Key key_ = crypto::Key::random();
};

struct Request {
  RequestRow row;
  AttemptRow attempt;
  AuditDecision decision{.by = "limit", .name = "search-month", .said = "allowed"};
  Request() {
    row.id = {1, 1};
    row.key = "search-dev";
    row.attribution = {.team = "search", .user = "alice", .feature = "autocomplete", .tags = {{"env", "dev"}}};
    row.route = row.model = "gpt-4o";
    row.endpoint = "/v1/chat/completions";
    row.dialect = "openai_chat";
    row.provider = "openai";
    row.status = RowStatus::ok;
    row.http_status = 200;
    row.usage.input = {1000};
    row.usage.output = {200};
    row.price_id = "gpt-4o@2026-01";
    row.cost = {1'234'000};
    attempt.provider = "openai";
    attempt.model = "gpt-4o";
    attempt.key = "main";
    attempt.phase = AttemptPhase::done;
    attempt.http_status = 200;
  }
  AuditRequest event() {
    ++row.id.low;
    row.finished_at = wall();
    return {.row = row, .attempts = std::span(&attempt, 1), .decisions = std::span(&decision, 1), .bytes_in = 4000, .bytes_out = 1200};
  }
};

struct Bench {
  explicit Bench(const char* parent) : folder(fmt::format("{}/audit-bench-{}", parent, ::getpid())) {
    std::filesystem::remove_all(folder);
    disk = std::move(*FileDisk::open(folder));
    log = std::move(*AuditLog::open(*disk, signing, {.person_of = [](std::string_view) { return 7; }, .sealer = &sealer},
                                    {.queue_bytes = std::size_t{512} << 20}, instant(), wall()));
  }
  ~Bench() {
    log.reset();
    std::filesystem::remove_all(folder);
  }

  std::filesystem::path folder;
  std::unique_ptr<FileDisk> disk;
  BenchSealer sealer;
  crypto::SigningKey signing{crypto::Key::random()};
  std::unique_ptr<AuditLog> log;
};

// Of this thread: other programs of the machine do not count.
double cpu_us() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

void worker_and_writer(Bench& bench) {
  constexpr int rounds = 200, events = 1'000, count = rounds * events;
  Request request;
  EncodedEvent event;
  double made = 0, handed_over = 0, written = 0;
  for (int round = 0; round < rounds; ++round) {
    double begin = cpu_us();
    for (int i = 0; i < events; ++i) encode(request.event(), event);
    made += cpu_us() - begin;
    begin = cpu_us();
    for (int i = 0; i < events; ++i) std::ignore = bench.log->append(event);
    handed_over += cpu_us() - begin;
    begin = cpu_us();
    std::ignore = bench.log->step(instant(), wall());
    written += cpu_us() - begin;
  }
  fmt::print("worker: {:.3f} us to make an event of {} bytes, {:.3f} us to hand it over\n", made / count, event.members.size(),
             handed_over / count);
  fmt::print("log's thread: {:.3f} us a line, chained, written and synced\n", written / count);

  PersonalSeals seals([](std::string_view) { return 7; }, bench.sealer);
  ChainHead head;
  std::string out;
  const double begin = cpu_us();
  for (int i = 0; i < count; ++i) {
    out.clear();
    const AuditPersonal personal = seals.seal(event.owner, event.personal, {1});
    chain_line(out, head, {.at = event.at}, event.members, &personal);
  }
  fmt::print("log's thread: {:.3f} us a line of {} bytes, sealed and chained\n", (cpu_us() - begin) / count, out.size());
}

void latency(Bench& bench) {
  constexpr int count = 2'000;
  Request request;
  std::vector<double> times;
  AuditThread thread(*bench.log);
  for (int i = 0; i < count; ++i) {
    auto begin = Clock::now();
    auto ticket = bench.log->append(request.event());
    std::ignore = bench.log->wait(*ticket, seconds(5));
    times.push_back(us(Clock::now() - begin));
  }
  std::ranges::sort(times);
  fmt::print("one at a time until durable: p50 {:.0f} us, p99 {:.0f} us\n", times[count / 2], times[count * 99 / 100]);
}

void throughput(Bench& bench) {
  constexpr std::uint64_t count = 200'000;
  auto begin = Clock::now();
  {
    AuditThread thread(*bench.log);
    std::vector<std::jthread> producers;
    for (int producer = 0; producer < 2; ++producer)
      producers.emplace_back([&] {
        Request request;
        std::uint64_t ticket = 0;
        for (std::uint64_t i = 0; i < count; ++i) ticket = *bench.log->append(request.event());
        std::ignore = bench.log->wait(ticket, seconds(60));
      });
  }
  const double second = us(Clock::now() - begin) / 1e6;
  const AuditLogCounts counts = bench.log->counts();
  fmt::print("two producers: {:.0f} lines a second, {:.0f} lines a group\n", 2 * count / second,
             static_cast<double>(counts.lines) / static_cast<double>(counts.groups));
}

void verify_and_read(Bench& bench) {
  auto begin = Clock::now();
  auto report = verify_audit(*bench.disk, {.keys = std::span(&bench.signing.public_key(), 1)});
  const double time = us(Clock::now() - begin);
  fmt::print("verify: {} lines, {}, {:.2f} s for a million\n", report->lines, report->good() ? "good" : report->fault->found.words,
             time / static_cast<double>(report->lines));
  begin = Clock::now();
  auto rows = read_audit_rows(*bench.disk, {.limit = 100});
  fmt::print("newest {} rows: {:.0f} us\n", rows->size(), us(Clock::now() - begin));
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  const char* parent = argc > 1 ? argv[1] : ".";
  tollgate::Bench first(parent);
  tollgate::worker_and_writer(first);
  tollgate::verify_and_read(first);
  tollgate::Bench second(parent);
  tollgate::latency(second);
  tollgate::Bench third(parent);
  tollgate::throughput(third);
  tollgate::verify_and_read(third);
}
