#include "metrics/registry.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "base/text.h"

namespace tollgate {
namespace {

std::string clean(std::string_view value) {
  bool fit = value.size() <= Registry::label_bytes_max && valid_utf8(value);
  return std::string(fit ? value : other_label);
}

// Different lists give different texts, whatever bytes are in them.
std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += std::to_string(value.size()) + ':' + value;
  return out;
}

void check(const Family& family) {
  bool growing = std::ranges::adjacent_find(family.bounds, std::greater_equal()) == family.bounds.end();
  bool bounded = (family.type == MetricType::histogram) == !family.bounds.empty() && family.bounds.size() <= bounds_max;
  if (!growing || !bounded || family.named_labels > family.label_count())
    throw std::invalid_argument("metric " + std::string(family.name) + " is malformed");
}

std::size_t cells_at_most(const Family& family) {
  if (family.label_count() == 0) return family.width();
  return (family.series_max + Registry::overflow_max + 1) * family.width();  // 1: where all labels are `other`
}

}  // namespace

Registry::Registry(std::span<const Family* const> families) {
  std::size_t cells = 1;
  for (const Family* family : families) {
    check(*family);
    cells += cells_at_most(*family);
    if (!entry_of_.emplace(family, entries_.size()).second)
      throw std::invalid_argument("metric " + std::string(family->name) + " is listed twice");
    entries_.push_back({family, {}, {}});
  }
  // The end of a chunk may stay empty because no series lies in two.
  std::size_t lost = MetricCells::chunks_max * (bounds_max + 2);
  if (cells > MetricCells::cells_max - lost) throw std::length_error("metrics: more series than cells");
}

Registry::~Registry() = default;

MetricCells& Registry::add_cells() {
  std::scoped_lock lock(mutex_);
  std::size_t number = writers_.load(std::memory_order_relaxed);
  if (number == writers_max) throw std::length_error("metrics: too many threads");
  cells_[number] = std::make_unique<MetricCells>();
  writers_.store(number + 1, std::memory_order_release);
  return *cells_[number];
}

Cell Registry::place(const Family& family, Values given) {
  assert(given.size() == family.label_count());
  std::vector<std::string> values;
  for (std::string_view value : given) values.push_back(clean(value));

  std::scoped_lock lock(mutex_);
  auto at = entry_of_.find(&family);
  assert(at != entry_of_.end());
  Entry& entry = entries_[at->second];
  if (Cell cell = find_or_add(entry, values, family.series_max)) return cell;

  folded_.fetch_add(1, std::memory_order_relaxed);
  std::fill_n(values.begin(), family.named_labels, other_label);
  if (Cell cell = find_or_add(entry, values, family.series_max + overflow_max)) return cell;
  std::ranges::fill(values, other_label);
  return find_or_add(entry, std::move(values), family.series_max + overflow_max + 1);
}

// Zero when there is no such series and the family has its maximum.
Cell Registry::find_or_add(Entry& entry, std::vector<std::string> values, std::size_t series_max) {
  std::string key = joined(values);
  if (auto known = entry.cell_of.find(key); known != entry.cell_of.end()) return known->second;
  if (entry.series.size() >= series_max) return 0;
  Cell cell = take_cells(entry.family->width());
  entry.series.push_back(std::make_unique<const Series>(Series{std::move(values), cell}));
  entry.cell_of.emplace(std::move(key), cell);
  return cell;
}

Cell Registry::take_cells(std::size_t width) {
  std::size_t left = MetricCells::chunk_cells - next_cell_ % MetricCells::chunk_cells;
  if (width > left) next_cell_ += static_cast<Cell>(left);
  Cell cell = next_cell_;
  next_cell_ += static_cast<Cell>(width);
  assert(next_cell_ <= MetricCells::cells_max);
  return cell;
}

std::vector<Registry::FamilySeries> Registry::series() const {
  std::scoped_lock lock(mutex_);
  std::vector<FamilySeries> out;
  out.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    FamilySeries& family = out.emplace_back(FamilySeries{entry.family, {}});
    family.series.reserve(entry.series.size());
    for (const auto& series : entry.series) family.series.push_back(series.get());
  }
  return out;
}

std::size_t Registry::series_count() const {
  std::scoped_lock lock(mutex_);
  std::size_t count = 0;
  for (const Entry& entry : entries_) count += entry.series.size();
  return count;
}

std::uint64_t Registry::sum(Cell cell) const {
  std::uint64_t total = 0;
  std::size_t writers = writers_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < writers; ++i) total += cells_[i]->read(cell);
  return total;
}

std::optional<std::int64_t> Registry::gauge_sum(Cell cell) const {
  std::uint64_t total = 0;
  std::size_t writers = writers_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < writers; ++i) {
    std::uint64_t value = cells_[i]->read(cell);
    if (static_cast<std::int64_t>(value) == MetricCells::absent) return std::nullopt;
    total += value;
  }
  return static_cast<std::int64_t>(total);
}

}  // namespace tollgate
