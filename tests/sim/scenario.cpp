#include "sim/scenario.h"

#include <fmt/format.h>

#include "async/reactor.h"
#include "sim/checker.h"
#include "sim/sim_client.h"
#include "sim/sim_provider.h"

namespace tollgate::sim {
namespace {

constexpr WallTime noon{1'795'348'800'000'000'000};  // 2026-11-22T12:00:00Z
constexpr HostId client_host = 1;
constexpr HostId provider_host = 2;
constexpr auto longest_run = std::chrono::hours(2);
constexpr auto drain_within = seconds(30);
constexpr auto stop_within = seconds(2);
constexpr auto stop_slack = seconds(8);  // a commit, and a head or a linger that nobody cuts short

// Text as it is: the keys of persons are not what is simulated.
class OpenSealer final : public ValueSealer {
 public:
  Result<std::string> seal(std::uint64_t, std::string_view text) override { return std::string(text); }
  std::optional<std::string> open(std::uint64_t, std::string_view sealed) override { return std::string(sealed); }
  Result<void> sync() override { return {}; }
  Result<void> forget(std::uint64_t) override { return {}; }
};

// What befalls the gateway, in order.
struct Blow {
  enum class What : std::uint8_t { kill, power, stop, disk_fails, disk_full };
  What what;
  Duration after;  // the one before
  int at_sync;     // kill and power: once so many more syncs began; 0: by time alone
};

struct Fate {
  int clients;
  Duration spread;  // over which they arrive
  std::uint64_t fault_permille;
  SimNetwork::Weather weather;
  DiskManner disk;
  std::uint32_t segment_slots;
  std::vector<Blow> blows;
};

Duration up_to(Duration most, Random& random) {
  return Duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most.count()) + 1)));
}

Fate draw_fate(Random& random) {
  constexpr std::uint64_t permilles[] = {0, 100, 350, 800};
  constexpr Duration spreads[] = {milliseconds(50), seconds(3), seconds(40), seconds(120)};
  Fate fate{.clients = 10 + static_cast<int>(random.below(51)),
            .spread = spreads[random.below(std::size(spreads))],
            .fault_permille = permilles[random.below(std::size(permilles))],
            .weather = {},
            .disk = {},
            .segment_slots = 48 + static_cast<std::uint32_t>(random.below(600)),
            .blows = {}};
  if (random.below(3) == 0) fate.weather = {.refused = random.below(300), .unanswered = random.below(100)};
  if (random.below(4) == 0) fate.disk = {.sync_usual = milliseconds(30), .slow_permille = 30, .sync_slow = seconds(9)};
  for (std::uint64_t left = random.below(4); left > 0; --left) {
    auto what = static_cast<Blow::What>(random.below(5));
    fate.blows.push_back({what, up_to(fate.spread + seconds(5), random),
                          random.below(2) == 0 ? 1 + static_cast<int>(random.below(60)) : 0});
  }
  return fate;
}

class Scenario {
 public:
  explicit Scenario(std::uint64_t seed)
      : random_(seed),
        fate_(draw_fate(random_)),
        settings_(draw_settings(random_)),
        gateway_random_(random_.next()),
        reactor_(time_, gateway_random_, time_),
        network_(time_, random_.next()) {}

  void run() {
    story.trace = settings_.yaml;
    story.began = time_.now();
    story.began_wall = time_.wall();
    story.slow_disk = fate_.disk.sync_slow > commit_bound;
    {
      Reactor::Turn turn(reactor_);
      tasks_.spawn(direct());
    }
    Instant latest = time_.now() + longest_run;
    reactor_.run_until([&] { return tasks_.size() == 0 || time_.stuck() || time_.now() > latest; });
    if (tasks_.size() != 0) story.fault("something waits for ever");
  }
  bool over() const { return tasks_.size() == 0; }

  Story story;

 private:
  Task<void> direct();
  void start_providers();
  void start_clients();
  Task<void> suffer(Blow blow);
  Task<void> await_blow(const Blow& blow);
  Task<void> crash(Crash how);
  Task<void> stop();
  Task<void> fill_disk();
  bool open_house(FakeDisk files);
  LedgerRows look_at(FakeDisk& files);
  Task<void> finish();
  HouseWorld world() {
    return {reactor_, time_, network_, story, settings_, sealer_, gateway_random_, fate_.segment_slots};
  }

  SeededRandom random_;
  Fate fate_;
  Settings settings_;
  VirtualTime time_{noon};
  SeededRandom gateway_random_;
  Reactor reactor_;
  SimNetwork network_;
  OpenSealer sealer_;
  std::vector<std::unique_ptr<SimProvider>> providers_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  std::unique_ptr<SimHouse> house_;
  int starts_ = 0;
  std::vector<int> lost_starts_;  // whose power was cut
  TaskGroup client_tasks_, tasks_;
};

Task<void> Scenario::direct() {
  start_providers();
  if (!open_house({})) co_return;
  start_clients();
  for (const Blow& blow : fate_.blows) {
    co_await suffer(blow);
    if (house_ == nullptr) break;
  }
  co_await finish();
}

void Scenario::start_providers() {
  for (std::string_view name : provider_names) {
    network_.set_weather(std::string(name) + ".sim", fate_.weather);
    providers_.push_back(std::make_unique<SimProvider>(SimProvider::World{network_, story, provider_host},
                                                       std::string(name), random_.next(), fate_.fault_permille));
    providers_.back()->start();
  }
}

