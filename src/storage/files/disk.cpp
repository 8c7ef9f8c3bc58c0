#include "storage/files/disk.h"

#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tollgate {
namespace {

constexpr std::size_t write_chunk = 1 << 20;
constexpr mode_t file_mode = 0600;
constexpr mode_t folder_mode = 0700;

std::unexpected<Error> refused(std::string_view name, std::string_view what) {
  return fail(Fault::unavailable, fmt::format("{}: cannot {}: {}", name, what, std::strerror(errno)));
}

class Handle {
 public:
  explicit Handle(int fd) : fd_(fd) {}
  Handle(Handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

bool write_zeros(int fd, std::uint64_t bytes) {
  static const std::string zeros(write_chunk, '\0');
  for (; bytes > 0; bytes -= std::min<std::uint64_t>(bytes, write_chunk))
    if (!write_all(fd, std::string_view(zeros).substr(0, std::min<std::uint64_t>(bytes, write_chunk)))) return false;
  return true;
}

// Not every file system can allocate; then the zeros do.
bool allocate(int fd, std::uint64_t bytes) {
  return ::fallocate(fd, 0, 0, static_cast<off_t>(bytes)) == 0 || errno == EOPNOTSUPP;
}

class RealMappedFile final : public MappedFile {
 public:
  RealMappedFile(std::string name, Handle file, std::byte* memory, std::size_t size)
      : name_(std::move(name)), file_(std::move(file)), memory_(memory), size_(size) {}
  ~RealMappedFile() override { ::munmap(memory_, size_); }
  std::span<std::byte> bytes() override { return {memory_, size_}; }
  Result<void> sync(std::uint64_t, std::uint64_t) override {
    if (::fdatasync(file_.get()) != 0) return refused(name_, "sync");
    return {};
  }

 private:
  std::string name_;
  Handle file_;
  std::byte* memory_;
  std::size_t size_;
};

class RealAppendFile final : public AppendFile {
 public:
  RealAppendFile(std::string name, Handle file) : name_(std::move(name)), file_(std::move(file)) {}
  Result<void> append(std::string_view bytes) override {
    if (!write_all(file_.get(), bytes)) return refused(name_, "append");
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(file_.get()) != 0) return refused(name_, "sync");
    return {};
  }

 private:
  std::string name_;
  Handle file_;
};

class RealReadFile final : public ReadFile {
 public:
  RealReadFile(std::string name, Handle file) : name_(std::move(name)), file_(std::move(file)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      ssize_t got = ::pread(file_.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return refused(name_, "read");
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  std::string name_;
  Handle file_;
};

class RealFolderLock final : public FolderLock {
 public:
  explicit RealFolderLock(Handle file) : file_(std::move(file)) {}

 private:
  Handle file_;
};

}  // namespace

Result<std::unique_ptr<FileDisk>> FileDisk::open(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), folder_mode) != 0 && errno != EEXIST) return refused(folder.string(), "make the folder");
  int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return refused(folder.string(), "open the folder");
  return std::unique_ptr<FileDisk>(new FileDisk(folder, handle));
}

FileDisk::~FileDisk() { ::close(handle_); }

Result<void> FileDisk::sync_folder() {
  if (::fsync(handle_) != 0) return refused(folder_.filename().string(), "sync the folder");
  return {};
}

Result<std::unique_ptr<MappedFile>> FileDisk::create(std::string_view name, std::uint64_t bytes,
                                                     std::string_view head) {
  std::string made = fmt::format("{}.new", name);
  Handle file(::openat(handle_, made.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, file_mode));
  if (!file) return refused(made, "create");
  bool filled = allocate(file.get(), bytes) && write_all(file.get(), head) &&
                write_zeros(file.get(), bytes - head.size()) && ::fsync(file.get()) == 0;
  if (!filled) {
    auto error = refused(name, "allocate");
    ::unlinkat(handle_, made.c_str(), 0);
    return error;
  }
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return refused(name, "map");
  auto mapped =
      std::make_unique<RealMappedFile>(std::string(name), std::move(file), static_cast<std::byte*>(memory), bytes);
  TG_TRY_VOID(rename(made, name));
  return mapped;
}

Result<std::unique_ptr<AppendFile>> FileDisk::open_append(std::string_view name) {
  std::string path(name);
  Handle file(::openat(handle_, path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, file_mode));
  if (!file) return refused(name, "open");
  TG_TRY_VOID(sync_folder());
  return std::make_unique<RealAppendFile>(std::move(path), std::move(file));
}

Result<std::unique_ptr<ReadFile>> FileDisk::open_read(std::string_view name) {
  std::string path(name);
  Handle file(::openat(handle_, path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return refused(name, "open");
  return std::make_unique<RealReadFile>(std::move(path), std::move(file));
}

Result<void> FileDisk::replace(std::string_view name, std::string_view content) {
  std::string made = fmt::format("{}.new", name);
  Handle file(::openat(handle_, made.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, file_mode));
  if (!file) return refused(made, "create");
  if (!write_all(file.get(), content) || ::fsync(file.get()) != 0) return refused(name, "write");
  return rename(made, name);
}

Result<void> FileDisk::cut(std::string_view name, std::uint64_t bytes) {
  std::string path(name);
  Handle file(::openat(handle_, path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return refused(name, "open");
  if (::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0 || ::fsync(file.get()) != 0)
    return refused(name, "shorten");
  return {};
}

Result<void> FileDisk::rename(std::string_view from, std::string_view to) {
  if (::renameat(handle_, std::string(from).c_str(), handle_, std::string(to).c_str()) != 0)
    return refused(from, "rename");
  return sync_folder();
}

Result<void> FileDisk::remove(std::string_view name) {
  if (::unlinkat(handle_, std::string(name).c_str(), 0) != 0 && errno != ENOENT) return refused(name, "remove");
  return sync_folder();
}

Result<std::vector<DiskEntry>> FileDisk::list() {
  int again = ::openat(handle_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* folder = again < 0 ? nullptr : ::fdopendir(again);
  if (folder == nullptr) return refused(folder_.filename().string(), "list");
  std::vector<DiskEntry> entries;
  while (const dirent* entry = ::readdir(folder)) {
    struct stat facts{};
    if (::fstatat(handle_, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(facts.st_mode)) continue;
    entries.push_back({entry->d_name, static_cast<std::uint64_t>(facts.st_size)});
  }
  ::closedir(folder);
  return entries;
}

Result<DiskSpace> FileDisk::space() {
  struct statvfs facts{};
  if (::fstatvfs(handle_, &facts) != 0) return refused(folder_.filename().string(), "ask for free space");
  return DiskSpace{facts.f_bavail * facts.f_frsize, facts.f_blocks * facts.f_frsize};
}

Result<std::unique_ptr<FolderLock>> FileDisk::lock(std::string_view name, std::string_view owner) {
  Handle file(::openat(handle_, std::string(name).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, file_mode));
  if (!file) return refused(name, "open");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    char holder[256] = {};
    if (::pread(file.get(), holder, sizeof holder - 1, 0) < 0) holder[0] = '\0';
    return fail(Fault::unavailable, fmt::format("another gateway works on this data folder ({})", holder));
  }
  if (::ftruncate(file.get(), 0) != 0 || !write_all(file.get(), owner)) return refused(name, "write");
  return std::make_unique<RealFolderLock>(std::move(file));
}

}  // namespace tollgate
