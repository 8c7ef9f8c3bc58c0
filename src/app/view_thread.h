#pragma once
// Feeds the ledger's view beside everything else, at low priority. Nobody ever waits for it.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "async/clock.h"
#include "storage/journal/journal.h"
#include "storage/sqlite/feeder.h"

namespace tollgate {

class ViewThread {
 public:
  // The journal outlives it. `file` is the view's.
  ViewThread(Journal& journal, Disk& disk, Clock& clock, std::filesystem::path file, Duration keep);
  ~ViewThread();

  const Feeder& feeder() const { return feeder_; }

 private:
  void run(std::stop_token stop);

  Journal& journal_;
  Clock& clock_;
  Feeder feeder_;
  std::mutex mutex_;
  std::condition_variable_any stopping_;
  std::jthread thread_;
};

}  // namespace tollgate
