#include "app/replay/snapshot_rules.h"

#include <algorithm>

#include "app/config_check.h"
#include "app/replay/past_way.h"
#include "dialects/all.h"
#include "gateway/attempts/meter.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/choose.h"
#include "gateway/steps/clamp.h"
#include "gateway/steps/set_aside.h"
#include "gateway/steps/understand.h"
#include "gateway/steps/understand_batch.h"
#include "identity/authorize.h"
#include "limits/state.h"
#include "routing/health.h"

namespace tollgate {

struct SnapshotRules::Asked {
  const PastCall& call;
  WallTime now;
  Duration waited;
  Outcome would;
  bool was_refused = false;
  bool batch = false;
  UsualCall used{};   // what it used and set aside, or would have

  Verdict refused(const Error& error, std::string limit = {}) {
    would.status = RowStatus::refused;
    would.provider.clear();
    would.model.clear();
    would.cost = {};
    would.error_code = std::string(error.client_code());
    would.limit = std::move(limit);
    return {.outcome = std::move(would)};
  }
  std::unexpected<Verdict> no(const Error& error, std::string limit = {}) { return std::unexpected(refused(error, std::move(limit))); }
  std::unexpected<Verdict> wait(Duration length, WallTime room_at) const {
    Verdict verdict;
    verdict.wait_until = now + (length - waited);
    verdict.room_at = room_at;
    return std::unexpected(std::move(verdict));
  }
};

namespace {

constexpr int downgrades_max = 4;        // as in gateway/steps/admit.cpp
constexpr std::uint64_t sweep_every = 4096;
constexpr std::int64_t bytes_per_token = 4;
constexpr std::int64_t us_per_ms = 1000;
constexpr std::string_view batch_mark = "/batch";  // at the end of a price's id

// Whether another configuration could have let a refused call through: its row names the route only when it came so far.
bool could_pass(const RequestRow& row) {
  static constexpr Fault reasons[] = {Fault::rate_limited, Fault::budget_exceeded, Fault::pricing_unavailable, Fault::overloaded};
  return !row.route.empty() && std::ranges::any_of(reasons, [&](Fault fault) { return row.error_code == info(fault).code; });
}

bool is_batch(const RequestRow& row) { return row.price_id.ends_with(batch_mark) || row.endpoint == "/v1/batches"; }

// Who is charged under this key: where it lets the request say, what the request of then came to.
Attribution attribution_of(const VirtualKey& key, const Attribution& then) {
  Attribution who = key.attribution;
  if (key.may_set.user && !then.user.empty()) who.user = then.user;
  if (key.may_set.feature && !then.feature.empty()) who.feature = then.feature;
  if (!key.may_set.tags) return who;
  Tags tags = then.tags;
  for (const auto& tag : who.tags)
    if (std::ranges::find(tags, tag.first, &Tags::value_type::first) == tags.end()) tags.push_back(tag);
  std::ranges::sort(tags);
  who.tags = std::move(tags);
  return who;
}

// Of a route with a pattern the row tells no more than that pattern.
bool may_ask(const VirtualKey& key, const RequestRow& row) {
  std::string own = row.provider + "/" + row.model;
  if (key.models.empty() || may_ask_for(key, row.route) || (!row.provider.empty() && may_ask_for(key, own))) return true;
  if (!row.route.ends_with('*') || row.route.ends_with("/*")) return false;
  return std::ranges::any_of(key.models, [&](const std::string& pattern) { return overlap(pattern, row.route); });
}

class Held final : public Rules::Admitted {
 public:
  // `ok`: it is answered. `bounded`: the caller had set a maximum.
  Held(Reservation reservation, TargetHealth* health, Spent spent, const RequestRow& row, bool ok, bool bounded)
      : reservation_(std::move(reservation)), health_(health), flight_(health), spent_(spent), ok_(ok), bounded_(bounded), thinks_(row.usage.reasoning.count > 0),
        first_token_ms_(row.first_token_ms) {}

  void over(WallTime now) override {
    reservation_.settle(spent_);
    if (health_ == nullptr || !ok_) return;
    if (spent_.output > 0) health_->output_tokens.add(spent_.output, {now.ns});
    if (spent_.output > 0 && !bounded_) health_->output_tokens_spread.add(spent_.output);
    if (thinks_) health_->thinks.store(true, std::memory_order_relaxed);
    if (first_token_ms_ >= 0) health_->first_token_us.add(first_token_ms_ * us_per_ms, {now.ns});
  }

