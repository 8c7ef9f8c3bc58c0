#include "gateway/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "async/run_now.h"
#include "dialects/door.h"
#include "dialects/fields.h"
#include "gateway/attempts/may_use.h"
#include "gateway/attempts/meter.h"
#include "gateway/counting/counted_input.h"
#include "gateway/attempts/request_bytes.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/choose.h"
#include "gateway/steps/recall.h"
#include "gateway/steps/understand.h"
#include "json/scan.h"
#include "json/write.h"
#include "limits/state.h"
#include "routing/health.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;
using json::Writer;

constexpr std::int64_t us_per_ms = 1000;

// A call of which nothing but its body is there.
class StillIncoming final : public Incoming {
 public:
  explicit StillIncoming(std::string_view body) : body_(body) {}
  std::size_t header_count() const override { return 0; }
  HeaderView header(std::size_t) const override { return {}; }
  std::string_view query() const override { return {}; }
  PeerAddress peer() const override { return {}; }
  Cancellation& gone() override { return gone_; }
  Task<Result<std::string_view>> body() override { co_return body_; }

 private:
  std::string_view body_;
  Cancellation gone_;
};

std::string_view strategy_word(Strategy strategy) { return setting_names(strategy)[static_cast<std::size_t>(strategy)]; }

// Why a target stands where it stands.
std::string reason_of(const Exchange& x, const Candidate& candidate, std::size_t place) {
  const Target& target = *candidate.target;
  if (candidate.route != x.route) return fmt::format("fallback: {}", candidate.route->name);
  if (x.account) return "it has the batch's input";
  const TargetHealth* health = target.health;
  switch (candidate.route->strategy) {
    case Strategy::ordered: return fmt::format("ordered: number {}", place + 1);
    case Strategy::weighted: return fmt::format("weighted: its weight is {}", target.weight);
    case Strategy::least_latency:
      return fmt::format("least_latency: first content after {} ms", health == nullptr ? 0 : health->first_token_us.value() / us_per_ms);
    case Strategy::least_busy:
      return fmt::format("least_busy: {} calls under way", health == nullptr ? 0 : health->in_flight.load(std::memory_order_relaxed));
    case Strategy::cheapest: return fmt::format("cheapest: {} nano-USD expected", expected_cost(x, target).nano_usd);
    case Strategy::difficulty: return target.capable ? "capable tier" : "cheap tier";
    default: return std::string(strategy_word(candidate.route->strategy));
  }
}

void write_caller(Writer& out, const Exchange& x) {
  const Attribution& who = x.row.attribution;
  out.key("caller").begin_object().member("key", x.row.key).member("team", who.team).member("user", who.user);
  out.member("feature", who.feature).key("tags").begin_object();
  for (const auto& [name, value] : who.tags) out.member(name, value);
  out.end_object().end_object();
}

void write_difficulty(Writer& out, const Difficulty& difficulty) {
  auto three_digits = [](float value) { return fmt::format("{:.3f}", value); };
  out.key("difficulty").begin_object().key("score").raw(three_digits(difficulty.score)).key("threshold").raw(three_digits(difficulty.threshold));
  out.member("choice", difficulty.capable() ? "capable" : "cheap").key("reasons").begin_array().value(difficulty.reason).end_array().end_object();
}

void write_plan(Writer& out, const Exchange& x) {
  out.key("plan").begin_array();
  for (std::size_t i = 0; i < x.plan.count + x.plan.skipped; ++i) {
    const Candidate& candidate = x.plan.candidates[i];
    const Target& target = *candidate.target;
    out.begin_object().member("provider", target.provider).member("model", x.model_at(target));
    out.key("key");
    if (candidate.standing.key < target.keys.size())
      out.value(target.keys[candidate.standing.key].name);
    else
      out.null();
    out.member("region", target.region).member("reason", reason_of(x, candidate, i)).key("skipped");
    if (i < x.plan.count)
      out.null();
    else
      out.value(to_string(candidate.standing.skip));
    out.end_object();
  }
  out.end_array();
}

void write_limit(Writer& out, const LimitState& state, bool admits) {
  out.begin_object().member("limit", state.limit).key("each").begin_object();
  for (const auto& [attribute, value] : state.each) out.member(attribute, value);
  out.end_object().member("measure", to_string(state.measure));
  out.key("amount").raw(to_text(state.measure, state.amount)).key("used").raw(to_text(state.measure, state.used));
  out.key("reserved").raw(to_text(state.measure, state.reserved)).key("left").raw(to_text(state.measure, state.left));
  out.key("resets_at").raw(state.resets_json()).member("admits", admits).end_object();
}

