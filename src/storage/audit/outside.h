#pragma once
// Events of other programs. Commands work on a data folder while a gateway runs on it, but only one program can write
// the chain: so a command leaves its event as a small file, and the gateway takes it into the chain within a second, or
// when it starts next.
//
// What was left is durable at once, but stands under the chain's protection only when it was taken in. An event whose
// file could not be removed afterwards comes again: it has an id (`left`) to know it by.

#include "audit/event.h"
#include "ports/disk.h"

namespace tollgate {

// The folder of the log. Durable when it returns.
Result<void> leave_audit_event(Disk& disk, const EncodedEvent& event);

struct LeftEvent {
  std::string file{};
  EncodedEvent event{};  // its members have `left`
  bool readable = false;
};
constexpr std::size_t max_left_events = 1000;  // of one look

// In the order in which they were left.
Result<std::vector<LeftEvent>> find_left_audit_events(Disk& disk);

// The person of an erasure; empty: it is another event.
std::optional<std::uint64_t> erased_person(std::string_view members);

}  // namespace tollgate
