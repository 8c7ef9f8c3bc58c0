#include "storage/vault/person_keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

#include "crypto/seal.h"
#include "storage/vault/private_file.h"

namespace tollgate {
namespace {

constexpr std::string_view mark = "TGPERS01";
constexpr std::size_t id_bytes = 8;
constexpr std::size_t sealed_bytes = crypto::key_size + crypto::seal_overhead;
constexpr std::size_t record_bytes = id_bytes + sealed_bytes;
constexpr std::size_t records_a_read = 512;
static_assert(record_bytes == 80);

std::unexpected<Error> failed(std::string_view step) {
  return fail(Fault::unavailable, fmt::format("person.keys: {}: {}", step, std::strerror(errno)));
}

std::string id_text(std::uint64_t person) {
  std::string text;
  for (std::size_t i = 0; i < id_bytes; ++i) text += static_cast<char>(person >> (8 * i));
  return text;
}

std::uint64_t id_of(std::string_view record) {
  std::uint64_t id = 0;
  for (std::size_t i = id_bytes; i-- > 0;) id = (id << 8) | static_cast<unsigned char>(record[i]);
  return id;
}

std::string key_label(std::uint64_t person) { return "tollgate person key 1" + id_text(person); }
std::string value_label(std::uint64_t person) { return "tollgate person value 1" + id_text(person); }

bool erased(std::string_view record) { return record.find_first_not_of('\0') == std::string_view::npos; }

// Held while the file is changed; waits for the other process, which holds it for a few writes only.
class Exclusive {
 public:
  explicit Exclusive(int handle) : handle_(handle) {
    do held_ = ::flock(handle_, LOCK_EX) == 0;
    while (!held_ && errno == EINTR);
  }
  ~Exclusive() {
    if (held_) ::flock(handle_, LOCK_UN);
  }
  Exclusive(const Exclusive&) = delete;
  Exclusive& operator=(const Exclusive&) = delete;
  bool held() const { return held_; }