void Scenario::start_clients() {
  for (int i = 0; i < fate_.clients; ++i) {
    SimClient::Plan plan{.number = i,
                         .key = static_cast<int>(random_.below(key_count)),
                         .calls = 1 + static_cast<int>(random_.below(4)),
                         .starts = up_to(fate_.spread, random_),
                         .seed = random_.next()};
    clients_.push_back(std::make_unique<SimClient>(SimClient::World{network_, story, client_host}, plan));
    client_tasks_.spawn(clients_.back()->run());
  }
}

bool Scenario::open_house(FakeDisk files) {
  story.note(time_.now(), fmt::format("start {}", starts_));
  auto opened = SimHouse::open(world(), starts_++, fate_.disk, std::move(files));
  if (opened)
    house_ = std::move(*opened);
  else
    story.fault("the gateway does not start: " + opened.error().detail);
  return opened.has_value();
}

Task<void> Scenario::suffer(Blow blow) {
  co_await await_blow(blow);
  switch (blow.what) {
    case Blow::What::kill: co_return co_await crash(Crash::kill);
    case Blow::What::power: co_return co_await crash(Crash::power);
    case Blow::What::stop: co_return co_await stop();
    case Blow::What::disk_full: co_return co_await fill_disk();
    case Blow::What::disk_fails:
      story.note(time_.now(), "the disk fails");
      story.outages.push_back({Outage::Kind::disk_failed, time_.now()});
      house_->disk().files().fail_sync = true;
      co_await sleep({time_.now() + up_to(seconds(5), random_)});
      co_await crash(random_.below(2) == 0 ? Crash::kill : Crash::power);
  }
}

Task<void> Scenario::await_blow(const Blow& blow) {
  co_await sleep({time_.now() + blow.after});
  int wanted = house_->disk().syncs() + blow.at_sync;
  constexpr int looks_max = 2000;
  for (int i = 0; i < looks_max && blow.at_sync > 0 && house_->disk().syncs() < wanted; ++i)
    co_await sleep({time_.now() + milliseconds(1)});
}

// Ends the gateway at this moment; a new one starts from what is left on the disk.
Task<void> Scenario::crash(Crash how) {
  story.note(time_.now(), how == Crash::kill ? "killed" : "the power goes");
  FakeDisk left = house_->crash(how);
  story.outages.push_back({how == Crash::kill ? Outage::Kind::kill : Outage::Kind::power, time_.now()});
  std::size_t outage = story.outages.size() - 1;
  if (how == Crash::power) lost_starts_.push_back(starts_ - 1);
  co_await house_->wind_up(time_.now());
  house_.reset();
  co_await sleep({time_.now() + up_to(seconds(4), random_)});
  if (!open_house(std::move(left))) co_return;
  for (Outage& past : story.outages) past.ended = std::min(past.ended, time_.now());
  story.outages[outage].ended = time_.now();
  check_counters(look_at(house_->disk().files()), *house_, story);
}

// Stops in order, and starts again.
Task<void> Scenario::stop() {
  story.note(time_.now(), "stops");
  story.outages.push_back({Outage::Kind::stop, time_.now()});
  Instant began = time_.now();
  co_await house_->wind_up(began + stop_within);
  Duration lasted = time_.now() - began;
  if (lasted > stop_within + stop_slack)
    story.fault(
        fmt::format("a stop within {} ms lasted {} ms", stop_within.count() * 1000, lasted.count() / 1'000'000));
  auto left = house_->close();
  house_.reset();
  if (!left) {
    story.fault("the ledger does not close: " + left.error().detail);
    co_return;
  }
  co_await sleep({time_.now() + up_to(seconds(1), random_)});
  if (!open_house(std::move(*left))) co_return;
  story.outages.back().ended = time_.now();
  if (house_->journal().start().settled != 0) story.fault("a stop in order left calls to be settled");
  check_counters(look_at(house_->disk().files()), *house_, story);
}

Task<void> Scenario::fill_disk() {
  story.note(time_.now(), "the disk is full");
  story.outages.push_back({Outage::Kind::disk_full, time_.now()});
  FakeDisk& files = house_->disk().files();
  std::uint64_t before = files.free_bytes;
  files.free_bytes = 1024;
  co_await sleep({time_.now() + up_to(seconds(6), random_)});
  files.free_bytes = before;
  story.outages.back().ended = time_.now() + seconds(1);
}

LedgerRows Scenario::look_at(FakeDisk& files) {
  LedgerRows rows = read_rows(files, sealer_, story);
  check_rows(rows, settings_, story);
  return rows;
}

Task<void> Scenario::finish() {
  co_await client_tasks_.join({});
  if (house_ != nullptr) {
    co_await house_->wind_up(time_.now() + drain_within);
    LedgerRows rows = look_at(house_->disk().files());
    check_counters(rows, *house_, story);
    check_clients(rows, settings_, story);
    check_recorded(rows, lost_starts_, story);
    auto left = house_->close();
    house_.reset();
    if (!left) story.fault("the ledger does not close: " + left.error().detail);
    if (left && open_house(std::move(*left))) {
      if (house_->journal().start().settled != 0) story.fault("a stop in order left calls to be settled");
      check_counters(rows, *house_, story);
      co_await house_->wind_up(time_.now());
      house_.reset();
    }
  }
  for (auto& provider : providers_) co_await provider->stop();
}

}  // namespace

Story run_scenario(std::uint64_t seed) {
  auto scenario = std::make_unique<Scenario>(seed);
  scenario->run();
  Story story = std::move(scenario->story);
  if (!scenario->over()) static_cast<void>(scenario.release());  // what waits for ever cannot be taken apart
  return story;
}

}  // namespace tollgate::sim
