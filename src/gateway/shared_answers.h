#pragma once
// Answers that several calls share: equal calls under way (`single_flight`), and calls that carry the same Idempotency-Key. One for the
// process, shared by its threads; asked only by such calls.
//
// The first call of a name leads, the others wait until it has its answer, or leads no more: then one of them does. Answers of idempotent
// calls stay for a day, as long as there is room; those of calls under way go to those who wait and are forgotten.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace tollgate {

struct SharedAnswer {
  int status = 200;
  std::string content_type{};
  std::string body{};  // of a stream all its bytes
  std::string provider{}, model{}, region{}, price_id{};
  Money cost{};
};

class SharedAnswers;

// A call's place at a name: it leads until it gives its answer or goes.
class Leading {
 public:
  Leading() = default;
  Leading(Leading&& other) noexcept : table_(std::exchange(other.table_, nullptr)), name_(std::move(other.name_)) {}
  Leading& operator=(Leading&& other) noexcept;
  ~Leading() { give_up(); }

  bool leads() const { return table_ != nullptr; }
  void give(SharedAnswer answer, Instant now);
  void give_up();

 private:
  friend class SharedAnswers;
  Leading(SharedAnswers& table, std::string name) : table_(&table), name_(std::move(name)) {}
  SharedAnswers* table_ = nullptr;
  std::string name_;
};

class SharedAnswers {
 public:
  static constexpr std::size_t default_max_bytes = 64 * 1024 * 1024;
  static constexpr std::size_t answer_bytes_max = 4 * 1024 * 1024;  // a longer one is not shared
  static constexpr std::size_t names_max = 100'000;
  static constexpr Duration kept_for = seconds(24 * 3600);
  explicit SharedAnswers(std::size_t max_bytes = default_max_bytes) : max_bytes_(max_bytes) {}

  enum class Keep : std::uint8_t { while_asked, for_a_day };
  using Digest = std::array<unsigned char, 32>;

  // What a call finds at a name. `body` tells calls apart that carry the same name.
  struct Found {
    Leading leading{};                             // leads: it is the first
    std::shared_ptr<const SharedAnswer> answer{};  // or there is an answer; neither: somebody leads, ask again
    bool other_body = false;                       // or the name stands for another call
    bool no_room = false;                          // or too many names are in use
  };
  Found enter(const std::string& name, const Digest& body, Keep keep, Instant now);

  // Waits for an answer that somebody else leads to; null while there is none and somebody leads still. Sets `gone` when nobody does.
  std::shared_ptr<const SharedAnswer> look(const std::string& name, bool& gone) const;

 private:
  friend class Leading;
  struct Entry {
    Digest body{};
    Keep keep = Keep::while_asked;
    Instant since{};
    bool led = true;
    std::shared_ptr<const SharedAnswer> answer{};
  };
  void give(const std::string& name, SharedAnswer answer, Instant now);
  void give_up(const std::string& name);
  void make_room(Instant now);
  void forget(const std::string& name);
  bool forget_oldest(Keep of, Instant now, bool must);

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::array<std::deque<std::pair<std::string, Instant>>, 2> done_;  // by Keep, in the order of arrival; may name what was forgotten
  std::size_t bytes_ = 0;
};

}  // namespace tollgate
