#pragma once
// Hands events from the threads that serve to the one that writes: one lock for the time of a copy, no allocation once
// it is warm, and a bound in bytes, beyond which events are refused, so that nobody is served unrecorded.

#include <atomic>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include "audit/event.h"
#include "base/result.h"

namespace tollgate {

// Of one event; its line stays below max_audit_line_bytes.
constexpr std::size_t max_audit_event_bytes = 512 * 1024;

// An event in a batch; views into it.
struct QueuedEvent {
  WallTime at{};
  std::string_view members{};
  std::string_view owner{};
  std::string_view personal{};
};

// Events that were taken out together, given one by one.
class AuditBatch {
 public:
  bool empty() const { return at_ == bytes_.size(); }
  // REQUIRES: not empty.
  QueuedEvent front() const;
  void pop();
  // The ticket of its last event.
  std::uint64_t last_ticket() const { return last_ticket_; }

 private:
  friend class AuditQueue;
  std::string bytes_;
  std::size_t at_ = 0;
  std::uint64_t last_ticket_ = 0;
};

class AuditQueue {
 public:
  explicit AuditQueue(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Any thread. Tickets are 1, 2, 3 … Error `unavailable` when it is full or closed.
  Result<std::uint64_t> push(const EncodedEvent& event);
  // Replaces an empty batch by all that there is.
  void take(AuditBatch& batch);
  // From now on everything is refused.
  void close();

  std::uint64_t pushed() const { return pushed_.load(std::memory_order_seq_cst); }

 private:
  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::string filling_;
  bool closed_ = false;
  std::atomic<std::uint64_t> pushed_ = 0;
};

}  // namespace tollgate
