#include "storage/journal/writer.h"

#include <cassert>

#include "storage/journal/rows.h"

namespace tollgate {
namespace {

constexpr std::uint32_t slots_of_attempt = 2;  // its intent and its row
constexpr std::uint32_t slots_of_request = 1;
constexpr std::uint64_t margin_part = 8;  // one part in so many of a segment is kept for further tries of running calls

}  // namespace

RowSpace::~RowSpace() {
  if (writer_ != nullptr) writer_->reserved_ -= slots_;
}

JournalWriter::JournalWriter(SegmentChain& chain, Dictionary& names, const Gate& gate, Bell& committer, Bell& caretaker,
                             WallTime now)
    : chain_(chain), names_(names), gate_(gate), committer_(committer), caretaker_(caretaker), segment_(chain.take()) {
  assert(segment_ != nullptr);
  append(record_of(StartRecord{now.ns}));
}

std::uint64_t JournalWriter::unreserved() const {
  std::uint64_t free = segment_->slots - used_ + (chain_.ready() ? chain_.slots() : 0);
  return free > reserved_ ? free - reserved_ : 0;
}

bool JournalWriter::grow(RowSpace& space, std::uint32_t slots, std::uint64_t margin) {
  if (unreserved() < slots + margin) return false;
  reserved_ += slots;
  space.slots_ += slots;
  return true;
}

Result<RowSpace> JournalWriter::open(RowPurpose purpose) {
  if (!gate_.open_for(purpose)) return fail(Fault::unavailable, "the ledger takes no new calls");
  bool call = purpose == RowPurpose::call;
  RowSpace space(*this);
  if (!grow(space, slots_of_request + (call ? slots_of_attempt : 0), call ? chain_.slots() / margin_part : 0))
    return fail(Fault::unavailable, "the ledger has no space for another call");
  return space;
}

Result<Lsn> JournalWriter::append_intent(RowSpace& space, const Intent& intent) {
  std::uint32_t needed = slots_of_request + slots_of_attempt;
  if (space.slots() < needed && !grow(space, needed - space.slots(), 0))
    return fail(Fault::unavailable, "the ledger has no space for another attempt");
  TG_TRY(record, record_of(intent, names_));
  return append_reserved(space, record_of(record));
}

Result<Lsn> JournalWriter::append_attempt(RowSpace& space, const AttemptRow& row) {
  if (space.slots() <= slots_of_request && !grow(space, 1, 0))
    return fail(Fault::unavailable, "the ledger has no space for another attempt");
  return append_reserved(space, record_of(record_of(row, names_)));
}

void JournalWriter::append_progress(const ProgressRecord& progress) {
  if (unreserved() > 2 * chain_.slots() / margin_part) append(record_of(progress));
}

Lsn JournalWriter::append_request(RowSpace space, const RequestRow& row) {
  assert(space.slots() >= slots_of_request);
  return append_reserved(space, record_of(record_of(row, names_)));
}

Lsn JournalWriter::append_stop(WallTime now) {
  assert(reserved_ == 1);
  reserved_ = 0;
  return append(record_of(StopRecord{now.ns}));
}

Lsn JournalWriter::append_reserved(RowSpace& space, JournalRecord record) {
  --space.slots_;
  --reserved_;
  return append(record);
}

// REQUIRES: a slot is free, which reserved_ and unreserved() together guarantee.
Lsn JournalWriter::append(JournalRecord record) {
  if (used_ == segment_->slots) {
    segment_ = chain_.take();
    used_ = 0;
    caretaker_.ring();  // to make another one
  }
  stamp(record, chain_.stream(), ++sequence_, durable_.load(std::memory_order_relaxed));
  publish(record, segment_->records + std::size_t{used_++} * record_bytes);
  appended_.store(sequence_, std::memory_order_seq_cst);
  if (record.header.type != RecordType::progress) committer_.ring();
  return {sequence_};
}

}  // namespace tollgate
