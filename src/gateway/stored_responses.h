#pragma once
// Where OpenAI's stored responses are: which provider and key issued an id, and for whom. One for the process, shared by its threads; asked
// only by calls that speak Responses. Bounded: the oldest is forgotten. It holds no text.

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text.h"

namespace tollgate {

// Names, so that an id is good beyond a reload.
struct ResponseHome {
  std::string tenant;  // the team, or the key that has none
  std::string provider, key;
};

class StoredResponses {
 public:
  static constexpr std::size_t default_max = 200'000;
  static constexpr std::size_t id_bytes_max = 256;
  explicit StoredResponses(std::size_t max = default_max) : max_(max) {}

  // What is no id of letters, digits, `_` and `-` is not kept.
  void keep(std::string_view id, ResponseHome home);
  // Another tenant's is as unknown as one that never was.
  std::optional<ResponseHome> find(std::string_view id, std::string_view tenant) const;
  // Whether any tenant has it.
  bool knows(std::string_view id) const;
  void forget(std::string_view id);

 private:
  const std::size_t max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, ResponseHome> homes_;
  std::deque<std::string> order_;  // of arrival; may name what was forgotten
};

}  // namespace tollgate
