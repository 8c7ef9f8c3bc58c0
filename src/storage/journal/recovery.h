#pragma once
// What a start does with the journal it finds, before anything new is written.
//
//   1  load the newest checkpoint
//   2  read every stream behind it; a torn end is cut, a damaged middle refuses the start with file and offset
//   3  leave a hole in the names for ids that surviving records use and a power cut took from the dictionary
//   4  settle the calls that a crash left open, as a stream of their own (writer 65535) in a new epoch
//   5  write a checkpoint
//
// Each step may be cut short by another crash: the next start finds the same open calls, less those whose rows were
// written, and settles each once. REQUIRES: the folder's lock is held.

#include "storage/journal/checkpoint.h"
#include "storage/journal/dictionary.h"

namespace tollgate {

struct Recovered {
  JournalState state;  // up to date; its epoch is the new one, its positions are the ends of all streams
  std::uint64_t records_read = 0;
  std::uint64_t settled = 0;      // calls that a crash had left open
  std::uint64_t streams_cut = 0;  // torn ends
};

constexpr std::string_view crash_recovered = "crash_recovered";

Result<Recovered> recover(Disk& disk, Dictionary& names, WallTime now);

}  // namespace tollgate
