#include "limits/subject.h"

#include <algorithm>
#include <cassert>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::string_view names[] = {"key", "team", "user", "feature", "model", "provider"};
constexpr std::string_view tag_prefix = "tags.";

bool named_by_callers(const AttributeName& name) {
  return name.attribute == Attribute::user || name.attribute == Attribute::feature || name.attribute == Attribute::tag;
}

std::string_view tag_value(const Tags* tags, std::string_view name) {
  if (!tags) return {};
  for (const auto& [tag, value] : *tags)
    if (tag == name) return value;
  return {};
}

}  // namespace

std::optional<AttributeName> parse_attribute(std::string_view text) {
  if (text.starts_with(tag_prefix) && text.size() > tag_prefix.size())
    return AttributeName{Attribute::tag, std::string(text.substr(tag_prefix.size()))};
  auto found = std::find(std::begin(names), std::end(names), text);
  if (found == std::end(names)) return std::nullopt;
  return AttributeName{static_cast<Attribute>(found - std::begin(names)), {}};
}

std::string to_string(const AttributeName& name) {
  if (name.attribute == Attribute::tag) return std::string(tag_prefix) + name.tag;
  return std::string(names[static_cast<std::size_t>(name.attribute)]);
}

std::string_view value_of(const Subject& subject, const AttributeName& name) {
  switch (name.attribute) {
    case Attribute::key: return subject.key;
    case Attribute::team: return subject.team;
    case Attribute::user: return subject.user;
    case Attribute::feature: return subject.feature;
    case Attribute::model: return subject.model;
    case Attribute::provider: return subject.provider;
    case Attribute::tag: return tag_value(subject.tags, name.tag);
  }
  return {};
}

bool MatchRule::met_by(const Subject& subject) const {
  std::string_view value = value_of(subject, attribute);
  if (value.empty()) return false;
  return std::any_of(values.begin(), values.end(), [&](const std::string& pattern) { return matches(pattern, value); });
}

bool MatchRule::only_literals() const {
  return std::none_of(values.begin(), values.end(), [](const std::string& v) { return v.ends_with('*'); });
}

CounterKey::CounterKey(const Subject& subject, const std::vector<AttributeName>& each) {
  assert(each.size() <= max_each);
  if (each.empty()) return;
  add(std::any_of(each.begin(), each.end(), named_by_callers) ? subject.team : std::string_view());
  for (const auto& name : each) add(value_of(subject, name));
}

// Two bytes of length, then the value: "a" and "bc" are never "ab" and "c".
void CounterKey::add(std::string_view value) {
  assert(value.size() <= max_value);
  value = value.substr(0, max_value);
  bytes_[size_++] = static_cast<char>(value.size() >> 8);
  bytes_[size_++] = static_cast<char>(value.size() & 255);
  size_ += value.copy(bytes_ + size_, value.size());
}

CounterKeyValues values_of(std::string_view counter_key) {
  CounterKeyValues out;
  bool first = true;
  while (counter_key.size() >= 2) {
    std::size_t size = static_cast<unsigned char>(counter_key[0]) * 256u + static_cast<unsigned char>(counter_key[1]);
    std::string value(counter_key.substr(2, size));
    counter_key.remove_prefix(std::min(counter_key.size(), size + 2));
    if (first) {
      out.tenant = std::move(value);
    } else {
      out.values.push_back(std::move(value));
    }
    first = false;
  }
  return out;
}

}  // namespace tollgate
