#include "gateway/steps/pin.h"

#include "dialects/fields.h"
#include "gateway/attempts/language.h"
#include "gateway/steps/recall.h"
#include "gateway/steps/understand_batch.h"

namespace tollgate {
namespace {

std::unexpected<Error> not_found() {
  return bad_field("previous_response_id", "previous_response_not_found", "there is no such response at the providers of this model");
}

std::uint16_t key_of(const Target& target, std::string_view name) {
  for (std::size_t i = 0; i < target.keys.size(); ++i)
    if (target.keys[i].name == name) return static_cast<std::uint16_t>(i);
  return 0;
}

}  // namespace

std::string tenant_of(const VirtualKey& key) {
  return key.attribution.team.empty() ? "key " + key.name : "team " + key.attribution.team;
}

void pin_account(Exchange& x) {
  if (!x.account || x.plan.count == 0) return;
  Candidate& candidate = x.plan.candidates[0];
  candidate.standing.key = key_of(*candidate.target, x.account->key);
}

Result<void> pin_conversation(Exchange& x, const ProviderObjects* objects) {
  if (objects == nullptr || !speaks_responses(x)) return {};
  std::string id(field_of(x.call.root, "previous_response_id").string().value_or(""));
  if (id.empty()) return {};
  auto home = objects->find(id, ObjectKind::response, tenant_of(*x.key));
  if (!home) return not_found();
  if (home->tokens > 0) x.kept = Tokens{home->tokens};
  std::size_t count = 0;
  for (std::size_t i = 0; i < x.plan.count; ++i) {
    Candidate candidate = x.plan.candidates[i];
    if (candidate.target->provider != home->provider) continue;
    candidate.standing.key = key_of(*candidate.target, home->key);
    x.plan.candidates[count++] = candidate;
  }
  if (count > 0) {
    x.plan.count = count;
    x.plan.skipped = 0;
    return {};
  }
  // Where it is may be left alone just now: then that is what the caller hears.
  for (std::size_t i = 0; i < x.plan.skipped; ++i) {
    Candidate candidate = x.plan.candidates[x.plan.count + i];
    if (candidate.target->provider != home->provider) continue;
    x.plan.candidates[0] = candidate;
    x.plan.count = 0;
    x.plan.skipped = 1;
    return {};
  }
  return not_found();
}

void remember_batch(const Exchange& x, const Worker& worker, const Try& t) {
  if (worker.objects == nullptr || !x.account || x.door.endpoint != batches_endpoint) return;
  ProviderObject batch = *x.account;
  batch.kind = ObjectKind::batch;
  batch.key = t.key == nullptr ? std::string() : t.key->name;
  worker.objects->keep(t.answer_id, std::move(batch));
}

void remember_response(const Exchange& x, const Worker& worker, const Try& t) {
  if (worker.objects == nullptr || t.answer_id.empty() || !speaks_responses(x) || !bytes_pass(x, *t.target)) return;
  const AttemptRow& row = x.row_of(t);  // of a stream that has just begun it has no tokens yet
  bool is_told = row.usage_source == UsageSource::provider;  // an estimate is no bound
  worker.objects->keep(t.answer_id, {.tenant = tenant_of(*x.key),
                            .provider = t.target->provider,
                            .key = t.key == nullptr ? std::string() : t.key->name,
                            .tokens = is_told ? row.usage.all_input().count + row.usage.all_output().count : 0});
}

}  // namespace tollgate
