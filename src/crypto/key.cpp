#include "crypto/key.h"

#include <sodium.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/random.h"

namespace tollgate::crypto {
namespace {

bool is_base64(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

// 32 bytes are 43 characters, and one '=' that may be left out.
std::optional<Secret> from_base64(std::string_view text) {
  if (text.size() == 44 && text.back() == '=') text.remove_suffix(1);
  if (text.size() != 43 || !std::all_of(text.begin(), text.end(), is_base64)) return std::nullopt;
  bool url_alphabet = text.find_first_of("-_") != std::string_view::npos;
  std::string bytes(key_size, '\0');
  std::size_t length = 0;
  int variant = url_alphabet ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                                 nullptr, &length, nullptr, variant);
  if (failed != 0 || length != key_size) return std::nullopt;
  return Secret(std::move(bytes));
}

}  // namespace

Key Key::random() {
  Key key;
  fill_random(key.bytes_);
  return key;
}

std::optional<Key> Key::from_bytes(std::string_view bytes) {
  if (bytes.size() != key_size) return std::nullopt;
  Key key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

std::optional<Key> Key::parse(std::string_view text) {
  text = trimmed(text);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text = trimmed(text.substr(0, text.size() - 1));
  std::optional<Secret> bytes;
  if (text.size() == 2 * key_size) {
    if (auto raw = unhex(text)) bytes = Secret(std::move(*raw));
  } else {
    bytes = from_base64(text);
  }
  if (!bytes) return std::nullopt;
  auto key = from_bytes(bytes->reveal());
  if (key && sodium_is_zero(key->data(), key_size) == 1) return std::nullopt;
  return key;
}

bool operator==(const Key& a, const Key& b) { return sodium_memcmp(a.data(), b.data(), key_size) == 0; }

Secret to_text(const Key& key) { return Secret(hex(key.bytes())); }

}  // namespace tollgate::crypto
