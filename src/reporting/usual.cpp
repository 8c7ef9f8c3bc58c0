#include "reporting/usual.h"

#include <algorithm>
#include <chrono>

namespace tollgate {
namespace {

std::int64_t mean(std::int64_t sum, std::int64_t count) { return (sum + count / 2) / count; }
Tokens mean(Tokens sum, std::int64_t count) { return {mean(sum.count, count)}; }

}  // namespace

void UsualCalls::add(Sum& sum, const PastCall& call) {
  const RequestRow& row = call.row;
  ++sum.calls;
  sum.usage += row.usage;
  sum.us += std::chrono::duration_cast<std::chrono::microseconds>(row.finished_at - row.at).count();
  sum.input_bound = std::max(sum.input_bound, row.usage.all_input());
  sum.reserved = std::max(sum.reserved, call.reserved);
  sum.max_output = std::max(sum.max_output, call.max_output);
  if (call.reserved && sum.reserved_at != call.reserved_at) sum.reserved_at = call.reserved_at;
}

void UsualCalls::learn(const PastCall& call) {
  const RequestRow& row = call.row;
  if (row.status != RowStatus::ok || row.attempts == 0) return;
  if (auto found = sums_.find({row.key, row.route}); found != sums_.end())
    add(found->second, call);
  else if (sums_.size() < most)
    add(sums_[{row.key, row.route}], call);
  add(sums_[{std::string(), row.route}], call);
}

std::optional<UsualCall> UsualCalls::of(std::string_view key, std::string_view route) const {
  auto found = sums_.find({std::string(key), std::string(route)});
  if (found == sums_.end()) found = sums_.find({std::string(), std::string(route)});
  if (found == sums_.end()) return std::nullopt;
  const Sum& sum = found->second;
  std::int64_t calls = sum.calls;
  UsualCall usual;
  usual.usage = {.input = mean(sum.usage.input, calls),
                 .cache_read = mean(sum.usage.cache_read, calls),
                 .cache_write_5m = mean(sum.usage.cache_write_5m, calls),
                 .cache_write_1h = mean(sum.usage.cache_write_1h, calls),
                 .audio_input = mean(sum.usage.audio_input, calls),
                 .output = mean(sum.usage.output, calls),
                 .reasoning = mean(sum.usage.reasoning, calls),
                 .audio_output = mean(sum.usage.audio_output, calls),
                 .image_count = mean(sum.usage.image_count, calls)};
  usual.lasts = std::chrono::microseconds(mean(sum.us, calls));
  usual.input_bound = sum.input_bound;
  usual.reserved = sum.reserved;
  usual.reserved_at = sum.reserved_at;
  usual.max_output = sum.max_output;
  return usual;
}

}  // namespace tollgate
