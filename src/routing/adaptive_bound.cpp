#include "routing/adaptive_bound.h"

#include <algorithm>
#include <cmath>

namespace tollgate {
namespace {

constexpr double tolerance = 1.25;    // slower than usual by so much is no sign yet
constexpr double smoothing = 0.1;
constexpr double cut = 0.9;
constexpr int most_ever = 100'000;
constexpr std::int64_t shortest_look = 16, round_of_looks = 50, first_round_of_looks = 4;
constexpr std::int64_t answers_of_late = 16;
constexpr std::int64_t ns_per_us = 1000;

}  // namespace

// As many answers as calls are under way at the bound: in the first half of a look they become half as many.
struct AdaptiveBound::Round {
  std::int64_t look, length;
  bool is_look(std::int64_t at) const { return at >= length - look; }
  bool counts(std::int64_t at) const { return at >= length - look / 2; }
};

AdaptiveBound::Round AdaptiveBound::round() const {
  std::int64_t look = std::max(shortest_look, bound_milli_.load(std::memory_order_relaxed) / 1000);
  bool is_first = usual_us_.load(std::memory_order_relaxed) == 0;
  return {look, look * (is_first ? first_round_of_looks : round_of_looks)};
}

int AdaptiveBound::bound(int most) const {
  int found = static_cast<int>(bound_milli_.load(std::memory_order_relaxed) / 1000);
  if (round().is_look(answers_.load(std::memory_order_relaxed))) found = std::max(found / 2, least);
  return most > 0 ? std::min(found, most) : found;
}

void AdaptiveBound::change(double bound) {
  bound_milli_.store(static_cast<std::int64_t>(std::clamp(bound, double{least}, double{most_ever}) * 1000), std::memory_order_relaxed);
}

void AdaptiveBound::answered(Duration took, int in_flight) {
  std::int64_t us = std::max<std::int64_t>(took.count() / ns_per_us, 1);
  std::int64_t of_late = of_late_us_.load(std::memory_order_relaxed);
  of_late = of_late == 0 ? us : of_late + (us - of_late) / answers_of_late;
  of_late_us_.store(of_late, std::memory_order_relaxed);
  std::int64_t usual = usual_us_.load(std::memory_order_relaxed);
  if (look_around(us) || usual == 0) return;
  double now = static_cast<double>(bound_milli_.load(std::memory_order_relaxed)) / 1000;
  if (in_flight < now / 2) return;  // it says nothing of a bound that is far away
  double gradient = std::clamp(tolerance * static_cast<double>(usual) / static_cast<double>(of_late), 0.5, 1.0);
  double wanted = now * gradient + std::sqrt(now);
  change(now + (wanted - now) * smoothing);
}

// Whether this answer belongs to a look.
bool AdaptiveBound::look_around(std::int64_t us) {
  std::int64_t at = answers_.fetch_add(1, std::memory_order_relaxed);
  Round now_in = round();
  if (now_in.counts(at)) {
    look_us_.fetch_add(us, std::memory_order_relaxed);
    looked_.fetch_add(1, std::memory_order_relaxed);
  }
  if (at + 1 >= now_in.length) {
    std::int64_t sum = look_us_.exchange(0, std::memory_order_relaxed), count = looked_.exchange(0, std::memory_order_relaxed);
    if (count > 0) usual_us_.store(std::max<std::int64_t>(sum / count, 1), std::memory_order_relaxed);
    of_late_us_.store(0, std::memory_order_relaxed);
    answers_.store(0, std::memory_order_relaxed);
  }
  return now_in.is_look(at);
}

void AdaptiveBound::overloaded() { change(static_cast<double>(bound_milli_.load(std::memory_order_relaxed)) / 1000 * cut); }

}  // namespace tollgate
