#pragma once
// Sums by the values of some columns, while rows and roll-ups are read; names and order come at the end.

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/journal/dictionary.h"
#include "storage/sqlite/rollup_columns.h"
#include "storage/sqlite/sums.h"

namespace tollgate {

// One name to sum by: the column it stands in, and how a value of it reads.
struct SumDimension {
  enum class Meaning : std::uint8_t { word, person, tag, status };
  std::size_t place;  // in rollup_names
  Meaning meaning;
  std::string tag{};

  std::string_view column() const { return rollup_names[place]; }
  bool personal() const { return place < rollup_person_names; }
};

// Fault::invalid_request when there is no such name.
Result<SumDimension> sum_dimension(std::string_view name);

class GroupedSums {
 public:
  using Values = std::array<std::int64_t, max_sum_dimensions>;  // one for each dimension, then 0
  using Label = std::function<std::string(std::int64_t bucket)>;

  explicit GroupedSums(std::vector<SumDimension> dimensions)
      : dimensions_(std::move(dimensions)), groups_(0, Hash{dimensions_.size()}) {}
  GroupedSums(const GroupedSums&) = delete;
  GroupedSums& operator=(const GroupedSums&) = delete;

  const std::vector<SumDimension>& dimensions() const { return dimensions_; }
  // Fault::invalid_request beyond max_sum_rows groups.
  Result<void> add(std::int64_t bucket, const Values& values, const SumNumbers& numbers);
  // Sorted by bucket, then names; what reads the same is one row.
  Sums result(const Dictionary& names, const Label& label) const;

 private:
  struct Key {
    std::int64_t bucket;
    Values values;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t used;  // values
    std::size_t operator()(const Key& key) const;
  };
  using Groups = std::unordered_map<Key, SumNumbers, Hash>;

  std::vector<SumDimension> dimensions_;
  Groups groups_;
  Groups::value_type* last_ = nullptr;  // lines come sorted by names: the next is often of the same group
};

}  // namespace tollgate
