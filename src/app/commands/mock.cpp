#include "app/commands/mock.h"

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "async/epoll_poller.h"
#include "async/reactor.h"
#include "base/address.h"
#include "mock/provider.h"
#include "net/tcp_listener.h"

namespace tollgate {
namespace {

constexpr std::string_view usual_listen = "127.0.0.1:8090";
constexpr std::string_view help =
    "tollgate mock [--listen ADDR] [--script FILE] [--bill FILE]\n"
    "\n"
    "A scripted provider that speaks OpenAI's API and costs nothing: answers that follow from the request,\n"
    "and by script delays, errors and faults. Prints its base URL; ends with SIGINT or SIGTERM.\n"
    "\n"
    "  --listen ADDR   where, by default 127.0.0.1:8090; port 0 is any free one\n"
    "  --script FILE   rules in JSON (docs/mock.md); POST /mock/script replaces them\n"
    "  --bill FILE     appends a JSON line for each billed answer; GET /mock/bill has the sums\n"
    "\n"
    "Example: tollgate mock --listen 127.0.0.1:9100 --script faults.json\n";

constexpr auto flush_bill_every = milliseconds(200);

// The billed answers, a line each, in a file. Lines reach the file within flush_bill_every.
class BillFile {
 public:
  ~BillFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  // False with errno set.
  bool open(const std::string& path) {
    file_ = std::fopen(path.c_str(), "ae");
    return file_ != nullptr;
  }
  void add(const mock::BillLine& line) {
    if (file_ == nullptr) return;
    text_.clear();
    mock::append_bill_line(text_, line);
    std::fwrite(text_.data(), 1, text_.size(), file_);
  }
  Task<void> keep_flushing(Cancellation& stop) {
    if (file_ == nullptr) co_return;
    for (Wake wake = Wake::ready; wake != Wake::cancelled; std::fflush(file_))
      wake = co_await sleep({Reactor::current().now() + flush_bill_every, &stop});
  }

 private:
  std::FILE* file_ = nullptr;
  std::string text_;
};

// SIGINT and SIGTERM as something that a reactor can wait for. Blocks them while it lives.
class StopSignals {
 public:
  explicit StopSignals(EpollPoller& poller) : poller_(poller) {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &wanted, &before_);
    descriptor_ = ::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
    poller_.watch(descriptor_, readiness_);
  }
  ~StopSignals() {
    poller_.forget(readiness_);
    ::close(descriptor_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  StopSignals(const StopSignals&) = delete;

  Task<void> wait() {
    signalfd_siginfo received;
    while (::read(descriptor_, &received, sizeof received) <= 0) {
      readiness_.drained();
      co_await readiness_.readable({});
    }
  }

 private:
  EpollPoller& poller_;
  Readiness readiness_;
  sigset_t before_;
  int descriptor_ = -1;
};

int failed(std::string_view what) {
  fmt::print(stderr, "tollgate mock: {}\n", what);
  return exit_no;
}

Result<mock::Script> load_script(const CommandLine& line) {
  auto path = line.value("script");
  if (!path) return mock::Script{};
  std::ifstream file(*path, std::ios::binary);
  if (!file) return fail(Fault::not_found, fmt::format("cannot read {}: {}", *path, std::strerror(errno)));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  auto script = mock::read_script(text);
  if (!script) script.error().detail = fmt::format("{}: {}", *path, script.error().detail);
  return script;
}

Task<void> stop_at_signal(StopSignals& signals, MockProvider& provider, Cancellation& flushing, Reactor& reactor) {
  co_await signals.wait();
  co_await provider.stop();
  flushing.cancel();
  reactor.stop();
}

int serve(const ListenAddress& address, mock::Script script, BillFile& bill) {
  SystemClock clock;
  SeededRandom random(system_seed());
  EpollPoller poller;
  Reactor reactor(clock, random, poller);
  StopSignals signals(poller);
  auto listener = TcpListener::open(address, poller);
  if (!listener) return failed(listener.error().detail);
  MockProvider provider(std::move(script), [&](const mock::BillLine& line) { bill.add(line); });
  TaskGroup tasks;
  {
    Reactor::Turn turn(reactor);
    tasks.spawn(provider.run(**listener));
    tasks.spawn(bill.keep_flushing(tasks.cancellation()));
    tasks.spawn(stop_at_signal(signals, provider, tasks.cancellation(), reactor));
  }
  fmt::print("http://{}/v1\n", format_listen({address.ip, (*listener)->port()}));
  std::fflush(stdout);
  reactor.run();
  reactor.run_until([&] { return tasks.size() == 0; });
  return exit_yes;
}

int run(std::span<const std::string> words) {
  CommandLine line;
  if (auto bad = line.read(words, {{"listen", Option::value}, {"script", Option::value}, {"bill", Option::value}}))
    return misuse(mock_command, *bad);
  if (!line.rest().empty()) return misuse(mock_command, fmt::format("'{}' is one word too many", line.rest().front()));
  auto address = parse_listen(line.value("listen").value_or(std::string(usual_listen)));
  if (!address) return misuse(mock_command, "--listen needs an address and a port, such as 127.0.0.1:8090");
  auto script = load_script(line);
  if (!script) return failed(script.error().detail);
  BillFile bill;
  auto path = line.value("bill");
  if (path && !bill.open(*path)) return failed(fmt::format("cannot write {}: {}", *path, std::strerror(errno)));
  return serve(*address, std::move(*script), bill);
}

}  // namespace

const Command mock_command{.verb = "mock",
                           .summary = "a scripted provider for tests: answers, delays, faults and a bill",
                           .help = help,
                           .run = run};

}  // namespace tollgate
