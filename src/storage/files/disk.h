#pragma once
// The real Disk: one folder of the file system, by POSIX calls.
//
//   create   written under NAME.new, space allocated and filled with zeros, synced, mapped shared, renamed. The zeros
//   are
//            written ahead of use so that a later fdatasync moves data only, without new extents in the file system's
//            log.
//   sync     fdatasync; names (create, rename, remove) by fsync of the folder
//   lock     flock on a file that holds the owner's text; the kernel lets go of it when the process dies
//
// Files are made with mode 0600, the folder with 0700. Safe to use from several threads: it has no state but the
// folder's handle.

#include <filesystem>

#include "ports/disk.h"

namespace tollgate {

class FileDisk final : public Disk {
 public:
  // Makes the folder when missing (its parent must exist) and removes unfinished NAME.new files on request of the owner
  // only.
  static Result<std::unique_ptr<FileDisk>> open(const std::filesystem::path& folder);
  ~FileDisk() override;
  FileDisk(const FileDisk&) = delete;
  FileDisk& operator=(const FileDisk&) = delete;

  Result<std::unique_ptr<MappedFile>> create(std::string_view name, std::uint64_t bytes,
                                             std::string_view head) override;
  Result<std::unique_ptr<AppendFile>> open_append(std::string_view name) override;
  Result<std::unique_ptr<ReadFile>> open_read(std::string_view name) override;
  Result<void> replace(std::string_view name, std::string_view content) override;
  Result<void> cut(std::string_view name, std::uint64_t bytes) override;
  Result<void> rename(std::string_view from, std::string_view to) override;
  Result<void> remove(std::string_view name) override;
  Result<std::vector<DiskEntry>> list() override;
  Result<DiskSpace> space() override;
  Result<std::unique_ptr<FolderLock>> lock(std::string_view name, std::string_view owner) override;

 private:
  FileDisk(std::filesystem::path folder, int handle) : folder_(std::move(folder)), handle_(handle) {}
  Result<void> sync_folder();

  std::filesystem::path folder_;
  int handle_;
};

}  // namespace tollgate
