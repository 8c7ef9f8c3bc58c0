#include "storage/audit/log.h"

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "storage/audit/outside.h"
#include "storage/audit/retention.h"

namespace tollgate {
namespace {

constexpr Duration commit_too_long = seconds(5);
constexpr Duration retire_interval = seconds(600);
constexpr std::uint64_t free_part = 20;               // 1/20 = 5 %
constexpr std::size_t group_max = std::size_t{4} << 20;  // bytes appended at once

AuditNote first_note(const AuditTail& tail, WallTime wall) {
  AuditNote note{.at = wall, .event = tail.in_good_order ? AuditLogEvent::start : AuditLogEvent::restart};
  if (!tail.in_good_order || tail.torn_bytes > 0) {
    note.event = AuditLogEvent::restart;
    note.cut_bytes = tail.torn_bytes;
  }
  return note;
}

}  // namespace

AuditLog::AuditLog(Disk& disk, const crypto::SigningKey& signing, Doors doors, Settings settings, const AuditTail& tail,
                   Instant now)
    : disk_(disk),
      signing_(signing),
      settings_(settings),
      sealer_(*doors.sealer),
      seals_(std::move(doors.person_of), *doors.sealer),
      erased_(std::move(doors.erased)),
      queue_(settings.queue_bytes),
      file_(disk, tail),
      opened_at_(now),
      signed_seq_(tail.checkpoint) {}

Result<std::unique_ptr<AuditLog>> AuditLog::open(Disk& disk, const crypto::SigningKey& signing, Doors doors,
                                                 Settings settings, Instant now, WallTime wall) {
  TG_TRY(lock, disk.lock(audit_lock_file, fmt::format("tollgate, process {}", ::getpid())));
  std::vector<crypto::PublicKey> keys = doors.older_keys;
  keys.push_back(signing.public_key());
  TG_TRY(tail, find_audit_tail(disk, keys));
  if (tail.torn_bytes > 0) {
    TG_TRY_VOID(disk.cut(tail.segment, tail.bytes));
  }
  std::unique_ptr<AuditLog> log(new AuditLog(disk, signing, std::move(doors), settings, tail, now));
  log->lock_ = std::move(lock);
  TG_TRY_VOID(log->begin(tail, now, wall));
  return log;
}

// The first line of this run, and a signed head at once: without one nobody could tell that a log is cut short.
Result<void> AuditLog::begin(const AuditTail& tail, Instant now, WallTime wall) {
  if (segment_full(wall)) file_.begin_segment(wall);
  add_note(first_note(tail, wall), now);
  TG_TRY_VOID(flush());
  TG_TRY_VOID(checkpoint(now, wall));
  return take_in_left(now);
}

Result<std::uint64_t> AuditLog::append(const EncodedEvent& event) {
  if (failed_.load(std::memory_order_relaxed)) return fail(Fault::unavailable, "the audit log's disk failed");
  TG_TRY(ticket, queue_.push(event));
  bell_.ring();
  return ticket;
}

Result<void> AuditLog::wait(std::uint64_t ticket, Duration longest) {
  std::unique_lock lock(wait_mutex_);
  waiting_.wait_for(lock, longest, [&] { return durable() >= ticket || failed_.load(); });
  if (durable() >= ticket) return {};
  return fail(Fault::unavailable, "the audit log could not be made durable in time");
}

std::size_t AuditLog::on_durable(std::function<void()> call) {
  calls_.push_back(std::move(call));
  return calls_.size() - 1;
}

Result<std::uint64_t> AuditLog::erase(std::uint64_t person, std::string_view actor, WallTime wall) {
  TG_TRY_VOID(sealer_.forget(person));
  seals_.forget();
  return append(AuditNote{.at = wall, .event = AuditLogEvent::erasure, .actor = actor, .person = person});
}

AuditHealth AuditLog::health(Instant now) const {
  if (closed_.load(std::memory_order_acquire)) return AuditHealth::closed;
  if (failed_.load(std::memory_order_acquire)) return AuditHealth::failed;
  const std::int64_t begun = begun_ns_.load(std::memory_order_acquire);
  if (begun != idle && now - Instant{begun} > commit_too_long) return AuditHealth::stalled;
  return full_.load() || stuck_.load() ? AuditHealth::full : AuditHealth::ok;
}

std::uint64_t AuditLog::lag() const {
  const std::uint64_t durable = durable_.load(std::memory_order_acquire);
  return queue_.pushed() - durable;  // read in this order, so that it is never below zero
}

std::uint64_t AuditLog::up_ms(Instant now) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>((now - opened_at_).count() / 1'000'000, 0));
}

void AuditLog::add_note(const AuditNote& note, Instant now) {
  encode(note, own_);
  file_.add(own_.at, up_ms(now), own_.members, nullptr);
  lines_.fetch_add(1, std::memory_order_relaxed);
}

void AuditLog::add(const QueuedEvent& event, Instant now) {
  lines_.fetch_add(1, std::memory_order_relaxed);
  if (event.personal.empty()) return file_.add(event.at, up_ms(now), event.members, nullptr);
  const AuditPersonal personal = seals_.seal(event.owner, event.personal, now);
  file_.add(event.at, up_ms(now), event.members, &personal);
}

bool AuditLog::segment_full(WallTime wall) const {
  if (file_.bytes() == 0) return false;
  return file_.bytes() >= settings_.segment_bytes || wall - file_.began() >= settings_.segment_age;
}

