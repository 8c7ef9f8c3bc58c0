#pragma once
// The files of the audit log: segments of whole lines, named after their first line, and two small signed texts.
//
//   audit-00000000000000000001.jsonl   lines from that number on
//   checkpoint                         the newest signed head
//   anchor                             where the log begins, once retention has let old segments go
//   *.event                            left by another program, to be taken into the chain (outside.h)

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/chain.h"
#include "audit/checkpoint.h"
#include "ports/disk.h"

namespace tollgate {

constexpr std::string_view audit_checkpoint_file = "checkpoint";
constexpr std::string_view audit_anchor_file = "anchor";
constexpr std::string_view audit_lock_file = "lock";

struct AuditSegment {
  std::string name{};
  std::uint64_t first_seq = 0;
  std::uint64_t bytes = 0;
};

std::string audit_segment_name(std::uint64_t first_seq);
// By number. Other files of the folder are left out.
Result<std::vector<AuditSegment>> list_audit_segments(Disk& disk);

// A small text of the folder; empty when there is none.
Result<std::optional<std::string>> read_audit_text(Disk& disk, std::string_view name);
// Checkpoint or anchor of this folder; empty when there is none, an error when it is not signed by one of `keys`.
Result<std::optional<SignedHead>> read_audit_head(Disk& disk, SignedHeadKind kind,
                                                  std::span<const crypto::PublicKey> keys);

// The whole lines of a segment, in their order.
class AuditLineReader {
 public:
  // Reads up to the size that the segment had when it was listed, from the line that begins at `from` on.
  static Result<AuditLineReader> open(Disk& disk, const AuditSegment& segment, std::uint64_t from = 0);

  // Without its line end, valid until the next call; empty at the end. What is too long for a line is given in part.
  Result<std::optional<std::string_view>> next();
  // Bytes of the lines that were given, with their line ends.
  std::uint64_t given() const { return given_; }
  // Bytes behind the last whole line. REQUIRES: `next` was empty.
  std::uint64_t torn() const { return buffer_.size() - at_; }

 private:
  AuditLineReader(std::unique_ptr<ReadFile> file, std::uint64_t from, std::uint64_t bytes)
      : file_(std::move(file)), left_(bytes), offset_(from) {}
  Result<void> fill();

  std::unique_ptr<ReadFile> file_;
  std::uint64_t left_ = 0;    // bytes of the file that were not read
  std::uint64_t offset_ = 0;  // of the file, behind the buffer
  std::uint64_t given_ = 0;
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace tollgate
