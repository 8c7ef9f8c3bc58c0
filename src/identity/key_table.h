#pragma once
// KeyTable: from a presented credential to its virtual key. Made when configuration or key store change, never changed
// afterwards, read by all threads without a lock.
//
// No secret is kept: only HMAC-SHA-256(pepper, credential) of the whole text, whatever its form. A look-up does the
// same work for every credential, known or not: one HMAC, one bucket whose eight places are all looked at, one
// comparison of 32 bytes in constant time (against a random digest when the bucket has none). What an attacker can
// choose never decides which bytes are compared, because the pepper stays in the vault.
//
//   buckets_   8 places each: the first 8 bytes of a digest, and which entry; there are so many that
//              none is over-full
//   entries_   digest, key, until when (a rotated secret may have an end); entry 0 is nobody's
//   keys_      the virtual keys

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "identity/virtual_key.h"

namespace tollgate {

constexpr std::size_t max_keys = 1'000'000;
constexpr std::size_t max_credential_bytes = 4096;

// The digest of one secret of a key.
struct KeyDigest {
  crypto::Digest digest{};
  std::optional<WallTime> until{};  // valid before this moment; empty: as long as the key
  friend bool operator==(const KeyDigest&, const KeyDigest&) = default;
};

// Turns a credential into its digest. The pepper is a key of the vault; its own bytes are never used directly.
class CredentialHash {
 public:
  explicit CredentialHash(const crypto::Key& pepper) : key_(crypto::HmacKey(pepper).derive("tollgate credential 1")) {}
  crypto::Digest of(std::string_view credential) const { return key_.mac(credential); }

 private:
  crypto::HmacKey key_;
};

// Empty when an operator may use this text as a key, else static words that say why not: a credential must survive a
// header.
std::string_view credential_text_fault(std::string_view text);

class KeyTable {
 public:
  // The key, or null when nobody has this credential or its time is over. Revoked and expired keys are found:
  // identity/authorize.h refuses them, and the audit log can say whose they were.
  const VirtualKey* find(std::string_view credential, WallTime now) const;

  // By name, for commands and the admin API.
  const VirtualKey* named(std::string_view name) const;
  std::span<const VirtualKey> keys() const { return keys_; }

 private:
  friend class KeyTableBuilder;
  static constexpr std::size_t places = 8;
  struct alignas(64) Bucket {
    std::array<std::uint64_t, places> tags{};
    std::array<std::uint32_t, places> entries{};  // 0: an empty place
  };
  struct Entry {
    crypto::Digest digest;
    std::int64_t until_ns;
    std::uint32_t key;
  };

  explicit KeyTable(const crypto::Key& pepper) : hash_(pepper) {}
  std::size_t bucket_of(const crypto::Digest& digest) const;
  bool fill(std::size_t bucket_count);

  CredentialHash hash_;
  std::vector<Bucket> buckets_;
  std::vector<Entry> entries_;
  std::vector<VirtualKey> keys_;
  TextMap<std::uint32_t> names_;
};

class KeyTableBuilder {
 public:
  explicit KeyTableBuilder(const crypto::Key& pepper);

  // A key of the configuration with its secret in clear. Fails when the name is taken or the text cannot be a
  // credential.
  Result<void> add(VirtualKey key, std::string_view secret);
  // A key of the store.
  Result<void> add(VirtualKey key, std::span<const KeyDigest> digests);

  // Fails when two keys have the same secret (naming both), or when there are too many.
  Result<KeyTable> build() &&;

 private:
  Result<void> check_distinct() const;
  KeyTable table_;
};

}  // namespace tollgate
