#pragma once
// Counts of messages that were counted before: a conversation repeats all of its old messages in every turn, and hashing them costs a
// fraction of counting them. One for each thread; the hash, with its key, may be shared by all.
//
// Bounded: sets of four, in which the one that was not asked for longest makes room. Texts below `bytes_min` are counted each time. Two
// texts that meet in their hash would have one count; see MessageHash for how unlikely that is.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokens/message_hash.h"
#include "tokens/text_tokenizer.h"

namespace tollgate {

class MessageCache {
 public:
  static constexpr std::size_t bytes_min = 256;

  // Room for about so many messages, 32 bytes each. The hash must outlive it.
  MessageCache(const MessageHash& hash, std::size_t messages);

  std::int64_t count(const TextTokenizer& tokenizer, std::string_view text, TextForm form);

  // The same in two halves, for those who count in slices.
  struct Place {
    Uint128 hash;
    std::int64_t tokens;  // negative: not known
  };
  Place find(const TextTokenizer& tokenizer, std::string_view text, TextForm form);
  void put(const Place& place, std::int64_t tokens);

  std::uint64_t hits() const { return hits_; }
  std::uint64_t misses() const { return misses_; }

 private:
  static constexpr std::size_t ways = 4;
  struct Entry {
    Uint128 hash = 0;
    std::int64_t tokens = -1;
  };
  using Set = std::array<Entry, ways>;  // the latest first
  Set& set_of(Uint128 hash) { return sets_[static_cast<std::size_t>(hash) & (sets_.size() - 1)]; }

  const MessageHash& hash_;
  std::vector<Set> sets_;
  std::uint64_t hits_ = 0, misses_ = 0;
};

}  // namespace tollgate
