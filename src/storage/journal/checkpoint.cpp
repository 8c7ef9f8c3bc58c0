#include "storage/journal/checkpoint.h"

#include <algorithm>
#include <cstring>

#include "storage/journal/crc32c.h"

namespace tollgate {
namespace {

constexpr std::uint64_t checkpoint_magic = 0x3130504B43474754;  // "TGGCKP01", which is also the format's version
constexpr std::uint64_t max_checkpoint_bytes = std::uint64_t{1} << 32;

struct Head {
  std::uint64_t magic = checkpoint_magic;
  std::uint32_t crc = 0;  // of all that follows
  std::uint32_t epoch = 0;
  std::uint64_t positions = 0, records = 0, facts = 0;
};
constexpr std::size_t crc_end = offsetof(Head, epoch);

struct PositionEntry {
  std::uint32_t epoch, writer;
  std::uint64_t sequence;
};
struct FactEntry {
  FactKey key;
  FactSums sums;
};
static_assert(std::has_unique_object_representations_v<FactEntry>);

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T take(std::string_view& bytes) {
  T value;
  std::memcpy(static_cast<void*>(&value), bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

std::uint64_t body_size(const Head& head) {
  constexpr std::uint64_t most = max_checkpoint_bytes / sizeof(PositionEntry);
  if (head.positions > most || head.records > most || head.facts > most) return UINT64_MAX;
  return head.positions * sizeof(PositionEntry) + head.records * record_bytes + head.facts * sizeof(FactEntry);
}

Result<std::optional<JournalState>> load(Disk& disk, std::string_view name, bool& damaged) {
  TG_TRY(bytes, read_whole(disk, name));
  if (!bytes) return std::optional<JournalState>();
  auto state = decode_checkpoint(*bytes);
  damaged = damaged || !state;
  return state;
}

}  // namespace

void JournalState::apply(const JournalRecord& record) {
  epoch = std::max(epoch, record.header.epoch);
  open.apply(record);
  if (record.header.type == RecordType::request) facts.add(record.as<RequestRecord>());
}

std::string encode(const JournalState& state) {
  auto open = state.open.records();
  Head head{
      .epoch = state.epoch, .positions = state.positions.size(), .records = open.size(), .facts = state.facts.size()};
  std::string out;
  out.reserve(sizeof head + body_size(head));
  put(out, head);
  for (const auto& [stream, sequence] : state.positions) put(out, PositionEntry{stream.epoch, stream.writer, sequence});
  for (const auto& record : open) put(out, record);
  state.facts.each([&](const FactKey& key, const FactSums& sums) { put(out, FactEntry{key, sums}); });
  head.crc = crc32c(out.data() + crc_end, out.size() - crc_end);
  std::memcpy(out.data(), &head, sizeof head);
  return out;
}

std::optional<JournalState> decode_checkpoint(std::string_view bytes) {
  if (bytes.size() < sizeof(Head)) return std::nullopt;
  std::string_view rest = bytes;
  auto head = take<Head>(rest);
  if (head.magic != checkpoint_magic || rest.size() != body_size(head)) return std::nullopt;
  if (crc32c(bytes.data() + crc_end, bytes.size() - crc_end) != head.crc) return std::nullopt;
  JournalState state;
  state.epoch = head.epoch;
  for (std::uint64_t i = 0; i < head.positions; ++i) {
    auto entry = take<PositionEntry>(rest);
    state.positions[{entry.epoch, static_cast<std::uint16_t>(entry.writer)}] = entry.sequence;
  }
  for (std::uint64_t i = 0; i < head.records; ++i) state.open.apply(take<JournalRecord>(rest));
  for (std::uint64_t i = 0; i < head.facts; ++i) {
    auto entry = take<FactEntry>(rest);
    state.facts.add(entry.key, entry.sums);
  }
  return state;
}

Result<void> save_checkpoint(Disk& disk, const JournalState& state) {
  TG_TRY(newest, read_whole(disk, checkpoint_file));
  // A damaged one must not push out a whole one.
  if (newest && decode_checkpoint(*newest)) TG_TRY_VOID(disk.rename(checkpoint_file, checkpoint_before_file));
  return disk.replace(checkpoint_file, encode(state));
}

Result<JournalState> load_checkpoint(Disk& disk) {
  bool damaged = false;
  for (auto name : {checkpoint_file, checkpoint_before_file}) {
    TG_TRY(state, load(disk, name, damaged));
    if (state) return std::move(*state);
  }
  if (damaged)
    return fail(Fault::unavailable, "the ledger's checkpoint is damaged, and the one before it too or missing");
  return JournalState{};
}

Result<std::optional<std::string>> read_whole(Disk& disk, std::string_view name) {
  TG_TRY(entries, disk.list());
  auto entry = std::ranges::find(entries, name, &DiskEntry::name);
  if (entry == entries.end()) return std::optional<std::string>();
  TG_TRY(file, disk.open_read(name));
  std::string bytes(entry->bytes, '\0');
  TG_TRY(got, file->read_at(0, std::as_writable_bytes(std::span(bytes))));
  bytes.resize(got);
  return std::optional(std::move(bytes));
}

}  // namespace tollgate
