#include "crypto/hash.h"

// The low-level SHA256_* functions are marked deprecated in OpenSSL 3, and used on purpose: their state is plain memory
// that can be copied, while EVP_MAC allocates for every message and costs 1 us where this costs 0.2 us. Same code, same
// SHA instructions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace tollgate::crypto {
namespace {

constexpr std::size_t block_size = SHA256_CBLOCK;
using Block = std::array<char, block_size>;

template <class State>
SHA256_CTX* context(State& state) {
  static_assert(sizeof(SHA256_CTX) <= sizeof(State) && alignof(SHA256_CTX) <= 8);
  return reinterpret_cast<SHA256_CTX*>(state.data());
}

Block padded_key(std::string_view key) {
  Block block{};
  if (key.size() > block_size) {
    Digest hashed = sha256(key);
    std::copy(hashed.begin(), hashed.end(), block.begin());
    wipe(hashed.data(), hashed.size());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  return block;
}

void add_pad(Sha256& hash, Block block, char pad) {
  for (char& c : block) c = static_cast<char>(c ^ pad);
  hash.add({block.data(), block.size()});
  wipe(block.data(), block.size());
}

}  // namespace

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Sha256::Sha256() {
  state_.fill(0);
  SHA256_Init(context(state_));
}

void Sha256::add(std::string_view bytes) { SHA256_Update(context(state_), bytes.data(), bytes.size()); }

Digest Sha256::finish() {
  Digest digest;
  SHA256_Final(digest.data(), context(state_));
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

HmacKey::HmacKey(std::string_view key) {
  Block block = padded_key(key);
  add_pad(inner_, block, 0x36);
  add_pad(outer_, block, 0x5c);
  wipe(block.data(), block.size());
}

HmacKey::~HmacKey() {
  wipe(inner_.state_.data(), inner_.state_.size());
  wipe(outer_.state_.data(), outer_.state_.size());
}

Digest HmacKey::mac(std::string_view message) const {
  Sha256 inner = inner_;
  inner.add(message);
  Sha256 outer = outer_;
  outer.add(bytes_of(inner.finish()));
  return outer.finish();
}

bool HmacKey::verify(std::string_view message, std::string_view tag) const {
  return constant_time_equal(bytes_of(mac(message)), tag);
}

Key HmacKey::derive(std::string_view purpose) const {
  Digest digest = mac(purpose);
  Key key = *Key::from_bytes(bytes_of(digest));
  wipe(digest.data(), digest.size());
  return key;
}

}  // namespace tollgate::crypto
