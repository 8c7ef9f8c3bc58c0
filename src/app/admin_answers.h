#pragma once
// Keys, secrets, limits, prices and the configuration over the admin API: GET, POST, PUT, PATCH and DELETE under /api/v1/.
//
// What the data folder holds can be changed; what the configuration file says is shown and refused with 409. A change is told
// to the audit log first, and only then done: when the log cannot take it, nothing happens. Bodies are objects of JSON with the
// names of tollgate.yaml; PATCH is RFC 7396. Errors are invalid_request and name the field; 404, 409 `conflict`, 412
// `precondition_failed`.

#include "api/admin_objects.h"
#include "app/config.h"
#include "app/data_folder.h"
#include "app/running_audit.h"
#include "gateway/snapshot.h"

namespace tollgate {

// What the answers stand on. It stands still meanwhile: one at a time.
struct ObjectRoom {
  const Config& config;
  const ConfigOptions& options;
  const Snapshot& snapshot;
  DataFolder& folder;
  RunningAudit* audit;  // null: none is kept
  WallTime now;
};

Result<AdminReply> answer_keys(ObjectRoom& room, const AdminCall& call);
Result<AdminReply> answer_secrets(ObjectRoom& room, const AdminCall& call);
Result<AdminReply> answer_limits(ObjectRoom& room, const AdminCall& call);
Result<AdminReply> answer_prices(ObjectRoom& room, const AdminCall& call);
Result<AdminReply> answer_config(ObjectRoom& room, const AdminCall& call);

Result<AdminReply> answer_object(ObjectRoom& room, AdminObject object, const AdminCall& call);

}  // namespace tollgate
