#pragma once
// KeyStore: the virtual keys that operators create while the gateway runs (`tollgate keys …`, dashboard, admin API), in
// one file of the data folder, keys.jsonl. Those of the configuration file are not here.
//
// Like the vault: each write takes the lock keys.lock, reads the file again and replaces it whole. A running gateway
// calls `refresh` each second; when it says true, it builds a new KeyTable from `list()`, so that a revoked key ends
// within that second.
//
// A secret is given out once, when it is made. `version` is the key's ETag: a change that names another one is a 412.
// Errors: 404 not_found, 409 `conflict`, 412 `precondition_failed`, 400 with the field, Fault::unavailable for the
// disk. All methods may be called from any thread; they may touch the disk.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "storage/keys/key_file.h"
#include "storage/vault/private_file.h"

namespace tollgate {

constexpr Duration max_old_secret_time = seconds(90LL * 86'400);  // how long a rotated secret may stay valid

// The new secret, which nobody can ask for again.
struct IssuedKey {
  Secret secret;
  StoredKey key;
};

class KeyStore {
 public:
  // `pepper` is the vault's house key `key_pepper`. Writes nothing. Fails when there is a file that this pepper did not
  // tag.
  static Result<std::unique_ptr<KeyStore>> open(std::string folder, const crypto::Key& pepper);

  // Asked with the lock held, right before a change is stored: with the key as it was (null: it is new) and as it will be
  // (null: it goes). An error leaves everything as it was. So the audit log is told before anything is done.
  using Gate = std::function<Result<void>(const StoredKey* before, const StoredKey* after)>;

  Result<IssuedKey> create(std::string_view name, KeySettings settings, WallTime now, const Gate& gate = {});

  std::vector<StoredKey> list() const;  // by name
  std::optional<StoredKey> show(std::string_view name) const;

  using Version = std::optional<std::uint64_t>;  // empty: whatever it is

  Result<StoredKey> change(std::string_view name, KeySettings settings, WallTime now, Version expected = {}, const Gate& gate = {});
  // The row stays, so that its name is not taken by another one and the audit log can say whose a late call was.
  Result<StoredKey> revoke(std::string_view name, WallTime now, Version expected = {}, const Gate& gate = {});
  // A new secret. The one before stays valid for `old_valid_for` (zero: ends now; at most max_old_secret_time); one
  // still older ends when it was said to.
  Result<IssuedKey> rotate(std::string_view name, Duration old_valid_for, WallTime now, Version expected = {}, const Gate& gate = {});
  Result<void> remove(std::string_view name, Version expected = {}, const Gate& gate = {});

  // Reads the file again when it changed; true when it had. On failure the keys stay as they were.
  Result<bool> refresh();
  std::uint64_t generation() const;

 private:
  struct State {
    std::optional<FileStamp> stamp;
    StoredKeys keys;
  };

  KeyStore(std::string folder, const crypto::Key& pepper)
      : folder_(std::move(folder)), hash_(pepper), tag_key_(key_file_tag_key(pepper)) {}
  Result<State> load() const;
  Result<FileLock> lock() const;
  Result<void> store(State state);
  Result<StoredKey*> find(State& state, std::string_view name, Version expected) const;
  Secret issue(StoredKey& key) const;
  // Applies `edit` to the key on a fresh copy of the file, and stores it.
  template <class Edit>
  Result<StoredKey> edit(std::string_view name, WallTime now, Version expected, const Gate& gate, Edit edit);

  const std::string folder_;
  const CredentialHash hash_;
  const crypto::HmacKey tag_key_;
  mutable std::mutex mutex_;
  State state_;
};

// Bounds and characters of what an operator says about a key; the error names the field.
Result<void> check_key_settings(const KeySettings& settings);

}  // namespace tollgate
