#include "storage/audit/thread.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr Duration care_interval = seconds(1);
constexpr Duration error_interval = seconds(1);
constexpr Duration failed_wait = milliseconds(100);
constexpr Duration longest_pause = milliseconds(1);
constexpr Duration pause_for_line = std::chrono::microseconds(4);
constexpr std::uint64_t busy_lines = 8;

Instant clock_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}
WallTime wall_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

void pause_after(std::uint64_t lines) {
  if (lines < busy_lines) return;
  std::this_thread::sleep_for(std::min(longest_pause, pause_for_line * static_cast<std::int64_t>(lines)));
}

}  // namespace

AuditThread::AuditThread(AuditLog& log, std::function<void(const Error&)> on_error)
    : log_(log), on_error_(std::move(on_error)), thread_([this](std::stop_token stop) { run(stop); }) {}

AuditThread::~AuditThread() {
  thread_.request_stop();
  log_.bell().ring();
  thread_.join();
  if (auto closed = log_.close(clock_now(), wall_now()); !closed) tell(closed.error());
}

void AuditThread::tell(const Error& error) {
  const Instant now = clock_now();
  if (!on_error_ || (told_at_ != Instant{} && now - told_at_ < error_interval)) return;
  told_at_ = now;
  on_error_(error);
}

void AuditThread::care_when_due() {
  const Instant now = clock_now();
  if (now - cared_at_ < care_interval) return;
  cared_at_ = now;
  if (auto cared = log_.care(now, wall_now()); !cared) tell(cared.error());
}

void AuditThread::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    care_when_due();
    auto lines = log_.step(clock_now(), wall_now());
    if (!lines) {
      tell(lines.error());
      std::this_thread::sleep_for(failed_wait);
    } else if (*lines > 0) {
      pause_after(*lines);
    } else {
      log_.bell().wait(care_interval, [&] { return stop.stop_requested() || log_.waiting(); });
    }
  }
}

}  // namespace tollgate
