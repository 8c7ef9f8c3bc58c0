#include "gateway/shadow.h"

#include "gateway/attempts/attempt.h"
#include "gateway/attempts/enter.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/may_use.h"
#include "gateway/attempts/meter.h"
#include "gateway/counting/counted_input.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/understand.h"
#include "routing/choice.h"

namespace tollgate {
namespace {

constexpr std::size_t shadows_max = 32;            // at once, of one thread
constexpr std::size_t body_bytes_max = 256 * 1024;  // longer calls cast none
constexpr std::uint64_t whole = 10'000;

// A caller who is not there.
class Nobody final : public Incoming {
 public:
  Nobody(std::string_view body, PeerAddress peer, Cancellation& gone) : body_(body), peer_(peer), gone_(gone) {}
  std::size_t header_count() const override { return 0; }
  HeaderView header(std::size_t) const override { return {}; }
  std::string_view query() const override { return {}; }
  PeerAddress peer() const override { return peer_; }
  Cancellation& gone() override { return gone_; }
  Task<Result<std::string_view>> body() override { co_return std::string_view(body_); }
  std::string_view text() const { return body_; }

 private:
  std::string body_;
  PeerAddress peer_;
  Cancellation& gone_;
};

struct Shadow {
  Nobody incoming;
  Worker::OwnedExchange exchange;
  std::string path_model;
  Money budget;
};

// Asks for a whole answer, whatever the caller asked for: nobody reads along.
Result<void> prepare(Exchange& s, std::string_view body) {
  TG_TRY_VOID(read_call(s, body));
  TG_TRY_VOID(middle_form(s));
  s.call.stream = s.chat->stream = s.chat->include_usage = false;
  Try& one = s.tries[0];
  one.target = s.route->targets.front();
  one.key = first_usable_key(*one.target, s.began);
  if (!one.target->keys.empty() && one.key == nullptr) return fail(Fault::upstream_credential, "no credential of the candidate works");
  one.rewritten = true;
  return {};
}

// The most that the answer may cost; nothing where that is unknown: then it is not asked.
std::optional<Money> worst_cost(Exchange& s) {
  const Target& target = *s.tries[0].target;
  const Price* price = price_of(s, target);
  auto bound = output_bound(s, target);
  if (price == nullptr || !bound) return std::nullopt;
  return worst_case(*price, counted_input(s, target).bound, *bound, may_use(s), terms_of(s, target));
}

Task<void> run(Worker& worker, std::unique_ptr<Shadow> shadow) {
  Exchange& s = *shadow->exchange;
  if (!prepare(s, shadow->incoming.text())) co_return;
  Try& one = s.tries[0];
  auto worst = worst_cost(s);
  DayBudget& budget = one.target->health->shadow_budget;
  if (!worst || !budget.take(s.row.at, *worst, shadow->budget)) co_return;
  if (!enter(s, worker, one)) {
    budget.settle(s.row.at, *worst, {});
    co_return;
  }
  auto answer = co_await make_try(s, worker, one);
  AttemptRow row = s.row_of(one);
  budget.settle(s.row.at, *worst, row.cost);
  row.n = shadow_row;
  row.phase = AttemptPhase::shadow;
  worker.ledger.shadow(row);
}

bool is_chosen(const Exchange& x, Worker& worker) {
  const Route& route = *x.route;
  bool possible = route.shadow != nullptr && route.shadow->targets.front()->health != nullptr && x.door.operation == Operation::chat;
  if (!possible || x.call.body.size() > body_bytes_max || worker.background.size() >= shadows_max) return false;
  return worker.reactor.random().next() % whole < static_cast<std::uint64_t>(route.shadow_share.basis_points);
}

}  // namespace

void cast_shadow(const Exchange& x, Worker& worker) {
  if (!is_chosen(x, worker)) return;
  std::unique_ptr<Shadow> shadow(new Shadow{.incoming = {x.call.body, x.incoming->peer(), worker.background.cancellation()},
                                            .exchange = worker.take_exchange(),
                                            .path_model = std::string(x.door.path_model),
                                            .budget = x.route->shadow_budget});
  Exchange& s = *shadow->exchange;
  s.incoming = &shadow->incoming;
  s.door = x.door;
  s.door.path_model = shadow->path_model;
  s.held = x.held;
  s.began = worker.reactor.now();
  s.deadline = s.began + x.route->total;
  s.key = x.key;
  s.row.id = x.row.id;
  s.row.at = worker.reactor.wall();
  s.row.attribution = x.row.attribution;
  s.row.key = x.row.key;
  s.route = x.route->shadow;
  s.recorded = true;  // it has no row of its own, and nobody is charged
  worker.background.spawn(run(worker, std::move(shadow)));
}

}  // namespace tollgate
