#include "storage/audit/queue.h"

namespace tollgate {
namespace {

struct Frame {
  std::int64_t at_ns;
  std::uint32_t members, owner, personal;
  std::uint32_t unused;
};

Frame frame_at(std::string_view bytes, std::size_t at) {
  Frame frame;
  std::memcpy(&frame, bytes.data() + at, sizeof frame);
  return frame;
}

std::uint32_t size32(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

}  // namespace

QueuedEvent AuditBatch::front() const {
  const Frame frame = frame_at(bytes_, at_);
  std::string_view rest = std::string_view(bytes_).substr(at_ + sizeof frame);
  return {.at = {frame.at_ns},
          .members = rest.substr(0, frame.members),
          .owner = rest.substr(frame.members, frame.owner),
          .personal = rest.substr(frame.members + frame.owner, frame.personal)};
}

void AuditBatch::pop() {
  const Frame frame = frame_at(bytes_, at_);
  at_ += sizeof frame + frame.members + frame.owner + frame.personal;
}

Result<std::uint64_t> AuditQueue::push(const EncodedEvent& event) {
  const Frame frame{.at_ns = event.at.ns,
                    .members = size32(event.members),
                    .owner = size32(event.owner),
                    .personal = size32(event.personal),
                    .unused = 0};
  const std::size_t bytes = sizeof frame + event.members.size() + event.owner.size() + event.personal.size();
  if (bytes > max_audit_event_bytes) return fail(Fault::unavailable, "an audit event is too large to be kept");
  std::lock_guard guard(mutex_);
  if (closed_) return fail(Fault::unavailable, "the audit log takes nothing more");
  if (filling_.size() + bytes > max_bytes_) return fail(Fault::unavailable, "the audit log cannot keep up");
  filling_.append(reinterpret_cast<const char*>(&frame), sizeof frame);
  filling_.append(event.members).append(event.owner).append(event.personal);
  const std::uint64_t ticket = pushed_.load(std::memory_order_relaxed) + 1;
  pushed_.store(ticket, std::memory_order_seq_cst);
  return ticket;
}

void AuditQueue::take(AuditBatch& batch) {
  batch.bytes_.clear();
  batch.at_ = 0;
  std::lock_guard guard(mutex_);
  batch.bytes_.swap(filling_);
  batch.last_ticket_ = pushed_.load(std::memory_order_relaxed);
}

void AuditQueue::close() {
  std::lock_guard guard(mutex_);
  closed_ = true;
}

}  // namespace tollgate
