#pragma once
// Tells the audit log of a data folder what a command changed there. A gateway that runs takes it into the chain within a
// second, else the next one that starts.

#include <string_view>

#include "app/commands/data_choice.h"
#include "audit/event.h"

namespace tollgate {

struct LeftChange {
  std::string_view action;      // keys.create
  std::string_view object{};    // the key's or secret's name
  std::string_view before{};    // redacted
  std::string_view after{};     // redacted
};

// Nothing where the configuration that was named says `audit: off`.
Result<void> leave_change(const DataChoice& choice, const Command& command, const LeftChange& change);

// The same behind a change that was made: `code`, or exit_no with words when the audit log could not be told.
int told(const DataChoice& choice, const Command& command, const LeftChange& change, int code);

// Who runs this: the command, and the number of the user.
std::string actor_of(const Command& command);

}  // namespace tollgate
