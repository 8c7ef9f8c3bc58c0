#pragma once
// A ledger that remembers what it was told, in the order in which it was told, and fails when a test says so.

#include <string>
#include <vector>

#include "async/reactor.h"
#include "ports/ledger.h"

namespace tollgate {

class LedgerForTest final : public Ledger {
 public:
  bool full = false;             // takes no intent
  bool takes_refusals = true;
  bool is_durable = true;        // else whoever waits for that waits in vain
  std::vector<RequestRow> rows;  // finished and refused ones
  std::vector<AttemptRow> attempts;
  std::vector<Money> reserved;   // of each intent
  std::vector<Usage> seen;       // progress of streams
  int open = 0;                  // begun and not finished
  int waited = 0;                // how often someone waited for it to be durable
  std::string story;             // a word for each call: begin again attempt finish refused durable

  Result<Ticket> begin(const Intent& intent) override {
    story += "begin ";
    if (full) return fail(Fault::unavailable, "full");
    reserved.push_back(intent.reserved);
    ++open;
    return Ticket{7};
  }
  Result<void> again(Ticket, const Intent& intent) override {
    story += "again ";
    if (full) return fail(Fault::unavailable, "full");
    reserved.push_back(intent.reserved);
    return {};
  }
  void progress(RequestId, const Usage& usage, Money) override { seen.push_back(usage); }
  void attempt(Ticket, const AttemptRow& row) override {
    story += "attempt ";
    attempts.push_back(row);
  }
  void finish(Ticket, const RequestRow& row) override {
    story += "finish ";
    rows.push_back(row);
    --open;
  }
  std::vector<AttemptRow> shadows;
  void shadow(const AttemptRow& row) override { shadows.push_back(row); }
  Result<void> refused(const RequestRow& row) override {
    story += "refused ";
    if (!takes_refusals) return fail(Fault::unavailable, "full");
    rows.push_back(row);
    return {};
  }
  Task<Result<void>> durable(Wait wait) override {
    story += "durable ";
    ++waited;
    if (is_durable) co_return Result<void>{};
    Wake wake = co_await sleep(wait);
    if (wake == Wake::cancelled) co_return fail(woken_early(wake));
    co_return fail(Fault::unavailable, "not durable in time");
  }
};

}  // namespace tollgate
