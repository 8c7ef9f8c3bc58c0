#pragma once
// A Family is one metric as Prometheus knows it: a name, what it means, and the labels that tell its series apart.
// Families are constants in the `metrics.h` of the folder that measures; the registry, /metrics and
// docs/generated/metrics.md read them.
//
// All numbers are whole: `decimals` says where the decimal point stands when they are shown. A duration kept in
// milliseconds has three decimals and reads as seconds; money stays in nano-USD.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tollgate {

enum class MetricType : std::uint8_t { counter, gauge, histogram };
constexpr std::string_view to_string(MetricType type) {
  constexpr std::string_view names[] = {"counter", "gauge", "histogram"};
  return names[static_cast<std::size_t>(type)];
}

constexpr std::size_t labels_max = 6;
constexpr std::size_t bounds_max = 40;  // of a histogram
// What stands for a name that is not known, or for one too many.
constexpr std::string_view other_label = "other";

struct Family {
  std::string_view name;  // whole, as exposed: tollgate_request_duration_seconds
  MetricType type;
  std::string_view help;  // one sentence
  // The first `named_labels` hold names of the configuration, the rest a few fixed words. A family that is full keeps
  // the words and calls the names `other`, so that sums by word stay right.
  std::array<std::string_view, labels_max> labels{};
  std::size_t named_labels = 0;
  int decimals = 0;
  std::span<const std::int64_t> bounds{};  // histograms: upper bounds, inclusive, growing, in the unit of the cells
  std::size_t series_max = 2000;           // beyond: `other`

  constexpr std::size_t label_count() const {
    std::size_t count = 0;
    while (count < labels_max && !labels[count].empty()) ++count;
    return count;
  }
  // Cells of one series. A histogram has one for each bound, one for what lies above, and its sum.
  constexpr std::size_t width() const { return type == MetricType::histogram ? bounds.size() + 2 : 1; }
};

}  // namespace tollgate
