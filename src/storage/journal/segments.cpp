#include "storage/journal/segments.h"

#include <algorithm>
#include <vector>

namespace tollgate {

Result<bool> SegmentChain::prepare(WallTime now) {
  if (ready()) return false;
  SegmentHeader header{.stream = stream_, .number = next_number_, .slots = slots_, .made_at = now};
  std::uint64_t bytes = (std::uint64_t{slots_} + 1) * record_bytes;
  TG_TRY(file, disk_.create(segment_name(stream_, next_number_), bytes, encode(header)));
  auto segment = std::make_shared<JournalSegment>();
  segment->number = next_number_++;
  segment->slots = slots_;
  segment->records = file->bytes().data() + record_bytes;
  segment->file = std::move(file);
  {
    std::lock_guard lock(mutex_);
    held_.push_back(segment);
  }
  ready_.store(segment.get(), std::memory_order_release);
  return true;
}

Result<void> SegmentChain::sync(std::uint64_t after, std::uint64_t upto) {
  std::vector<std::shared_ptr<JournalSegment>> touched;
  {
    std::lock_guard lock(mutex_);
    for (const auto& segment : held_) {
      std::uint64_t first = std::uint64_t{segment->number} * slots_ + 1, last = first + slots_ - 1;
      if (last > after && first <= upto) touched.push_back(segment);
    }
  }
  for (const auto& segment : touched) {
    std::uint64_t before = std::uint64_t{segment->number} * slots_;
    std::uint64_t from = std::max(after, before) - before, to = std::min(upto - before, std::uint64_t{slots_});
    TG_TRY_VOID(segment->file->sync((from + 1) * record_bytes, (to - from) * record_bytes));
  }
  return {};
}

void SegmentChain::let_go(std::uint64_t appended, std::uint64_t durable) {
  std::lock_guard lock(mutex_);
  while (!held_.empty()) {
    std::uint64_t last = (std::uint64_t{held_.front()->number} + 1) * slots_;
    // The writer holds a full segment until it has written into the next one.
    if (durable < last || appended <= last) return;
    held_.pop_front();
  }
}

Result<void> SegmentChain::close(std::uint64_t appended) {
  ready_.store(nullptr);
  std::vector<std::uint32_t> numbers;
  for (const auto& segment : held_) numbers.push_back(segment->number);
  held_.clear();
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    std::uint64_t before = std::uint64_t{*number} * slots_;
    std::string name = segment_name(stream_, *number);
    if (appended >= before + slots_) break;  // full, and so are those before it
    TG_TRY_VOID(appended <= before ? disk_.remove(name) : disk_.cut(name, (appended - before + 1) * record_bytes));
  }
  return {};
}

}  // namespace tollgate
