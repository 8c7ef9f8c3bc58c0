#pragma once
// A thread that carries lines to a file descriptor (standard output, a pipe), so that a reader who stops reading
// stops nobody but this thread. Lines come from a LineSource, which must be bounded and count what it drops while
// nobody takes.
//
// It looks for lines every few milliseconds while there are some and seldom while there are none, so those who make
// lines never make a system call for it. Lines lost here (the reader is gone, the disk is full, the end came) are
// counted in `lost`.

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "base/time.h"
#include "metrics/cells.h"

namespace tollgate {

class LineSource {
 public:
  virtual ~LineSource() = default;
  // Appends whole lines, some tens of KiB at most; false when there is none now. Called on the writer's thread.
  virtual bool take_lines(std::string& out) = 0;
};

class LineWriter {
 public:
  // How long the end waits for a reader who does not read.
  static constexpr Duration grace = seconds(1);

  // The source, the cells and the open descriptor must outlive it; the cells are its own.
  LineWriter(int fd, LineSource& source, MetricCells& cells, Counter lost);
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  // Writes what the source still has, for at most `grace`.
  ~LineWriter();

 private:
  void run(const std::stop_token& stop);
  void rest(const std::stop_token& stop, Duration pause);
  void write_lines(std::string_view lines, const std::stop_token& stop);
  bool write_all(std::string_view& text, const std::stop_token& stop);
  bool write_some(std::string_view& text);
  bool given_up(const std::stop_token& stop);

  int fd_;
  LineSource& source_;
  MetricCells& cells_;
  Counter lost_;
  bool torn_ = false;       // the last line was not written whole
  Instant give_up_at_{};    // set when the stop was first seen
  std::mutex mutex_;        // of the rest only
  std::condition_variable_any wake_;
  std::jthread thread_;     // last: it uses all of the above
};

}  // namespace tollgate
