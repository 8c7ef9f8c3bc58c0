#include "crypto/seal.h"

#include <sodium.h>

#include "crypto/random.h"

namespace tollgate::crypto {
namespace {

static_assert(nonce_size == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(tag_size == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(key_size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

std::string seal_with_nonce(const Key& key, const Nonce& nonce, std::string_view text, std::string_view associated) {
  require_sodium();
  std::string sealed(nonce_size + text.size() + tag_size, '\0');
  std::copy(nonce.begin(), nonce.end(), sealed.begin());
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + nonce_size, nullptr, raw(text), text.size(), raw(associated),
                                             associated.size(), nullptr, nonce.data(), key.data());
  return sealed;
}

std::string seal(const Key& key, std::string_view text, std::string_view associated) {
  Nonce nonce;
  fill_random(nonce);
  return seal_with_nonce(key, nonce, text, associated);
}

std::optional<Secret> open(const Key& key, std::string_view sealed, std::string_view associated) {
  if (sealed.size() < seal_overhead) return std::nullopt;
  require_sodium();
  std::string text(sealed.size() - seal_overhead, '\0');
  int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(raw(text), nullptr, nullptr, raw(sealed) + nonce_size,
                                                          sealed.size() - nonce_size, raw(associated),
                                                          associated.size(), raw(sealed), key.data());
  if (failed != 0) return std::nullopt;
  return Secret(std::move(text));
}

}  // namespace tollgate::crypto
