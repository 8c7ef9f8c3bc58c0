#pragma once
// Seals personal values (users, tag values) with a key of the person, so that erasing a person means deleting one key.
// The keys live elsewhere (the vault); the journal knows only this door.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tollgate {

// Persons are the random ids of the dictionary. Person 0 is nobody: values of calls without a user, under a key of the
// house.
class ValueSealer {
 public:
  virtual ~ValueSealer() = default;
  // Makes the person's key at first use, without waiting for the disk: it survives a kill, and a power cut once sync() was called. Any thread.
  virtual Result<std::string> seal(std::uint64_t person, std::string_view text) = 0;
  // Makes all keys durable that were made so far; waits for the disk. Any thread. A failure is final.
  virtual Result<void> sync() = 0;
  // Empty when the person's key was deleted, or the bytes were changed. Any thread.
  virtual std::optional<std::string> open(std::uint64_t person, std::string_view sealed) = 0;
  // Deletes the key for good; durable when it returns.
  virtual Result<void> forget(std::uint64_t person) = 0;
};

}  // namespace tollgate
