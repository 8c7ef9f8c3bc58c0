#pragma once
// The bytes of keys.jsonl: one row for each virtual key that was created, as docs/formats/keys.md describes them. Pure:
// no disk, no clock. Secrets are there only as keyed digests (identity/key_table.h), so whoever reads the file can use
// none of them; and the tag is made with a key of the vault, so whoever writes to it can mint none and change none.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "identity/key_table.h"
#include "identity/virtual_key.h"

namespace tollgate {

constexpr std::size_t max_stored_keys = 100'000;
constexpr std::size_t max_key_file_bytes = 512 * 1024 * 1024;
constexpr std::size_t max_key_limits = 16;
constexpr std::size_t max_limit_text = 32;

// `--limit usd=50/month`: what is measured, how much, in which window. As text: the caller has checked it with limits/.
struct StoredLimit {
  std::string measure;
  std::string amount;
  std::string every;
  friend bool operator==(const StoredLimit&, const StoredLimit&) = default;
};

// What an operator says about a key.
struct KeySettings {
  Attribution attribution{};
  std::vector<std::string> models{};
  MaySet may_set{};
  std::optional<WallTime> expires{};
  std::vector<Cidr> allow_from{};
  std::vector<StoredLimit> limits{};
  friend bool operator==(const KeySettings&, const KeySettings&) = default;
};

struct StoredKey {
  std::string name;
  std::string id;             // the public part of the newest secret
  std::uint64_t version = 0;  // the file's generation at its last change: an ETag that never comes back
  WallTime created;           // times have whole milliseconds
  WallTime changed;
  std::optional<WallTime> revoked{};
  KeySettings settings{};
  std::vector<KeyDigest> secrets{};  // newest first; older ones have an end
  friend bool operator==(const StoredKey&, const StoredKey&) = default;
};

struct StoredKeys {
  std::uint64_t generation = 0;
  std::vector<StoredKey> keys;  // sorted by name

  StoredKey* find(std::string_view name);
  const StoredKey* find(std::string_view name) const;
};

// As the gateway uses it.
VirtualKey virtual_key_of(const StoredKey& key);

// Puts them beside those of the configuration.
Result<void> add_stored_keys(const std::vector<StoredKey>& keys, KeyTableBuilder& builder);

// The key under which keys.jsonl is tagged.
crypto::HmacKey key_file_tag_key(const crypto::Key& pepper);

Result<std::string> write_key_file(const StoredKeys& keys, const crypto::HmacKey& tag_key);
Result<StoredKeys> read_key_file(std::string_view text, const crypto::HmacKey& tag_key);

}  // namespace tollgate
