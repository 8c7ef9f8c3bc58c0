// An hour of provider weather, many times over, in virtual time: outages, brown-outs, a slow region, rate limits and spent quotas over four
// targets, with the last ten minutes calm. The same calls through a route as it comes, and through ordered fallback that remembers nothing.
//
// TOLLGATE_WEATHER_SEEDS says how many hours (default 60); the table is printed.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

enum class Weather : std::uint8_t { fine, gone, silent, brown, slow, limited, no_quota };

struct Spell {
  Weather weather = Weather::fine;
  Duration begin{}, end{};
};

constexpr Duration hour = 3600s, calm_from = 3000s;

// What four targets do in one hour.
struct Forecast {
  std::map<std::string, std::vector<Spell>> spells;

  Forecast(const std::vector<std::string>& providers, std::mt19937_64& random) {
    for (const std::string& provider : providers) {
      std::size_t count = random() % 4;
      for (std::size_t i = 0; i < count; ++i) {
        auto kind = static_cast<Weather>(1 + random() % 6);
        Duration begin = seconds(random() % 2700), length = seconds(60 + random() % 600);
        spells[provider].push_back({kind, begin, std::min(begin + length, calm_from)});
      }
    }
  }
  Weather at(const std::string& provider, Duration time) const {
    auto found = spells.find(provider);
    if (found == spells.end()) return Weather::fine;
    for (const Spell& spell : found->second)
      if (time >= spell.begin && time < spell.end) return spell.weather;
    return Weather::fine;
  }
};

// Providers under a forecast; they remember what they will bill.
struct WeatherProvider final : ProviderForTest {
  const Forecast* forecast = nullptr;
  Instant began;
  std::mt19937_64 random;
  std::int64_t answered = 0;
  std::vector<Duration> asked_at;

  Script today(Weather weather) {
    auto quick = [&] { return milliseconds(300 + random() % 600); };
    Script script = GatewayForTest::plain();
    script.between = quick();
    switch (weather) {
      case Weather::fine: return script;
      case Weather::gone: return GatewayForTest::broken(AttemptPhase::connect);
      case Weather::silent: script.is_silent = true; return script;
      case Weather::brown: return random() % 2 == 0 ? script : GatewayForTest::refusal(random() % 2 == 0 ? 500 : 503);
      case Weather::slow: script.between *= 10; return script;
      case Weather::limited: {
        Script later = GatewayForTest::refusal(429);
        later.headers = {{"retry-after", "20"}};
        return random() % 4 == 0 ? script : later;
      }
      case Weather::no_quota:
        return GatewayForTest::refusal(429, R"({"error":{"message":"no","type":"insufficient_quota","code":"insufficient_quota"}})");
    }
    return script;
  }
  Task<Result<std::unique_ptr<ProviderAnswer>>> ask(const ProviderCall& call, CallWaits waits, AttemptPhase& phase) override {
    Duration now = Reactor::current().now() - began;
    asked_at.push_back(now);
    scripts.assign({today(forecast->at(call.target.provider, now))});
    return ProviderForTest::ask(call, waits, phase);
  }
};

struct Outcome {
  std::int64_t calls = 0, good = 0, asked = 0, calm_calls = 0, calm_asked = 0, late = 0;
  std::vector<std::int64_t> durations_ms{};
  Money charged{}, billed{};

  void operator+=(const Outcome& more) {
    calls += more.calls, good += more.good, asked += more.asked, calm_calls += more.calm_calls, calm_asked += more.calm_asked, late += more.late;
    charged += more.charged, billed += more.billed;
    durations_ms.insert(durations_ms.end(), more.durations_ms.begin(), more.durations_ms.end());
  }
  double share() const { return static_cast<double>(good) / static_cast<double>(calls); }
  double calm_amplification() const { return static_cast<double>(calm_asked) / static_cast<double>(calm_calls); }
  std::int64_t p99_ms() {
    std::sort(durations_ms.begin(), durations_ms.end());
    return durations_ms.at(durations_ms.size() * 99 / 100);
  }
};

