#pragma once
// Whether the ledger takes new calls: a word that every writer reads and the journal's threads set. Any reason shuts
// it.

#include <atomic>
#include <cstdint>

#include "storage/journal/row_space.h"

namespace tollgate {

class Gate {
 public:
  enum Reason : std::uint32_t {
    sync_failed = 1,   // never lifted: what a failed sync lost cannot be known
    stalled = 2,       // lifted by the next commit that succeeds
    disk_full = 4,     // free space below the mark
    journal_full = 8,  // the journal at its maximum, and nothing in it may go yet
    closed = 16,
  };

  void shut(Reason reason) { reasons_.fetch_or(reason, std::memory_order_release); }
  void lift(Reason reason) { reasons_.fetch_and(~std::uint32_t{reason}, std::memory_order_release); }
  bool has(Reason reason) const { return (reasons_.load(std::memory_order_acquire) & reason) != 0; }

  // A refused call needs its row too: it may use what space there is.
  bool open_for(RowPurpose purpose) const {
    std::uint32_t reasons = reasons_.load(std::memory_order_relaxed);
    return (purpose == RowPurpose::refusal ? reasons & ~std::uint32_t{disk_full | journal_full} : reasons) == 0;
  }

  LedgerHealth health() const {
    if (has(closed)) return LedgerHealth::closed;
    if (has(sync_failed)) return LedgerHealth::failed;
    if (has(stalled)) return LedgerHealth::stalled;
    return has(disk_full) || has(journal_full) ? LedgerHealth::full : LedgerHealth::ok;
  }

 private:
  std::atomic<std::uint32_t> reasons_ = 0;
};

}  // namespace tollgate
