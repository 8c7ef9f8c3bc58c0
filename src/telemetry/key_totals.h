#pragma once
// What each virtual key has used since its first call, for `GET /v1/usage` and the admin page. One for the program.
//
// Any thread may add and read. Adding to a known key takes no lock and no memory; the first sight of a key takes one
// of a few locks. Keys are never forgotten, and at most `keys_max` are known: rows of later ones are only counted in
// `rows_left_out`. Numbers of one key are read one after the other, so a reader may see half of a call that is just
// being added.

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/record.h"

namespace tollgate {

struct KeyUse {
  std::int64_t requests = 0;  // rows of every status
  std::int64_t refused = 0;   // of them refused by us
  Tokens input{};             // all input
  Tokens cached{};            // of it read from the provider's cache
  Tokens output{};            // all output
  Money cost{};
  friend bool operator==(const KeyUse&, const KeyUse&) = default;
};

class KeyTotals {
 public:
  static constexpr std::size_t keys_most = 1'000'000;

  explicit KeyTotals(std::size_t keys_max = keys_most);
  KeyTotals(const KeyTotals&) = delete;
  KeyTotals& operator=(const KeyTotals&) = delete;
  ~KeyTotals();

  void recorded(const RequestRow& row, std::span<const AttemptRow> attempts);
  // What is already in the ledger at the start; added to what is known of the key.
  void restore(std::string_view key, const KeyUse& use);

  // Empty when the key has not been seen.
  std::optional<KeyUse> of(std::string_view key) const;
  // By name.
  std::vector<std::pair<std::string, KeyUse>> all() const;
  std::size_t size() const { return keys_.load(std::memory_order_relaxed); }
  std::uint64_t rows_left_out() const { return left_out_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t buckets = 1 << 16;
  static constexpr std::size_t locks = 16;
  struct Node;

  void add(std::string_view key, const KeyUse& use);
  Node* find(std::size_t hash, std::string_view key) const;
  Node* find_or_add(std::size_t hash, std::string_view key);

  std::size_t keys_max_;
  std::vector<std::atomic<Node*>> heads_;  // of chains that only grow, at their head
  std::array<std::mutex, locks> locks_;    // each for the chains of some buckets
  std::atomic<std::size_t> keys_ = 0;
  std::atomic<std::uint64_t> left_out_ = 0;
};

}  // namespace tollgate
