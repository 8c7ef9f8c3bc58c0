#include "identity/key_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "crypto/base62.h"
#include "crypto/random.h"

namespace tollgate {
namespace {

constexpr std::size_t id_bytes = 8;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t checksum_length = crypto::base62_length(checksum_bytes);
constexpr std::size_t checked_length = key_text_length - checksum_length;
constexpr std::size_t secret_at = key_prefix.size() + key_id_length + 1;

static_assert(crypto::base62_length(id_bytes) == key_id_length);
static_assert(secret_at + crypto::base62_length(secret_bytes) == checked_length);

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xEDB88320u : 0u);
    table[i] = value;
  }
  return table;
}();

std::uint32_t crc32(std::string_view text) {
  std::uint32_t value = 0xFFFFFFFFu;
  for (char c : text) value = (value >> 8) ^ crc_table[(value ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~value;
}

std::string checksum(std::string_view text) {
  std::uint32_t crc = crc32(text);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(crc >> shift);
  return crypto::base62(bytes);
}

bool all_base62(std::string_view text) { return std::all_of(text.begin(), text.end(), crypto::is_base62); }

bool well_formed(std::string_view text) {
  return text.size() == key_text_length && text[secret_at - 1] == '_' &&
         all_base62(text.substr(key_prefix.size(), key_id_length)) && all_base62(text.substr(secret_at)) &&
         checksum(text.substr(0, checked_length)) == text.substr(checked_length);
}

}  // namespace

MadeKey make_key() {
  Secret secret(crypto::random_bytes(secret_bytes));
  std::string id = crypto::base62(crypto::random_bytes(id_bytes));
  Secret digits(crypto::base62(secret.reveal()));
  std::string text = fmt::format("{}{}_{}", key_prefix, id, digits.reveal());
  text.reserve(key_text_length);
  text += checksum(text);
  return {std::move(id), Secret(std::move(text))};
}

KeyShape shape_of_key(std::string_view text) {
  if (!text.starts_with(key_prefix)) return KeyShape::foreign;
  return well_formed(text) ? KeyShape::ours : KeyShape::mistyped;
}

std::string_view id_of_key(std::string_view text) {
  return shape_of_key(text) == KeyShape::ours ? text.substr(key_prefix.size(), key_id_length) : std::string_view();
}

}  // namespace tollgate
