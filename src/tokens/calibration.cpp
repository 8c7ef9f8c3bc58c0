#include "tokens/calibration.h"

#include <algorithm>
#include <cstdlib>

namespace tollgate {
namespace {

// A report teaches where at most a quarter of its estimate was unsure.
constexpr std::int64_t unsure_part = 4;
// From this length on what is missing is in proportion: it is the tokenizer's.
constexpr std::int64_t long_prompt = 1000;
// Of a shorter one, more than a quarter of it is what a host put before it, and as much for any other prompt.
constexpr std::int64_t own_words_part = 4;
// A first report that is further off than half of the estimate and than so many tokens is believed.
constexpr std::int64_t far_part = 2, far_tokens = 10;
constexpr std::int64_t tokens_max = std::int64_t{1} << 31;  // of one prompt, and of a correction

// Of another prompt, what was missing in one that had been estimated: rounded to whole tokens.
std::int64_t missing_in(std::int64_t tokens, std::int64_t estimated, std::int64_t reported) {
  std::int64_t missing = reported - estimated;
  bool is_long = estimated >= long_prompt;
  if (!is_long && (std::abs(missing) * own_words_part > estimated || tokens >= estimated)) return missing;
  double share = static_cast<double>(tokens) / static_cast<double>(estimated);
  return std::clamp(static_cast<std::int64_t>(static_cast<double>(missing) * share), -tokens_max, tokens_max);
}

}  // namespace

void Calibration::saw(const Estimated& estimated, std::int64_t reported) {
  auto is_count = [](std::int64_t tokens) { return tokens >= 1 && tokens < tokens_max; };
  if (!is_count(estimated.tokens) || !is_count(reported) || estimated.unsure > estimated.tokens / unsure_part) return;
  Reports& reports = estimated.tools ? tools_ : texts_;
  std::uint32_t at = reports.next.fetch_add(1, std::memory_order_relaxed) % size;
  reports.last[at].store(static_cast<std::uint64_t>(estimated.tokens) << 32 | static_cast<std::uint64_t>(reported), std::memory_order_relaxed);
}

std::int64_t Calibration::correction(const Reports& reports, std::int64_t tokens) {
  std::array<std::int64_t, size + 1> votes{};
  std::size_t count = 1;  // the first is for none
  for (const auto& one : reports.last)
    if (std::uint64_t report = one.load(std::memory_order_relaxed); report != 0)
      votes[count++] = missing_in(tokens, static_cast<std::int64_t>(report >> 32), static_cast<std::int64_t>(report & 0xFFFFFFFF));
  if (count == 2) return std::abs(votes[1]) > std::max(tokens / far_part, far_tokens) ? votes[1] : 0;
  auto end = votes.begin() + static_cast<std::ptrdiff_t>(count);
  std::sort(votes.begin(), end);
  std::int64_t lower = votes[(count - 1) / 2], upper = votes[count / 2];
  return std::abs(lower) < std::abs(upper) ? lower : upper;
}

std::int64_t Calibration::corrected(const Estimated& estimated) const {
  const Reports& reports = estimated.tools && !is_empty(tools_) ? tools_ : texts_;
  std::int64_t tokens = std::clamp<std::int64_t>(estimated.tokens, 1, INT64_MAX / 2);
  return std::max<std::int64_t>(1, tokens + correction(reports, tokens));
}

}  // namespace tollgate