enum class Ways : std::uint8_t { ours, naive };

// A gateway whose provider is the weather.
struct WeatherGateway {
  GatewayForTest t;
  WeatherProvider provider;
  Worker worker{t.loop.reactor, provider, t.ledger, 2};
  HealthBook book;

  explicit WeatherGateway(Ways ways) {
    Route& route = *t.setup.asked;
    route.fallback.clear();
    for (std::string name : {"third", "fourth"}) {
      t.setup.add_route(name, {name}, "cheap");
      route.targets.push_back(t.setup.targets.back());
    }
    route.total = 60s;
    route.retry = RetryConfig{.attempts = 3};
    for (const Target* target : route.targets) const_cast<Target*>(target)->timeouts = {.connect = 5s, .first_token = 10s, .idle = 10s, .total = 30s};
    if (ways == Ways::naive) return;
    route.strategy = Strategy::least_latency;
    route.breaker = BreakerConfig{};
    route.health = book.route("m");
    for (const Target* at : route.targets) {
      auto* target = const_cast<Target*>(at);
      target->health = book.target(target->provider, target->model);
      for (ProviderKey& key : target->keys) {
        key.for_model = book.key(target->provider, target->model, key.name);
        key.credential = book.credential(target->provider, key.name, 1);
      }
    }
  }
  static Task<void> run(Worker& worker, CallForTest& call) {
    Pipeline pipeline(worker);
    auto exchange = pipeline.open(call.incoming, call.door);
    auto answer = co_await pipeline.run(*exchange);
    if (!answer) call.error = std::move(answer).error();
    call.over = true;
  }
  Outcome pass_an_hour(const Forecast& forecast, std::uint64_t seed, int calls) {
    provider.forecast = &forecast;
    provider.began = t.loop.reactor.now();
    provider.random.seed(seed);
    worker.snapshot.publish(t.setup.snapshot);
    Outcome out{.calls = calls};
    for (int i = 0; i < calls; ++i) {
      CallForTest& call = t.prepare();
      t.loop.spawn(run(worker, call));
      t.loop.pass(hour / calls);
    }
    t.loop.pass(120s);
    for (const RequestRow& row : t.ledger.rows) {
      out.good += row.status == RowStatus::ok;
      out.late += row.duration_ms > 60'000;
      out.durations_ms.push_back(row.duration_ms);
      if (row.status == RowStatus::ok) out.charged += row.cost;
    }
    for (const AttemptRow& row : t.ledger.attempts)
      if (row.phase == AttemptPhase::done) out.billed += Money{10 * 1000 + 5 * 2000};  // what its script says, at its price
    out.asked = static_cast<std::int64_t>(provider.asked_at.size());
    constexpr Duration recovered = calm_from + 60s;
    for (Duration at : provider.asked_at) out.calm_asked += at >= recovered;
    out.calm_calls = calls - static_cast<std::int64_t>(recovered / (hour / calls));
    return out;
  }
};

int seeds() {
  const char* text = std::getenv("TOLLGATE_WEATHER_SEEDS");
  return text == nullptr ? 60 : std::max(1, std::atoi(text));
}

TEST(Weather, AnHourOfItLosesFewCallsAndAsksNobodyTooOften) {
  constexpr int calls = 360;
  Outcome ours, naive;
  for (int seed = 0; seed < seeds(); ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    Forecast forecast({"first", "second", "third", "fourth"}, random);
    ours += WeatherGateway(Ways::ours).pass_an_hour(forecast, static_cast<std::uint64_t>(seed), calls);
    naive += WeatherGateway(Ways::naive).pass_an_hour(forecast, static_cast<std::uint64_t>(seed), calls);
  }
  fmt::print("{} hours of {} calls over four targets   answered   p99 ms   asked for each call   after recovery\n", seeds(), calls);
  for (auto [name, of] : {std::pair("as it comes (least_latency, breakers)", &ours), std::pair("ordered fallback without memory", &naive)})
    fmt::print("{:<44} {:>8.3f} % {:>8} {:>12.3f} {:>20.3f}\n", name, of->share() * 100, of->p99_ms(),
               static_cast<double>(of->asked) / static_cast<double>(of->calls), of->calm_amplification());
  EXPECT_GE(ours.share(), 0.999);
  EXPECT_LE(ours.asked, naive.asked);
  EXPECT_LE(ours.p99_ms(), naive.p99_ms());
  EXPECT_LE(ours.calm_amplification(), 1.2);
  EXPECT_EQ(ours.late, 0);
  EXPECT_EQ(ours.charged, ours.billed);
}

