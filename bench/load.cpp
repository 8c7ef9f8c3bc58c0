// Load generator and upstream in one process that spins on one core, so that the proxy, alone on the other core, is the
// only thing that is measured (method: client and stub never wait for a wake-up, replies are prebuilt, every answer is
// checked).
//
// Prints requests a second, latency, errors, and what the proxy's processes used for each request: CPU by the
// scheduler's clock, context switches, memory.

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <memory>

#include <fmt/format.h>

#include "bench/client.h"
#include "bench/load_options.h"
#include "bench/loop.h"
#include "bench/proc_usage.h"
#include "bench/stub.h"
#include "bench/wire.h"

namespace tollgate::bench {
namespace {

constexpr int kSleepMs = 1;
constexpr std::int64_t kNsASecond = 1'000'000'000;
constexpr std::int64_t kHoldLimitNs = 120 * kNsASecond;

struct Run {
  Loop loop;
  std::unique_ptr<Stub> stub;
  std::unique_ptr<Client> client;
  int wait_ms = 0;

  void turn() {
    loop.turn(wait_ms);
    std::int64_t now = now_ns();
    if (stub) stub->tick(now);
    if (client) client->tick(now);
  }

  void until(std::int64_t end) {
    while (now_ns() < end) turn();
  }
};

ClientShape client_shape(const LoadOptions& options) {
  RequestShape request{options.to, options.path, options.key, options.model, options.body_bytes, options.stream};
  return {.to = Address::parse(options.to),
          .request = request_bytes(request),
          .expected_json = options.stub.empty() ? std::string() : answers(options.model).json,
          .connections = options.connections,
          .rate = options.rate,
          .stream = options.stream,
          .hold = options.hold,
          .events = options.events};
}

StubShape stub_shape(const LoadOptions& options) {
  return {.model = options.model,
          .stream = options.stream,
          .events = options.events,
          .pace_ns = options.pace_us * 1000,
          .delay_ns = options.delay_us * 1000};
}

struct Report {
  double seconds = 0;
  ProcUsage before;
  ProcUsage after;

