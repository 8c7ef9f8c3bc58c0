#pragma once
// One worker's side of the journal: appends records to its own mapped segment. No system call, no lock, no allocation
// for names it has seen.
//
//   open      takes space for a call's rows, or refuses: nothing was promised yet
//   intent    before each dispatch
//   progress  now and then in a long answer; left out when space is short
//   attempt   when a try at a target ended
//   request   the last row, in space that was taken at the start: it can neither wait nor fail
//
// Space is counted in slots: those free in the segment in use and in the one that is ready ahead, less those that open
// calls have reserved. New calls leave a margin for further tries of calls that run; whoever reserved never waits. One
// slot is always kept for the stop record.
//
// Belongs to one thread; durable(), appended() and health() may be asked from any.

#include <atomic>
#include <functional>

#include "ports/ledger.h"
#include "storage/journal/bell.h"
#include "storage/journal/gate.h"
#include "storage/journal/name_cache.h"
#include "storage/journal/segments.h"

namespace tollgate {

class JournalWriter {
 public:
  // The chain must have a segment ready. Writes the stream's start record. All arguments must outlive it.
  JournalWriter(SegmentChain& chain, Dictionary& names, const Gate& gate, Bell& committer, Bell& caretaker,
                WallTime now);
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  // Space for one request row and, for a call, one intent and one attempt row. Refused with Fault::unavailable.
  Result<RowSpace> open(RowPurpose purpose);
  // Takes more space by itself for a second try; that, and a new name that finds no place, can be refused.
  Result<Lsn> append_intent(RowSpace& space, const Intent& intent);
  // Never refused after its own intent.
  Result<Lsn> append_attempt(RowSpace& space, const AttemptRow& row);
  void append_progress(const ProgressRecord& progress);
  // REQUIRES: `space` came from open of this writer and wrote no request row yet.
  Lsn append_request(RowSpace space, const RequestRow& row);
  // The last record: nothing may follow it. REQUIRES: no RowSpace is left.
  Lsn append_stop(WallTime now);

  // Everything up to here survives a power cut.
  Lsn durable() const { return {durable_.load(std::memory_order_acquire)}; }
  Lsn appended() const { return {appended_.load(std::memory_order_seq_cst)}; }  // as Bell wants it
  LedgerHealth health() const { return gate_.health(); }
  // Called by the journal's thread after durable() advanced, or health() fell. Set before the journal runs.
  void on_commit(std::function<void()> wake) { wake_ = std::move(wake); }

  std::uint64_t reserved() const { return reserved_; }
  SegmentChain& chain() { return chain_; }

  // Committer only.
  void set_durable(std::uint64_t sequence) { durable_.store(sequence, std::memory_order_release); }
  void wake() const {
    if (wake_) wake_();
  }

 private:
  friend RowSpace;
  std::uint64_t unreserved() const;
  bool grow(RowSpace& space, std::uint32_t slots, std::uint64_t margin);
  Lsn append_reserved(RowSpace& space, JournalRecord record);
  Lsn append(JournalRecord record);

  SegmentChain& chain_;
  NameCache names_;
  const Gate& gate_;
  Bell& committer_;
  Bell& caretaker_;
  std::function<void()> wake_;
  JournalSegment* segment_;
  std::uint32_t used_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t reserved_ = 1;  // the stop record

  alignas(64) std::atomic<std::uint64_t> appended_ = 0;
  alignas(64) std::atomic<std::uint64_t> durable_ = 0;
};

}  // namespace tollgate
