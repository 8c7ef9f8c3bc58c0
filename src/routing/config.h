#pragma once
// Settings `routes:`: what a model name stands for.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/money.h"

namespace tollgate {

// Of `strategy: difficulty`.
enum class ModelTier : std::uint8_t { cheap, capable };
inline std::span<const std::string_view> setting_names(ModelTier) {
  static constexpr std::string_view names[] = {"cheap", "capable"};
  return names;
}

// What a call has beside its text.
enum class CallTrait : std::uint8_t { tools, images, json_schema, streaming };
inline std::span<const std::string_view> setting_names(CallTrait) {
  static constexpr std::string_view names[] = {"tools", "images", "json_schema", "streaming"};
  return names;
}

// Several of them, a bit for each.
class CallTraits {
 public:
  constexpr CallTraits() = default;
  void add(CallTrait trait) { bits_ |= static_cast<std::uint8_t>(1u << static_cast<unsigned>(trait)); }
  bool has(CallTrait trait) const { return (bits_ >> static_cast<unsigned>(trait) & 1u) != 0; }
  bool any() const { return bits_ != 0; }
  bool meets(CallTraits other) const { return (bits_ & other.bits_) != 0; }

 private:
  std::uint8_t bits_ = 0;
};

struct TargetConfig {
  std::string provider{};
  std::string model{};  // the provider's own name for it; it may be unknown to the catalogue
  std::string price{};  // name of a price; empty: the model's own
  int weight = 1;       // under `strategy: weighted`
  std::optional<int> max_in_flight{};
  std::vector<CallTrait> lacks{};
  bool adaptive = false;  // `max_in_flight` follows how the target fares
  std::optional<ModelTier> tier{};
};
void describe(Fields& fields, TargetConfig& target);

enum class Strategy : std::uint8_t { ordered, weighted, least_latency, least_busy, cheapest, difficulty };
inline std::span<const std::string_view> setting_names(Strategy) {
  static constexpr std::string_view names[] = {"ordered",    "weighted", "least_latency",
                                               "least_busy", "cheapest", "difficulty"};
  return names;
}

// What sends a call to the next target or route.
enum class FallbackCause : std::uint8_t {
  rate_limited,
  overloaded,
  timeout,
  unreachable,
  upstream_error,
  context_length,
  content_filter,
};
inline std::span<const std::string_view> setting_names(FallbackCause) {
  static constexpr std::string_view names[] = {"rate_limited",   "overloaded",     "timeout",       "unreachable",
                                               "upstream_error", "context_length", "content_filter"};
  return names;
}

struct RetryConfig {
  int attempts = 2;  // further ones after the first
  Duration backoff = milliseconds(200);
  Duration max_backoff = seconds(5);
  std::optional<Percent> budget = percent(20);  // of the calls; none: no bound but `attempts`
};
void describe(Fields& fields, RetryConfig& retry);

// When a target is asked no more, for how long.
struct BreakerConfig {
  int failures = 5;
  Percent share = percent(50);
  Duration window = seconds(30);
  Duration open_for = seconds(15);
  std::optional<Duration> slow{};
};
void describe(Fields& fields, BreakerConfig& breaker);

// Where calls wait when every target is at its `max_in_flight`.
struct QueueConfig {
  int size = 100;
  Duration wait = seconds(5);
};
void describe(Fields& fields, QueueConfig& queue);

// A second try beside one that is slow.
struct HedgeConfig {
  static constexpr Percent usual = percent(95);
  std::optional<Duration> after{};  // none: after the time in which `usual` of the target's first tokens came
  Percent budget = percent(5);
};
void describe(Fields& fields, HedgeConfig& hedge);

// What is wrong with an answer, as far as that can be told without asking anybody.
enum class AnswerFlaw : std::uint8_t { empty, declined, cut_short, bad_json, bad_call };
inline std::span<const std::string_view> setting_names(AnswerFlaw) {
  static constexpr std::string_view names[] = {"empty", "declined", "cut_short", "bad_json", "bad_call"};
  return names;
}

// The cheap target first; the next one when its answer will not do.
struct CascadeConfig {
  std::vector<AnswerFlaw> when{AnswerFlaw::empty, AnswerFlaw::declined, AnswerFlaw::cut_short, AnswerFlaw::bad_json, AnswerFlaw::bad_call};
};
void describe(Fields& fields, CascadeConfig& cascade);

// A share of the calls goes to another route, for good for each user.
struct SplitConfig {
  std::string to{};
  Percent share = percent(5);
};
void describe(Fields& fields, SplitConfig& split);

// A share of the calls is made once more, at a candidate whose answers nobody gets.
struct ShadowConfig {
  TargetConfig target{};
  Percent share = percent(1);
  Money budget{};  // a day
};
void describe(Fields& fields, ShadowConfig& shadow);

enum class Priority : std::uint8_t { high, normal, low };
constexpr std::size_t priorities = 3;

// Whose calls go first, and whose last, where calls wait: `team:search`, `key:nightly-*`, `user:alice`, `feature:chat`.
struct PriorityConfig {
  std::vector<std::string> high{}, low{};
};
void describe(Fields& fields, PriorityConfig& priority);

// Which questions go to the capable tier.
struct DifficultyConfig {
  Share quality{8000};
  std::vector<CallTrait> always_capable{CallTrait::tools, CallTrait::images};
};
void describe(Fields& fields, DifficultyConfig& difficulty);

enum class Affinity : std::uint8_t { off, session, prefix };
inline std::span<const std::string_view> setting_names(Affinity) {
  static constexpr std::string_view names[] = {"off", "session", "prefix"};
  return names;
}

// Of the whole request, all attempts together.
struct RequestTimeouts {
  Duration total = seconds(600);
};
void describe(Fields& fields, RequestTimeouts& timeouts);

struct RouteConfig {
  Strategy strategy = Strategy::ordered;
  std::vector<TargetConfig> targets{};
  std::vector<std::string> fallback{};
  std::vector<FallbackCause> fallback_on{FallbackCause::rate_limited,   FallbackCause::overloaded,
                                         FallbackCause::timeout,        FallbackCause::unreachable,
                                         FallbackCause::upstream_error, FallbackCause::context_length};
  RetryConfig retry{};
  RequestTimeouts timeouts{};
  std::optional<BreakerConfig> breaker = BreakerConfig{};
  std::optional<QueueConfig> queue{};
  DifficultyConfig difficulty{};
  Affinity affinity = Affinity::off;
  std::optional<Duration> heartbeat = seconds(15);
  std::optional<HedgeConfig> hedge{};
  std::optional<CascadeConfig> cascade{};
  bool goes_on = false;
  std::optional<SplitConfig> split{};
  std::optional<ShadowConfig> shadow{};
  PriorityConfig priority{};
  bool single_flight = false;
};
void describe(Fields& fields, RouteConfig& route);

}  // namespace tollgate
