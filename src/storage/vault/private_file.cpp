#include "storage/vault/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace tollgate {
namespace {

constexpr mode_t private_mode = 0600;
constexpr mode_t others_bits = 077;
constexpr long lock_poll_ns = 5'000'000;

class Descriptor {
 public:
  explicit Descriptor(int handle) : handle_(handle) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (handle_ >= 0) ::close(handle_);
  }
  int get() const { return handle_; }
  bool open() const { return handle_ >= 0; }
  int release() { return std::exchange(handle_, -1); }

 private:
  int handle_;
};

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string folder_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::unexpected<Error> failed(std::string_view path, std::string_view what) {
  return fail(Fault::unavailable, fmt::format("{}: {}", name_of(path), what));
}
std::unexpected<Error> system_failure(std::string_view path, std::string_view step) {
  return failed(path, fmt::format("{}: {}", step, std::strerror(errno)));
}

Result<void> check_private(const std::string& path, const struct stat& about) {
  if (!S_ISREG(about.st_mode)) return failed(path, "is no plain file");
  if (about.st_uid != ::geteuid() && about.st_uid != 0) return failed(path, "belongs to another user");
  if ((about.st_mode & others_bits) != 0)
    return failed(path, fmt::format("others may open it (mode {:04o}); make it 0600", about.st_mode & 07777));
  return {};
}

Result<std::string> read_all(const std::string& path, int handle, std::size_t size) {
  std::string content(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    ssize_t count = ::read(handle, content.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path, "cannot read");
    if (count == 0) return failed(path, "became shorter while it was read");
    done += static_cast<std::size_t>(count);
  }
  return content;
}

Result<void> write_all(const std::string& path, int handle, std::string_view content) {
  while (!content.empty()) {
    ssize_t count = ::write(handle, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_failure(path, "cannot write");
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> sync_folder(const std::string& path) {
  Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open() || ::fsync(folder.get()) != 0) return system_failure(path, "cannot make its folder durable");
  return {};
}

Result<void> write_new(const std::string& path, const std::string& temporary, std::string_view content) {
  ::unlink(temporary.c_str());  // what a writer left that died; only one writes at a time
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, private_mode));
  if (!file.open()) return system_failure(path, "cannot write beside it");
  TG_TRY_VOID(write_all(path, file.get(), content));
  if (::fsync(file.get()) != 0) return system_failure(path, "cannot make it durable");
  return {};
}

}  // namespace

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat about;
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return FileStamp{.device = about.st_dev,
                   .inode = about.st_ino,
                   .bytes = about.st_size,
                   .modified_ns = about.st_mtim.tv_sec * 1'000'000'000LL + about.st_mtim.tv_nsec};
}

Result<std::optional<std::string>> read_private_file(const std::string& path, std::size_t max_bytes) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file.open() && errno == ENOENT) return std::nullopt;
  if (!file.open() && errno == ELOOP) return failed(path, "is a link");
  if (!file.open()) return system_failure(path, "cannot open");
  struct stat about;
  if (::fstat(file.get(), &about) != 0) return system_failure(path, "cannot look at it");
  TG_TRY_VOID(check_private(path, about));
  if (static_cast<std::size_t>(about.st_size) > max_bytes)
    return failed(path, fmt::format("is larger than {} bytes", max_bytes));
  TG_TRY(content, read_all(path, file.get(), static_cast<std::size_t>(about.st_size)));
  return std::optional(std::move(content));
}

Result<void> replace_private_file(const std::string& path, std::string_view content) {
  std::string temporary = fmt::format("{}/.{}.tmp", folder_of(path), name_of(path));
  TG_TRY_VOID(write_new(path, temporary, content));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_failure(path, "cannot replace it");
  return sync_folder(path);
}

Result<void> make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return system_failure(path, "cannot make this folder");
}

Result<FileLock> FileLock::take(const std::string& path, milliseconds wait) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, private_mode));
  if (!file.open()) return system_failure(path, "cannot open");
  for (std::int64_t left_ns = Duration(wait).count();; left_ns -= lock_poll_ns) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return FileLock(file.release());
    if (errno != EWOULDBLOCK && errno != EINTR) return system_failure(path, "cannot lock");
    if (left_ns <= 0) return failed(path, "another writer holds it");
    timespec pause{.tv_sec = 0, .tv_nsec = lock_poll_ns};
    ::nanosleep(&pause, nullptr);
  }
}

FileLock::~FileLock() {
  if (handle_ >= 0) ::close(handle_);
}

}  // namespace tollgate
