#include "mock/stream_plan.h"

#include <algorithm>

namespace tollgate::mock {

StreamPlan::StreamPlan(const Question& question, const Rule& rule, const Reply& reply)
    : reply_(reply),
      roles_(question.endpoint == Endpoint::chat ? reply.choices : 0),
      usage_(question.request.include_usage && !rule.no_usage),
      done_(!rule.no_done) {}

Event StreamPlan::at(std::int64_t index) const {
  if (index < roles_) return {.kind = EventKind::role, .choice = index};
  if (index < pieces_end()) {
    std::int64_t piece = index - roles_;
    return {.kind = EventKind::piece, .choice = piece % reply_.choices, .piece = piece / reply_.choices};
  }
  if (index < finishes_end()) return {.kind = EventKind::finish, .choice = index - pieces_end()};
  return {.kind = index < finishes_end() + usage_ ? EventKind::usage : EventKind::done};
}

TokenCounts StreamPlan::generated(std::int64_t events) const {
  TokenCounts counts = reply_.counts;
  if (events >= pieces_end()) return counts;
  if (events <= 0) return {.input = counts.input, .cached = counts.cached};
  std::int64_t pieces = std::max<std::int64_t>(events - roles_, 0);
  std::int64_t whole_rounds = pieces / reply_.choices, ahead = pieces % reply_.choices;
  counts.output = counts.reasoning + ahead * reply_.tokens_until(whole_rounds + 1) +
                  (reply_.choices - ahead) * reply_.tokens_until(whole_rounds);
  return counts;
}

}  // namespace tollgate::mock
