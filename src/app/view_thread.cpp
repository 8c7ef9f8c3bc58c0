#include "app/view_thread.h"

#include <pthread.h>
#include <sys/resource.h>

#include <condition_variable>

namespace tollgate {
namespace {

constexpr auto between_batches = milliseconds(20);
constexpr auto when_idle = milliseconds(250);
constexpr auto when_locked_out = seconds(1);
constexpr int background_niceness = 10;

}  // namespace

ViewThread::ViewThread(Journal& journal, Disk& disk, Clock& clock, std::filesystem::path file, Duration keep)
    : journal_(journal), clock_(clock), feeder_(disk, std::move(file), keep) {
  thread_ = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
}

ViewThread::~ViewThread() {
  thread_.request_stop();
  stopping_.notify_all();
}

void ViewThread::run(std::stop_token stop) {
  ::pthread_setname_np(::pthread_self(), "view");
  ::setpriority(PRIO_PROCESS, 0, background_niceness);  // of this thread only, on Linux
  while (!stop.stop_requested()) {
    auto read = feeder_.step(journal_.ends(), clock_.now(), clock_.wall());
    Duration pause = !read ? Duration(when_locked_out) : *read >= feeder_batch ? Duration(between_batches) : Duration(when_idle);
    std::unique_lock lock(mutex_);
    stopping_.wait_for(lock, stop, pause, [] { return false; });
  }
}

}  // namespace tollgate
