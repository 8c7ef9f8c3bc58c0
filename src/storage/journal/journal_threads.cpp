#include "storage/journal/journal_threads.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr Duration process_interval = milliseconds(50);
constexpr Duration idle_wait = milliseconds(500);
constexpr Duration care_interval = milliseconds(100);
constexpr Duration follow_interval = seconds(1);
constexpr Duration error_interval = seconds(1);
constexpr Duration failed_wait = seconds(1);
constexpr Duration longest_pause = milliseconds(1);
constexpr Duration pause_for_record = std::chrono::microseconds(4);
constexpr std::uint64_t busy_records = 8;

Instant clock_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}
WallTime wall_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

Duration pause_after(std::uint64_t records) {
  if (records < busy_records) return Duration{};
  return std::min(longest_pause, pause_for_record * static_cast<std::int64_t>(records));
}

}  // namespace

JournalThreads::JournalThreads(Journal& journal, Durability durability, Doors doors)
    : journal_(journal),
      durability_(durability),
      doors_(std::move(doors)),
      committer_([this](std::stop_token stop) { commit_loop(stop); }),
      caretaker_([this](std::stop_token stop) { care_loop(stop); }) {}

JournalThreads::~JournalThreads() {
  committer_.request_stop();
  caretaker_.request_stop();
  journal_.commit_bell().ring();
  journal_.care_bell().ring();
}

void JournalThreads::pause(std::stop_token stop, Duration time) {
  if (time <= Duration{}) return;
  std::unique_lock lock(mutex_);
  stopping_.wait_for(lock, stop, time, [] { return false; });
}

void JournalThreads::commit_loop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto records = journal_.step_commit(clock_now);
    if (!records) {
      tell(records.error());
      pause(stop, failed_wait);
    } else if (durability_ == Durability::process) {
      pause(stop, process_interval);
    } else if (*records > 0) {
      pause(stop, pause_after(*records));
    } else {
      journal_.commit_bell().wait(idle_wait, [&] { return stop.stop_requested() || journal_.commit_wanted(); });
    }
  }
}

void JournalThreads::care_loop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    Instant now = clock_now();
    if (auto cared = journal_.step_care(now, wall_now()); !cared) tell(cared.error());
    if (now - followed_at_ >= follow_interval) follow(now);
    journal_.care_bell().wait(care_interval, [&] { return stop.stop_requested(); });
  }
}

void JournalThreads::follow(Instant now) {
  if (auto added = journal_.step_added(wall_now()); !added) tell(added.error());
  auto in_view = doors_.in_view ? doors_.in_view() : std::nullopt;
  auto more = journal_.step_checkpoint(in_view ? &*in_view : nullptr, now, wall_now());
  if (!more) tell(more.error());
  if (!more || !*more) followed_at_ = now;
}

void JournalThreads::tell(const Error& error) {
  std::lock_guard lock(mutex_);
  Instant now = clock_now();
  if (!doors_.on_error || now - told_at_ < error_interval) return;
  told_at_ = now;
  doors_.on_error(error);
}

}  // namespace tollgate
