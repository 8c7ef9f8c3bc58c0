#include "storage/audit/verify.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tollgate {
namespace {

// The files as they stood at one moment, and what was signed about them.
struct Evidence {
  std::vector<AuditSegment> segments{};
  std::optional<SignedHead> anchor{};
  std::vector<ChainPoint> points{};
  std::uint64_t signed_seq = 0;
};

AuditFault file_fault(std::string_view file, ChainFault fault, std::uint64_t seq, std::string words) {
  return {.file = std::string(file), .line = 0, .found = {.fault = fault, .seq = seq, .words = std::move(words)}};
}

void add_point(Evidence& evidence, const SignedHead& head, std::string_view from) {
  evidence.points.push_back({head.head, std::string(from)});
  if (head.kind == SignedHeadKind::checkpoint) evidence.signed_seq = std::max(evidence.signed_seq, head.head.seq);
}

std::uint64_t count_left(const std::vector<DiskEntry>& entries) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(entries, [](const DiskEntry& entry) { return entry.name.ends_with(".event"); }));
}

class Verification {
 public:
  Verification(Disk& disk, const AuditVerifyOptions& options) : disk_(disk), options_(options) {}

  Result<AuditVerifyReport> run() {
    TG_TRY_VOID(gather());
    if (report_.fault) return std::move(report_);
    if (evidence_.segments.empty()) return finish_empty();
    TG_TRY_VOID(walk());
    return std::move(report_);
  }

 private:
  bool found(AuditFault fault) {
    report_.fault = std::move(fault);
    return true;
  }

  // Signed heads first, then the files: a running gateway signs only lines that are there. The anchor is read once more
  // afterwards, since retention signs it before it removes files.
  Result<void> gather() {
    for (const std::string& text : options_.checkpoints) {
      TG_TRY(head, read_signed_head(text, SignedHeadKind::checkpoint, options_.keys));
      add_point(evidence_, head, "a checkpoint from elsewhere");
    }
    TG_TRY(checkpoint, read_audit_text(disk_, audit_checkpoint_file));
    if (checkpoint) take_signed(*checkpoint, SignedHeadKind::checkpoint, "the checkpoint beside the log");
    TG_TRY(anchor, list_files());
    if (anchor && !report_.fault) take_signed(*anchor, SignedHeadKind::anchor, "the anchor");
    TG_TRY(entries, disk_.list());
    report_.left_events = count_left(entries);
    report_.signed_seq = evidence_.signed_seq;
    return {};
  }

  // Gives the anchor's text.
  Result<std::optional<std::string>> list_files() {
    for (;;) {
      TG_TRY(before, read_audit_text(disk_, audit_anchor_file));
      TG_TRY(segments, list_audit_segments(disk_));
      TG_TRY(after, read_audit_text(disk_, audit_anchor_file));
      evidence_.segments = std::move(segments);
      if (before == after) return after;
    }
  }

  void take_signed(const std::string& text, SignedHeadKind kind, std::string_view from) {
    auto head = read_signed_head(text, kind, options_.keys);
    const bool anchor = kind == SignedHeadKind::anchor;
    if (!head) {
      found(file_fault(anchor ? audit_anchor_file : audit_checkpoint_file, ChainFault::forged, 0, head.error().detail));
      return;
    }
    add_point(evidence_, *head, from);
    if (anchor) evidence_.anchor = *head;
  }

  AuditVerifyReport finish_empty() {
    if (evidence_.points.empty()) return std::move(report_);
    found(file_fault("audit", ChainFault::cut, 1,
                     fmt::format("no file of the log is there, but {} has signed line {}", evidence_.points.back().from,
                                 evidence_.points.back().head.seq)));
    return std::move(report_);
  }

  // The line before the first one that must be there; empty after a fault.
  Result<std::optional<ChainHead>> beginning() {
    const AuditSegment& first = evidence_.segments.front();
    if (first.first_seq == 1) return std::optional(ChainHead{});
    const std::uint64_t kept_from = evidence_.anchor ? evidence_.anchor->head.seq + 1 : 1;
    if (first.first_seq > kept_from) {
      found(file_fault(first.name, ChainFault::missing, kept_from,
                       fmt::format("the log begins at line {}, and nothing signed says that it may: lines from {} on are missing",
                                   first.first_seq, kept_from)));
      return std::optional<ChainHead>();
    }
    if (first.first_seq == kept_from) return std::optional(evidence_.anchor->head);
    return before_first_line(first);
  }

