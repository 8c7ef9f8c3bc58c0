#include "storage/audit/recovery.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::string_view stop_line = ",\"kind\":\"log\",\"event\":\"stop\"";

std::unexpected<Error> damaged(std::string_view file, std::string_view what) {
  return fail(Fault::unavailable, fmt::format("the audit log is damaged: {}: {}", file, what));
}

// What the whole lines of one segment say.
struct Found {
  ChainHead head{};
  std::uint64_t bytes = 0;
  std::uint64_t torn_bytes = 0;
  WallTime began{};
  bool stopped = false;
  std::optional<FoundFault> fault{};
};

std::optional<ChainHead> before(std::string_view first_line) {
  auto view = read_audit_line(first_line);
  auto bytes = view && view->seq > 0 ? unhex(view->prev) : std::nullopt;
  if (!bytes) return std::nullopt;
  ChainHead head{.seq = view->seq - 1};
  std::ranges::copy(*bytes, head.hash.begin());
  return head;
}

bool says_durable(std::string_view line, std::uint64_t seq) {
  auto view = read_audit_line(line);
  return view && view->durable >= seq && hex(crypto::bytes_of(hash_of(*view))) == view->hash;
}

// Whether a line behind the fault was written after the faulty one had been made durable.
Result<bool> was_durable(AuditLineReader& reader, std::uint64_t seq) {
  for (;;) {
    TG_TRY(line, reader.next());
    if (!line) return false;
    if (says_durable(*line, seq)) return true;
  }
}

void note(Found& found, std::string_view line, const ChainChecker& checker, const AuditLineReader& reader) {
  auto view = read_audit_line(line);
  if (found.bytes == 0 && view) parse_rfc3339(view->at, found.began);
  found.head = checker.head();
  found.bytes = reader.given();
  found.stopped = line.find(stop_line) != std::string_view::npos;
}

Result<Found> read_segment(Disk& disk, const AuditSegment& segment, const std::optional<SignedHead>& checkpoint) {
  TG_TRY(reader, AuditLineReader::open(disk, segment));
  Found found;
  std::optional<ChainChecker> checker;
  for (;;) {
    TG_TRY(line, reader.next());
    if (!line) break;
    if (!checker) {
      auto from = before(*line);
      std::vector<ChainPoint> points;
      if (checkpoint) points.push_back({checkpoint->head, "the checkpoint"});
      checker.emplace(from && from->seq + 1 == segment.first_seq ? *from : ChainHead{.seq = segment.first_seq - 1}, points);
    }
    found.fault = checker->line(*line);
    if (!found.fault) {
      note(found, *line, *checker, reader);
      continue;
    }
    if (found.fault->fault == ChainFault::forged) return damaged(segment.name, found.fault->words);
    TG_TRY(durable, was_durable(reader, found.fault->seq));
    if (durable || says_durable(*line, found.fault->seq)) return damaged(segment.name, found.fault->words);
    break;
  }
  found.torn_bytes = segment.bytes - found.bytes;
  return found;
}

// The last segment has no whole line: the one before it has the head.
Result<Found> read_one_before(Disk& disk, const std::vector<AuditSegment>& segments,
                              const std::optional<SignedHead>& checkpoint, std::span<const crypto::PublicKey> keys) {
  Found found;
  if (segments.size() > 1) {
    const AuditSegment& full = segments[segments.size() - 2];
    TG_TRY(read, read_segment(disk, full, checkpoint));
    if (read.fault || read.torn_bytes > 0) return damaged(full.name, "it ends in the middle, and another one follows it");
    found.head = read.head;
    found.stopped = read.stopped;
  } else {
    TG_TRY(anchor, read_audit_head(disk, SignedHeadKind::anchor, keys));
    if (anchor) found.head = anchor->head;
  }
  found.torn_bytes = segments.back().bytes;
  return found;
}

}  // namespace

Result<AuditTail> find_audit_tail(Disk& disk, std::span<const crypto::PublicKey> keys) {
  TG_TRY(checkpoint, read_audit_head(disk, SignedHeadKind::checkpoint, keys));
  TG_TRY(segments, list_audit_segments(disk));
  AuditTail tail{.checkpoint = checkpoint ? checkpoint->head.seq : 0};
  if (segments.empty()) {
    TG_TRY(anchor, read_audit_head(disk, SignedHeadKind::anchor, keys));
    if (checkpoint || anchor) return damaged("audit", "lines were signed of which no file is there");
    return tail;
  }
  const AuditSegment& last = segments.back();
  TG_TRY(found, read_segment(disk, last, checkpoint));
  if (found.bytes == 0) {
    TG_TRY(one_before, read_one_before(disk, segments, checkpoint, keys));
    found = one_before;
  }
  if (found.bytes == 0 && found.head.seq + 1 != last.first_seq) return damaged(last.name, "lines before it are missing");
  // Each run signs its first line before it writes another one.
  if (!checkpoint && found.head.seq > 1) return damaged(audit_checkpoint_file, "it is missing, and the log has lines");
  if (found.head.seq < tail.checkpoint)
    return damaged(last.name, fmt::format("it ends at line {}, but line {} is signed", found.head.seq, tail.checkpoint));
  tail.head = found.head;
  tail.segment = last.name;
  tail.bytes = found.bytes;
  tail.torn_bytes = found.torn_bytes;
  tail.segment_began = found.began;
  tail.in_good_order = found.head.seq == 0 || found.stopped;
  return tail;
}

}  // namespace tollgate
