#include "gateway/attempts/outcome.h"

#include "routing/choice.h"

namespace tollgate {
namespace {

constexpr Duration benched_without_money = std::chrono::minutes(5);
constexpr Duration benched_when_refused = std::chrono::minutes(10);
constexpr Duration benched_for_a_model = std::chrono::minutes(1);
constexpr std::int64_t us_per_ms = 1000;
constexpr std::int64_t ns_per_us = 1000;

bool heeds(const Exchange& x) { return x.route != nullptr && x.route->breaker.has_value(); }

// A wrong certificate is no sign of load: the next call would tell it as well.
bool counts(const Error& error) {
  switch (error.fault) {
    case Fault::upstream_overloaded:
    case Fault::upstream_error:
    case Fault::upstream_timeout:
    case Fault::upstream_protocol:
    case Fault::upstream_truncated: return true;
    case Fault::upstream_unreachable: return error.retry != Retry::never;
    default: return false;
  }
}

// Once for each time that it is left alone.
void tell(Worker& worker, const Try& t, std::string_view why) {
  for (RecordReader* reader : worker.readers) reader->credential_benched(t.target->provider, t.key->name, why);
}

void bench(const Exchange& x, Instant now, const Try& t) {
  const ProviderKey& key = *t.key;
  constexpr int forbidden = 403;  // perhaps for this model only
  const AttemptRow& row = x.row_of(t);
  if (row.http_status == forbidden && key.for_model != nullptr)
    key.for_model->bench(now, benched_for_a_model, KeyHealth::Why::refused);
  else if (row.http_status != forbidden && key.credential != nullptr)
    key.credential->bench(now, benched_when_refused, KeyHealth::Why::refused);
}

}  // namespace

void note_success(const Exchange& x, Worker& worker, const Try& t) {
  TargetHealth* health = t.target->health;
  if (health == nullptr) return;
  Instant now = worker.reactor.now();
  const AttemptRow& row = x.row_of(t);
  if (t.target->adaptive) health->bound.answered(now - t.began, health->in_flight.load(std::memory_order_relaxed));
  if (row.first_token_ms >= 0) {
    health->first_token_us.add(row.first_token_ms * us_per_ms, now);
    if (x.route->hedge) health->first_token_us_spread[x.call.stream ? 1 : 0].add(row.first_token_ms * us_per_ms);
  }
  if (!heeds(x)) return;
  const BreakerConfig& rule = *x.route->breaker;
  bool slow = rule.slow && milliseconds(row.first_token_ms) > *rule.slow;
  if (slow)
    health->breaker.failed(now, rule);
  else
    health->breaker.succeeded(now, rule);
  if (t.key != nullptr && t.key->for_model != nullptr) t.key->for_model->succeeded();
}

void note_failure(const Exchange& x, Worker& worker, const Try& t, const Error& error) {
  if (!heeds(x) || t.target == nullptr || t.target->health == nullptr) return;
  Instant now = worker.reactor.now();
  if (counts(error)) t.target->health->breaker.failed(now, *x.route->breaker);
  bool overload = error.fault == Fault::upstream_overloaded || error.fault == Fault::upstream_rate_limited || error.fault == Fault::upstream_timeout;
  if (t.target->adaptive && overload) t.target->health->bound.overloaded();
  const ProviderKey* key = t.key;
  if (key == nullptr) return;
  bool was_usable = usable(*key, now);
  if (error.fault == Fault::upstream_rate_limited && key->for_model != nullptr) key->for_model->rate_limited(now, error.retry_after);
  if (error.fault == Fault::upstream_quota && key->credential != nullptr) key->credential->bench(now, benched_without_money, KeyHealth::Why::no_money);
  if (error.fault == Fault::upstream_credential) bench(x, now, t);
  bool benched = error.fault == Fault::upstream_quota || error.fault == Fault::upstream_credential;
  if (benched && was_usable) tell(worker, t, error.fault == Fault::upstream_quota ? "quota" : "refused");
}

void note_abandoned(const Exchange& x, Worker& worker, const Try& t) {
  TargetHealth* health = t.target->health;
  if (health == nullptr) return;
  Instant now = worker.reactor.now();
  std::int64_t us = (now - t.began).count() / ns_per_us;
  if (us > health->first_token_us.value()) health->first_token_us.add(us, now);
  if (x.route->hedge) health->first_token_us_spread[x.call.stream ? 1 : 0].add(us);
}

void note_whole(const Exchange& x, Worker& worker, const Try& t) {
  TargetHealth* health = t.target->health;
  if (health == nullptr) return;
  Instant now = worker.reactor.now();
  health->total_us.add((now - t.began).count() / ns_per_us, now);
  const AttemptRow& row = x.row_of(t);
  std::int64_t output = row.usage.all_output().count;
  if (output <= 0) return;
  health->output_tokens.add(output, now);
  if (!x.call.max_output && x.call.answers == 1) health->output_tokens_spread.add(output);
  if (row.usage.reasoning.count > 0) health->thinks.store(true, std::memory_order_relaxed);
}

}  // namespace tollgate
