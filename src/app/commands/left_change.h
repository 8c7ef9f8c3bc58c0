#pragma once
// Tells the audit log of a data folder what a command changes there, before it is changed: what cannot be told is not done. A
// gateway that runs takes the event into the chain within a second, else the next one that starts.

#include <string_view>

#include "app/commands/data_choice.h"
#include "audit/event.h"

namespace tollgate {

// One change: `tell` is called by the gate of the store that makes it, `ended` gets what came of it: when the store fails
// after it was told, the log is told that too. Nothing is told where the configuration that was named says `audit: off`.
class LeftChange {
 public:
  // `action` as in keys.create; `object` is the key's or secret's name.
  LeftChange(const DataChoice& choice, const Command& command, std::string_view action, std::string_view object)
      : choice_(choice), command_(command), action_(action), object_(object) {}

  // Both redacted. Durable when it returns. Error `unavailable`: then the change may not be made.
  Result<void> tell(std::string_view before, std::string_view after);

  template <class T>
  Result<T> ended(Result<T> done) {
    if (!done && told_) tell_of_failure();
    return done;
  }

 private:
  Result<void> leave(std::string_view before, std::string_view after, bool done);
  void tell_of_failure();

  const DataChoice& choice_;
  const Command& command_;
  std::string_view action_, object_;
  bool told_ = false;
};

// Who runs this: the command, and the number of the user.
std::string actor_of(const Command& command);

}  // namespace tollgate
