#pragma once
// Proves a ledger, from the files alone, also while a gateway writes them:
//
//   journal      every segment there, every checksum right, no number left out; nothing missing that a checkpoint has
//   seen rows         each request has one row; each call has ended, unless its gateway still runs money        a
//   request costs what its attempts say: the answered one, else the dearest lost one (or nothing, where the
//                configuration charges no lost answers); one without attempts costs nothing
//   added        a correction names a row that is there, with that row's names and time, and leaves it a cost of nothing
//                or more; an imported row has all of its attempts or none
//   checkpoint   its sums are the sums of the rows
//   view         its rows are the journal's, field by field; its roll-ups sum its rows
//
// A problem is a sentence that names what is wrong and where. Reads everything once; memory is 16 bytes for each
// request.

#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"
#include "ports/disk.h"

namespace tollgate {

constexpr std::size_t max_problems_told = 100;

struct VerifyReport {
  std::uint64_t streams = 0, records = 0, requests = 0, attempts = 0;
  std::uint64_t corrections = 0, imports = 0;  // beside the requests
  std::uint64_t open_calls = 0;  // of a running gateway, or of a crash that no start has settled yet
  std::uint64_t view_rows = 0;   // compared with the journal
  std::uint64_t problems = 0;
  std::vector<std::string> told{};  // the first of them

  bool good() const { return problems == 0; }
};

// `view` may be empty or missing. Rows admitted before `keep_after` may have left the view. An error means that it
// could not look.
Result<VerifyReport> verify_ledger(Disk& disk, const std::filesystem::path& view, WallTime keep_after);

}  // namespace tollgate
