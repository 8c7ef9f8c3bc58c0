#pragma once
// The audit log while a gateway runs: opened before the workers, written by a thread of its own, closed with a signed head.
//
// After a crash it makes up for what was lost with the memory of the run before: rows that the ledger has, but the log does not.

#include "app/audit_files.h"
#include "app/data_folder.h"
#include "async/clock.h"
#include "audit/stranger_bound.h"
#include "storage/audit/thread.h"
#include "storage/config.h"
#include "storage/journal/dictionary.h"
#include "storage/sqlite/queries.h"
#include "telemetry/gateway_gauges.h"

namespace tollgate {

class AuditExports;
class MemoryBudget;

class RunningAudit {
 public:
  // All must outlive it.
  static Result<std::unique_ptr<RunningAudit>> open(DataFolder& folder, Dictionary& names, const AuditConfig& config, Clock& clock);
  ~RunningAudit();
  RunningAudit(const RunningAudit&) = delete;

  AuditLog& log() { return *log_; }
  const AuditLog& log() const { return *log_; }
  const crypto::HmacKey& digest() const { return *keys_.digest; }
  const crypto::PublicKey& public_key() const { return keys_.signing->public_key(); }
  Disk& disk() { return *disk_; }

  // Of the places that lines are brought to.
  std::vector<ExportFigure> exports() const;

  // After `make_up_for_crash`: brings lines to where the settings say. Error: invalid_request, for an operator.
  Result<void> export_with(const AuditConfig& config, const config::SecretSources& sources, MemoryBudget& memory);

  // Before `run`.
  Result<void> make_up_for_crash(LedgerQueries& ledger);
  // The workers have their doors to it.
  void run();
  // Nobody appends any more.
  void stop();

  // Any thread. Says when. Error `unavailable`: what is told may not be done.
  Result<void> append(AuditChange change);
  // The same, and returns when it is durable. Never on a thread that callers wait for.
  Result<void> tell(AuditChange change);
  // The admin port's thread. Somebody there whom we do not know.
  void stranger(std::string_view peer);
  Result<void> ready() const;

 private:
  explicit RunningAudit(Clock& clock);
  Result<void> make_up_for_shadows(LedgerQueries& ledger, WallTime since);

  Clock& clock_;
  AuditKeys keys_;
  std::unique_ptr<FileDisk> disk_;
  std::optional<WallTime> broken_off_;  // the run before: when it told its last
  std::unique_ptr<AuditLog> log_;
  std::unique_ptr<AuditThread> thread_;
  std::unique_ptr<AuditExports> exports_;  // null: nowhere
  StrangerBound strangers_;
};

}  // namespace tollgate
