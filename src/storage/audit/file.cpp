#include "storage/audit/file.h"

namespace tollgate {

AuditFile::AuditFile(Disk& disk, const AuditTail& tail)
    : disk_(disk), name_(tail.segment), bytes_(tail.bytes), began_(tail.segment_began), head_(tail.head), durable_(tail.head) {}

void AuditFile::add(WallTime at, std::uint64_t up_ms, std::string_view members, const AuditPersonal* personal) {
  if (name_.empty()) begin_segment(at);
  if (bytes() == 0) began_ = at;
  chain_line(group_, head_, {.durable = durable_.seq, .at = at, .up_ms = up_ms}, members, personal);
}

void AuditFile::begin_segment(WallTime now) {
  file_.reset();
  name_ = audit_segment_name(head_.seq + 1);
  bytes_ = 0;
  began_ = now;
}

Result<void> AuditFile::append() {
  if (torn_) {
    TG_TRY_VOID(disk_.cut(name_, bytes_));
    torn_ = false;
  }
  if (!file_) {
    TG_TRY(file, disk_.open_append(name_));
    file_ = std::move(file);
  }
  torn_ = true;
  TG_TRY_VOID(file_->append(group_));
  torn_ = false;
  bytes_ += group_.size();
  return {};
}

Result<void> AuditFile::flush() {
  if (broken_) return fail(Fault::unavailable, "the audit log's disk failed, and what it holds is not known");
  if (group_.empty()) return {};
  TG_TRY_VOID(append());
  group_.clear();
  if (auto synced = file_->sync(); !synced) {
    broken_ = true;
    return synced;
  }
  durable_ = head_;
  return {};
}

}  // namespace tollgate
