#include "app/running_audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "app/audit_exports.h"
#include "audit/shadow.h"
#include "storage/audit/reader.h"

namespace tollgate {
namespace {

constexpr Duration clock_slack = seconds(5);         // between the end of a request and its event
constexpr Duration longest_call = seconds(3600);     // that a crash may have broken off
constexpr std::size_t notes_looked_at = 100;
constexpr std::uint64_t events_at_once = 500;
constexpr Duration longest_tell = seconds(5);

bool says(const AuditRow& row, std::string_view event) { return row.line.find(fmt::format("\"event\":\"{}\"", event)) != std::string::npos; }

// Events stand in the order in which they were handed over. So a request that ended before the newest one in the log, or before
// that run began, is in it. Empty: nothing can be missing.
Result<std::optional<WallTime>> find_broken_off(Disk& disk) {
  TG_TRY(last, read_audit_rows(disk, {.limit = 1}));
  if (last.empty() || (last[0].kind == "log" && says(last[0], "stop"))) return std::nullopt;
  std::optional<WallTime> newest;
  TG_TRY(requests, read_audit_rows(disk, {.kind = "request", .limit = 1}));
  if (!requests.empty()) newest = requests[0].at;
  TG_TRY(notes, read_audit_rows(disk, {.kind = "log", .limit = notes_looked_at}));
  for (const AuditRow& note : notes)
    if (says(note, "start") || says(note, "restart")) newest = std::max(newest.value_or(note.at), note.at);
  return newest;
}

std::string id_of(const AuditRow& row) {
  constexpr std::string_view member = "\"id\":\"";
  std::size_t at = row.line.find(member);
  return at == std::string::npos ? "" : row.line.substr(at + member.size(), request_id_length);
}

// Ids of requests that may not be in the log.
Result<std::vector<RequestId>> ended_since(LedgerQueries& ledger, WallTime since) {
  std::vector<RequestId> ids;
  TG_TRY_VOID(ledger.rows({.from = since + -longest_call}, [&](const LedgerRow& row) {
    if (row.origin != RowOrigin::call) return true;
    if (row.finished_at >= since || row.error_code == "crash_recovered") ids.push_back(row.id);
    return true;
  }));
  return ids;
}

Result<std::unordered_set<std::string>> told_since(Disk& disk, WallTime since, std::string kind) {
  TG_TRY(rows, read_audit_rows(disk, {.since = since, .kind = std::move(kind), .limit = SIZE_MAX}));
  std::unordered_set<std::string> ids;
  for (const AuditRow& row : rows) ids.insert(id_of(row));
  return ids;
}

}  // namespace

RunningAudit::RunningAudit(Clock& clock) : clock_(clock) {}

RunningAudit::~RunningAudit() { stop(); }

std::vector<ExportFigure> RunningAudit::exports() const { return exports_ == nullptr ? std::vector<ExportFigure>() : exports_->figures(); }

Result<std::unique_ptr<RunningAudit>> RunningAudit::open(DataFolder& folder, Dictionary& names, const AuditConfig& config,
                                                         Clock& clock) {
  std::unique_ptr<RunningAudit> audit(new RunningAudit(clock));
  TG_TRY(keys, audit_keys(*folder.vault, clock.wall()));
  audit->keys_ = std::move(keys);
  TG_TRY(disk, open_audit_disk(folder.path));
  audit->disk_ = std::move(disk);
  TG_TRY(broken_off, find_broken_off(*audit->disk_));
  audit->broken_off_ = broken_off;
  AuditLog::Doors doors{.person_of = [&names](std::string_view name) { return names.person(name); },
                        .sealer = folder.person_keys.get(),
                        .erased = [&names](std::uint64_t person) { std::ignore = names.forget(person); }};
  TG_TRY(log, AuditLog::open(*audit->disk_, *audit->keys_.signing, std::move(doors), {.keep = config.keep}, clock.now(), clock.wall()));
  audit->log_ = std::move(log);
  return audit;
}

Result<void> RunningAudit::make_up_for_crash(LedgerQueries& ledger) {
  if (!broken_off_) return {};
  const WallTime since = *broken_off_ + -clock_slack;
  TG_TRY(ids, ended_since(ledger, since));
  TG_TRY(told, told_since(*disk_, since + -longest_call, "request"));
  const AuditDecision from_the_ledger{.by = "start", .name = "ledger", .said = "recovered"};
  std::uint64_t waiting = 0;
  for (RequestId id : ids) {
    if (told.contains(to_string(id))) continue;
    TG_TRY(found, ledger.find(id));
    if (!found) continue;
    TG_TRY(ticket, log_->append(AuditRequest{.row = found->row, .attempts = found->attempts, .decisions = {&from_the_ledger, 1}}));
    std::ignore = ticket;
    if (++waiting % events_at_once == 0) {
      TG_TRY(lines, log_->step(clock_.now(), clock_.wall()));
      std::ignore = lines;
    }
  }
  TG_TRY_VOID(make_up_for_shadows(ledger, since));
  TG_TRY(lines, log_->step(clock_.now(), clock_.wall()));
  std::ignore = lines;
  return {};
}

Result<void> RunningAudit::make_up_for_shadows(LedgerQueries& ledger, WallTime since) {
  std::vector<AttemptRow> shadows;
  TG_TRY_VOID(ledger.attempts({.from = since + -longest_call}, [&](const AttemptRow& row) {
    if (row.phase == AttemptPhase::shadow && row.started_at + milliseconds(row.duration_ms) >= since) shadows.push_back(row);
    return true;
  }));
  if (shadows.empty()) return {};
  TG_TRY(told, told_since(*disk_, since + -longest_call, "shadow"));
  for (const AttemptRow& row : shadows) {
    if (told.contains(to_string(row.request_id))) continue;
    TG_TRY(ticket, log_->append(AuditShadow{.row = row, .said = "recovered"}));
    std::ignore = ticket;
  }
  return {};
}

void RunningAudit::run() {
  thread_ = std::make_unique<AuditThread>(*log_, [](const Error& error) { fmt::print(stderr, "tollgate: audit log: {}\n", error.detail); });
}

Result<void> RunningAudit::export_with(const AuditConfig& config, const config::SecretSources& sources, MemoryBudget& memory) {
  TG_TRY(exports, AuditExports::open({*disk_, *log_, clock_, memory}, config, sources));
  exports_ = std::move(exports);
  return {};
}

void RunningAudit::stop() {
  exports_.reset();
  thread_.reset();
  if (log_ != nullptr) std::ignore = log_->close(clock_.now(), clock_.wall());
}

Result<void> RunningAudit::append(AuditChange change) {
  change.at = clock_.wall();
  TG_TRY_VOID(ready());
  TG_TRY(ticket, log_->append(change));
  std::ignore = ticket;
  return {};
}

Result<void> RunningAudit::tell(AuditChange change) {
  change.at = clock_.wall();
  TG_TRY_VOID(ready());
  TG_TRY(ticket, log_->append(change));
  return log_->wait(ticket, longest_tell);
}

void RunningAudit::stranger(std::string_view peer) {
  auto untold = strangers_.take(clock_.now());
  if (!untold) return;
  std::ignore = log_->append(AuditStranger{
      .at = clock_.wall(), .door = "admin", .reason = info(Fault::invalid_key).code, .http_status = 401, .peer = peer, .untold = *untold});
}

Result<void> RunningAudit::ready() const {
  switch (log_->health(clock_.now())) {
    case AuditHealth::ok: return {};
    case AuditHealth::stalled: return fail(Fault::unavailable, "the audit log's disk does not answer in time");
    case AuditHealth::full: return fail(Fault::unavailable, "the audit log's disk is full");
    default: return fail(Fault::unavailable, "the audit log cannot be written");
  }
}

}  // namespace tollgate
