#include "storage/journal/names_file.h"

#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "storage/journal/crc32c.h"

namespace tollgate {
namespace {

constexpr std::uint32_t entry_magic = 0x314E4754;  // "TGN1", which is also the format's version
constexpr std::size_t alignment = 8;
constexpr std::size_t read_chunk = 1 << 20;

struct EntryHead {
  std::uint32_t magic = entry_magic;
  std::uint32_t crc = 0;  // of all that follows, payload and filling included
  std::uint32_t payload_bytes = 0;
  NameKind kind = NameKind::none;
  std::uint8_t unused[3] = {};
  std::uint64_t id = 0, owner = 0, durable = 0;
};
static_assert(sizeof(EntryHead) == 40);
constexpr std::size_t crc_end = offsetof(EntryHead, payload_bytes);

std::size_t entry_bytes(std::size_t payload) {
  return (sizeof(EntryHead) + payload + alignment - 1) / alignment * alignment;
}

struct Found {
  NameEntry entry;
  std::uint64_t durable = 0;
  std::size_t bytes = 0;
};

std::optional<Found> decode(std::string_view bytes) {
  EntryHead head;
  if (bytes.size() < sizeof head) return std::nullopt;
  std::memcpy(static_cast<void*>(&head), bytes.data(), sizeof head);
  if (head.magic != entry_magic || head.payload_bytes > max_name_bytes) return std::nullopt;
  std::size_t size = entry_bytes(head.payload_bytes);
  if (bytes.size() < size || crc32c(bytes.data() + crc_end, size - crc_end) != head.crc) return std::nullopt;
  return Found{
      {head.kind, head.id, head.owner, std::string(bytes.substr(sizeof head, head.payload_bytes))}, head.durable, size};
}

Result<std::string> read_rest(Disk& disk, std::uint64_t from) {
  std::string bytes;
  auto file = disk.open_read(names_file);
  if (!file) return bytes;  // no name was ever written
  for (;;) {
    std::size_t before = bytes.size();
    bytes.resize(before + read_chunk);
    TG_TRY(got, (*file)->read_at(from + before, std::as_writable_bytes(std::span(bytes).subspan(before))));
    bytes.resize(before + got);
    if (got < read_chunk) return bytes;
  }
}

bool later_entry_knew(std::string_view bytes, std::size_t bad, std::uint64_t from) {
  for (std::size_t at = bad + alignment; at < bytes.size(); at += alignment) {
    auto found = decode(bytes.substr(at));
    if (found && found->durable > from + bad) return true;
  }
  return false;
}

}  // namespace

std::string encode(const NameEntry& entry, std::uint64_t durable) {
  std::string bytes(entry_bytes(entry.payload.size()), '\0');
  EntryHead head;
  head.payload_bytes = static_cast<std::uint32_t>(entry.payload.size());
  head.kind = entry.kind;
  head.id = entry.id;
  head.owner = entry.owner;
  head.durable = durable;
  std::memcpy(bytes.data(), &head, sizeof head);
  entry.payload.copy(bytes.data() + sizeof head, entry.payload.size());
  head.crc = crc32c(bytes.data() + crc_end, bytes.size() - crc_end);
  std::memcpy(bytes.data(), &head, sizeof head);
  return bytes;
}

Result<NamesScan> scan_names(Disk& disk, std::uint64_t from, const std::function<void(NameEntry)>& visit) {
  TG_TRY(bytes, read_rest(disk, from));
  std::size_t at = 0;
  while (auto found = decode(std::string_view(bytes).substr(at))) {
    visit(std::move(found->entry));
    at += found->bytes;
  }
  if (at < bytes.size() && later_entry_knew(bytes, at, from))
    return fail(Fault::unavailable,
                fmt::format("the ledger's names are damaged: {} at byte {}", names_file, from + at));
  return NamesScan{from + at, at < bytes.size()};
}

}  // namespace tollgate
