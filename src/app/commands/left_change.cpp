#include "app/commands/left_change.h"

#include <fmt/format.h>
#include <unistd.h>

#include "app/audit_files.h"
#include "async/clock.h"
#include "storage/audit/outside.h"

namespace tollgate {

std::string actor_of(const Command& command) { return fmt::format("tollgate {}, uid {}", command.verb, ::getuid()); }

Result<void> leave_change(const DataChoice& choice, const Command& command, const LeftChange& change) {
  if (choice.config && !choice.config->audit) return {};
  TG_TRY(disk, open_audit_disk(choice.path));
  EncodedEvent event;
  const std::string actor = actor_of(command);
  encode(AuditChange{.at = SystemClock().wall(),
                     .actor = actor,
                     .action = change.action,
                     .object = change.object,
                     .before = change.before,
                     .after = change.after},
         event);
  return leave_audit_event(*disk, event);
}

int told(const DataChoice& choice, const Command& command, const LeftChange& change, int code) {
  auto left = leave_change(choice, command, change);
  if (left) return code;
  fmt::print(stderr, "tollgate {}: it is done, but the audit log could not be told: {}\n", command.verb, left.error().detail);
  return exit_no;
}

}  // namespace tollgate
