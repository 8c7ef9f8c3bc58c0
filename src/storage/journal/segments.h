#pragma once
// The segments that one writer is writing: one in use, one ready ahead, and those behind that are not yet durable.
//
//   prepare   makes the next one, when none is ready        caretaker
//   take      hands the ready one to the writer             writer, without lock or system call
//   sync      makes a range of records durable              committer
//   let_go    unmaps what is written, durable and left       caretaker
//   close     cuts the last one to what was written          at the end, alone
//
// Each segment holds the same number of records, so a sequence number says which one it lies in.

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>

#include "ports/disk.h"
#include "storage/journal/format.h"

namespace tollgate {

struct JournalSegment {
  std::unique_ptr<MappedFile> file;
  std::uint32_t number = 0;
  std::uint32_t slots = 0;       // records it holds
  std::byte* records = nullptr;  // the first of them
};

class SegmentChain {
 public:
  // The disk must outlive it. Nothing is made yet.
  SegmentChain(Disk& disk, JournalStream stream, std::uint32_t slots) : disk_(disk), stream_(stream), slots_(slots) {}

  // True when it made one. An error is no harm yet: the writer refuses new calls when its space is used up.
  Result<bool> prepare(WallTime now);
  bool ready() const { return ready_.load(std::memory_order_acquire) != nullptr; }
  // Null when none is ready.
  JournalSegment* take() { return ready_.exchange(nullptr, std::memory_order_acq_rel); }

  // Makes the records behind `after` up to `upto` durable.
  Result<void> sync(std::uint64_t after, std::uint64_t upto);
  // REQUIRES: all up to `durable` is durable, and the writer wrote record `appended`.
  void let_go(std::uint64_t appended, std::uint64_t durable);
  // REQUIRES: the writer wrote its last record, `appended`, and it is durable; nobody else uses the chain any more.
  Result<void> close(std::uint64_t appended);

  std::uint32_t slots() const { return slots_; }
  JournalStream stream() const { return stream_; }

 private:
  Disk& disk_;
  JournalStream stream_;
  std::uint32_t slots_;
  std::uint32_t next_number_ = 0;  // caretaker
  std::atomic<JournalSegment*> ready_ = nullptr;
  std::mutex mutex_;  // never held during a call of the disk
  std::deque<std::shared_ptr<JournalSegment>> held_;
};

}  // namespace tollgate
