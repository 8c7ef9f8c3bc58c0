#include "storage/journal/reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate {
namespace {

constexpr std::size_t buffer_records = 1024;

Result<SegmentHeader> read_header(Disk& disk, const SegmentFile& segment) {
  TG_TRY(file, disk.open_read(segment.name));
  std::string bytes(record_bytes, '\0');
  TG_TRY(got, file->read_at(0, std::as_writable_bytes(std::span(bytes))));
  auto header = decode_segment_header(std::string_view(bytes).substr(0, got));
  if (!header || header->stream != segment.stream || header->number != segment.number)
    return journal_damaged({segment.name, 0}, "its head is damaged, or it was written by a newer version");
  return *header;
}

Result<void> add_segment(Disk& disk, std::vector<StreamFiles>& streams, SegmentFile segment) {
  if (streams.empty() || streams.back().stream != segment.stream) {
    TG_TRY(header, read_header(disk, segment));
    streams.push_back({segment.stream, header.slots, {}});
  }
  auto& segments = streams.back().segments;
  if (!segments.empty() && segment.number != segments.back().number + 1)
    return journal_damaged({segment.name, 0},
                           fmt::format("the segment before it is missing; {} comes first", segments.back().name));
  segments.push_back(std::move(segment));
  return {};
}

bool finished(const JournalPositions& positions, const JournalPositions* ends, JournalStream stream) {
  if (ends == nullptr) return false;
  auto end = ends->find(stream), at = positions.find(stream);
  return end != ends->end() && end->second <= (at == positions.end() ? 0 : at->second);
}

}  // namespace

std::unexpected<Error> journal_damaged(const StreamCursor::Place& place, std::string_view why) {
  return fail(Fault::unavailable,
              fmt::format("the ledger's journal is damaged: {} at byte {}: {}", place.file, place.offset, why));
}

Result<std::vector<SegmentFile>> list_segments(Disk& disk) {
  TG_TRY(entries, disk.list());
  std::vector<SegmentFile> segments;
  for (auto& entry : entries)
    if (auto name = parse_segment_name(entry.name))
      segments.push_back({entry.name, name->stream, name->number, entry.bytes});
  std::ranges::sort(segments, {}, [](const SegmentFile& file) { return std::pair(file.stream, file.number); });
  return segments;
}

Result<std::vector<StreamFiles>> list_streams(Disk& disk) {
  TG_TRY(segments, list_segments(disk));
  std::vector<StreamFiles> streams;
  for (auto& segment : segments) TG_TRY_VOID(add_segment(disk, streams, std::move(segment)));
  return streams;
}

StreamCursor::StreamCursor(Disk& disk, const StreamFiles& files, std::uint64_t after)
    : disk_(disk), files_(files), sequence_(after) {
  if (after == 0 && !files.segments.empty()) sequence_ = std::uint64_t{files.segments.front().number} * files.slots;
}

const SegmentFile* StreamCursor::segment_of(std::uint64_t sequence) const {
  std::uint64_t number = (sequence - 1) / files_.slots;
  if (files_.segments.empty() || number < files_.segments.front().number) return nullptr;
  std::uint64_t index = number - files_.segments.front().number;
  return index < files_.segments.size() ? &files_.segments[index] : nullptr;
}

std::uint64_t StreamCursor::offset_of(std::uint64_t sequence) const {
  return ((sequence - 1) % files_.slots + 1) * record_bytes;
}

StreamCursor::Place StreamCursor::place() const {
  const SegmentFile* segment = segment_of(sequence_ + 1);
  return {segment != nullptr ? segment->name
                             : segment_name(files_.stream, static_cast<std::uint32_t>(sequence_ / files_.slots)),
          offset_of(sequence_ + 1)};
}

Result<bool> StreamCursor::fill(const SegmentFile& segment, std::uint64_t offset) {
  if (opened_ != &segment) {
    TG_TRY(file, disk_.open_read(segment.name));
    file_ = std::move(file);
    opened_ = &segment;
  }
  buffer_.resize(buffer_records);
  TG_TRY(got, file_->read_at(offset, std::as_writable_bytes(std::span(buffer_))));
  buffer_offset_ = offset;
  buffered_ = got;
  return got >= record_bytes;
}

// The record of that number if it is intact.
Result<const JournalRecord*> StreamCursor::read(std::uint64_t sequence) {
  const SegmentFile* segment = segment_of(sequence);
  if (segment == nullptr) return nullptr;
  std::uint64_t offset = offset_of(sequence);
  bool buffered = opened_ == segment && offset >= buffer_offset_ && offset + record_bytes <= buffer_offset_ + buffered_;
  if (!buffered) {
    TG_TRY(enough, fill(*segment, offset));
    if (!enough) return nullptr;
  }
  const JournalRecord* record = &buffer_[(offset - buffer_offset_) / record_bytes];
  return intact(*record, files_.stream, sequence) ? record : nullptr;
}

Result<const JournalRecord*> StreamCursor::next() {
  if (!files_.segments.empty() && sequence_ / files_.slots < files_.segments.front().number)
    return journal_damaged({files_.segments.front().name, 0}, "segments before it are missing that were not yet read");
  TG_TRY(record, read(sequence_ + 1));
  if (record == nullptr) {
    buffered_ = 0;  // somebody may write it yet
    return nullptr;
  }
  ++sequence_;
  return record;
}

Result<bool> StreamCursor::missing_was_durable() {
  if (files_.segments.empty()) return false;
  std::uint64_t missing = sequence_ + 1;
  std::uint64_t end = (std::uint64_t{files_.segments.back().number} + 1) * files_.slots;
  for (std::uint64_t sequence = missing + 1; sequence <= end; ++sequence) {
    TG_TRY(record, read(sequence));
    if (record != nullptr && record->header.durable >= missing) return true;
    if (record == nullptr && buffered_ < record_bytes) {  // the file ends here: go on in the next one
      sequence = ((sequence - 1) / files_.slots + 1) * files_.slots;
      buffered_ = 0;
    }
  }
  return false;
}

Result<std::uint64_t> read_journal(Disk& disk, JournalPositions& positions, const JournalPositions* ends,
                                   std::uint64_t max_records, const RecordVisitor& visit) {
  TG_TRY(streams, list_streams(disk));
  std::uint64_t count = 0;
  for (const auto& files : streams) {
    if (finished(positions, ends, files.stream)) continue;
    auto end = ends != nullptr && ends->contains(files.stream) ? ends->at(files.stream) : UINT64_MAX;
    StreamCursor cursor(disk, files, positions.contains(files.stream) ? positions.at(files.stream) : 0);
    while (cursor.sequence() < end && count < max_records) {
      TG_TRY(record, cursor.next());
      if (record == nullptr) break;
      visit(*record);
      ++count;
    }
    positions[files.stream] = cursor.sequence();
    if (count == max_records) break;
  }
  return count;
}

}  // namespace tollgate
