#include "telemetry/access_log.h"

#include "telemetry/metrics.h"

namespace tollgate {

void AccessLogLane::recorded(const RequestRow& row, std::span<const AttemptRow>) {
  std::size_t at = written_.load(std::memory_order_relaxed);
  if (at - taken_.load(std::memory_order_acquire) == rows_max) return cells_.add(dropped_);
  rows_[at % rows_max] = row;
  written_.store(at + 1, std::memory_order_release);
}

bool AccessLogLane::take_lines(std::string& out, std::size_t bytes, Personal personal) {
  std::size_t at = taken_.load(std::memory_order_relaxed);
  std::size_t end = written_.load(std::memory_order_acquire);
  if (at == end) return false;
  std::size_t full = out.size() + bytes;
  do {
    append_row_json(out, rows_[at % rows_max], personal);
    out += '\n';
  } while (++at != end && out.size() < full);
  taken_.store(at, std::memory_order_release);
  return true;
}

AccessLog::AccessLog(int fd, Personal personal, Registry& registry)
    : personal_(personal),
      dropped_(registry.counter(metric::access_log_dropped_total)),
      writer_(fd, *this, registry.add_cells(), dropped_) {}

AccessLogLane& AccessLog::add_lane(MetricCells& cells) {
  std::scoped_lock lock(mutex_);
  return *lanes_.emplace_back(std::make_unique<AccessLogLane>(cells, dropped_));
}

bool AccessLog::take_lines(std::string& out) {
  std::size_t count = lanes();
  bool any = false;
  for (std::size_t i = 0; i < count && out.size() < batch_bytes; ++i)
    any |= lane((next_lane_ + i) % count).take_lines(out, batch_bytes / count, personal_);
  if (count > 0) next_lane_ = (next_lane_ + 1) % count;
  return any;
}

std::size_t AccessLog::lanes() const {
  std::scoped_lock lock(mutex_);
  return lanes_.size();
}

AccessLogLane& AccessLog::lane(std::size_t number) const {
  std::scoped_lock lock(mutex_);
  return *lanes_[number];
}

}  // namespace tollgate
