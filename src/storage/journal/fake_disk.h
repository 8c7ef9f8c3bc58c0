#pragma once
// A disk in memory for tests, with the two accidents that the journal is built for.
//
//   after_kill       a copy of what the kernel holds: every stored and appended byte
//   after_power_cut  a copy of what the platters hold: synced bytes; each other sector of 512 bytes is old or new by
//   chance
//
// A copy has its own files, so a test can go on and try another accident. Single-threaded.

#include <cstring>
#include <functional>
#include <map>
#include <random>

#include "ports/disk.h"

namespace tollgate {

class FakeDisk final : public Disk {
 public:
  std::uint64_t free_bytes = std::uint64_t{1} << 40;
  std::uint64_t total_bytes = std::uint64_t{1} << 40;
  bool fail_sync = false;    // from now on every sync fails
  bool fail_append = false;  // writes half of what it is given, then fails
  int syncs = 0;
  std::function<void()> during_sync{};
  int operations_left = -1;  // after so many changes of files every further one fails; -1: none does

  FakeDisk after_kill() const {
    FakeDisk copy;
    for (const auto& [name, file] : files_) copy.files_[name] = std::make_shared<File>(File{file->live, file->live});
    return copy;
  }

  FakeDisk after_power_cut(std::mt19937_64& random) const {
    FakeDisk copy;
    for (const auto& [name, file] : files_) {
      std::string bytes = survivors(*file, random);
      copy.files_[name] = std::make_shared<File>(File{bytes, bytes});
    }
    return copy;
  }

  std::string& bytes(const std::string& name) { return files_.at(name)->live; }
  bool has(const std::string& name) const { return files_.contains(name); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, file] : files_) names.push_back(name);
    return names;
  }

  Result<std::unique_ptr<MappedFile>> create(std::string_view name, std::uint64_t bytes,
                                             std::string_view head) override {
    if (bytes > free_bytes || !works()) return fail(Fault::unavailable, "no space");
    free_bytes -= bytes;
    std::string content(bytes, '\0');
    head.copy(content.data(), head.size());
    auto file = std::make_shared<File>(File{content, content});
    files_[std::string(name)] = file;
    return std::make_unique<Mapped>(*this, file);
  }
  Result<std::unique_ptr<AppendFile>> open_append(std::string_view name) override {
    auto& file = files_[std::string(name)];
    if (!file) file = std::make_shared<File>();
    return std::make_unique<Append>(*this, file);
  }
  Result<std::unique_ptr<ReadFile>> open_read(std::string_view name) override {
    auto found = files_.find(std::string(name));
    if (found == files_.end()) return fail(Fault::unavailable, "no such file");
    return std::make_unique<Reader>(found->second);
  }
  Result<void> replace(std::string_view name, std::string_view content) override {
    if (!works()) return fail(Fault::unavailable, "EIO");
    files_[std::string(name)] = std::make_shared<File>(File{std::string(content), std::string(content)});
    return {};
  }
  Result<void> cut(std::string_view name, std::uint64_t bytes) override {
    if (!works()) return fail(Fault::unavailable, "EIO");
    auto& file = *files_.at(std::string(name));
    file.live.resize(bytes);
    file.synced = file.live;
    return {};
  }
  Result<void> rename(std::string_view from, std::string_view to) override {
    if (!works()) return fail(Fault::unavailable, "EIO");
    files_[std::string(to)] = files_.at(std::string(from));
    files_.erase(std::string(from));
    return {};
  }
  Result<void> remove(std::string_view name) override {
    if (!works()) return fail(Fault::unavailable, "EIO");
    if (auto found = files_.find(std::string(name)); found != files_.end()) free_bytes += found->second->live.size();
    files_.erase(std::string(name));
    return {};
  }
  Result<std::vector<DiskEntry>> list() override {
    std::vector<DiskEntry> entries;
    for (const auto& [name, file] : files_) entries.push_back({name, file->live.size()});
    return entries;
  }
  Result<DiskSpace> space() override { return DiskSpace{free_bytes, total_bytes}; }
  Result<std::unique_ptr<FolderLock>> lock(std::string_view name, std::string_view owner) override {
    std::string key(name);
    if (auto held = locks_->find(key); held != locks_->end())
      return fail(Fault::unavailable, "another gateway works on this data folder (" + held->second + ")");
    locks_->emplace(key, owner);
    return std::make_unique<Lock>(locks_, key);
  }

 private:
  using Locks = std::map<std::string, std::string>;
  struct File {
    std::string live;
    std::string synced;
  };
  struct Mapped final : MappedFile {
    Mapped(FakeDisk& owner, std::shared_ptr<File> mapped) : disk(owner), file(std::move(mapped)) {}
    std::span<std::byte> bytes() override { return std::as_writable_bytes(std::span(file->live)); }
    Result<void> sync(std::uint64_t offset, std::uint64_t size) override {
      if (!disk.syncs_well()) return fail(Fault::unavailable, "EIO");
      std::memcpy(file->synced.data() + offset, file->live.data() + offset, size);
      return {};
    }
    FakeDisk& disk;
    std::shared_ptr<File> file;
  };
  struct Append final : AppendFile {
    Append(FakeDisk& owner, std::shared_ptr<File> opened) : disk(owner), file(std::move(opened)) {}
    Result<void> append(std::string_view bytes) override {
      if (!disk.works()) return fail(Fault::unavailable, "EIO");
      file->live += disk.fail_append ? bytes.substr(0, bytes.size() / 2) : bytes;
      if (disk.fail_append) return fail(Fault::unavailable, "ENOSPC");
      return {};
    }
    Result<void> sync() override {
      if (!disk.syncs_well()) return fail(Fault::unavailable, "EIO");
      file->synced = file->live;
      return {};
    }
    FakeDisk& disk;
    std::shared_ptr<File> file;
  };
  struct Reader final : ReadFile {
    explicit Reader(std::shared_ptr<File> opened) : file(std::move(opened)) {}
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
      if (offset >= file->live.size()) return 0;
      std::size_t count = std::min<std::size_t>(into.size(), file->live.size() - offset);
      std::memcpy(into.data(), file->live.data() + offset, count);
      return count;
    }
    std::shared_ptr<File> file;
  };
  struct Lock final : FolderLock {
    Lock(std::shared_ptr<Locks> all, std::string held) : locks(std::move(all)), name(std::move(held)) {}
    ~Lock() override { locks->erase(name); }
    std::shared_ptr<Locks> locks;
    std::string name;
  };

  bool works() {
    if (operations_left > 0)
      --operations_left;
    else if (operations_left == 0)
      return false;
    return true;
  }
  bool syncs_well() {
    ++syncs;
    if (during_sync) during_sync();
    return works() && !fail_sync;
  }

  static std::string survivors(const File& file, std::mt19937_64& random) {
    constexpr std::size_t sector = 512;
    std::size_t size = std::max(file.live.size(), file.synced.size());
    if (file.live.size() > file.synced.size())  // a file that grew may have any size between
      size = file.synced.size() + random() % (file.live.size() - file.synced.size() + 1);
    std::string bytes = file.synced;
    bytes.resize(size);
    for (std::size_t at = 0; at < std::min(size, file.live.size()); at += sector)
      if (random() % 2 == 0) bytes.replace(at, std::min(sector, size - at), file.live, at, std::min(sector, size - at));
    return bytes;
  }

  std::map<std::string, std::shared_ptr<File>> files_;
  std::shared_ptr<Locks> locks_ = std::make_shared<Locks>();
};

}  // namespace tollgate
