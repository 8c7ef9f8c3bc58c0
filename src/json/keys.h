#pragma once
// The keys of all objects that are open at one point of a scan, as one stack: an inner object's keys lie above its
// parent's and are gone when it closes. This is what finds duplicate keys, compared as decoded text.
//
// An object of at most few_keys keys is compared as it grows, by hashes; a larger one is sorted once when it closes.
// Both are safe against chosen collisions: equal hashes only cost a comparison of the keys. The first inline_keys keys
// need no allocation: real chat bodies stay far below; the stack never holds more than max_open_keys.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace tollgate::json {

class OpenKeys {
 public:
  static constexpr std::size_t few_keys = 24;
  static constexpr std::size_t inline_keys = 512;
  static constexpr std::size_t max_open_keys = std::size_t{1} << 20;

  OpenKeys() : keys_(inline_) {}  // the array stays as it is: only what was added is read
  OpenKeys(const OpenKeys&) = delete;
  OpenKeys& operator=(const OpenKeys&) = delete;

  // Where the keys of an object that opens now will begin.
  std::size_t mark() const { return size_; }

  enum class Added : std::uint8_t { fresh, duplicate, too_many };
  // A key of the innermost object, whose keys begin at `first`. `raw` stays where it is until the object closes.
  Added add(std::size_t first, std::string_view raw, bool escaped);

  // Drops the keys from `first` on. The earliest key that repeats another, when `add` left that open; else null.
  const char* close(std::size_t first);

 private:
  struct Key {
    const char* at;
    std::uint32_t length : 31;
    std::uint32_t escaped : 1;
    std::uint32_t hash;
    std::string_view raw() const { return {at, length}; }
  };
  static int compare(const Key& a, const Key& b);
  static const char* earliest_repeated(Key* begin, Key* end);
  void grow();

  Key* keys_;
  std::size_t size_ = 0, capacity_ = inline_keys;
  std::unique_ptr<Key[]> more_;
  Key inline_[inline_keys];
};

}  // namespace tollgate::json
