#include "tokens/message_cache.h"

#include <algorithm>
#include <bit>

namespace tollgate {

MessageCache::MessageCache(const MessageHash& hash, std::size_t messages) : hash_(hash), sets_(std::bit_ceil(std::max(messages, ways) / ways)) {}

std::int64_t MessageCache::count(const TextTokenizer& tokenizer, std::string_view text, TextForm form) {
  if (text.size() < bytes_min) return tokenizer.count(text, form);
  Place place = find(tokenizer, text, form);
  if (place.tokens < 0) put(place, place.tokens = tokenizer.count(text, form));
  return place.tokens;
}

MessageCache::Place MessageCache::find(const TextTokenizer& tokenizer, std::string_view text, TextForm form) {
  Uint128 hash = hash_.of(text, tokenizer.id() << 8 | static_cast<std::uint64_t>(form));
  Set& set = set_of(hash);
  auto found = std::find_if(set.begin(), set.end(), [&](const Entry& entry) { return entry.hash == hash && entry.tokens >= 0; });
  if (found == set.end()) {
    ++misses_;
    return {hash, -1};
  }
  ++hits_;
  std::rotate(set.begin(), found, found + 1);
  return {hash, set.front().tokens};
}

void MessageCache::put(const Place& place, std::int64_t tokens) {
  Set& set = set_of(place.hash);
  std::rotate(set.begin(), set.end() - 1, set.end());
  set.front() = {place.hash, tokens};
}

}  // namespace tollgate
