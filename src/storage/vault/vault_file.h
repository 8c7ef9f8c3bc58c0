#pragma once
// The bytes of vault.jsonl: one row for each secret, as docs/formats/vault.md describes them. Pure: no disk, no clock.
//
// A row's version is the generation of the file in which its value was set: it only grows, also when a name is removed
// and comes back, so an old row can never pass for a new one.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/keyring.h"

namespace tollgate {

constexpr std::size_t max_secrets = 10'000;
constexpr std::size_t max_secret_bytes = 64 * 1024;
constexpr std::size_t max_vault_bytes = 64 * 1024 * 1024;

struct VaultRow {
  std::string name;
  std::uint64_t version = 0;
  WallTime created;  // milliseconds count
  WallTime changed;
  crypto::Envelope envelope;

  crypto::Label label() const { return {.purpose = "vault", .name = name, .version = version}; }
};

struct VaultRows {
  std::uint64_t generation = 0;
  std::vector<VaultRow> rows;  // sorted by name

  VaultRow* find(std::string_view name);
  const VaultRow* find(std::string_view name) const;
};

// Fails when the file would be too large.
Result<std::string> write_vault(const VaultRows& vault, const crypto::Keyring& ring);

// Fails, in words for an operator, when the ring lacks the master key, or when any byte of the text is not as it was
// written.
Result<VaultRows> read_vault(std::string_view text, const crypto::Keyring& ring);

}  // namespace tollgate
