#pragma once
// A checkpoint: what the journal says up to certain positions, so that a start reads this and the tail instead of
// everything.
//
// Two files, `checkpoint` and `checkpoint.before`: the newer one is written beside and renamed over, so one of them is
// always whole. Retention goes by the older one. docs/formats/journal.md has the bytes.

#include <optional>
#include <string>
#include <string_view>

#include "ports/disk.h"
#include "storage/journal/facts.h"
#include "storage/journal/open_calls.h"

namespace tollgate {

constexpr std::string_view checkpoint_file = "checkpoint";
constexpr std::string_view checkpoint_before_file = "checkpoint.before";

// The journal's state at positions; applying the records behind them brings it up to date.
struct JournalState {
  std::uint32_t epoch = 0;     // newest that is known
  JournalPositions positions;  // read up to here, and intact
  OpenCalls open;
  Facts facts;

  void apply(const JournalRecord& record);
};

std::string encode(const JournalState& state);
// Empty when it is damaged or of an unknown format.
std::optional<JournalState> decode_checkpoint(std::string_view bytes);

// Replaces the newest checkpoint; the one before it stays as `checkpoint.before`.
Result<void> save_checkpoint(Disk& disk, const JournalState& state);

// The newest whole checkpoint; a fresh state when there never was one. Fails when there are some and all are damaged.
Result<JournalState> load_checkpoint(Disk& disk);

// The whole of a small file; empty when there is none.
Result<std::optional<std::string>> read_whole(Disk& disk, std::string_view name);

}  // namespace tollgate
