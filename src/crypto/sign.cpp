#include "crypto/sign.h"

#include <sodium.h>

#include "crypto/random.h"

namespace tollgate::crypto {
namespace {

static_assert(sizeof(PublicKey) == crypto_sign_PUBLICKEYBYTES && sizeof(Signature) == crypto_sign_BYTES);
static_assert(key_size == crypto_sign_SEEDBYTES);

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

SigningKey::SigningKey(const Key& seed) {
  require_sodium();
  static_assert(sizeof(secret_) == crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data());
}

Signature SigningKey::sign(std::string_view message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, raw(message), message.size(), secret_.data());
  return signature;
}

bool verify(const PublicKey& key, std::string_view message, std::string_view signature) {
  if (signature.size() != sizeof(Signature)) return false;
  require_sodium();
  return crypto_sign_verify_detached(raw(signature), raw(message), message.size(), key.data()) == 0;
}

}  // namespace tollgate::crypto
