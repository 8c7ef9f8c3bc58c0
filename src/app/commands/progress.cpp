#include "app/commands/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace tollgate {
namespace {

constexpr std::string_view wiped_line = "\r\x1b[K";

}  // namespace

Progress::Progress(std::string_view what) {
  // Where both are one terminal, the data itself is the progress.
  if (::isatty(STDERR_FILENO) == 0 || ::isatty(STDOUT_FILENO) != 0) return;
  thread_ = std::jthread([this, what](const std::stop_token& stop) { run(stop, what); });
}

Progress::~Progress() {
  thread_.request_stop();
  stopping_.notify_all();
}

void Progress::run(const std::stop_token& stop, std::string_view what) {
  for (int waited_s = 0; !stop.stop_requested(); ++waited_s) {
    if (waited_s > 0) fmt::print(stderr, "{}{} … {} s", wiped_line, what, waited_s);
    std::unique_lock lock(mutex_);
    stopping_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
  fmt::print(stderr, "{}", wiped_line);
}

}  // namespace tollgate