  // Segments that retention was about to remove: the anchor vouches for them as soon as the chain reaches it.
  Result<std::optional<ChainHead>> before_first_line(const AuditSegment& segment) {
    TG_TRY(reader, AuditLineReader::open(disk_, segment));
    TG_TRY(line, reader.next());
    auto view = line ? read_audit_line(*line) : std::nullopt;
    auto hash = view ? unhex(view->prev) : std::nullopt;
    ChainHead head{.seq = segment.first_seq - 1};
    if (hash) std::ranges::copy(*hash, head.hash.begin());
    return std::optional(head);
  }

  Result<void> walk() {
    TG_TRY(from, beginning());
    if (!from) return {};
    report_.head = *from;
    ChainChecker checker(*from, evidence_.points);
    for (const AuditSegment& segment : evidence_.segments) {
      TG_TRY_VOID(read(segment, checker));
      if (report_.fault) return {};
    }
    if (auto fault = checker.finish()) found({.file = evidence_.segments.back().name, .line = 0, .found = *fault});
    if (!report_.fault && report_.lines > 0 && evidence_.signed_seq == 0)
      found(file_fault(audit_checkpoint_file, ChainFault::unsigned_, 0,
                       "there is no signed checkpoint: that the end was cut off could not be seen"));
    return {};
  }

  Result<void> read(const AuditSegment& segment, ChainChecker& checker) {
    ++report_.segments;
    if (segment.first_seq != checker.head().seq + 1) {
      found(file_fault(segment.name, ChainFault::segment, checker.head().seq + 1,
                       fmt::format("{} stands where line {} should: a file was removed, added or renamed", segment.name,
                                   checker.head().seq + 1)));
      return {};
    }
    TG_TRY(reader, AuditLineReader::open(disk_, segment));
    for (std::uint64_t number = 1;; ++number) {
      TG_TRY(line, reader.next());
      if (!line) break;
      if (auto fault = checker.line(*line)) {
        found({.file = segment.name, .line = number, .found = std::move(*fault)});
        return {};
      }
      ++report_.lines;
      report_.head = checker.head();
      if (report_.first_seq == 0) report_.first_seq = report_.head.seq;
    }
    return end_of(segment, reader);
  }

  Result<void> end_of(const AuditSegment& segment, const AuditLineReader& reader) {
    if (reader.torn() == 0) return {};
    if (&segment == &evidence_.segments.back()) {
      report_.torn_bytes = reader.torn();
    } else {
      found(file_fault(segment.name, ChainFault::not_a_line, report_.head.seq + 1, "it ends in the middle of a line"));
    }
    return {};
  }

  Disk& disk_;
  const AuditVerifyOptions& options_;
  Evidence evidence_;
  AuditVerifyReport report_;
};

}  // namespace

Result<AuditVerifyReport> verify_audit(Disk& disk, const AuditVerifyOptions& options) {
  return Verification(disk, options).run();
}

Result<std::string> sign_audit_log(Disk& disk, const crypto::SigningKey& signing, WallTime wall) {
  TG_TRY(report, verify_audit(disk, {.keys = std::span(&signing.public_key(), 1)}));
  if (report.fault && report.fault->found.fault != ChainFault::unsigned_)
    return fail(Fault::unavailable, fmt::format("{}: {}", report.fault->file, report.fault->found.words));
  if (report.lines == 0) return fail(Fault::not_found, "the audit log has no line yet");
  // What was read is on the disk before it is signed, so that no power cut can make the checkpoint a lie.
  TG_TRY(segments, list_audit_segments(disk));
  if (segments.empty()) return fail(Fault::not_found, "the audit log has no line yet");
  TG_TRY(file, disk.open_append(segments.back().name));
  TG_TRY_VOID(file->sync());
  return sign_head(signing, SignedHeadKind::checkpoint, report.head, wall);
}

}  // namespace tollgate