  double each(std::int64_t amount, std::uint64_t count) const {
    return count == 0 ? 0 : static_cast<double>(amount) / static_cast<double>(count);
  }
};

void print_json(const Report& report, const Tally& tally) {
  double cpu_us = static_cast<double>(report.after.cpu_ns - report.before.cpu_ns) / 1000.0;
  double view_us = static_cast<double>(report.after.view_cpu_ns - report.before.view_cpu_ns) / 1000.0;
  auto each = [&](std::uint64_t count) { return count == 0 ? 0 : cpu_us / static_cast<double>(count); };
  double without_view = tally.requests == 0 ? 0 : (cpu_us - view_us) / static_cast<double>(tally.requests);
  fmt::print(
      R"({{"seconds":{:.3f},"requests":{},"requests_per_second":{:.1f},"events":{},"events_per_second":{:.1f},"errors":{},)"
      R"("wrong_status":{},"last_wrong_status":{},"wrong_body":{},"broken":{},"timed_out":{},"overrun":{},"reconnects":{},)"
      R"("p50_us":{:.1f},"p99_us":{:.1f},"max_us":{:.1f},"first_p50_us":{:.1f},"first_p99_us":{:.1f},)"
      R"("event_p50_us":{:.1f},"event_p99_us":{:.1f},"event_max_us":{:.1f},)"
      R"("cpu_us_per_request":{:.3f},"cpu_us_per_event":{:.3f},"cpu_us_without_view":{:.3f},"cpu_share":{:.4f},"context_switches_per_request":{:.4f},)"
      R"("resident_kib":{},"anonymous_kib":{}}})"
      "\n",
      report.seconds, tally.requests, static_cast<double>(tally.requests) / report.seconds, tally.events,
      static_cast<double>(tally.events) / report.seconds, tally.errors(), tally.wrong_status, tally.last_wrong_status,
      tally.wrong_body, tally.broken, tally.timed_out, tally.overrun, tally.reconnects, tally.whole.quantile_us(0.5),
      tally.whole.quantile_us(0.99), tally.whole.max_us(), tally.first.quantile_us(0.5), tally.first.quantile_us(0.99),
      tally.under_way.quantile_us(0.5), tally.under_way.quantile_us(0.99), tally.under_way.max_us(),
      each(tally.requests), each(tally.events), without_view, cpu_us / 1e6 / report.seconds,
      report.each(report.after.context_switches - report.before.context_switches, tally.requests),
      report.after.resident_kib, report.after.anonymous_kib);
}

void print_words(const Report& report, const Tally& tally, const LoadOptions& options) {
  fmt::print("requests   {:.0f} /s, p50 {:.0f} us, p99 {:.0f} us, max {:.0f} us\n",
             static_cast<double>(tally.requests) / report.seconds, tally.whole.quantile_us(0.5),
             tally.whole.quantile_us(0.99), tally.whole.max_us());
  if (options.stream) {
    fmt::print("events     {:.0f} /s, first p50 {:.0f} us, under way p50 {:.0f} us, p99 {:.0f} us\n",
               static_cast<double>(tally.events) / report.seconds, tally.first.quantile_us(0.5),
               tally.under_way.quantile_us(0.5), tally.under_way.quantile_us(0.99));
  }
  fmt::print(
      "errors     {} (status {}, body {}, broken {}, timed out {}, overrun {}); last wrong status {}; reconnects {}\n",
      tally.errors(), tally.wrong_status, tally.wrong_body, tally.broken, tally.timed_out, tally.overrun,
      tally.last_wrong_status, tally.reconnects);
  if (options.processes.empty()) return;
  double cpu_us = static_cast<double>(report.after.cpu_ns - report.before.cpu_ns) / 1000.0;
  fmt::print("proxy      {:.2f} us CPU a request, {:.0f} % of a core, {} KiB resident\n",
             tally.requests == 0 ? 0 : cpu_us / static_cast<double>(tally.requests), cpu_us / 1e4 / report.seconds,
             report.after.resident_kib);
}

int measure(Run& run, const LoadOptions& options) {
  run.until(now_ns() + static_cast<std::int64_t>(options.warm_seconds * 1e9));
  run.client->begin_measuring();
  Report report;
  report.before = ProcUsage::of(options.processes);
  std::int64_t began = now_ns();
  run.until(began + static_cast<std::int64_t>(options.seconds * 1e9));
  report.seconds = static_cast<double>(now_ns() - began) / 1e9;
  report.after = ProcUsage::of(options.processes);
  if (options.json)
    print_json(report, run.client->tally());
  else
    print_words(report, run.client->tally(), options);
  return run.client->tally().errors() == 0 && run.client->tally().requests > 0 ? 0 : 1;
}

bool input_ended() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  char byte = 0;
  return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

int hold(Run& run, const LoadOptions& options) {
  run.wait_ms = kSleepMs;
  std::int64_t limit = now_ns() + kHoldLimitNs;
  while (run.client->held() < options.connections && now_ns() < limit) run.turn();
  fmt::print("held {}\n", run.client->held());
  std::fflush(stdout);
  while (!input_ended() && now_ns() < limit) run.turn();
  return run.client->held() == options.connections && run.client->tally().errors() == 0 ? 0 : 1;
}

void allow_many_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

int run_load(const LoadOptions& options) {
  allow_many_files();
  Run run;
  run.wait_ms = options.sleep ? kSleepMs : 0;
  if (!options.stub.empty())
    run.stub = std::make_unique<Stub>(run.loop, Address::parse(options.stub), stub_shape(options));
  if (options.connections > 0) run.client = std::make_unique<Client>(run.loop, client_shape(options));
  if (run.client) return options.hold ? hold(run, options) : measure(run, options);
  while (!input_ended()) run.turn();
  return 0;
}

}  // namespace
}  // namespace tollgate::bench

int main(int count, char** words) {
  auto options = tollgate::bench::LoadOptions::parse(count, words);
  if (!options) return 2;
  try {
    return tollgate::bench::run_load(*options);
  } catch (const std::exception& fault) {
    fmt::print(stderr, "tollgate_load: {}\n", fault.what());
    return 2;
  }
}
