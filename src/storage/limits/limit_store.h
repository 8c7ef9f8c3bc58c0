#pragma once
// LimitStore: the limits that operators make while the gateway runs (admin API, dashboard), in one file of the data
// folder, limits.jsonl. Those of the configuration file are not here.
//
// Like the key store: each write takes the lock limits.lock, reads the file again and replaces it whole; the tag at its
// end is made with a key of the vault, so who writes to the folder can slip no limit in and drop none.
//
// What a limit says is kept as one object of JSON with the names of `limits.NAME` in tollgate.yaml: whoever stores it has
// checked it. `version` is the limit's ETag, the file's generation at its last change, which never comes back.
// Errors: 404 not_found, 409 `conflict`, 412 `precondition_failed`, 400 with the field, Fault::unavailable for the disk.
// All methods may be called from any thread; they may touch the disk.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "storage/vault/private_file.h"

namespace tollgate {

constexpr std::size_t max_stored_limits = 10'000;
constexpr std::size_t max_limit_settings = 16 * 1024;  // bytes of one limit's settings
constexpr std::size_t max_limit_file_bytes = 64 * 1024 * 1024;

struct LimitRow {
  std::string name;
  std::uint64_t version = 0;
  WallTime created;  // times have whole milliseconds
  WallTime changed;
  std::string settings;  // one object of JSON
  friend bool operator==(const LimitRow&, const LimitRow&) = default;
};

class LimitStore {
 public:
  // `pepper` is the vault's house key `key_pepper`. Writes nothing. Fails when there is a file that this pepper did not
  // tag.
  static Result<std::unique_ptr<LimitStore>> open(std::string folder, const crypto::Key& pepper);

  // Asked with the lock held, right before a change is stored: with the limit as it was (null: it is new) and as it will
  // be (null: it goes). An error leaves everything as it was.
  using Gate = std::function<Result<void>(const LimitRow* before, const LimitRow* after)>;
  using Version = std::optional<std::uint64_t>;  // empty: whatever it is

  Result<LimitRow> create(std::string_view name, std::string settings, WallTime now, const Gate& gate = {});
  Result<LimitRow> change(std::string_view name, std::string settings, WallTime now, Version expected = {}, const Gate& gate = {});
  Result<void> remove(std::string_view name, Version expected = {}, const Gate& gate = {});

  std::vector<LimitRow> list() const;  // by name
  std::optional<LimitRow> show(std::string_view name) const;

  // Reads the file again when it changed; true when it had. On failure the limits stay as they were.
  Result<bool> refresh();

 private:
  struct State {
    std::optional<FileStamp> stamp;
    std::uint64_t generation = 0;
    std::vector<LimitRow> rows;  // by name
  };

  LimitStore(std::string folder, const crypto::Key& pepper);
  Result<State> load() const;
  Result<FileLock> lock() const;
  Result<void> store(State state);

  const std::string folder_;
  const crypto::HmacKey tag_key_;
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace tollgate
