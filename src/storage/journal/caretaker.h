#pragma once
// Looks after what writers need ahead of time, and shuts the gate in time: makes segments ready, lets go of those left
// behind, watches free space, and notices a commit that hangs.
//
// New calls are refused below the smaller of 64 MiB and 5 % of free space; calls that run end in the slots they hold,
// which are allocated. The gate opens by itself when there is space again.

#include <string>
#include <vector>

#include "storage/journal/committer.h"

namespace tollgate {

constexpr std::uint64_t free_mark_bytes = std::uint64_t{64} << 20;
constexpr std::uint64_t free_mark_part = 20;  // 1/20 = 5 %

class Caretaker {
 public:
  // All must outlive it.
  Caretaker(Disk& disk, Gate& gate, const Committer& committer, std::vector<JournalWriter*> writers)
      : disk_(disk), gate_(gate), committer_(committer), writers_(std::move(writers)) {}

  // One round; quick when there is nothing to do. Errors of the disk are told, and tried again in the next round.
  Result<void> step(Instant now, WallTime wall);

  // Whether a writer has no segment ready ahead.
  bool wanted() const;

 private:
  void watch_commits(Instant now);
  Result<void> watch_space();
  Result<void> prepare_segments(WallTime wall);

  Disk& disk_;
  Gate& gate_;
  const Committer& committer_;
  std::vector<JournalWriter*> writers_;
};

}  // namespace tollgate
