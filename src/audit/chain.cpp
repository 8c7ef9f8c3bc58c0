#include "audit/chain.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tollgate {

std::string_view to_string(ChainFault fault) {
  constexpr std::string_view names[] = {"not_a_line", "changed", "missing", "repeated", "unlinked",
                                        "forged",     "cut",     "unsigned", "segment"};
  return names[static_cast<std::size_t>(fault)];
}

ChainChecker::ChainChecker(ChainHead from, std::vector<ChainPoint> points)
    : head_(from), head_hex_(hex(crypto::bytes_of(from.hash))), points_(std::move(points)) {
  std::ranges::sort(points_, {}, [](const ChainPoint& point) { return point.head.seq; });
  while (next_point_ < points_.size() && points_[next_point_].head.seq <= from.seq) ++next_point_;
}

FoundFault ChainChecker::fault(ChainFault fault, std::string words) const {
  return {.fault = fault, .seq = head_.seq + 1, .words = std::move(words)};
}

std::optional<FoundFault> ChainChecker::line(std::string_view line) {
  const std::uint64_t expected = head_.seq + 1;
  auto view = read_audit_line(line);
  if (!view) return fault(ChainFault::not_a_line, fmt::format("line {} is not one whole line of an audit log", expected));
  const crypto::Digest hash = hash_of(*view);
  std::string hash_hex = hex(crypto::bytes_of(hash));
  if (hash_hex != view->hash)
    return fault(ChainFault::changed, fmt::format("line {} was changed: its hash does not fit its bytes", expected));
  if (view->seq > expected)
    return fault(ChainFault::missing,
                 fmt::format("line {} stands where line {} should: lines were dropped or moved", view->seq, expected));
  if (view->seq < expected)
    return fault(ChainFault::repeated,
                 fmt::format("line {} stands where line {} should: it was put in, doubled or moved", view->seq, expected));
  if (view->prev != head_hex_)
    return fault(ChainFault::unlinked, fmt::format("line {} does not follow the line before it: one of them was replaced", expected));
  head_ = {view->seq, hash};
  head_hex_ = std::move(hash_hex);
  durable_ = view->durable;
  return check_points();
}

std::optional<FoundFault> ChainChecker::check_points() {
  for (; next_point_ < points_.size() && points_[next_point_].head.seq == head_.seq; ++next_point_) {
    const ChainPoint& point = points_[next_point_];
    if (point.head.hash == head_.hash) continue;
    return FoundFault{.fault = ChainFault::forged,
                      .seq = head_.seq,
                      .words = fmt::format("line {} is not the one that {} has signed: the log was written anew up to here",
                                           head_.seq, point.from)};
  }
  return std::nullopt;
}

std::optional<FoundFault> ChainChecker::finish() const {
  if (next_point_ == points_.size()) return std::nullopt;
  const ChainPoint& last = points_.back();
  return fault(ChainFault::cut, fmt::format("the log ends at line {}, but {} has signed line {}: its end was cut off",
                                            head_.seq, last.from, last.head.seq));
}

}  // namespace tollgate
