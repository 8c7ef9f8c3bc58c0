#include "storage/journal/added_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "storage/journal/checkpoint.h"
#include "storage/journal/reader.h"
#include "storage/journal/rows.h"

namespace tollgate {
namespace {

constexpr std::string_view file_begin = "added-", file_end = ".rows";

// added-EPOCH-WRITER.rows
std::string file_name(JournalStream stream) {
  return fmt::format("{}{:08}-{:05}{}", file_begin, stream.epoch, stream.writer, file_end);
}

std::optional<JournalStream> parse_file_name(std::string_view name) {
  if (!name.starts_with(file_begin) || !name.ends_with(file_end)) return std::nullopt;
  auto parts = split(name.substr(file_begin.size(), name.size() - file_begin.size() - file_end.size()), '-');
  if (parts.size() != 2) return std::nullopt;
  auto epoch = parse_u64(parts[0]), writer = parse_u64(parts[1]);
  if (!epoch || !writer || *epoch > UINT32_MAX || *writer < first_added_writer || *writer >= recovery_writer)
    return std::nullopt;
  return JournalStream{static_cast<std::uint32_t>(*epoch), static_cast<std::uint16_t>(*writer)};
}

// A stream of the newest epoch that no segment, no other file and no checkpoint knows.
Result<JournalStream> free_stream(Disk& disk) {
  TG_TRY(segments, list_segments(disk));
  TG_TRY(files, find_added_rows(disk));
  TG_TRY(state, load_checkpoint(disk));
  std::vector<JournalStream> taken;
  for (const auto& segment : segments) taken.push_back(segment.stream);
  for (const auto& file : files) taken.push_back(*parse_file_name(file));
  for (const auto& [stream, sequence] : state.positions) taken.push_back(stream);
  JournalStream found{.epoch = std::max(state.epoch, 1u), .writer = first_added_writer};
  for (JournalStream one : taken) found.epoch = std::max(found.epoch, one.epoch);
  for (JournalStream one : taken)
    if (one.epoch == found.epoch && one.writer >= found.writer && one.writer != recovery_writer)
      found.writer = static_cast<std::uint16_t>(one.writer + 1);
  if (found.writer >= recovery_writer)
    return fail(Fault::unavailable, "too many commands added rows since the gateway started; start it anew");
  return found;
}

Result<std::vector<JournalRecord>> records_of(const AddedRows& rows, Dictionary& dictionary, WallTime now) {
  NameCache names(dictionary);
  std::vector<JournalRecord> records;
  records.reserve(rows.size() + 2);
  records.push_back(record_of(StartRecord{now.ns}));
  for (const auto& one : rows.corrections) {
    RequestRecord changed = one.record;
    TG_TRY(price, names.word(one.price_id));
    changed.price = price;
    records.push_back(record_of(changed));
    records.back().header.type = RecordType::correction;
  }
  for (const auto& one : rows.attempts) {
    TG_TRY(made, added_record_of(one, names));
    records.push_back(made);
  }
  for (const auto& one : rows.imports) {
    TG_TRY(made, added_record_of(one, names));
    records.push_back(made);
  }
  records.push_back(record_of(StopRecord{now.ns}));
  return records;
}

// One full segment. It appears synced, so each record may say that those before it are durable.
std::string segment_of(std::vector<JournalRecord>& records, JournalStream stream, WallTime now) {
  std::string bytes = encode(
      SegmentHeader{.stream = stream, .number = 0, .slots = static_cast<std::uint32_t>(records.size()), .made_at = now});
  for (std::size_t i = 0; i < records.size(); ++i) {
    stamp(records[i], stream, i + 1, i);
    bytes.append(reinterpret_cast<const char*>(&records[i]), record_bytes);
  }
  return bytes;
}

Result<void> take_in(Disk& disk, Dictionary& names, const std::string& file, JournalStream stream, WallTime now) {
  TG_TRY(bytes, read_whole(disk, file));
  auto rows = bytes ? decode_added_rows(*bytes) : std::nullopt;
  if (!rows)
    return fail(Fault::unavailable, fmt::format("{} holds rows to be added, but is damaged or of another version", file));
  TG_TRY(records, records_of(*rows, names, now));
  TG_TRY_VOID(names.sync());
  return disk.replace(segment_name(stream, 0), segment_of(records, stream, now));
}

}  // namespace

Result<std::string> leave_added_rows(Disk& disk, const AddedRows& rows) {
  TG_TRY(stream, free_stream(disk));
  std::string name = file_name(stream);
  TG_TRY_VOID(disk.replace(name, encode(rows)));
  return name;
}

Result<std::vector<std::string>> find_added_rows(Disk& disk) {
  TG_TRY(entries, disk.list());
  std::vector<std::string> files;
  for (const auto& entry : entries)
    if (parse_file_name(entry.name)) files.push_back(entry.name);
  std::ranges::sort(files);
  return files;
}

Result<void> take_in_added_rows(Disk& disk, Dictionary& names, WallTime now) {
  TG_TRY(files, find_added_rows(disk));
  if (files.empty()) return {};
  TG_TRY(segments, list_segments(disk));
  Result<void> all;
  for (const auto& file : files) {
    JournalStream stream = *parse_file_name(file);
    bool there = std::ranges::find(segments, stream, &SegmentFile::stream) != segments.end();
    auto taken = there ? Result<void>() : take_in(disk, names, file, stream, now);
    if (taken) taken = disk.remove(file);
    if (!taken && all) all = taken;
  }
  return all;
}

}  // namespace tollgate
