#include "gateway/attempts/resume.h"

#include <algorithm>

#include "gateway/attempts/attempt.h"
#include "gateway/attempts/enter.h"
#include "gateway/attempts/language.h"
#include "gateway/steps/admit.h"
#include "routing/choice.h"

namespace tollgate {
namespace {

bool is_broken(Fault fault) {
  switch (fault) {
    case Fault::upstream_truncated:
    case Fault::upstream_timeout:
    case Fault::upstream_unreachable:
    case Fault::upstream_overloaded:
    case Fault::upstream_error:
    case Fault::upstream_protocol: return true;
    default: return false;
  }
}

// One that the call has asked already is asked no more.
bool was_asked(const Exchange& x, const Target& target) {
  for (int i = 0; i < x.attempt_count; ++i) {
    const AttemptRow& row = x.attempts[static_cast<std::size_t>(i)];
    if (row.provider == target.provider && row.model == x.model_at(target)) return true;
  }
  return false;
}

}  // namespace

bool may_continue(const Exchange& x, const Heard& heard, const Error& error) {
  bool is_one_text = heard.is_text && !heard.overflowed && heard.finish == FinishReason::none && heard.text.find_first_not_of(" \t\r\n") != std::string::npos;
  return x.route->goes_on && is_one_text && is_broken(error.fault);
}

Task<std::unique_ptr<ProviderAnswer>> continue_elsewhere(Exchange& x, Worker& worker, Try& t, const std::string& said) {
  for (std::size_t i = 0; i < x.plan.count && x.attempt_count < Ledger::attempts_max; ++i) {
    const Target& target = *x.plan.candidates[i].target;
    if (was_asked(x, target) || !language_at(x, target).goes_on_with_text()) continue;
    t.flight = {};
    t.target = &target;
    t.key = first_usable_key(target, worker.reactor.now());
    if (!target.keys.empty() && t.key == nullptr) continue;
    t.said = said.substr(0, said.find_last_not_of(" \t\r\n") + 1);  // a text that ends in blanks is refused by Anthropic
    if (!enter(x, worker, t)) continue;
    if (!admit_attempt(x, worker, t)) co_return nullptr;
    open_attempt_row(x, worker, t);
    auto answer = co_await open_answer(x, worker, t);
    if (answer) co_return std::move(*answer);
    Error error = close_failed(x, worker, t, std::move(answer).error());
    if (error.fault == Fault::client_gone || error.fault == Fault::deadline) co_return nullptr;
  }
  co_return nullptr;
}

}  // namespace tollgate