 private:
  Reservation reservation_;
  TargetHealth* health_;
  Flight flight_;
  Spent spent_;
  bool ok_, bounded_, thinks_;
  std::int64_t first_token_ms_;
};

}  // namespace

SnapshotRules::SnapshotRules(std::shared_ptr<const Snapshot> snapshot, const UsualCalls& usual)
    : held_(std::make_shared<const std::shared_ptr<const Snapshot>>(std::move(snapshot))), snapshot_(**held_), usual_(usual) {}

void SnapshotRules::remember(const RequestRow& row, WallTime now) const {
  if (row.status == RowStatus::refused) return;
  const Attribution& who = row.attribution;
  Subject subject{row.key, who.team, who.user, who.feature, row.route, row.provider, &who.tags};
  charge(*snapshot_.limits, subject, row.at, {row.cost, row.usage.all_input().count, row.usage.all_output().count, 1}, now);
}

WallTime SnapshotRules::remembers_from(WallTime now) const {
  WallTime from = now;
  for (const Limit& limit : snapshot_.limits->limits()) {
    const Window& window = limit.series->window();
    if (window.lasts()) continue;
    Period period = window.period_at(now);
    Duration back = window.rolls() ? window.forgotten_at(period) - period.begin : Duration(0);
    from = std::min(from, period.begin + -back);
  }
  return from;
}

const Door& SnapshotRules::door_of(const std::string& endpoint) {
  if (auto known = doors_.find(endpoint); known != doors_.end()) return known->second;
  constexpr std::string_view place = "{model}";
  std::string path = endpoint;
  if (std::size_t at = path.find(place); at != std::string::npos) path.replace(at, place.size(), "m");
  auto found = find_door(path, "");
  Door door = found ? *found : Door{.dialect = find_dialect("openai_chat"), .operation = Operation::passthrough};
  door.path_model = door.provider = {};
  return doors_.emplace(endpoint, door).first->second;
}

// The call as the gateway's own steps read it. Its text is not known, its tokens are.
void SnapshotRules::open(const Asked& asked) {
  const RequestRow& row = asked.call.row;
  constexpr std::string_view no_body = "{}";
  x_.reset();
  x_.held = held_;
  x_.door = door_of(row.endpoint);
  x_.row.id = row.id;
  x_.row.at = asked.now;
  x_.row.key = row.key;
  x_.call.operation = x_.door.operation;
  x_.call.body = no_body;
  x_.call.root = {no_body, json::Kind::object};
  x_.call.stream = row.stream;
  x_.call.answers = 1;
  x_.call.images = asked.used.usage.image_count;
  x_.call.input_bound = Tokens{asked.used.usage.all_input().count * bytes_per_token};
  if (asked.used.max_output) x_.call.max_output = asked.used.max_output->count;
}

Rules::Verdict SnapshotRules::ask(const PastCall& call, WallTime now, Duration waited) {
  if (++calls_ % sweep_every == 0) snapshot_.limits->counters().sweep(now);
  const RequestRow& row = call.row;
  Asked asked{.call = call, .now = now, .waited = waited, .would = outcome_of(row), .was_refused = row.status == RowStatus::refused, .batch = is_batch(row)};
  auto usual = asked.was_refused ? usual_.of(row.key, row.route) : std::nullopt;
  asked.used = usual ? *usual : UsualCall{row.usage, std::max(row.finished_at - row.at, Duration(0)), row.usage.all_input(), call.reserved, call.reserved_at, call.max_output};
  open(asked);
  if (auto known = find_caller(asked); !known) return std::move(known.error());
  if (asked.was_refused && !could_pass(row)) return {.outcome = std::move(asked.would)};
  if (auto found = find_route(asked); !found) return std::move(found.error());
  if (!asked.was_refused && row.attempts == 0) return {.outcome = std::move(asked.would)};
  if (auto chosen = choose(asked); !chosen) return std::move(chosen.error());
  if (auto reserved = reserve(asked); !reserved) return std::move(reserved.error());
  if (asked.was_refused && !usual) ++unknown_usage_;
  return admitted(asked);
}

SnapshotRules::Passed SnapshotRules::find_caller(Asked& asked) {
  const RequestRow& row = asked.call.row;
  const VirtualKey* key = snapshot_.keys->named(row.key);
  bool usable = key != nullptr && !key->revoked && (!key->expires || asked.now < *key->expires);
  if (!usable) return asked.no({.fault = Fault::invalid_key});
  x_.key = key;
  x_.row.attribution = attribution_of(*key, row.attribution);
  asked.would.who = x_.row.attribution;
  return {};
}

SnapshotRules::Passed SnapshotRules::find_route(Asked& asked) {
  const RequestRow& row = asked.call.row;
  if (!may_ask(*x_.key, row)) return asked.no({.fault = Fault::not_allowed});
  if (asked.batch || row.endpoint == passthrough_endpoint) {
    auto found = snapshot_.passthrough.find(row.provider);
    if (found == snapshot_.passthrough.end()) return asked.no({.fault = Fault::not_found});
    x_.route = &found->second;
  } else {
    x_.route = snapshot_.routes.find(row.route);
    if (x_.route == nullptr) return asked.no({.fault = Fault::model_not_found});
  }
  x_.row.route = asked.batch ? row.route : x_.route->name;
  const std::string& who = x_.row.attribution.user.empty() ? row.key : x_.row.attribution.user;
  if (is_split_off(*x_.route, who)) x_.route = x_.route->split_to;
  if (x_.route->open) x_.open_model = row.route.ends_with('*') || asked.batch ? std::string_view(row.model) : std::string_view(row.route).substr(x_.route->name.size() - 1);
  asked.would.route = x_.row.route;
  return {};
}

SnapshotRules::Passed SnapshotRules::choose(Asked& asked) {
  const PastCall& call = asked.call;
  std::string_view provider = call.attempts.empty() ? call.row.provider : call.attempts[0].provider;
  std::string_view model = call.attempts.empty() ? call.row.model : call.attempts[0].model;
  x_.hint = ModelTier::capable;  // heeded where a route chooses by difficulty: the tier that it had then
  for (const Target* target : x_.route->targets)
    if (target->provider == provider && target->model == model && !target->capable) x_.hint = ModelTier::cheap;
  x_.difficulty.reset();
  auto planned = plan_call(x_, {.now = {asked.now.ns}, .random = call.row.id.low});
  if (!planned) return asked.no(planned.error());
  if (x_.plan.count > 0) return {};
  Error nobody = nobody_to_ask(x_.plan);
  bool queues = x_.route->queue && nobody.fault == Fault::overloaded && asked.waited < x_.route->queue->wait;
  if (queues) return asked.wait(x_.route->queue->wait, {});
  return asked.no(nobody);
}

SnapshotRules::Passed SnapshotRules::reserve(Asked& asked) {
  const Policy& policy = *snapshot_.limits;
  for (int downgrades = 0;; ++downgrades) {
    const Target& target = *x_.plan.candidates[0].target;
    if (asked.batch && !x_.batch_price) price_as_batch(x_, target);
    x_.counted = InputCount{.tokens = asked.used.usage.all_input(), .bound = asked.used.input_bound};
    x_.counted_for = &snapshot_.facts[target.index];
    Subject subject = subject_of(x_, target);
    Matches matches = policy.match(subject);
    if (matches.count == 0) return {};
    bool money = std::any_of(matches.begin(), matches.end(), [](const Limit* limit) { return limit->measure == Measure::usd; });
    Result<Spent> estimate = asked.batch ? Result<Spent>(Spent{}) : worst_spent(x_, target, money);
    if (!estimate) return asked.no(estimate.error());
    const Price* price = money && asked.used.reserved ? price_of(x_, target) : nullptr;
    if (price != nullptr && price->id == asked.used.reserved_at) estimate->cost = *asked.used.reserved;
    auto reserved = Reservation::take(policy, subject, *estimate, asked.now, asked.batch ? Admission::owed : Admission::asked);
    if (reserved) {
      x_.reservation = std::move(*reserved);
      return {};
    }
    const LimitRefusal& refusal = reserved.error();
    const Limit* limit = policy.find(refusal.limit);
    bool clamps = limit != nullptr && limit->clamp && !x_.call.max_output && x_.door.operation != Operation::passthrough;
    if (clamps) {  // its answer gets a maximum that the limit can pay, if that is worth anything
      x_.call.max_output = least_clamped;
      asked.used.reserved.reset();
      --downgrades;
      continue;
    }
    if (limit != nullptr && !refusal.never_fits && asked.waited < limit->otherwise.wait) return asked.wait(limit->otherwise.wait, refusal.resets_at);
    bool elsewhere = limit != nullptr && !limit->otherwise.route.empty() && downgrades < downgrades_max;
    const Route* instead = elsewhere ? snapshot_.routes.find(limit->otherwise.route) : nullptr;
    if (instead == nullptr || instead == x_.route) return asked.no(to_error(refusal, asked.now), refusal.limit);
    x_.route = instead;
    x_.row.route = asked.would.route = instead->name;
    x_.open_model = {};
    if (auto chosen = choose(asked); !chosen) return chosen;
  }
}

Rules::Verdict SnapshotRules::admitted(Asked& asked) {
  const RequestRow& row = asked.call.row;
  Outcome& would = asked.would;
  Way way = way_of(asked.call, asked.used.usage, x_);
  if (asked.was_refused) {
    would.status = RowStatus::ok;
    would.error_code.clear();
  }
  if (way.target == nullptr) {
    would.status = RowStatus::failed;
    would.error_code = std::string(info(Fault::upstream_error).code);
  }
  const Target& shown = way.target == nullptr ? *x_.plan.candidates[0].target : *way.target;
  would.provider = shown.provider;
  would.model = std::string(x_.model_at(shown));
  would.cost = way.cost;
  x_.reservation.dispatched();
  Spent spent{way.cost, asked.used.usage.all_input().count, asked.used.usage.all_output().count, 1};
  auto held = std::make_unique<Held>(std::move(x_.reservation), shown.health, spent, row, would.status == RowStatus::ok, asked.used.max_output.has_value());
  return {.outcome = std::move(would), .admitted = std::move(held), .lasts = asked.used.lasts};
}

}  // namespace tollgate
