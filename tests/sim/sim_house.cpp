#include "sim/sim_house.h"

#include <fmt/format.h>

#include <tuple>

#include "app/past_calls.h"
#include "app/server_limits.h"
#include "limits/state.h"

namespace tollgate::sim {
namespace {

constexpr std::size_t body_memory = 64 * 1024 * 1024;
constexpr HostId first_gateway = 100;
constexpr std::string_view door_name = "gateway";
// A folder that is not there: no key was ever created.
constexpr std::string_view no_folder = "/nonexistent/tollgate-sim";

}  // namespace

// Writes every record into the story, and looks at each limit that the record concerns: none may be over its amount.
class SimHouse::Recorder final : public RecordReader {
 public:
  explicit Recorder(SimHouse& house) : house_(house) {}

  void recorded(const RequestRow& row, std::span<const AttemptRow> attempts) override {
    house_.totals_.recorded(row, attempts);
    if (house_.crashed_) return;
    Story& story = house_.world_.story;
    story.recorded.push_back({row, {attempts.begin(), attempts.end()}, house_.start_});
    story.note(house_.world_.time.now(),
               fmt::format("row {} {} cost {} attempts {} error {}", to_string(row.id), to_string(row.status),
                           row.cost.nano_usd, row.attempts, row.error_code));
    const Attribution& who = row.attribution;
    Subject subject{row.key, who.team, who.user, who.feature, row.route, row.provider, &who.tags};
    for (const LimitState& state : states_for(*house_.snapshot_->limits, subject, row.at))
      if (Quantity(state.used.units + state.reserved.units) > state.amount)
        story.fault(fmt::format("limit {}: {} used and {} reserved of {}", state.limit, state.used.units,
                                state.reserved.units, state.amount.units));
  }

 private:
  SimHouse& house_;
};

SimHouse::SimHouse(HouseWorld world, int start, DiskManner manner, FakeDisk files)
    : world_(world),
      start_(start),
      host_(first_gateway + start),
      disk_(world.time, manner, world.random.next(), std::move(files)),
      pepper_(*crypto::Key::from_bytes("a pepper for simulations, 32 byt")),
      memory_(body_memory),
      dialer_(world.network, host_) {}

SimHouse::~SimHouse() = default;

Result<std::unique_ptr<SimHouse>> SimHouse::open(HouseWorld world, int start, DiskManner manner, FakeDisk files) {
  std::unique_ptr<SimHouse> house(new SimHouse(world, start, manner, std::move(files)));
  TG_TRY_VOID(house->build());
  return house;
}

Result<void> SimHouse::build() {
  const Config& config = world_.settings.config;
  opened_at_ = world_.time.wall();
  TG_TRY(keys, KeyStore::open(std::string(no_folder), pepper_));
  key_store_ = std::move(keys);
  TG_TRY(limits, LimitStore::open(std::string(no_folder), pepper_));
  limit_store_ = std::move(limits);
  counters_ = std::make_unique<Counters>(world_.random.next());
  health_ = std::make_unique<HealthBook>();
  builder_ =
      std::make_unique<SnapshotBuilder>(SnapshotSources{pepper_, *key_store_, *limit_store_, *counters_, *health_, world_.settings.secrets});
  TG_TRY(snapshot, builder_->build(config));
  snapshot_ = std::move(snapshot);
  JournalSettings journal{
      .writers = 1, .segment_slots = world_.segment_slots, .random = [this] { return world_.random.next(); }};
  TG_TRY(opened, Journal::open(disk_.files(), world_.sealer, std::move(journal), "simulation", world_.time.wall()));
  journal_ = std::move(opened);
  restore_past_calls(*journal_, *snapshot_->limits, totals_, world_.time.wall());
  serve();
  return {};
}

void SimHouse::serve() {
  const Config& config = world_.settings.config;
  provider_ = std::make_unique<HttpProvider>(dialer_, memory_);
  ledger_ = std::make_unique<WorkerLedger>(journal_->writer(0), world_.reactor, config.ledger.durability);
  worker_ = std::make_unique<Worker>(world_.reactor, *provider_, *ledger_, static_cast<std::uint16_t>(0));
  recorder_ = std::make_unique<Recorder>(*this);
  worker_->readers.push_back(recorder_.get());
  worker_->snapshot.publish(snapshot_);
  port_ = std::make_unique<ModelPort>(
      ModelPort::Doors{.worker = *worker_,
                       .totals = totals_,
                       .ready = [] { return Result<void>{}; },
                       .row_json = [](RequestId, std::string_view) { return std::nullopt; }});
  server_ = std::make_unique<http::Server>(*port_, memory_, server_limits(config.server));
  runner_ = std::make_unique<JournalRunner>(*journal_, disk_, world_.time, config.ledger.durability);
  world_.time.before_moving([this] { runner_->look(); });
  tasks_.spawn(server_->run(door_));
  world_.network.open(std::string(door_name), door_, host_);
}

FakeDisk SimHouse::crash(Crash how) {
  FakeDisk left = disk_.after(how);
  crashed_ = true;
  dialer_.die();
  world_.network.close(std::string(door_name));
  world_.network.end_host(host_, how == Crash::kill ? HostEnd::kill : HostEnd::power);
  return left;
}

Task<void> SimHouse::wind_up(Instant until) {
  if (!crashed_) world_.network.close(std::string(door_name));
  co_await server_->drain(until);
  co_await tasks_.join({});
  if (runner_ == nullptr) co_return;
  if (!crashed_) find_leaks(world_.story);
  world_.time.before_moving(nullptr);
  runner_->stop();
}

Result<FakeDisk> SimHouse::close() {
  ledger_.reset();
  TG_TRY_VOID(journal_->close(world_.time.wall()));
  return disk_.files().after_kill();
}

void SimHouse::find_leaks(Story& story) const {
  auto expect_none = [&](std::string_view what, std::size_t count) {
    if (count != 0) story.fault(fmt::format("{} {} left when nobody is served", count, what));
  };
  expect_none("exchanges", server_->in_flight());
  expect_none("connections of clients", server_->connections());
  expect_none("bytes of bodies", memory_.used());
  expect_none("slots of the journal beside the stop record's", journal_->writer(0).reserved() - 1);
  expect_none("upstream connections beside those that it knows of",
              world_.network.open_ends(host_) - provider_->connections());
  for (const LimitState& state : all_states(*snapshot_->limits, world_.time.wall(), SIZE_MAX))
    if (state.reserved.units != 0)
      story.fault(
          fmt::format("limit {}: {} nano-USD reserved when nobody is served", state.limit, state.reserved.units));
}

}  // namespace tollgate::sim
