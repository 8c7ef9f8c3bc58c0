#pragma once
// Conversations of OpenAI's Responses whose targets keep nothing: what was said and answered, by the id that we gave the answer. One for the
// process, shared by its threads; asked only by calls that speak Responses. In memory, bounded: when it is full, the oldest answer of the
// tenant that holds most is forgotten, and no tenant holds more than a quarter.

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text.h"

namespace tollgate {

// One question and its answer, behind those that came before. It lives as long as a later one needs it.
struct Turn {
  std::string input;   // the question's items: JSON values with commas between them
  std::string answer;  // the whole response, as the caller got it
  std::shared_ptr<const Turn> before{};  // null: the first
  std::size_t number = 1;                // of its conversation
  std::shared_ptr<const void> weight{};  // counts its bytes while it lives
};

class Conversations {
 public:
  static constexpr std::size_t turns_max = 1'000;                // of one conversation
  static constexpr std::size_t bytes_max = 16 * 1024 * 1024;     // of one conversation, as it goes to a target

  // 0: nothing is kept.
  explicit Conversations(std::size_t max_bytes) : max_(max_bytes) {}

  bool keeps() const { return max_.load(std::memory_order_relaxed) > 0; }
  void resize(std::size_t max_bytes) { max_.store(max_bytes, std::memory_order_relaxed); }

  void keep(std::string_view id, std::string_view tenant, Turn turn);
  // Another tenant's is as unknown as one that never was: null.
  std::shared_ptr<const Turn> find(std::string_view id, std::string_view tenant) const;
  bool forget(std::string_view id, std::string_view tenant);

 private:
  struct Share {
    std::shared_ptr<std::atomic<std::size_t>> bytes = std::make_shared<std::atomic<std::size_t>>(0);
    std::deque<std::string> order{};  // of arrival; may name what was forgotten
  };
  struct Kept {
    std::string tenant;
    std::shared_ptr<const Turn> turn;
  };
  using Shares = std::unordered_map<std::string, Share>;

  void make_room(Share& newest);
  bool forget_oldest(Share& of);
  std::size_t all_bytes() const;
  Share& largest();

  std::atomic<std::size_t> max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Kept> kept_;
  Shares shares_;
};

// The items of a conversation up to this answer, in order: JSON values with commas between them. Empty: it is too long.
std::optional<std::string> items_until(const Turn& last);

}  // namespace tollgate