// A server that takes so many calls at once in its usual time, and slows down in proportion beyond.
struct BusyServer final : ProviderForTest {
  static constexpr int capacity = 20;
  int at_once = 0;
  struct Place {
    int& at_once;
    explicit Place(int& number) : at_once(++number) {}
    ~Place() { --at_once; }
  };
  Task<Result<std::unique_ptr<ProviderAnswer>>> ask(const ProviderCall& call, CallWaits waits, AttemptPhase& phase) override {
    Place place(at_once);
    Script script = GatewayForTest::plain();
    Duration takes = Duration(1s) * std::max(at_once, capacity) / capacity;
    phase = AttemptPhase::first_byte;
    Instant due = Reactor::current().now() + takes;
    Wake wake = co_await sleep(waits.head.at_most(due));
    if (wake == Wake::cancelled || due > waits.head.until) co_return fail(woken_early(wake));
    scripts.assign({script});
    co_return co_await ProviderForTest::ask(call, waits, phase);
  }
};

// Answers a second, of so many calls offered a second for a minute, by callers who wait four seconds.
double goodput(double offered, const std::function<void(Route&, Target&)>& set) {
  GatewayForTest t;
  BusyServer server;
  Worker worker(t.loop.reactor, server, t.ledger, 2);
  HealthBook book;
  Route& route = *t.setup.asked;
  Target& target = *t.setup.targets[0];
  route.targets = {&target};
  route.fallback.clear();
  route.total = 4s;
  route.retry.attempts = 0;
  route.health = book.route("m");
  target.health = book.target("first", "their-first");
  set(route, target);
  worker.snapshot.publish(t.setup.snapshot);
  constexpr int length = 60;
  auto calls = static_cast<int>(offered * length);
  for (int i = 0; i < calls; ++i) {
    t.loop.spawn(WeatherGateway::run(worker, t.prepare()));
    t.loop.pass(Duration(seconds(length)) / calls);
  }
  t.loop.pass(10s);
  auto good = std::count_if(t.ledger.rows.begin(), t.ledger.rows.end(), [](const RequestRow& row) { return row.status == RowStatus::ok; });
  worker.background.cancellation().cancel();
  return static_cast<double>(good) / length;
}

TEST(Overload, GoodputHoldsAtThreeTimesTheLoad) {
  auto bounded = [](Route& route, Target& target) {
    target.max_in_flight = BusyServer::capacity;
    route.queue = QueueConfig{.size = 40, .wait = 2s};
  };
  auto adaptive = [](Route& route, Target& target) {
    target.adaptive = true;
    route.queue = QueueConfig{.size = 40, .wait = 2s};
  };
  auto nothing = [](Route&, Target&) {};
  constexpr double peak = BusyServer::capacity;
  fmt::print("answers a second of a server that can give {}: offered  x1  x3\n", peak);
  auto show = [&](std::string_view name, const std::function<void(Route&, Target&)>& set) {
    double once = goodput(peak, set), thrice = goodput(3 * peak, set);
    fmt::print("{:<36} {:>12.1f} {:>6.1f}\n", name, once, thrice);
    return std::pair(once, thrice);
  };
  auto [once, thrice] = show("max_in_flight and queue", bounded);
  auto [learned_once, learned_thrice] = show("adaptive and queue", adaptive);
  show("neither", nothing);
  EXPECT_GE(thrice, 0.9 * once);
  EXPECT_GE(learned_thrice, 0.9 * learned_once);
  EXPECT_GE(once, 0.9 * peak);
}

}  // namespace
}  // namespace tollgate