 private:
  int handle_;
  bool held_ = false;
};

// Fewer bytes than asked for only at the end of the file, or on an error.
std::size_t read_at(int handle, std::int64_t at, std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    ssize_t count = ::pread(handle, into.data() + done, into.size() - done, at + static_cast<std::int64_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<void> make_file(const std::string& folder, const std::string& path) {
  TG_TRY(lock, FileLock::take(folder + "/vault.lock"));
  return stamp_of(path) ? Result<void>() : replace_private_file(path, mark);
}

// Mode and owner are those of a private file, and it begins with the mark.
Result<void> check_file(int handle) {
  struct stat about;
  if (::fstat(handle, &about) != 0 || !S_ISREG(about.st_mode) || (about.st_mode & 077) != 0)
    return fail(Fault::unavailable, "person.keys: others may open it; make it 0600");
  std::array<char, mark.size()> found{};
  if (read_at(handle, 0, found) == mark.size() && std::string_view(found.data(), found.size()) == mark) return {};
  return fail(Fault::unavailable, "person.keys: is no such file, or of another format");
}

}  // namespace

Result<std::unique_ptr<PersonKeys>> PersonKeys::open(const std::string& folder, const crypto::Key& wrapping) {
  const std::string path = folder + "/person.keys";
  if (!stamp_of(path)) {
    TG_TRY_VOID(make_file(folder, path));
  }
  const int handle = ::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (handle < 0) return failed("cannot open");
  std::unique_ptr<PersonKeys> keys(new PersonKeys(handle, wrapping));
  TG_TRY_VOID(check_file(handle));
  keys->seen_bytes_ = static_cast<std::int64_t>(mark.size());
  TG_TRY_VOID(keys->read_new_records());
  return keys;
}

PersonKeys::~PersonKeys() { ::close(handle_); }

Result<void> PersonKeys::read_new_records() {
  std::vector<char> block(records_a_read * record_bytes);
  for (;;) {
    const std::size_t whole = read_at(handle_, seen_bytes_, block) / record_bytes;
    for (std::size_t i = 0; i < whole; ++i) {
      std::string_view record(block.data() + i * record_bytes, record_bytes);
      if (!erased(record)) records_[id_of(record)] = seen_bytes_ + static_cast<std::int64_t>(i * record_bytes);
    }
    seen_bytes_ += static_cast<std::int64_t>(whole * record_bytes);
    if (records_.size() > max_persons) return fail(Fault::overloaded, "person.keys: more persons than the bound");
    if (whole < records_a_read) return {};
  }
}

std::optional<crypto::Key> PersonKeys::read_key(std::uint64_t person) {
  auto at = records_.find(person);
  if (at == records_.end()) return std::nullopt;
  std::array<char, record_bytes> bytes{};
  const std::string_view record(bytes.data(), bytes.size());
  if (read_at(handle_, at->second, bytes) != record_bytes || erased(record) || id_of(record) != person) {
    records_.erase(at);  // erased by another process
    return std::nullopt;
  }
  auto key = crypto::open(wrapping_, record.substr(id_bytes), key_label(person));
  return key ? crypto::Key::from_bytes(key->reveal()) : std::nullopt;
}

std::optional<crypto::Key> PersonKeys::find(std::uint64_t person) {
  if (auto key = read_key(person)) return key;
  if (!read_new_records()) return std::nullopt;
  return read_key(person);
}

Result<void> PersonKeys::write_record(std::int64_t at, std::string_view record) {
  if (::pwrite(handle_, record.data(), record.size(), at) != static_cast<ssize_t>(record.size()))
    return failed("cannot write");
  return {};
}

// Appends behind the last whole record: a torn one is overwritten.
Result<crypto::Key> PersonKeys::make(std::uint64_t person) {
  const Exclusive exclusive(handle_);
  if (!exclusive.held()) return failed("cannot lock");
  TG_TRY_VOID(read_new_records());
  if (auto key = read_key(person)) return *key;
  if (records_.contains(person)) return fail(Fault::unavailable, "person.keys: a record is damaged");
  if (records_.size() >= max_persons) return fail(Fault::overloaded, "person.keys: more persons than the bound");
  crypto::Key key = crypto::Key::random();
  TG_TRY_VOID(write_record(seen_bytes_, id_text(person) + crypto::seal(wrapping_, key.bytes(), key_label(person))));
  records_[person] = seen_bytes_;
  seen_bytes_ += static_cast<std::int64_t>(record_bytes);
  made_.fetch_add(1, std::memory_order_release);
  return key;
}

Result<void> PersonKeys::sync() {
  std::lock_guard guard(sync_mutex_);
  const std::uint64_t made = made_.load(std::memory_order_acquire);
  if (sync_failed_) return fail(Fault::unavailable, "person.keys: could not be made durable before");
  if (made == synced_) return {};
  sync_failed_ = ::fdatasync(handle_) != 0;
  if (sync_failed_) return failed("cannot make it durable");
  synced_ = made;
  return {};
}

Result<std::string> PersonKeys::seal(std::uint64_t person, std::string_view text) {
  std::lock_guard guard(mutex_);
  auto key = find(person);
  if (!key) {
    TG_TRY(made, make(person));
    key = made;
  }
  return crypto::seal(*key, text, value_label(person));
}

std::optional<std::string> PersonKeys::open(std::uint64_t person, std::string_view sealed) {
  std::lock_guard guard(mutex_);
  auto key = find(person);
  if (!key) return std::nullopt;
  auto text = crypto::open(*key, sealed, value_label(person));
  return text ? std::optional(std::string(text->reveal())) : std::nullopt;
}

Result<void> PersonKeys::erase_record(std::uint64_t person) {
  auto at = records_.find(person);
  if (at == records_.end()) return {};
  TG_TRY_VOID(write_record(at->second, std::string(record_bytes, '\0')));
  if (::fdatasync(handle_) != 0) return failed("cannot make it durable");
  records_.erase(at);
  return {};
}

Result<void> PersonKeys::forget(std::uint64_t person) {
  std::lock_guard guard(mutex_);
  const Exclusive exclusive(handle_);
  if (!exclusive.held()) return failed("cannot lock");
  TG_TRY_VOID(read_new_records());
  return erase_record(person);
}

}  // namespace tollgate
