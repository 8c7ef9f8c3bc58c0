#pragma once
// One line of JSON for each request that has ended (row_line.h), to standard output or error.
//
// Each worker thread has a lane: a ring of rows that it fills and the log's own thread empties, formats and writes. A
// worker never waits: a row that finds its lane full is dropped and counted in tollgate_access_log_dropped_total.
//
//   AccessLog log(STDOUT_FILENO, Personal::left_out, registry);
//   AccessLogLane& lane = log.add_lane(cells_of_the_worker);   // also while the log runs
//   lane.recorded(row, attempts);                              // on the worker's thread

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "domain/record.h"
#include "metrics/registry.h"
#include "telemetry/line_writer.h"
#include "telemetry/row_line.h"

namespace tollgate {

class AccessLogLane {
 public:
  static constexpr std::size_t rows_max = 2048;  // a power of two

  AccessLogLane(MetricCells& cells, Counter dropped) : cells_(cells), dropped_(dropped), rows_(rows_max) {}

  // The worker's side. Takes memory only while the strings of the ring are still growing.
  void recorded(const RequestRow& row, std::span<const AttemptRow> attempts);
  // The log's side: appends up to `bytes` and a line; false when the lane is empty.
  bool take_lines(std::string& out, std::size_t bytes, Personal personal);

 private:
  static constexpr std::size_t cache_line = 64;

  MetricCells& cells_;
  Counter dropped_;
  std::vector<RequestRow> rows_;
  alignas(cache_line) std::atomic<std::size_t> written_ = 0;  // by the worker; both only grow
  alignas(cache_line) std::atomic<std::size_t> taken_ = 0;    // by the log
};

class AccessLog final : private LineSource {
 public:
  // The registry must outlive it, and the descriptor stay open.
  AccessLog(int fd, Personal personal, Registry& registry);

  // One for each worker thread, over its own cells; the log must outlive its use.
  AccessLogLane& add_lane(MetricCells& cells);

 private:
  static constexpr std::size_t batch_bytes = 64 * 1024;

  bool take_lines(std::string& out) override;
  std::size_t lanes() const;
  AccessLogLane& lane(std::size_t number) const;

  Personal personal_;
  Counter dropped_;
  mutable std::mutex mutex_;  // of the list of lanes
  std::vector<std::unique_ptr<AccessLogLane>> lanes_;
  std::size_t next_lane_ = 0;  // lanes take turns in being first
  LineWriter writer_;          // last: its thread uses all of the above
};

}  // namespace tollgate
