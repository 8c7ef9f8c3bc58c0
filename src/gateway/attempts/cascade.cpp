#include "gateway/attempts/cascade.h"

#include "gateway/attempts/attempt.h"
#include "gateway/attempts/enter.h"
#include "gateway/attempts/flaws.h"
#include "gateway/attempts/language.h"
#include "gateway/steps/admit.h"

namespace tollgate {
namespace {

bool has_tiers(const Route& route) {
  return std::any_of(route.targets.begin(), route.targets.end(), [](const Target* target) { return target->capable; });
}

std::optional<AnswerFlaw> flaw_in(Exchange& x, const Answer& answer) {
  auto request = middle_form(x);
  if (!request) return std::nullopt;
  const auto& looked_for = x.route->cascade->when;
  if (answer.stream != nullptr) {
    const Heard* heard = answer.stream->heard_whole();
    return heard == nullptr ? std::nullopt : flaw_of(*heard, **request, looked_for);
  }
  auto response = x.door.dialect->read_response(answer.whole);
  return response ? flaw_of(Heard::of(*response), **request, looked_for) : std::nullopt;
}

// Moves on to the next target that may be better; false: there is none.
bool next_better(const Exchange& x, AttemptCursor& cursor) {
  bool tiers = has_tiers(*x.route);
  while (cursor.pass_over())
    if (!tiers || cursor.target().capable) return true;
  return false;
}

}  // namespace

bool is_judged(const Exchange& x, const Try& t) {
  bool possible = x.route->cascade && x.door.operation == Operation::chat && x.door.own_writer == nullptr;
  if (!possible || t.target->capable) return false;
  return t.target != x.route->targets.back();
}

Task<Answer> better_of(Exchange& x, Worker& worker, AttemptCursor& cursor, Answer cheap) {
  Try& first = *x.shown;
  auto flaw = flaw_in(x, cheap);
  if (!flaw) co_return std::move(cheap);
  x.row_of(first).error_class = setting_names(*flaw)[static_cast<std::size_t>(*flaw)];
  if (cheap.stream != nullptr) cheap.stream->set_aside();
  Try& second = &first == &x.tries[0] ? x.tries[1] : x.tries[0];
  while (x.attempt_count < Ledger::attempts_max && next_better(x, cursor)) {
    second.reset();
    second.target = &cursor.target();
    second.key = cursor.key();
    if (!enter(x, worker, second)) continue;
    if (!admit_attempt(x, worker, second)) break;
    x.shown = &second;
    auto got = co_await make_try(x, worker, second);
    if (got) co_return std::move(*got);
    if (got.error().fault == Fault::client_gone) break;
  }
  x.shown = &first;
  if (cheap.stream != nullptr) cheap.stream->bring_back();
  co_return std::move(cheap);
}

}  // namespace tollgate
