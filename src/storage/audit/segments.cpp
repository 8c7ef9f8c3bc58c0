#include "storage/audit/segments.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::string_view name_begin = "audit-";
constexpr std::string_view name_end = ".jsonl";
constexpr std::size_t block_bytes = 256 * 1024;

std::optional<std::uint64_t> first_seq_of(std::string_view name) {
  if (!name.starts_with(name_begin) || !name.ends_with(name_end)) return std::nullopt;
  auto seq = parse_u64(name.substr(name_begin.size(), name.size() - name_begin.size() - name_end.size()));
  if (!seq || audit_segment_name(*seq) != name) return std::nullopt;
  return seq;
}

}  // namespace

std::string audit_segment_name(std::uint64_t first_seq) {
  return fmt::format("{}{:020}{}", name_begin, first_seq, name_end);
}

Result<std::vector<AuditSegment>> list_audit_segments(Disk& disk) {
  TG_TRY(entries, disk.list());
  std::vector<AuditSegment> segments;
  for (DiskEntry& entry : entries)
    if (auto seq = first_seq_of(entry.name))
      segments.push_back({.name = std::move(entry.name), .first_seq = *seq, .bytes = entry.bytes});
  std::ranges::sort(segments, {}, &AuditSegment::first_seq);
  return segments;
}

Result<std::optional<std::string>> read_audit_text(Disk& disk, std::string_view name) {
  TG_TRY(entries, disk.list());
  auto entry = std::ranges::find(entries, name, &DiskEntry::name);
  if (entry == entries.end()) return std::optional<std::string>();
  TG_TRY(file, disk.open_read(name));
  std::string text(std::min<std::uint64_t>(entry->bytes, max_audit_line_bytes), '\0');
  TG_TRY(bytes, file->read_at(0, std::as_writable_bytes(std::span(text))));
  text.resize(bytes);
  return std::optional(std::move(text));
}

Result<std::optional<SignedHead>> read_audit_head(Disk& disk, SignedHeadKind kind,
                                                  std::span<const crypto::PublicKey> keys) {
  const bool anchor = kind == SignedHeadKind::anchor;
  TG_TRY(text, read_audit_text(disk, anchor ? audit_anchor_file : audit_checkpoint_file));
  if (!text) return std::optional<SignedHead>();
  TG_TRY(head, read_signed_head(*text, kind, keys));
  return std::optional(std::move(head));
}

Result<AuditLineReader> AuditLineReader::open(Disk& disk, const AuditSegment& segment, std::uint64_t from) {
  TG_TRY(file, disk.open_read(segment.name));
  return AuditLineReader(std::move(file), from, segment.bytes > from ? segment.bytes - from : 0);
}

Result<std::optional<std::string_view>> AuditLineReader::next() {
  std::size_t searched = at_;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end == std::string::npos && left_ > 0 && buffer_.size() - at_ < max_audit_line_bytes) {
      searched = buffer_.size() - at_;
      TG_TRY_VOID(fill());
      continue;
    }
    if (end == std::string::npos && (left_ == 0)) return std::optional<std::string_view>();
    const std::size_t size = end == std::string::npos ? buffer_.size() - at_ : end - at_;
    std::string_view line(buffer_.data() + at_, size);
    at_ += size + (end == std::string::npos ? 0 : 1);
    given_ += size + (end == std::string::npos ? 0 : 1);
    return std::optional(line);
  }
}

// Moves what is left to the front and reads the next block behind it.
Result<void> AuditLineReader::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + std::min<std::uint64_t>(left_, block_bytes));
  TG_TRY(bytes, file_->read_at(offset_, std::as_writable_bytes(std::span(buffer_).subspan(kept))));
  offset_ += bytes;
  left_ = kept + bytes < buffer_.size() ? 0 : left_ - bytes;  // shorter than it was listed
  buffer_.resize(kept + bytes);
  return {};
}

}  // namespace tollgate
