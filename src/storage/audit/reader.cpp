#include "storage/audit/reader.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "audit/event.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::uint64_t block_bytes = 256 * 1024;

// Whole lines of a file, the last one first.
class BackwardLines {
 public:
  BackwardLines(std::unique_ptr<ReadFile> file, std::uint64_t bytes) : file_(std::move(file)), unread_(bytes) {}

  // Valid until the next call; empty at the beginning of the file.
  Result<std::optional<std::string_view>> next() {
    if (!at_end_) {
      TG_TRY_VOID(skip_torn());
    }
    if (end_ == 0 && unread_ == 0) return std::optional<std::string_view>();
    TG_TRY(begin, line_begin());
    std::string_view line(buffer_.data() + begin, end_ - 1 - begin);
    end_ = begin;
    return std::optional(line);
  }

 private:
  // What stands behind the last line end is not whole.
  Result<void> skip_torn() {
    at_end_ = true;
    for (;;) {
      const std::size_t last = buffer_.rfind('\n');
      end_ = last == std::string::npos ? buffer_.size() : last + 1;
      if (last != std::string::npos) return {};
      if (unread_ == 0) end_ = 0;
      if (unread_ == 0) return {};
      TG_TRY_VOID(read_block());
    }
  }

  // Of the line that ends at end_, which is behind its line end.
  Result<std::size_t> line_begin() {
    for (;;) {
      const std::size_t before = end_ >= 2 ? buffer_.rfind('\n', end_ - 2) : std::string::npos;
      if (before != std::string::npos) return before + 1;
      if (unread_ == 0) return 0;
      TG_TRY_VOID(read_block());
    }
  }

  // Puts the block before what is there, and drops what was given.
  Result<void> read_block() {
    buffer_.resize(end_);
    const std::uint64_t size = std::min(unread_, block_bytes);
    std::string block(size, '\0');
    TG_TRY(bytes, file_->read_at(unread_ - size, std::as_writable_bytes(std::span(block))));
    if (bytes < size) return fail(Fault::unavailable, "a file of the audit log became shorter while it was read");
    unread_ -= size;
    end_ += size;
    buffer_.insert(0, block);
    return {};
  }

  std::unique_ptr<ReadFile> file_;
  std::uint64_t unread_;
  std::string buffer_;
  std::size_t end_ = 0;  // of what was not given yet
  bool at_end_ = false;
};

std::string member(std::string_view name, std::string_view text) {
  std::string out = fmt::format("\"{}\":", name);
  json::append_quoted(out, text);
  return out;
}

// What a line must contain, as bytes: inside a text of a line every quote is escaped, so a member is found only as one.
class Matcher {
 public:
  explicit Matcher(const AuditFilter& filter) : filter_(filter) {
    if (!filter.key.empty()) needed_.push_back(member("key", filter.key));
    if (!filter.request.empty()) needed_.push_back(member("id", filter.request));
    if (filter.persons)
      for (std::uint64_t person : *filter.persons) persons_.push_back(member("person", pseudonym(person)));
  }

  bool matches(std::string_view line, const AuditLineView& view, WallTime at) const {
    auto inside = [line](const std::string& text) { return line.find(text) != std::string_view::npos; };
    if (view.seq >= filter_.before_seq || (!filter_.kind.empty() && view.kind != filter_.kind)) return false;
    if ((filter_.since && at < *filter_.since) || (filter_.until && at >= *filter_.until)) return false;
    if (filter_.persons && !std::ranges::any_of(persons_, inside)) return false;
    return std::ranges::all_of(needed_, inside);
  }
  // Whether nothing older can match: so many lines in a row are too old that no clock that was set wrong explains it.
  bool over(WallTime at) {
    old_in_a_row_ = filter_.since && at + audit_time_slack < *filter_.since ? old_in_a_row_ + 1 : 0;
    return old_in_a_row_ >= enough_old_lines;
  }

 private:
  static constexpr std::size_t enough_old_lines = 1000;
  const AuditFilter& filter_;
  std::size_t old_in_a_row_ = 0;
  std::vector<std::string> needed_, persons_;
};

// True when there is nothing more to look for.
Result<bool> read_segment(Disk& disk, const AuditSegment& segment, Matcher& matcher, std::size_t limit,
                          std::vector<AuditRow>& rows) {
  TG_TRY(file, disk.open_read(segment.name));
  BackwardLines lines(std::move(file), segment.bytes);
  while (rows.size() < limit) {
    TG_TRY(line, lines.next());
    if (!line) return false;
    auto view = read_audit_line(*line);
    WallTime at;
    if (!view || !parse_rfc3339(view->at, at)) continue;
    if (matcher.matches(*line, *view, at))
      rows.push_back({.seq = view->seq, .at = at, .kind = std::string(view->kind), .line = std::string(*line)});
    if (matcher.over(at)) return true;
  }
  return true;
}

}  // namespace

Result<std::vector<AuditRow>> read_audit_rows(Disk& disk, const AuditFilter& filter) {
  TG_TRY(segments, list_audit_segments(disk));
  Matcher matcher(filter);
  std::vector<AuditRow> rows;
  for (const AuditSegment& segment : segments | std::views::reverse) {
    if (segment.first_seq >= filter.before_seq) continue;
    TG_TRY(enough, read_segment(disk, segment, matcher, filter.limit, rows));
    if (enough) break;
  }
  return rows;
}

}  // namespace tollgate
