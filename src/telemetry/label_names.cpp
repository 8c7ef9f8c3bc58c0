#include "telemetry/label_names.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "base/text.h"
#include "metrics/family.h"

namespace tollgate {
namespace {

std::size_t hash(std::string_view text) { return std::hash<std::string_view>()(text); }

}  // namespace

NameTable::NameTable(std::vector<std::string> names) : names_{"", std::string(other_label)} {
  if (names.size() > names_max) names.resize(names_max);
  slots_.resize(std::bit_ceil(names.size() * 2 + 2), none);
  for (std::string& name : names) {
    if (name.empty() || exact(name) != other) continue;
    Id id = static_cast<Id>(names_.size());
    std::size_t at = hash(name) & (slots_.size() - 1);
    while (slots_[at] != none) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = id;
    if (name.back() == '*') patterns_.push_back(id);
    names_.push_back(std::move(name));
  }
  std::ranges::stable_sort(patterns_, std::ranges::greater(), [&](Id id) { return names_[id].size(); });
}

NameTable::Id NameTable::id(std::string_view text) const {
  if (text.empty()) return none;
  Id found = exact(text);
  return found == other && !patterns_.empty() ? by_pattern(text) : found;
}

NameTable::Id NameTable::exact(std::string_view text) const {
  std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash(text) & mask; slots_[at] != none; at = (at + 1) & mask)
    if (names_[slots_[at]] == text) return slots_[at];
  return other;
}

NameTable::Id NameTable::by_pattern(std::string_view text) const {
  for (Id id : patterns_)
    if (matches(names_[id], text)) return id;
  return other;
}

LabelNames::LabelNames(NameLists lists)
    : routes(std::move(lists.routes)),
      providers(std::move(lists.providers)),
      models(std::move(lists.models)),
      teams(std::move(lists.teams)) {}

CurrentLabelNames::CurrentLabelNames(NameLists lists) : names_(std::make_shared<const LabelNames>(std::move(lists))) {}

void CurrentLabelNames::replace(NameLists lists) {
  auto names = std::make_shared<const LabelNames>(std::move(lists));
  std::scoped_lock lock(mutex_);
  names_.swap(names);
  version_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const LabelNames> CurrentLabelNames::get() const {
  std::scoped_lock lock(mutex_);
  return names_;
}

}  // namespace tollgate
