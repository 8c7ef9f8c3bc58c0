#pragma once
// The end of the log on disk: chains lines into a group, appends the group, makes it durable, begins new segments.
//
// A group that could not be written stays as it is, and `flush` tries again: the disk may get space. What was half
// written is cut off first. A failed sync is final: nobody knows what is on the disk.

#include <memory>
#include <string>

#include "storage/audit/recovery.h"

namespace tollgate {

class AuditFile {
 public:
  // The disk must outlive it; the torn end of `tail` has been cut.
  AuditFile(Disk& disk, const AuditTail& tail);

  // Adds a line to the group.
  void add(WallTime at, std::uint64_t up_ms, std::string_view members, const AuditPersonal* personal);
  // Writes and syncs the group.
  Result<void> flush();
  // Further lines go into a new segment. REQUIRES: flushed.
  void begin_segment(WallTime now);

  const ChainHead& head() const { return head_; }           // of all lines that were added
  const ChainHead& durable_head() const { return durable_; }
  bool flushed() const { return group_.empty(); }
  // Of the segment, with the group.
  std::uint64_t bytes() const { return bytes_ + group_.size(); }
  std::size_t group_bytes() const { return group_.size(); }
  WallTime began() const { return began_; }
  bool broken() const { return broken_; }

 private:
  Result<void> append();

  Disk& disk_;
  std::string name_;  // of the segment
  std::unique_ptr<AppendFile> file_;
  std::uint64_t bytes_ = 0;  // of whole groups that were appended
  WallTime began_{};
  ChainHead head_{}, durable_{};
  std::string group_;
  bool torn_ = false;      // behind bytes_ there may be a part of the group
  bool broken_ = false;
};

}  // namespace tollgate
