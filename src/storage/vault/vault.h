#pragma once
// Vault: secrets at rest, in one file of the data folder (vault.jsonl), sealed under master keys (crypto/keyring.h).
//
//   master keys   $TOLLGATE_MASTER_KEY (32 bytes as hex or base64; `NEW,OLD` while they change), then those of the file
//                 master.key (0600, one a line, newest first). With neither, master.key is made at the first write.
//   secrets       what operators store for `vault:NAME`
//   internal      keys of the house under reserved names (`tollgate/…`), made at first use
//
// Every write takes the lock vault.lock, reads the file again, and replaces it whole: several processes may work on one
// folder, and a crash leaves the old or the new vault. A running gateway calls `refresh` each second and sees what
// others wrote. Values stay sealed in memory until `get`. All methods may be called from any thread; they may touch the
// disk.
//
// Errors (Fault::unavailable) are words for an operator: wrong or missing master key, a file that others may read,
// damage. An older copy that is put back under a running process is refused; after a stop the vault alone cannot know.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "storage/vault/private_file.h"
#include "storage/vault/vault_file.h"

namespace tollgate {

constexpr std::string_view master_key_variable = "TOLLGATE_MASTER_KEY";

struct VaultEntry {
  std::string name;
  std::uint64_t version = 0;
  WallTime created;
  WallTime changed;
};

// Keys that the house makes for itself.
enum class HouseKey : std::uint8_t {
  key_pepper,       // digests of virtual keys
  checkpoint_seed,  // signs audit checkpoints
  audit_digest,     // digests of sensitive strings in the audit log
  person_keys,      // wraps the key of each person (person_keys.h)
};

// How a rotation ended.
struct MasterRotation {
  std::string master;         // id of the master key that seals everything now
  std::size_t rewrapped = 0;  // rows that were under another one
};

class Vault {
 public:
  // `master_key` is the value of $TOLLGATE_MASTER_KEY, empty when it is not set. Writes nothing. Fails when there is a
  // vault that these keys do not open.
  static Result<std::unique_ptr<Vault>> open(std::string folder, Secret master_key);

  // Asked with the lock held, right before a change is stored: with what is known of the secret as it was (null: it is
  // new). An error leaves everything as it was. So the audit log is told before anything is done.
  using Gate = std::function<Result<void>(const VaultEntry* before)>;
  // The same of a rotation, with the id of the new master key.
  using MasterGate = std::function<Result<void>(std::string_view master)>;

  Result<void> set(std::string_view name, const Secret& value, WallTime now, const Gate& gate = {});
  // Fault::not_found when there is none.
  Result<Secret> get(std::string_view name) const;
  Result<void> remove(std::string_view name, const Gate& gate = {});
  // By name; without the house's own.
  std::vector<VaultEntry> list() const;

  Result<crypto::Key> house_key(HouseKey which, WallTime now);

  // Seals everything under a new master key. With master.key a fresh one is made and the old one forgotten at the end;
  // with $TOLLGATE_MASTER_KEY the first key of `NEW,OLD` is taken, and OLD may be removed afterwards. A crash in the
  // middle is safe: until the end both keys are there.
  Result<MasterRotation> rotate_master(const MasterGate& gate = {});

  // Reads the files again when they changed; true when they had. On failure the vault stays as it was.
  Result<bool> refresh();

  std::uint64_t generation() const;

 private:
  struct State {
    std::optional<FileStamp> vault_stamp;
    std::optional<FileStamp> master_stamp;
    std::vector<crypto::Key> file_keys;  // those of master.key
    std::optional<crypto::Keyring> ring;
    VaultRows rows;
  };

  Vault(std::string folder, std::vector<crypto::Key> environment_keys);
  std::string path(std::string_view name) const;
  Result<State> load() const;
  Result<State> load_once() const;
  Result<void> make_ring(State& state, std::vector<crypto::Key> file_keys) const;
  Result<FileLock> lock() const;
  Result<State> load_for_writing() const;
  Result<void> add_master_key(State& state) const;
  Result<void> write_master_keys(State& state, std::vector<crypto::Key> keys) const;
  Result<void> store(State state);
  Result<void> put(State& state, std::string_view name, std::string_view value, WallTime now) const;

  const std::string folder_;
  const std::vector<crypto::Key> environment_keys_;
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace tollgate
