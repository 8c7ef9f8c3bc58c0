#pragma once
// The audit log of a data folder: its place, its keys, and what stands in it, for questions also while a gateway runs.

#include <filesystem>
#include <memory>
#include <optional>

#include "crypto/hash.h"
#include "crypto/sign.h"
#include "storage/files/disk.h"
#include "storage/vault/vault.h"

namespace tollgate {

struct AuditKeys {
  std::unique_ptr<crypto::SigningKey> signing;
  std::unique_ptr<crypto::HmacKey> digest;  // of fingerprints
};
// Made at first use.
Result<AuditKeys> audit_keys(Vault& vault, WallTime now);

// Made when missing; the data folder must be there.
Result<std::unique_ptr<FileDisk>> open_audit_disk(const std::filesystem::path& data);
// Null: no audit log was ever kept there.
Result<std::unique_ptr<FileDisk>> find_audit_disk(const std::filesystem::path& data);

}  // namespace tollgate
