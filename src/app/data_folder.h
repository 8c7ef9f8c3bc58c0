#pragma once
// The data folder, opened: vault, keys of persons, created virtual keys and limits, and the disk that the journal lives on. Gateway and
// commands open it alike, also at the same time.

#include <filesystem>
#include <memory>

#include "config/secrets.h"
#include "storage/files/disk.h"
#include "storage/keys/key_store.h"
#include "storage/limits/limit_store.h"
#include "storage/vault/person_keys.h"
#include "storage/vault/vault.h"

namespace tollgate {

struct DataFolder {
  std::filesystem::path path;
  std::unique_ptr<FileDisk> disk;
  std::unique_ptr<Vault> vault;
  std::unique_ptr<crypto::Key> pepper;
  std::unique_ptr<PersonKeys> person_keys;
  std::unique_ptr<KeyStore> key_store;
  std::unique_ptr<LimitStore> limit_store;

  // Made when missing, private to its owner. Error: words for an operator.
  static Result<DataFolder> open(const std::filesystem::path& path, WallTime now);

  // Environment, files and this vault.
  config::SecretSources secret_sources() const;
};

}  // namespace tollgate
