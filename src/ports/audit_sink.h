#pragma once
// The audit log, as one worker thread sees it: each request leaves one event, and no answer goes out before its event is
// durable. Nothing here waits but `durable`.

#include <cstdint>

#include "async/task.h"
#include "async/wait.h"
#include "audit/event.h"
#include "base/result.h"

namespace tollgate {

class AuditSink {
 public:
  virtual ~AuditSink() = default;

  // Error `unavailable`: the log is full, failed or closed, and whoever asked must not go on.
  virtual Result<void> append(const AuditRequest& event) = 0;
  virtual Result<void> append(const AuditStranger& event) = 0;

  // How far this worker has come: to wait for these events and no later ones, also after another wait.
  using Mark = std::uint64_t;
  virtual Mark appended() const = 0;
  // Returns when all events up to the mark are on the disk. Error `unavailable` when that takes longer than `wait`, or
  // can no longer be had.
  virtual Task<Result<void>> durable(Mark mark, Wait wait) = 0;

  // Whether new work may be begun.
  virtual bool open_for_work() const = 0;

  // Of a caller's body, under a key of the house.
  virtual Fingerprint fingerprint(std::string_view body) const = 0;
};

}  // namespace tollgate
