#pragma once
// Sealing: nobody without the key reads the text, and nobody changes it, or the associated data beside it, unnoticed.
//
// XChaCha20-Poly1305 (libsodium, IETF form; draft-irtf-cfrg-xchacha-03). Its 192-bit nonce may be drawn at random for
// every text that a key ever seals. A sealed text is nonce (24 bytes), ciphertext, tag (16 bytes).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "crypto/key.h"

namespace tollgate::crypto {

constexpr std::size_t nonce_size = 24;
constexpr std::size_t tag_size = 16;
constexpr std::size_t seal_overhead = nonce_size + tag_size;

using Nonce = std::array<std::uint8_t, nonce_size>;

// `associated` is not stored: whoever opens must say the same again.
std::string seal(const Key& key, std::string_view text, std::string_view associated);

// Empty when the key, the associated data or any bit of the sealed text is another one.
std::optional<Secret> open(const Key& key, std::string_view sealed, std::string_view associated);

// With a chosen nonce, for known answers. A nonce that comes twice under one key breaks the seal: use `seal`.
std::string seal_with_nonce(const Key& key, const Nonce& nonce, std::string_view text, std::string_view associated);

}  // namespace tollgate::crypto