// What the first target that may be asked would mean: money, limits, what it cannot be told. Gives the first thing that speaks against it.
std::optional<Error> write_worth(Writer& out, Exchange& x) {
  const Target& target = *x.plan.candidates[0].target;
  std::optional<Error> against;
  auto bound = output_bound(x, target);
  out.key("tokens").begin_object().member("input", estimated_input(x).count).member("exact", false).key("output_max");
  if (bound)
    out.value(bound->count);
  else
    out.null();
  out.end_object();
  if (const Price* price = price_of(x, target)) {
    out.key("cost_nano_usd").begin_object().member("expected", expected_cost(x, target).nano_usd).key("worst");
    if (bound)
      out.value(worst_case(*price, counted_input(x, target).bound, *bound, may_use(x), terms_of(x, target)).nano_usd);
    else
      out.null();
    out.member("price_id", price_id_of(*price, terms_of(x, target))).end_object();
  }
  Subject subject = subject_of(x, target);
  auto states = states_for(*x.snapshot().limits, subject, x.row.at);
  bool money = std::any_of(states.begin(), states.end(), [](const LimitState& state) { return state.measure == Measure::usd; });
  auto worst = worst_spent(x, target, money);
  if (!worst) against = worst.error();
  out.key("limits").begin_array();
  for (const LimitState& state : states) {
    bool admits = worst && state.admits(*worst);
    bool counts = x.snapshot().limits->find(state.limit)->enforce == Enforce::count_only;
    if (!admits && !counts && !against)
      against = Error{.fault = state.measure == Measure::usd ? Fault::budget_exceeded : Fault::rate_limited, .detail = "limit " + state.limit};
    write_limit(out, state, admits || counts);
  }
  out.end_array();
  Try& one = x.tries[0];
  one.target = &target;
  auto bytes = request_bytes(x, one);
  if (!bytes && !against) against = bytes.error();
  out.key("dropped").begin_array();
  for (const std::string& name : one.dropped) out.value(name);
  out.end_array();
  return against;
}

void write_verdict(Writer& out, const std::optional<Error>& error) {
  out.member("verdict", error ? "refused" : "allowed").key("error");
  if (!error) {
    out.null();
    return;
  }
  out.begin_object().member("code", error->client_code()).member("message", error->detail);
  if (!error->param.empty()) out.member("param", error->param);
  out.end_object();
}

}  // namespace

Task<std::string> explain(Exchange& x, Standpoint from) {
  std::optional<Error> error;
  std::string parts;  // members behind the verdict, which they decide
  Writer out(parts);
  out.begin_object();
  auto understood = co_await understand(x, from.objects);
  if (understood) understood = recall_conversation(x, from.conversations);
  if (!understood) error = understood.error();
  write_caller(out, x);
  if (x.route != nullptr) out.member("route", x.row.route).member("strategy", strategy_word(x.route->strategy));
  if (!error) {
    auto planned = plan_call(x, {from.now, from.random, from.objects});
    if (!planned)
      error = planned.error();
    else if (x.plan.count == 0)
      error = nobody_to_ask(x.plan);
    if (x.difficulty) write_difficulty(out, *x.difficulty);
    if (planned && x.plan.count > 0) {
      const Target& first = *x.plan.candidates[0].target;
      if (from.alone) count_now(x, first);
      else std::ignore = co_await count_ahead(x, first);
      error = write_worth(out, x);
    }
    write_plan(out, x);
  }
  out.end_object();
  std::string text;
  Writer whole(text);
  whole.begin_object();
  write_verdict(whole, error);
  for (const json::Member& member : json::Members({parts, Kind::object})) whole.key(member.key()).raw(member.value);
  whole.end_object();
  co_return text;
}

Result<Question> read_question(std::string_view json) {
  TG_TRY(root, scan_body(json));
  Question question;
  for (const json::Member& member : json::Members(root)) {
    std::string name = member.key();
    if (name == "body") {
      if (!member.value.is(Kind::object)) return wrong_type("body", "an object");
      question.body = member.value.raw;
      continue;
    }
    std::string* into = name == "key" ? &question.key : name == "dialect" ? &question.dialect : name == "endpoint" ? &question.endpoint : name == "model" ? &question.model : nullptr;
    if (into == nullptr) return bad_field("body", "unknown_parameter", "a question has key, dialect, endpoint, model and body");
    if (!member.value.is(Kind::string)) return wrong_type(name, "a string");
    *into = member.value.string().value_or("");
  }
  if (question.body.empty()) return missing_field("body");
  return question;
}

Result<std::string> explain(const Question& question, CurrentSnapshot::Held snapshot, Standpoint from, WallTime wall) {
  std::string dialect = question.dialect.empty() ? "openai_chat" : question.dialect;
  std::string path = question.endpoint;
  for (const DoorPath& door : door_paths())
    if (path.empty() && door.dialect == dialect && door.operation == Operation::chat) path = door.endpoint;
  if (path.empty()) return bad_field("dialect", "invalid_value", "there is no such dialect");
  constexpr std::string_view place = "{model}";
  std::string model = question.model.empty() ? text_field({question.body, Kind::object}, "model") : question.model;
  if (std::size_t at = path.find(place); at != std::string::npos) path.replace(at, place.size(), model);
  auto door = find_door(path, "");
  if (!door || door->operation == Operation::count_tokens) return bad_field("endpoint", "invalid_value", "there is no such endpoint");
  const Snapshot& facts = **snapshot;
  static const VirtualKey nobody;
  const VirtualKey* key = question.key.empty() ? &nobody : facts.keys->named(question.key);
  if (key == nullptr) return fail(Fault::not_found, "there is no key of this name", "key");
  StillIncoming incoming(question.body);
  Exchange x;
  x.incoming = &incoming;
  x.door = *door;
  x.held = std::move(snapshot);
  x.began = from.now;
  x.row.at = wall;
  x.key = key;
  x.row.key = key->name;
  x.row.attribution = key->attribution;
  from.alone = true;
  return run_now(explain(x, from));
}

}  // namespace tollgate
