#include "storage/journal/format.h"

#include <atomic>

#include <fmt/format.h>

#include "base/text.h"
#include "storage/journal/crc32c.h"

namespace tollgate {
namespace {

constexpr std::uint64_t segment_magic = 0x31304C4E524A4754;  // "TGJRNL01"
constexpr std::size_t crc_bytes = sizeof(RecordHeader::crc);

struct HeaderSlot {
  std::uint64_t magic = segment_magic;
  std::uint32_t crc = 0;  // of all that follows
  std::uint16_t format = record_format;
  std::uint16_t writer = 0;
  std::uint32_t epoch = 0, number = 0, slots = 0, slot_bytes = record_bytes;
  std::int64_t made_at_ns = 0;
  std::byte unused[record_bytes - 40] = {};
};
static_assert(sizeof(HeaderSlot) == record_bytes && std::has_unique_object_representations_v<HeaderSlot>);

constexpr std::size_t crc_end = offsetof(HeaderSlot, format);

std::uint32_t checksum(const HeaderSlot& slot) {
  return crc32c(reinterpret_cast<const std::byte*>(&slot) + crc_end, sizeof slot - crc_end);
}

std::uint32_t checksum(const JournalRecord& record) {
  return crc32c(reinterpret_cast<const std::byte*>(&record) + crc_bytes, sizeof record - crc_bytes);
}

}  // namespace

void stamp(JournalRecord& record, JournalStream stream, std::uint64_t sequence, std::uint64_t durable) {
  record.header.writer = stream.writer;
  record.header.epoch = stream.epoch;
  record.header.sequence = sequence;
  record.header.durable = durable;
  record.header.crc = checksum(record);
}

bool intact(const JournalRecord& record, JournalStream stream, std::uint64_t sequence) {
  const RecordHeader& header = record.header;
  return header.type != RecordType::none && header.format == record_format && header.sequence == sequence &&
         header.writer == stream.writer && header.epoch == stream.epoch && header.crc == checksum(record);
}

void publish(const JournalRecord& record, std::byte* slot) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  std::uint64_t first = 0;
  std::memcpy(&first, bytes, sizeof first);
  std::memcpy(slot + sizeof first, bytes + sizeof first, record_bytes - sizeof first);
  std::atomic_ref(*reinterpret_cast<std::uint64_t*>(slot)).store(first, std::memory_order_release);
}

std::string encode(const SegmentHeader& header) {
  HeaderSlot slot;
  slot.writer = header.stream.writer;
  slot.epoch = header.stream.epoch;
  slot.number = header.number;
  slot.slots = header.slots;
  slot.made_at_ns = header.made_at.ns;
  slot.crc = checksum(slot);
  return {reinterpret_cast<const char*>(&slot), sizeof slot};
}

std::optional<SegmentHeader> decode_segment_header(std::string_view bytes) {
  HeaderSlot slot;
  if (bytes.size() < sizeof slot) return std::nullopt;
  std::memcpy(static_cast<void*>(&slot), bytes.data(), sizeof slot);
  bool known = slot.magic == segment_magic && slot.format == record_format && slot.slot_bytes == record_bytes;
  if (!known || slot.crc != checksum(slot) || slot.slots == 0) return std::nullopt;
  return SegmentHeader{{slot.epoch, slot.writer}, slot.number, slot.slots, {slot.made_at_ns}};
}

std::string segment_name(JournalStream stream, std::uint32_t number) {
  return fmt::format("journal-{:08}-{:05}-{:08}.seg", stream.epoch, stream.writer, number);
}

std::optional<SegmentName> parse_segment_name(std::string_view name) {
  if (!name.starts_with("journal-") || !name.ends_with(".seg")) return std::nullopt;
  auto parts = split(name.substr(0, name.size() - 4), '-');
  if (parts.size() != 4) return std::nullopt;
  auto epoch = parse_u64(parts[1]), writer = parse_u64(parts[2]), number = parse_u64(parts[3]);
  if (!epoch || !writer || !number || *epoch > UINT32_MAX || *writer > UINT16_MAX || *number > UINT32_MAX)
    return std::nullopt;
  return SegmentName{{static_cast<std::uint32_t>(*epoch), static_cast<std::uint16_t>(*writer)},
                     static_cast<std::uint32_t>(*number)};
}

}  // namespace tollgate
