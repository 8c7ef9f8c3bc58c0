#pragma once
// Key: 256 bits that seal, sign or authenticate. A value; wiped when it dies, and never printed by accident.
// `bytes()` is the one way to look inside.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace tollgate::crypto {

constexpr std::size_t key_size = 32;

class Key {
 public:
  static Key random();
  // Empty unless there are exactly 32 bytes.
  static std::optional<Key> from_bytes(std::string_view bytes);
  // Reads a key as operators write it: 64 hexadecimal digits, or base64 (either alphabet, padding optional). Blanks at
  // both ends do not count. Empty when it is neither, or all zero.
  static std::optional<Key> parse(std::string_view text);

  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key() { wipe(bytes_.data(), bytes_.size()); }

  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  const std::uint8_t* data() const { return bytes_.data(); }

  // In constant time.
  friend bool operator==(const Key& a, const Key& b);

 private:
  Key() = default;
  std::array<std::uint8_t, key_size> bytes_{};
};

// 64 lower-case hexadecimal digits: what a key file holds, and what Key::parse reads.
Secret to_text(const Key& key);

}  // namespace tollgate::crypto
