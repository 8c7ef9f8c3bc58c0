#include "telemetry/line_writer.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace tollgate {
namespace {

constexpr Duration rest_min = milliseconds(2);
constexpr Duration rest_max = milliseconds(50);
constexpr int poll_ms = 50;
// A pipe that is ready takes this much without waiting. Source: pipe(7), PIPE_BUF on Linux.
constexpr std::size_t piece_bytes = 4096;

Instant steady_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}

// Nobody needs a signal when the reader of the log is gone: the write's error says so.
void refuse_pipe_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool try_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

LineWriter::LineWriter(int fd, LineSource& source, MetricCells& cells, Counter lost)
    : fd_(fd),
      source_(source),
      cells_(cells),
      lost_(lost),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

LineWriter::~LineWriter() {
  thread_.request_stop();
  thread_.join();
}

void LineWriter::run(const std::stop_token& stop) {
  refuse_pipe_signal();
  std::string lines;
  Duration pause = rest_min;
  for (;;) {
    bool last = stop.stop_requested();  // asked before looking, so nothing that came earlier is missed
    lines.clear();
    if (source_.take_lines(lines)) {
      write_lines(lines, stop);
      pause = rest_min;
    } else {
      if (last) return;
      pause = std::min(pause * 2, rest_max);
    }
    if (!last) rest(stop, pause);
  }
}

void LineWriter::rest(const std::stop_token& stop, Duration pause) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, pause, [] { return false; });
}

void LineWriter::write_lines(std::string_view lines, const std::stop_token& stop) {
  std::string_view gap = torn_ ? "\n" : "";
  std::string_view rest = lines;
  if (write_all(gap, stop)) {
    torn_ = false;
    write_all(rest, stop);
  }
  std::size_t written = lines.size() - rest.size();
  if (written > 0) torn_ = lines[written - 1] != '\n';
  cells_.add(lost_, static_cast<std::uint64_t>(std::ranges::count(rest, '\n')));
}

// Takes off `text` what was written; false when that is not all of it.
bool LineWriter::write_all(std::string_view& text, const std::stop_token& stop) {
  while (!text.empty() && !given_up(stop))
    if (!write_some(text)) return false;
  return text.empty();
}

// Takes off `text` what was written: nothing when the reader is slow. False when nothing can be written any more.
bool LineWriter::write_some(std::string_view& text) {
  pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
  int count = ::poll(&ready, 1, poll_ms);
  if (count < 0) return try_later(errno);
  if (fd_ < 0 || (ready.revents & (POLLERR | POLLNVAL)) != 0) return false;
  if (count == 0) return true;
  ssize_t written = ::write(fd_, text.data(), std::min(text.size(), piece_bytes));
  if (written < 0) return try_later(errno);
  text.remove_prefix(static_cast<std::size_t>(written));
  return true;
}

// The end waits `grace` for all lines together.
bool LineWriter::given_up(const std::stop_token& stop) {
  if (!stop.stop_requested()) return false;
  if (give_up_at_ == Instant{}) give_up_at_ = steady_now() + grace;
  return steady_now() >= give_up_at_;
}

}  // namespace tollgate
