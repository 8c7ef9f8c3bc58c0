#pragma once
// The audit log of a data folder, while a gateway writes it.
//
//   append   any thread: hands an event over in memory, or refuses it; a ticket says how far one has come
//   durable  the newest ticket whose line is on the disk; `wait` and `on_durable` tell when that grows
//   step     the log's thread (thread.h): numbers, seals, chains and writes what was handed over, in groups
//   care     the log's thread, each second: checkpoints, retention, events that commands left, free space
//
// The log fails closed: with the queue full or the disk broken `append` says no, and whoever asked must not go on. On a
// full disk what was handed over waits in memory and is written when there is space again; `health` says `full` before
// that, so that no new work is taken.
//
// Opening continues the chain after the last whole line and says in the log how the last run ended.

#include <condition_variable>
#include <functional>
#include <vector>

#include "storage/audit/file.h"
#include "storage/audit/personal.h"
#include "storage/audit/queue.h"
#include "storage/journal/bell.h"

namespace tollgate {

enum class AuditHealth : std::uint8_t {
  ok,
  full,     // little free space, or the disk took nothing the last time: no new work; lifted by itself
  stalled,  // a group has been on its way to the disk too long
  failed,   // a sync failed: for good
  closed,
};

struct AuditLogSettings {
  Duration keep = seconds(400LL * 86'400);
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  Duration segment_age = seconds(86'400);    // segments go whole: so they are not longer than this
  std::size_t queue_bytes = std::size_t{16} << 20;
  Duration checkpoint_after = seconds(60);
  std::uint64_t free_bytes = std::uint64_t{64} << 20;  // below: full
};

struct AuditLogCounts {
  std::uint64_t lines = 0, groups = 0, checkpoints = 0, segments_dropped = 0;
};

class AuditLog {
 public:
  using Settings = AuditLogSettings;
  struct Doors {
    PersonalSeals::PersonOf person_of{};
    ValueSealer* sealer = nullptr;
    std::vector<crypto::PublicKey> older_keys{};  // of earlier signing keys, whose heads count still
    // A command erased this person: whoever knows the name must forget it. Called on the log's thread; may be empty.
    std::function<void(std::uint64_t person)> erased{};
  };

  // Takes the folder's lock, cuts a torn end off, and makes the first line of this run durable. `signing` is made of
  // the vault's house key `checkpoint_seed`. Disk, sealer and signing key must outlive it. Error `unavailable`: another
  // gateway has it, it is damaged, or the disk takes nothing.
  static Result<std::unique_ptr<AuditLog>> open(Disk& disk, const crypto::SigningKey& signing, Doors doors,
                                                Settings settings, Instant now, WallTime wall);
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // Any thread. Gives the ticket of the event. Error `unavailable`: the queue is full, or the log failed or is closed.
  template <class Event>
  Result<std::uint64_t> append(const Event& event) {
    EncodedEvent encoded;
    encode(event, encoded);
    return append(encoded);
  }
  Result<std::uint64_t> append(const EncodedEvent& event);

  std::uint64_t durable() const { return durable_.load(std::memory_order_acquire); }
  // Number of the newest line that is on the disk.
  std::uint64_t durable_seq() const { return durable_seq_.load(std::memory_order_acquire); }
  // Events that were handed over and are not on the disk yet.
  std::uint64_t lag() const;
  // Any thread but the log's: sleeps until the ticket is durable. Error `unavailable` when that takes longer, or can no
  // longer be had.
  Result<void> wait(std::uint64_t ticket, Duration longest);
  // Called on the log's thread whenever `durable` grew or the log failed. Before the thread runs, or while it does not.
  // Gives a number by which it is taken out again.
  std::size_t on_durable(std::function<void()> call);
  void remove(std::size_t call) { calls_[call] = {}; }

  // Deletes the person's key, durably, and says so in the log. The lines stay, and the chain stays whole.
  Result<std::uint64_t> erase(std::uint64_t person, std::string_view actor, WallTime wall);

  AuditHealth health(Instant now) const;
  // Whether new work may be begun.
  bool open_for_work(Instant now) const { return health(now) == AuditHealth::ok; }
  AuditLogCounts counts() const { return {lines_.load(), groups_.load(), checkpoints_.load(), dropped_.load()}; }

  // One group, on the log's thread. Gives the number of lines: 0 when nothing was waiting. After an error the same
  // lines are tried again by the next step, unless the log failed.
  Result<std::uint64_t> step(Instant now, WallTime wall);
  Result<void> care(Instant now, WallTime wall);
  // The last lines, `stop` and a checkpoint. Afterwards everything is refused.
  Result<void> close(Instant now, WallTime wall);

  Bell& bell() { return bell_; }
  bool waiting() const { return queue_.pushed() != durable_.load(std::memory_order_seq_cst); }

 private:
  AuditLog(Disk& disk, const crypto::SigningKey& signing, Doors doors, Settings settings, const AuditTail& tail, Instant now);
  std::uint64_t up_ms(Instant now) const;
  void add_note(const AuditNote& note, Instant now);
  void add(const QueuedEvent& event, Instant now);
  Result<void> begin(const AuditTail& tail, Instant now, WallTime wall);
  Result<std::uint64_t> write_batch(Instant now, WallTime wall);
  Result<void> rotate(Instant now, WallTime wall);
  bool segment_full(WallTime wall) const;
  Result<void> flush();
  void announce();
  void fail_for_good();
  Result<void> take_in_left(Instant now);
  void forget_erased(const EncodedEvent& event);
  Result<void> checkpoint(Instant now, WallTime wall);
  Result<void> retire(Instant now, WallTime wall);
  void watch_space();

  Disk& disk_;
  const crypto::SigningKey& signing_;
  const Settings settings_;
  std::unique_ptr<FolderLock> lock_;
  ValueSealer& sealer_;
  PersonalSeals seals_;
  std::function<void(std::uint64_t person)> erased_;
  AuditQueue queue_;
  AuditFile file_;
  AuditBatch batch_;
  EncodedEvent own_;  // for the log's own lines
  Bell bell_;
  const Instant opened_at_;
  std::uint64_t signed_seq_;  // by the newest checkpoint
  Instant signed_at_{}, retired_at_{};
  std::vector<std::function<void()>> calls_;

  std::mutex wait_mutex_;
  std::condition_variable waiting_;
  std::atomic<std::uint64_t> durable_ = 0;  // a ticket
  std::atomic<std::uint64_t> durable_seq_ = 0;
  static constexpr std::int64_t idle = INT64_MIN;
  std::atomic<std::int64_t> begun_ns_ = idle;
  std::atomic<bool> full_ = false, stuck_ = false, failed_ = false, closed_ = false;
  std::atomic<std::uint64_t> lines_ = 0, groups_ = 0, checkpoints_ = 0, dropped_ = 0;
};

}  // namespace tollgate
