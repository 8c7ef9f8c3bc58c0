#pragma once
// Ed25519 signatures (RFC 8032, through libsodium): checkpoints of the audit log are signed with them, so that whoever
// holds the public key can prove that a log was not changed since.

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/key.h"

namespace tollgate::crypto {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

class SigningKey {
 public:
  // The same seed gives the same key for ever.
  explicit SigningKey(const Key& seed);
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey() { wipe(secret_.data(), secret_.size()); }

  const PublicKey& public_key() const { return public_key_; }
  Signature sign(std::string_view message) const;

 private:
  PublicKey public_key_;
  std::array<std::uint8_t, 64> secret_;
};

// False also for a signature of another length, a key of small order and every second way to write a valid signature.
bool verify(const PublicKey& key, std::string_view message, std::string_view signature);

}  // namespace tollgate::crypto
