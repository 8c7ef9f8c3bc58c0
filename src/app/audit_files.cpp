#include "app/audit_files.h"

namespace tollgate {
namespace {

constexpr std::string_view audit_folder = "audit";

}  // namespace

Result<AuditKeys> audit_keys(Vault& vault, WallTime now) {
  TG_TRY(seed, vault.house_key(HouseKey::checkpoint_seed, now));
  TG_TRY(digest, vault.house_key(HouseKey::audit_digest, now));
  return AuditKeys{std::make_unique<crypto::SigningKey>(seed), std::make_unique<crypto::HmacKey>(digest)};
}

Result<std::unique_ptr<FileDisk>> open_audit_disk(const std::filesystem::path& data) { return FileDisk::open(data / audit_folder); }

Result<std::unique_ptr<FileDisk>> find_audit_disk(const std::filesystem::path& data) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(data / audit_folder, ignored)) return std::unique_ptr<FileDisk>();
  return open_audit_disk(data);
}

}  // namespace tollgate
