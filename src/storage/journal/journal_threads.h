#pragma once
// The journal's two threads in real life: one commits, one looks after the rest. Neither is ever waited for by a
// request, except for the commit that its own answer needs.
//
// The commit interval adapts: at once when the journal was idle; after a group of many records a pause that grows with
// the group, up to 1 ms, so that a busy gateway spends its time on larger groups. With Durability::process a sync each
// 50 ms.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "storage/config.h"
#include "storage/journal/journal.h"

namespace tollgate {

class JournalThreads {
 public:
  struct Doors {
    std::function<std::optional<JournalPositions>()> in_view;  // what the view holds durably; may be empty
    std::function<void(const Error&)> on_error;  // an error of the disk; called at most once a second, may be empty
  };

  // Runs until it dies. The journal must outlive it.
  JournalThreads(Journal& journal, Durability durability, Doors doors);
  ~JournalThreads();
  JournalThreads(const JournalThreads&) = delete;
  JournalThreads& operator=(const JournalThreads&) = delete;

 private:
  void commit_loop(std::stop_token stop);
  void care_loop(std::stop_token stop);
  void follow(Instant now);
  void pause(std::stop_token stop, Duration time);
  void tell(const Error& error);

  Journal& journal_;
  Durability durability_;
  Doors doors_;
  std::mutex mutex_;
  std::condition_variable_any stopping_;
  Instant followed_at_{}, told_at_{};
  std::jthread committer_, caretaker_;
};

}  // namespace tollgate