Result<void> AuditLog::flush() {
  if (file_.flushed()) return {};
  auto flushed = file_.flush();
  if (file_.broken()) fail_for_good();
  stuck_.store(!flushed, std::memory_order_release);
  if (flushed) groups_.fetch_add(1, std::memory_order_relaxed);
  if (flushed) durable_seq_.store(file_.durable_head().seq, std::memory_order_release);
  return flushed;
}

void AuditLog::fail_for_good() {
  queue_.close();
  failed_.store(true, std::memory_order_release);
  announce();
}

Result<void> AuditLog::rotate(Instant now, WallTime wall) {
  TG_TRY_VOID(flush());
  TG_TRY_VOID(checkpoint(now, wall));
  file_.begin_segment(wall);
  add_note({.at = wall, .event = AuditLogEvent::rotate}, now);
  return {};
}

Result<std::uint64_t> AuditLog::write_batch(Instant now, WallTime wall) {
  TG_TRY_VOID(flush());  // what the last step could not write
  if (batch_.empty()) queue_.take(batch_);
  std::uint64_t lines = 0;
  for (; !batch_.empty(); ++lines) {
    if (segment_full(wall)) {
      TG_TRY_VOID(rotate(now, wall));
    }
    if (file_.group_bytes() >= group_max) {
      TG_TRY_VOID(flush());
    }
    add(batch_.front(), now);
    batch_.pop();
  }
  TG_TRY_VOID(flush());
  return lines;
}

Result<std::uint64_t> AuditLog::step(Instant now, WallTime wall) {
  if (failed_.load(std::memory_order_relaxed)) return fail(Fault::unavailable, "the audit log's disk failed");
  if (!waiting() && file_.flushed()) return 0;
  begun_ns_.store(now.ns, std::memory_order_release);
  auto lines = write_batch(now, wall);
  begun_ns_.store(idle, std::memory_order_release);
  stuck_.store(!lines, std::memory_order_release);
  if (lines && durable() != batch_.last_ticket()) {
    durable_.store(batch_.last_ticket(), std::memory_order_seq_cst);
    announce();
  }
  return lines;
}

void AuditLog::announce() {
  { std::lock_guard guard(wait_mutex_); }  // nobody is between the look and the sleep
  waiting_.notify_all();
  for (const auto& call : calls_)
    if (call) call();
}

Result<void> AuditLog::checkpoint(Instant now, WallTime wall) {
  const ChainHead head = file_.durable_head();
  signed_at_ = now;
  if (head.seq == signed_seq_) return {};
  TG_TRY_VOID(disk_.replace(audit_checkpoint_file, sign_head(signing_, SignedHeadKind::checkpoint, head, wall)));
  signed_seq_ = head.seq;
  checkpoints_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

// The line first, the signed anchor next, the files last: at each point between them the log can be verified.
Result<void> AuditLog::retire(Instant now, WallTime wall) {
  retired_at_ = now;
  TG_TRY(old, find_old_audit_segments(disk_, wall + -settings_.keep));
  if (!old) return {};
  add_note({.at = wall, .event = AuditLogEvent::retention, .seq = old->last.seq, .hash = old->last.hash}, now);
  TG_TRY_VOID(flush());
  TG_TRY_VOID(disk_.replace(audit_anchor_file, sign_head(signing_, SignedHeadKind::anchor, old->last, wall)));
  for (const std::string& name : old->segments) {
    TG_TRY_VOID(disk_.remove(name));
    dropped_.fetch_add(1, std::memory_order_relaxed);
  }
  return {};
}

// Who erased a person deleted the key; what is in memory here goes now.
void AuditLog::forget_erased(const EncodedEvent& event) {
  auto person = erased_person(event.members);
  if (!person) return;
  seals_.forget();
  if (erased_) erased_(*person);
}

// Written and made durable before their files go.
Result<void> AuditLog::take_in_left(Instant now) {
  TG_TRY(left, find_left_audit_events(disk_));
  for (const LeftEvent& one : left) {
    if (!one.readable) continue;
    forget_erased(one.event);
    add({.at = one.event.at, .members = one.event.members, .owner = one.event.owner, .personal = one.event.personal}, now);
  }
  TG_TRY_VOID(flush());
  for (const LeftEvent& one : left) {
    if (!one.readable) continue;  // stays, for somebody to look at
    TG_TRY_VOID(disk_.remove(one.file));
  }
  return {};
}

void AuditLog::watch_space() {
  auto space = disk_.space();
  if (space) full_.store(space->free_bytes < std::min(settings_.free_bytes, space->total_bytes / free_part));
}

Result<void> AuditLog::care(Instant now, WallTime wall) {
  if (failed_.load(std::memory_order_relaxed)) return fail(Fault::unavailable, "the audit log's disk failed");
  watch_space();
  TG_TRY_VOID(flush());
  if (segment_full(wall)) {
    TG_TRY_VOID(rotate(now, wall));
    TG_TRY_VOID(flush());
  }
  TG_TRY_VOID(take_in_left(now));
  if (now - retired_at_ >= retire_interval || retired_at_ == Instant{}) {
    TG_TRY_VOID(retire(now, wall));
  }
  if (now - signed_at_ >= settings_.checkpoint_after) {
    TG_TRY_VOID(checkpoint(now, wall));
  }
  return {};
}

Result<void> AuditLog::close(Instant now, WallTime wall) {
  if (closed_.exchange(true)) return {};
  queue_.close();
  TG_TRY(lines, step(now, wall));
  std::ignore = lines;
  add_note({.at = wall, .event = AuditLogEvent::stop}, now);
  TG_TRY_VOID(flush());
  return checkpoint(now, wall);
}

}  // namespace tollgate
