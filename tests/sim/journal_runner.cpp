#include "sim/journal_runner.h"

#include <tuple>

namespace tollgate::sim {
namespace {

// As in journal_threads.cpp; the time until a sleeping thread runs stands for both its pause and its waking.
constexpr Duration wake_up = std::chrono::microseconds(60);
constexpr Duration process_interval = milliseconds(50);
constexpr Duration care_interval = milliseconds(100);
constexpr Duration follow_interval = seconds(1);

}  // namespace

JournalRunner::JournalRunner(Journal& journal, SimDisk& disk, VirtualTime& time, Durability durability)
    : journal_(journal), disk_(disk), time_(time), durability_(durability) {
  care_again();
}

JournalRunner::~JournalRunner() { stop(); }

void JournalRunner::stop() {
  *alive_ = false;
  disk_.stop_taking_time();
  if (committing_ != nullptr && !committing_->done()) committing_->resume();
  committing_.reset();
}

void JournalRunner::look() {
  if (!*alive_) return;
  if (!care_asked_ && journal_.care_wanted()) {
    care_asked_ = true;
    time_.after(wake_up, [this, alive = alive_] {
      if (*alive) care();
    });
  }
  bool busy = committing_ != nullptr && !committing_->done();
  if (busy || commit_asked_ || failed_ || !journal_.commit_wanted()) return;
  commit_asked_ = true;
  time_.after(durability_ == Durability::power ? wake_up : process_interval, [this, alive = alive_] {
    if (*alive) begin_commit();
  });
}

void JournalRunner::begin_commit() {
  commit_asked_ = false;
  committing_ = std::make_unique<Fiber>([this] { commit(); });
  committing_->resume();
}

void JournalRunner::commit() {
  failed_ = !journal_.step_commit([this] { return time_.now(); });
}

void JournalRunner::care() {
  care_asked_ = false;
  std::ignore = journal_.step_care(time_.now(), time_.wall());
}

void JournalRunner::care_again() {
  time_.after(care_interval, [this, alive = alive_] {
    if (!*alive) return;
    care();
    if (time_.now() - followed_at_ >= follow_interval) {
      followed_at_ = time_.now();
      std::ignore = journal_.step_checkpoint(nullptr, time_.now(), time_.wall());
    }
    care_again();
  });
}

}  // namespace tollgate::sim
