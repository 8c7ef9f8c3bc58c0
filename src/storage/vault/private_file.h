#pragma once
// Small files that only the owner may read, and that are always whole: vault, key store, master keys.
//
//   read      refuses a link, a file of another owner, and one that group or others may open
//   replace   temporary file, fsync, rename, fsync of the folder: after a crash the old or the new
//             content is there, never a half
//   FileLock  one writer at a time, also between processes; the kernel lets go of it when its owner dies
//   stamp     what changes when the file is replaced, so that a running gateway can poll with one stat
//
// Errors name the file, not its folder.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tollgate {

constexpr milliseconds file_lock_wait{5000};

struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;
  std::int64_t modified_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// Empty when there is no such file.
std::optional<FileStamp> stamp_of(const std::string& path);

// Empty when there is no such file. Fails when it is not private, is no plain file, or is larger than max_bytes.
Result<std::optional<std::string>> read_private_file(const std::string& path, std::size_t max_bytes);

// Durable when it returns. REQUIRES: the caller holds the lock that goes with the file, so that there is one writer.
Result<void> replace_private_file(const std::string& path, std::string_view content);

// Makes a folder with mode 0700; nothing when it is there. Its parent must exist.
Result<void> make_private_folder(const std::string& path);

class FileLock {
 public:
  // Makes the lock file when missing, and waits for whoever holds it, at most so long.
  static Result<FileLock> take(const std::string& path, milliseconds wait = file_lock_wait);

  FileLock(FileLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace tollgate
