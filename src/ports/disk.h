#pragma once
// One folder of a disk, as the durable parts of the house need it, so that a simulator can stand in for it and cut the
// power.
//
// Two promises differ, and every method says which one it gives:
//
//   kill   what was written before the process died is there afterwards (the kernel holds it)
//   power  what was synced is there afterwards; of the rest any page may be old or new
//
// Names are plain file names inside the folder. A failed sync is final: what was not synced may be gone although a
// later sync succeeds, so nobody may try again and go on. Errors carry Fault::unavailable and name the file.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tollgate {

// A file of fixed size whose space is allocated, as memory. Stores into it survive a kill; they survive a power cut
// after sync.
class MappedFile {
 public:
  virtual ~MappedFile() = default;
  virtual std::span<std::byte> bytes() = 0;
  // Makes a range durable. Another thread may write elsewhere in the file meanwhile.
  virtual Result<void> sync(std::uint64_t offset, std::uint64_t size) = 0;
};

// A file that grows at its end. Appended bytes survive a kill; they survive a power cut after sync.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // All of it, or an error that may leave a torn end.
  virtual Result<void> append(std::string_view bytes) = 0;
  virtual Result<void> sync() = 0;
};

// Reads at any place, also while somebody writes.
class ReadFile {
 public:
  virtual ~ReadFile() = default;
  // Gives the number of bytes read: fewer than asked only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
};

// Held as long as it lives, and never longer than its process.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
};

struct DiskEntry {
  std::string name;
  std::uint64_t bytes = 0;
};

struct DiskSpace {
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;

  // A new file of `bytes` bytes: `head`, then zeros. It appears whole and durable, or not at all.
  virtual Result<std::unique_ptr<MappedFile>> create(std::string_view name, std::uint64_t bytes,
                                                     std::string_view head) = 0;
  // Made when missing.
  virtual Result<std::unique_ptr<AppendFile>> open_append(std::string_view name) = 0;
  virtual Result<std::unique_ptr<ReadFile>> open_read(std::string_view name) = 0;
  // The file's whole content is new or old, never half; durable when it returns.
  virtual Result<void> replace(std::string_view name, std::string_view content) = 0;
  // Shortens a file; durable when it returns.
  virtual Result<void> cut(std::string_view name, std::uint64_t bytes) = 0;
  // Both durable when they return. Renaming replaces what stood there.
  virtual Result<void> rename(std::string_view from, std::string_view to) = 0;
  virtual Result<void> remove(std::string_view name) = 0;

  virtual Result<std::vector<DiskEntry>> list() = 0;
  virtual Result<DiskSpace> space() = 0;

  // Fails at once when another process or handle holds it; the error names the holder by its `owner` text.
  virtual Result<std::unique_ptr<FolderLock>> lock(std::string_view name, std::string_view owner) = 0;
};

}  // namespace tollgate
