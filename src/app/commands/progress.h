#pragma once
// Words for someone who waits at a terminal: what takes longer than a second says so, with the seconds, and wipes the
// line at its end. Silent where stderr is no terminal.

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>

namespace tollgate {

class Progress {
 public:
  // `what` must outlive it: "reading the ledger".
  explicit Progress(std::string_view what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void run(const std::stop_token& stop, std::string_view what);

  std::mutex mutex_;
  std::condition_variable_any stopping_;
  std::jthread thread_;
};

}  // namespace tollgate
