#pragma once
// Runs a journal's steps as events of virtual time: what storage/journal/journal_threads.h is in real life, with its
// intervals. A commit runs on a fiber, so that the disk can take its time while the gateway goes on.

#include <memory>

#include "sim/fiber.h"
#include "sim/sim_disk.h"
#include "sim/story.h"
#include "storage/config.h"
#include "storage/journal/journal.h"

namespace tollgate::sim {

class JournalRunner {
 public:
  // All outlive it.
  JournalRunner(Journal& journal, SimDisk& disk, VirtualTime& time, Durability durability);
  ~JournalRunner();

  // Called before the clock moves: begins a commit or a round of care where one is wanted.
  void look();
  // Ends the commit that runs, in no time, and begins no other. REQUIRES: not called from within one.
  void stop();

 private:
  void begin_commit();
  void commit();
  void care();
  void care_again();

  Journal& journal_;
  SimDisk& disk_;
  VirtualTime& time_;
  Durability durability_;
  std::unique_ptr<Fiber> committing_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for events that come after it is gone
  bool commit_asked_ = false;
  bool care_asked_ = false;
  bool failed_ = false;
  Instant followed_at_{};
};

}  // namespace tollgate::sim
