#pragma once
// Space in a writer's journal, taken before it is needed.

#include <compare>
#include <cstdint>
#include <utility>

namespace tollgate {

class JournalWriter;

// A place in one writer's journal; grows by one with each record.
struct Lsn {
  std::uint64_t sequence = 0;
  friend auto operator<=>(Lsn, Lsn) = default;
};

// Space for the rows of one call; what is left of it goes back when it dies. Lives on its writer's thread, and not
// longer than it.
class RowSpace {
 public:
  RowSpace() = default;
  RowSpace(RowSpace&& other) noexcept
      : writer_(std::exchange(other.writer_, nullptr)), slots_(std::exchange(other.slots_, 0)) {}
  RowSpace& operator=(RowSpace&& other) noexcept {
    std::swap(writer_, other.writer_);
    std::swap(slots_, other.slots_);
    return *this;
  }
  ~RowSpace();

  std::uint32_t slots() const { return slots_; }

 private:
  friend JournalWriter;
  explicit RowSpace(JournalWriter& writer) : writer_(&writer) {}

  JournalWriter* writer_ = nullptr;
  std::uint32_t slots_ = 0;
};

// Why a row is wanted: a call that is refused needs a row too, also when the ledger takes no new calls for want of disk
// space.
enum class RowPurpose : std::uint8_t { call, refusal };

enum class LedgerHealth : std::uint8_t {
  ok,
  stalled,  // a commit takes longer than its bound: withhold answers, take no new calls; it may come back
  full,     // disk or journal at its mark: take no new calls; running ones end in the space they hold
  failed,   // the disk refused a sync: nothing more becomes durable until a restart
  closed,
};

}  // namespace tollgate
