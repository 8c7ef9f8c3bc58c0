#include "gateway/audited.h"

#include <tuple>

namespace tollgate {

Result<void> check_audit(const Worker& worker) {
  if (worker.audit == nullptr || worker.audit->open_for_work()) return {};
  return fail(Fault::unavailable, "the audit log takes no new calls at the moment");
}

Result<void> audit(const Exchange& x, Worker& worker, std::span<const AttemptRow> attempts) {
  if (worker.audit == nullptr) return {};
  const AuditDecision refusal{.by = "limit", .name = x.refused_by, .said = "refused"};
  AuditRequest event{.row = x.row, .attempts = attempts, .bytes_in = x.asked.size(), .bytes_out = x.bytes_out};
  if (!x.refused_by.empty()) event.decisions = {&refusal, 1};
  if (!x.asked.empty()) event.asked = worker.audit->fingerprint(x.asked);
  event.config = x.snapshot().config_digest;
  event.user_from = source_of_user(*x.key, x.claims);
  event.feature_from = source_of_feature(*x.key, x.claims);
  return worker.audit->append(event);
}

void audit_stranger(const Incoming& incoming, std::string_view door, const Error& error, Worker& worker) {
  if (worker.audit == nullptr) return;
  auto untold = worker.strangers.take(worker.reactor.now());
  if (!untold) return;
  const std::string peer = format_ip(incoming.peer().ip);
  // What cannot be kept is lost: nobody is served by it.
  std::ignore = worker.audit->append(AuditStranger{.at = worker.reactor.wall(),
                                                   .door = door,
                                                   .reason = error.client_code(),
                                                   .http_status = info(error.fault).http_status,
                                                   .peer = peer,
                                                   .untold = *untold});
}

}  // namespace tollgate
