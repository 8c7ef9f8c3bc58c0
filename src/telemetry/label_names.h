#pragma once
// The names that may stand in labels: those of the configuration. What a caller writes is looked up here and becomes
// a small number, so no spelling of a caller can make a series.
//
// LabelNames is immutable; CurrentLabelNames is shared by all threads and is given new ones at a reload. Names that
// are gone keep the series that they have.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

class NameTable {
 public:
  using Id = std::uint16_t;
  static constexpr Id none = 0;   // the empty text
  static constexpr Id other = 1;  // a name that is not in the table
  static constexpr std::size_t names_max = 65'000;

  // A name that ends in `*` stands for all that begin like it; an exact name goes before, then the longest. Names
  // beyond names_max are `other`.
  explicit NameTable(std::vector<std::string> names = {});

  Id id(std::string_view text) const;
  // What stands in the label: "" and "other" for the two special ids.
  std::string_view text(Id id) const { return names_[id]; }

 private:
  Id exact(std::string_view text) const;
  Id by_pattern(std::string_view text) const;

  std::vector<std::string> names_;  // by id
  std::vector<Id> slots_;           // open addressing by hash; `none` is free
  std::vector<Id> patterns_;        // the longest first
};

struct NameLists {
  std::vector<std::string> routes{};
  std::vector<std::string> providers{};
  std::vector<std::string> models{};  // the providers' names for them
  std::vector<std::string> teams{};
};

struct LabelNames {
  explicit LabelNames(NameLists lists);
  NameTable routes, providers, models, teams;
};

class CurrentLabelNames {
 public:
  explicit CurrentLabelNames(NameLists lists = {});

  // Any thread. Whoever holds the old names keeps them until it asks for the version again.
  void replace(NameLists lists);
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  std::shared_ptr<const LabelNames> get() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const LabelNames> names_;
  std::atomic<std::uint64_t> version_ = 1;
};

}  // namespace tollgate
