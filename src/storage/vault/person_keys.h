#pragma once
// PersonKeys: one random key for each person, so that all that is held about a person is erased by deleting 32 bytes.
//
// They live beside the vault in person.keys: an eight-byte mark, then records of 80 bytes (person, key sealed under the
// house key `person_keys`). A new person appends a record; erasing overwrites it with zeros in place, so no older copy
// of the file lies about on the disk, as it would after a replace. A torn record at the end is cut off by the next
// append. Keys are not kept in memory: only where each record is (about 50 bytes a person), so an erasure by another
// process counts at once. A new record waits for no disk, since a caller's thread makes it: sync() makes it durable, before what was sealed is.
//
// Any thread may call; every write takes an advisory lock on the file, so a command may erase while a gateway runs.
// Persons are the random ids of the journal's dictionary; names of people never come here.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "crypto/key.h"
#include "storage/journal/sealer.h"

namespace tollgate {

constexpr std::size_t max_persons = 1'000'000;

class PersonKeys final : public ValueSealer {
 public:
  // Makes the file when missing; the folder must exist. `wrapping` is the vault's house key `person_keys`.
  static Result<std::unique_ptr<PersonKeys>> open(const std::string& folder, const crypto::Key& wrapping);
  ~PersonKeys() override;
  PersonKeys(const PersonKeys&) = delete;
  PersonKeys& operator=(const PersonKeys&) = delete;

  Result<std::string> seal(std::uint64_t person, std::string_view text) override;
  Result<void> sync() override;
  std::optional<std::string> open(std::uint64_t person, std::string_view sealed) override;
  Result<void> forget(std::uint64_t person) override;

 private:
  PersonKeys(int handle, const crypto::Key& wrapping) : handle_(handle), wrapping_(wrapping) {}
  Result<void> read_new_records();
  std::optional<crypto::Key> read_key(std::uint64_t person);
  std::optional<crypto::Key> find(std::uint64_t person);
  Result<crypto::Key> make(std::uint64_t person);
  Result<void> write_record(std::int64_t at, std::string_view record);
  Result<void> erase_record(std::uint64_t person);

  const int handle_;
  const crypto::Key wrapping_;
  std::mutex mutex_;
  std::int64_t seen_bytes_ = 0;                              // up to here records_ is complete
  std::unordered_map<std::uint64_t, std::int64_t> records_;  // person -> place in the file

  std::atomic<std::uint64_t> made_ = 0;  // keys, by this process
  std::mutex sync_mutex_;                // never taken with the other one
  std::uint64_t synced_ = 0;             // of made_
  bool sync_failed_ = false;
};

}  // namespace tollgate
