#pragma once
// Whom and what a call concerns, as far as limits ask, and the words of a rule that picks calls by it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/caller.h"

namespace tollgate {

// Borrowed from the exchange; a missing attribute is empty.
struct Subject {
  std::string_view key{};
  std::string_view team{};
  std::string_view user{};
  std::string_view feature{};
  std::string_view model{};     // the route that was asked for
  std::string_view provider{};  // of the target
  const Tags* tags = nullptr;
};

enum class Attribute : std::uint8_t { key, team, user, feature, model, provider, tag };

// An attribute by name: `team`, or `tags.env`.
struct AttributeName {
  Attribute attribute = Attribute::key;
  std::string tag{};  // only for Attribute::tag

  friend bool operator==(const AttributeName&, const AttributeName&) = default;
};

std::optional<AttributeName> parse_attribute(std::string_view text);
std::string to_string(const AttributeName& name);
std::string_view value_of(const Subject& subject, const AttributeName& name);

// "One of these values", each a literal or a literal with a trailing `*`. A missing attribute meets none of them.
struct MatchRule {
  AttributeName attribute;
  std::vector<std::string> values;

  bool met_by(const Subject& subject) const;
  bool only_literals() const;
};

// The values that tell the counters of a limit apart, as one text without allocation: the tenant first, when the limit
// is by something that callers name themselves (user, feature, tags), since two teams may have the same names.
constexpr std::size_t max_each = 4;

class CounterKey {
 public:
  CounterKey(const Subject& subject, const std::vector<AttributeName>& each);
  std::string_view text() const { return {bytes_, size_}; }

 private:
  static constexpr std::size_t max_value =
      2 * max_attribution_bytes;  // key and model names may be longer than attribution
  void add(std::string_view value);

  char bytes_[(max_each + 1) * (max_value + 2)];
  std::size_t size_ = 0;
};

// Takes such a text apart again.
struct CounterKeyValues {
  std::string tenant;
  std::vector<std::string> values;  // in the order of `each`
};
CounterKeyValues values_of(std::string_view counter_key);

}  // namespace tollgate
