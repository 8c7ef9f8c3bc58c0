#include "app/commands/left_change.h"

#include <fmt/format.h>
#include <unistd.h>

#include "app/audit_files.h"
#include "async/clock.h"
#include "storage/audit/outside.h"

namespace tollgate {

std::string actor_of(const Command& command) { return fmt::format("tollgate {}, uid {}", command.verb, ::getuid()); }

Result<void> LeftChange::leave(std::string_view before, std::string_view after, bool done) {
  TG_TRY(disk, open_audit_disk(choice_.path));
  EncodedEvent event;
  const std::string actor = actor_of(command_);
  encode(AuditChange{.at = SystemClock().wall(),
                     .actor = actor,
                     .action = action_,
                     .object = object_,
                     .before = before,
                     .after = after,
                     .done = done},
         event);
  return leave_audit_event(*disk, event);
}

Result<void> LeftChange::tell(std::string_view before, std::string_view after) {
  if (choice_.config && !choice_.config->audit) return {};
  auto left = leave(before, after, true);
  if (!left) return fail(Fault::unavailable, "nothing is changed, since the audit log cannot be told: " + left.error().detail);
  told_ = true;
  return {};
}

void LeftChange::tell_of_failure() {
  if (auto left = leave({}, {}, false); !left)
    fmt::print(stderr, "tollgate {}: the audit log says that it was done, and could not be told otherwise: {}\n", command_.verb, left.error().detail);
}

}  // namespace tollgate
