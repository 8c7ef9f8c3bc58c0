#pragma once
// The past calls of a data folder, as a replay needs them: rows, what was set aside for them, and the attempts of those
// that took several.
//
// Reads only, also while a gateway runs on the folder. Holds a few numbers for each call and the attempts of calls with
// several, up to bounds; beyond these a call is taken as one whose caller said nothing, and as asked once.

#include <functional>
#include <vector>

#include "app/commands/ledger_files.h"
#include "reporting/replay.h"
#include "reporting/usual.h"

namespace tollgate {

class LedgerPast {
 public:
  // Reads what does not stand in the rows. `files` must outlive it.
  static Result<LedgerPast> read(LedgerFiles& files, WallTime from, WallTime to);

  // In the order of their ids; calls that come in meanwhile are not among them.
  Result<void> each(const std::function<void(PastCall)>& visit);
  // Rows of before, back to `since`: for counters that begin with what was used.
  Result<void> before(WallTime since, const std::function<void(const RequestRow&)>& visit);

  const UsualCalls& usual() const { return usual_; }
  std::uint64_t calls() const { return calls_; }
  std::uint64_t beyond_bounds() const { return beyond_; }  // calls of which less is known than the ledger tells

 private:
  static constexpr std::size_t set_aside_max = 4'000'000;
  static constexpr std::size_t several_max = 200'000;

  // Of the first try.
  struct SetAside {
    RequestId id;
    std::int64_t reserved_nano_usd = 0;
    std::int64_t input_tokens = 0, input_nano_usd = 0;  // an estimate of the input, and its cost: so its rate is known
    std::uint32_t price = 0;                            // a word of the dictionary
  };

  LedgerPast(LedgerFiles& files, WallTime from, WallTime to) : files_(&files), from_(from), to_(to) {}
  Result<void> count_rows();
  Result<void> learn_usual();
  void add_set_aside(PastCall& call) const;
  Result<void> read_set_aside();
  Result<void> read_set_aside_once();
  Result<void> read_attempts();

  LedgerFiles* files_;
  WallTime from_, to_;
  RequestId newest_{};
  std::uint64_t calls_ = 0, beyond_ = 0, with_several_ = 0;
  UsualCalls usual_;
  std::vector<SetAside> set_aside_;                        // sorted by id
  std::vector<std::vector<AttemptRow>> several_;           // sorted by id
};

}  // namespace tollgate
