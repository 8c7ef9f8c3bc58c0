#include "gateway/settlement.h"

#include <algorithm>

#include "gateway/audited.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

bool answered(const AttemptRow& attempt) {
  return attempt.phase == AttemptPhase::stream || attempt.phase == AttemptPhase::done;
}

Spent spent_by(const RequestRow& row) { return {row.cost, row.usage.all_input().count, row.usage.all_output().count, 1}; }

// The attempt that the row speaks of: the one whose answer the client got, else the last.
const AttemptRow* told_of(std::span<const AttemptRow> attempts) {
  for (std::size_t i = attempts.size(); i-- > 0;)
    if (answered(attempts[i])) return &attempts[i];
  return attempts.empty() ? nullptr : &attempts.back();
}

void describe_answer(RequestRow& row, const AttemptRow& attempt) {
  row.provider = attempt.provider;
  row.model = attempt.model;
  row.region = attempt.region;
  row.price_id = attempt.price_id;
  row.usage = attempt.usage;
  row.usage_source = attempt.usage_source;
}

// Of a call that several attempts answered: what all of them used.
void add_usage(RequestRow& row, std::span<const AttemptRow> attempts, const AttemptRow* told) {
  for (const AttemptRow& attempt : attempts)
    if (&attempt != told && answered(attempt)) row.usage += attempt.usage;
}

Result<void> keep_row(Exchange& x, Worker& worker) {
  if (!x.intent_written) return worker.ledger.refused(x.row);
  write_attempts(x, worker);
  worker.ledger.finish(x.ticket, x.row);
  return {};
}

}  // namespace

Ending failed(const Error& error, bool dispatched) {
  bool ours = error.fault == Fault::client_gone || error.fault == Fault::cancelled;
  RowStatus status = ours ? RowStatus::aborted : dispatched ? RowStatus::failed : RowStatus::refused;
  int http_status = error.http_status != 0 ? error.http_status : info(error.fault).http_status;
  return {status, http_status, error.client_code()};
}

Money charge(std::span<const AttemptRow> attempts, LostAnswer lost) {
  Money dearest_lost, answers;
  bool any = false;
  for (const AttemptRow& attempt : attempts) {
    if (answered(attempt)) {
      any = true;
      answers += attempt.cost;
    }
    dearest_lost = std::max(dearest_lost, attempt.cost);
  }
  if (any) return answers;
  return lost == LostAnswer::input ? dearest_lost : Money{};
}

void write_attempts(Exchange& x, Worker& worker) {
  auto ended = [&] { return x.attempts_written < x.attempt_count && x.attempts_ended[static_cast<std::size_t>(x.attempts_written)]; };
  for (; ended(); ++x.attempts_written)
    worker.ledger.attempt(x.ticket, x.attempts[static_cast<std::size_t>(x.attempts_written)]);
}

Result<void> settle(Exchange& x, Worker& worker, const Ending& ending) {
  if (x.recorded || x.key == nullptr) return {};
  x.recorded = true;
  std::span<const AttemptRow> attempts(x.attempts.data(), static_cast<std::size_t>(x.attempt_count));
  RequestRow& row = x.row;
  if (const AttemptRow* told = told_of(attempts)) {
    describe_answer(row, *told);
    add_usage(row, attempts, told);
  }
  row.status = ending.status;
  row.http_status = ending.http_status;
  row.error_code = ending.error_code;
  row.attempts = x.attempt_count;
  row.cost = charge(attempts, x.snapshot().lost);
  row.finished_at = worker.reactor.clock().wall();
  Duration took = worker.reactor.clock().now() - x.began;
  row.duration_ms = took.count() / ns_per_ms;
  if (!attempts.empty()) x.reservation.settle(spent_by(row), row.provider);
  x.reservation = {};

  Result<void> kept = keep_row(x, worker);
  Result<void> told = audit(x, worker, attempts);
  TG_TRY_VOID(kept);  // what the ledger does not hold no other reader may count
  for (RecordReader* reader : worker.readers) {
    reader->recorded(row, attempts);
    reader->overhead(std::max(took - x.elsewhere, Duration(0)));
  }
  return told;
}

}  // namespace tollgate
