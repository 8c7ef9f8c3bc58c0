#pragma once
// The durable ledger, as one worker thread sees it. Nothing here waits but `durable`.
//
//   begin    an intent, before the first byte goes upstream; takes the room that the rows of this request will need
//   attempt  one row for each try at a target
//   finish   the request's row, exactly once; never fails after `begin`
//
// What was appended survives a kill of the process at once, and a power cut after `durable`.

#include "async/task.h"
#include "async/wait.h"
#include "base/result.h"
#include "domain/record.h"

namespace tollgate {

// What a crash would leave to be settled: the input's cost, and what was reserved.
struct Intent {
  const RequestRow& row;      // id, at, key, attribution, route, endpoint, dialect, provider, model
  int attempt = 1;
  std::string_view provider_key;
  Money reserved;
  Tokens input;               // estimate
  Money input_cost;
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  // Stands for a request that has begun, until it is finished.
  using Ticket = std::uint32_t;

  // Error `unavailable`: the journal takes nothing more (disk full or broken).
  virtual Result<Ticket> begin(const Intent& intent) = 0;
  // Another try of the same request, before its first byte goes upstream. Error `unavailable` likewise.
  virtual Result<void> again(Ticket ticket, const Intent& intent) = 0;
  static constexpr int attempts_max = 16;

  // How far a stream has come, so that a crash settles what the client already had.
  virtual void progress(RequestId id, const Usage& usage, Money cost) = 0;
  virtual void attempt(Ticket ticket, const AttemptRow& row) = 0;
  virtual void finish(Ticket ticket, const RequestRow& row) = 0;

  // What a candidate did with a call, beside it. It belongs to no ticket; dropped when there is no space.
  virtual void shadow(const AttemptRow& row) = 0;

  // The row of a request that was refused before `begin`. Error `unavailable`.
  virtual Result<void> refused(const RequestRow& row) = 0;

  // Returns when all that this worker appended so far is as durable as the configuration promises. Error `unavailable` when
  // that takes longer than `wait` or can no longer be had.
  virtual Task<Result<void>> durable(Wait wait) = 0;
};

}  // namespace tollgate
