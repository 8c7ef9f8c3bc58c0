#include "json/keys.h"

#include <algorithm>
#include <cstring>

#include "json/unicode.h"

namespace tollgate::json {
namespace {

// Eight bytes at a time; good enough to tell apart the keys of real objects.
class Hash {
 public:
  void add_word(const char* p) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, sizeof word);
    mix(word);
  }
  // The last `size` < 8 bytes.
  std::uint32_t finish(const char* p, std::size_t size, std::size_t total) {
    auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(p[i])}; };
    if (size >= 4) {
      std::uint32_t front = 0, back = 0;
      std::memcpy(&front, p, sizeof front);
      std::memcpy(&back, p + size - sizeof back, sizeof back);
      mix(front | std::uint64_t{back} << 32);
    } else if (size > 0) {
      mix(byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16);
    }
    mix(total);
    return static_cast<std::uint32_t>(state_ >> 32);
  }

 private:
  void mix(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio
    state_ ^= state_ >> 29;
  }
  std::uint64_t state_ = 0;
};

std::uint32_t hash_plain(std::string_view text) {
  Hash hash;
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, p += 8) hash.add_word(p);
  return hash.finish(p, left, text.size());
}

// The same number for the same decoded text.
std::uint32_t hash_escaped(std::string_view raw) {
  Hash hash;
  DecodedBytes decoded(raw);
  char word[8];
  std::size_t filled = 0, total = 0;
  for (int byte = decoded.next(); byte >= 0; byte = decoded.next(), ++total) {
    if (filled == sizeof word) {
      hash.add_word(word);
      filled = 0;
    }
    word[filled++] = static_cast<char>(byte);
  }
  if (filled == sizeof word) {
    hash.add_word(word);
    filled = 0;
  }
  return hash.finish(word, filled, total);
}

}  // namespace

int OpenKeys::compare(const Key& a, const Key& b) {
  if (a.hash != b.hash) return a.hash < b.hash ? -1 : 1;
  return a.escaped || b.escaped ? compare_decoded(a.raw(), b.raw()) : a.raw().compare(b.raw());
}

OpenKeys::Added OpenKeys::add(std::size_t first, std::string_view raw, bool escaped) {
  if (size_ == capacity_) {
    if (capacity_ >= max_open_keys) return Added::too_many;
    grow();
  }
  Key& key = keys_[size_];
  key.at = raw.data();
  key.length = static_cast<std::uint32_t>(raw.size()) & 0x7FFFFFFFu;
  key.escaped = escaped;
  key.hash = escaped ? hash_escaped(raw) : hash_plain(raw);
  if (size_ - first < few_keys)
    for (const Key* other = keys_ + first; other != &key; ++other)
      if (other->hash == key.hash && compare(*other, key) == 0) return Added::duplicate;
  ++size_;
  return Added::fresh;
}

const char* OpenKeys::close(std::size_t first) {
  const char* repeated = nullptr;
  if (size_ - first > few_keys) repeated = earliest_repeated(keys_ + first, keys_ + size_);
  size_ = first;
  return repeated;
}

const char* OpenKeys::earliest_repeated(Key* begin, Key* end) {
  std::sort(begin, end, [](const Key& a, const Key& b) {
    int order = compare(a, b);
    return order != 0 ? order < 0 : a.at < b.at;
  });
  const char* earliest = nullptr;
  for (Key* key = begin + 1; key < end; ++key)
    if (compare(key[-1], *key) == 0 && (!earliest || key->at < earliest)) earliest = key->at;
  return earliest;
}

void OpenKeys::grow() {
  auto larger = std::unique_ptr<Key[]>(new Key[capacity_ * 2]);
  std::copy(keys_, keys_ + size_, larger.get());
  more_ = std::move(larger);
  keys_ = more_.get();
  capacity_ *= 2;
}

}  // namespace tollgate::json
