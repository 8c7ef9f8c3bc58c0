#pragma once
// How the text of a key that Tollgate made looks:
//
//   tg_0a1B2c3D4e5_<43 characters of secret><6 of checksum>          64 characters, base 62 but for the underscores
//      key id, 64 bits, public
//
// The id may be shown and logged. The 256-bit secret is shown once. The checksum is the CRC-32 (IEEE 802.3) of all that
// stands before it: it finds slips of the finger without a look-up, and lets secret scanners tell a key from noise; it
// protects nothing. An operator may also choose any other text as a key in the configuration; such keys are `foreign`
// here and work the same.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace tollgate {

constexpr std::string_view key_prefix = "tg_";
constexpr std::size_t key_id_length = 11;
constexpr std::size_t key_text_length = 64;

struct MadeKey {
  std::string id;
  Secret text;
};

// From the operating system's generator.
MadeKey make_key();

enum class KeyShape : std::uint8_t {
  ours,      // well formed, the checksum is right
  mistyped,  // begins like ours and is not: cut, lengthened, or with a wrong character
  foreign,   // chosen by an operator, or not for us at all
};
KeyShape shape_of_key(std::string_view text);

// The public id inside; empty unless the shape is `ours`.
std::string_view id_of_key(std::string_view text);

}  // namespace tollgate
