#include "app/data_folder.h"

#include <cstdlib>

namespace tollgate {

Result<DataFolder> DataFolder::open(const std::filesystem::path& path, WallTime now) {
  DataFolder folder;
  folder.path = path;
  TG_TRY(disk, FileDisk::open(path));
  folder.disk = std::move(disk);
  const char* master = std::getenv(std::string(master_key_variable).c_str());
  TG_TRY(vault, Vault::open(path.string(), Secret(master == nullptr ? "" : master)));
  folder.vault = std::move(vault);
  TG_TRY(pepper, folder.vault->house_key(HouseKey::key_pepper, now));
  folder.pepper = std::make_unique<crypto::Key>(std::move(pepper));
  TG_TRY(wrapping, folder.vault->house_key(HouseKey::person_keys, now));
  TG_TRY(person_keys, PersonKeys::open(path.string(), wrapping));
  folder.person_keys = std::move(person_keys);
  TG_TRY(key_store, KeyStore::open(path.string(), *folder.pepper));
  folder.key_store = std::move(key_store);
  TG_TRY(limit_store, LimitStore::open(path.string(), *folder.pepper));
  folder.limit_store = std::move(limit_store);
  return folder;
}

config::SecretSources DataFolder::secret_sources() const {
  config::SecretSources sources = config::SecretSources::of_process();
  sources.vault = [vault = vault.get()](std::string_view name) -> std::optional<Secret> {
    auto secret = vault->get(name);
    return secret ? std::optional(std::move(*secret)) : std::nullopt;
  };
  return sources;
}

}  // namespace tollgate
