#pragma once
// The events of a streamed answer in their order, by number: a role for each choice, the pieces of all choices in turns
// (wire-quirks 20), a finish for each, the usage where it was asked for, the end mark.

#include <cstdint>

#include "mock/reply.h"

namespace tollgate::mock {

enum class EventKind : std::uint8_t { role, piece, finish, usage, done };

struct Event {
  EventKind kind;
  std::int64_t choice = 0;
  std::int64_t piece = 0;
};

class StreamPlan {
 public:
  // The reply must outlive the plan.
  StreamPlan(const Question& question, const Rule& rule, const Reply& reply);

  std::int64_t size() const { return finishes_end() + usage_ + done_; }
  Event at(std::int64_t index) const;
  // What had been generated when so many events were out.
  TokenCounts generated(std::int64_t events) const;

 private:
  std::int64_t pieces_end() const { return roles_ + reply_.choices * reply_.pieces; }
  std::int64_t finishes_end() const { return pieces_end() + reply_.choices; }

  const Reply& reply_;
  std::int64_t roles_;
  std::int64_t usage_;  // 0 or 1, as done_
  std::int64_t done_;
};

}  // namespace tollgate::mock
