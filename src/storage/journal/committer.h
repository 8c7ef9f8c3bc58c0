#pragma once
// Makes what was appended durable, in groups: one group is all that every writer appended since the last one.
//
//   1  note how far each writer came
//   2  sync the names, since records just noted may use new ones
//   3  sync each writer's segments up to the note
//   4  tell each writer how far it is durable, and wake it
//
// An error of the disk is final: after a failed sync nobody knows what is on the disk, so nothing is tried again, the
// gate shuts for good and durable() stands still. A commit that lasts longer than `commit_bound` counts as stalled
// until it ends.

#include <atomic>
#include <vector>

#include "storage/journal/writer.h"

namespace tollgate {

constexpr auto commit_bound = seconds(5);

struct CommitCounts {
  std::uint64_t commits = 0;
  std::uint64_t records = 0;
  Duration time{};
};

class Committer {
 public:
  // All must outlive it.
  Committer(Dictionary& names, Gate& gate, std::vector<JournalWriter*> writers)
      : names_(names), gate_(gate), writers_(std::move(writers)), noted_(writers_.size()) {}

  // One group, in the journal's thread. Gives how many records became durable: 0 when nothing was waiting. `clock` is
  // asked when it begins and when it ends.
  template <class Clock>
  Result<std::uint64_t> step(Clock clock) {
    if (!waiting()) return 0;
    Instant begin = clock();
    begun_ns_.store(begin.ns, std::memory_order_relaxed);
    auto records = commit();
    begun_ns_.store(idle, std::memory_order_relaxed);
    if (records) count(*records, clock() - begin);
    return records;
  }

  // Whether a writer appended what is not durable.
  bool waiting() const;
  // Whether a commit has been running too long. Any thread.
  bool stalled(Instant now) const;
  CommitCounts counts() const { return {commits_.load(), records_.load(), Duration(time_ns_.load())}; }

 private:
  static constexpr std::int64_t idle = INT64_MIN;
  Result<std::uint64_t> commit();
  Result<void> sync_all();
  std::uint64_t announce();
  void count(std::uint64_t records, Duration time);

  Dictionary& names_;
  Gate& gate_;
  std::vector<JournalWriter*> writers_;
  std::vector<std::uint64_t> noted_;
  std::atomic<std::int64_t> begun_ns_ = idle;
  std::atomic<std::uint64_t> commits_ = 0, records_ = 0;
  std::atomic<std::int64_t> time_ns_ = 0;
};

}  // namespace tollgate
