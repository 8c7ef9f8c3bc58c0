#pragma once
// Which series there are, where their cells lie, and what they add up to. One for the program, shared by all threads.
//
//   Registry registry(families);
//   MetricCells& mine = registry.add_cells();                          // once for each thread that counts
//   Counter ok = registry.counter(requests_total, {"gpt-4o", "ok"});   // takes a lock: keep the result
//   mine.add(ok);
//   registry.sum(ok.cell);                                             // over all threads
//
// A series stays until the program ends; their number is bounded for each family (Family::series_max), and what comes
// later is counted under `other`. Label values that are no UTF-8 or longer than label_bytes_max are `other` too.

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/cells.h"
#include "metrics/family.h"

namespace tollgate {

class Registry {
 public:
  static constexpr std::size_t writers_max = 1024;     // threads that count
  static constexpr std::size_t overflow_max = 64;      // series of a family beyond its maximum, all named `other`
  static constexpr std::size_t label_bytes_max = 256;  // of one value

  struct Series {
    std::vector<std::string> values;  // of the family's labels
    Cell cell = 0;
  };
  struct FamilySeries {
    const Family* family;
    std::vector<const Series*> series;  // in the order in which they were first seen
  };

  // The families must outlive the registry and are exposed in this order. Throws std::length_error when their series
  // could need more cells than there are, std::invalid_argument for a malformed one.
  explicit Registry(std::span<const Family* const> families);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();

  // Cells for one more thread; they live as long as the registry. Throws std::length_error beyond writers_max.
  MetricCells& add_cells();

  // REQUIRES: a family of this registry, of that type, with one value for each label.
  using Values = std::initializer_list<std::string_view>;
  Counter counter(const Family& family, Values values = {}) { return {place(family, values)}; }
  Gauge gauge(const Family& family, Values values = {}) { return {place(family, values)}; }
  Histogram histogram(const Family& family, Values values = {}) { return {place(family, values), family.bounds}; }

  // The series of now. They stay as they are while the registry lives.
  std::vector<FamilySeries> series() const;
  std::size_t series_count() const;
  // Label sets that were counted under `other` because their family was full.
  std::uint64_t folded() const { return folded_.load(std::memory_order_relaxed); }

  std::uint64_t sum(Cell cell) const;
  // Empty when some thread says that it is absent.
  std::optional<std::int64_t> gauge_sum(Cell cell) const;

 private:
  struct Entry {
    const Family* family;
    std::vector<std::unique_ptr<const Series>> series;
    std::unordered_map<std::string, Cell> cell_of;  // by all values together
  };

  Cell place(const Family& family, Values values);
  Cell find_or_add(Entry& entry, std::vector<std::string> values, std::size_t series_max);
  Cell take_cells(std::size_t width);

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::unordered_map<const Family*, std::size_t> entry_of_;
  Cell next_cell_ = 1;  // cell 0 is the sink
  std::atomic<std::uint64_t> folded_ = 0;

  std::array<std::unique_ptr<MetricCells>, writers_max> cells_;
  std::atomic<std::size_t> writers_ = 0;
};

}  // namespace tollgate
