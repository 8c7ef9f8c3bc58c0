#pragma once
// The ledger of a gateway, whole: journal and view in one folder, opened once, run by its own threads or stepped by a simulator.
//
//   FileDisk disk = …; PersonKeys keys = …;
//   auto ledger = EmbeddedLedger::open(disk, keys, settings, "pid 4711", now);   // lock, recovery; may take a second
//   (*ledger)->each_past_call(…);                                                 // limits restore their counters
//   WorkerLedger door((*ledger)->writer(0), reactor, config.durability);          // one for each worker
//   (*ledger)->run(on_error);                                                     // from now on rows become durable
//   …
//   (*ledger)->close(now);                                                        // after the workers are gone
//
// Without close the next start treats it as a crash, which costs nothing but the estimate of calls that were open.

#include <filesystem>
#include <functional>
#include <memory>

#include "domain/caller.h"
#include "storage/config.h"
#include "storage/journal/journal_threads.h"
#include "storage/sqlite/feeder.h"

namespace tollgate {

struct LedgerSettings {
  LedgerConfig config;
  int writers = 1;
  std::filesystem::path view{};  // ledger.sqlite in the journal's folder; empty: no view, and no segment is ever retired
  std::function<std::uint64_t()> random{};  // for ids of persons; from the operating system's generator
};

// What a time of the past adds to limits: all calls of equal attribution that were admitted in one short bucket.
struct PastCalls {
  WallTime at;  // begin of the bucket
  std::string key;
  Attribution attribution;
  std::string route, provider, model;
  std::int64_t requests = 0;  // without refused ones
  Tokens input, output;
  Money cost;
};

class EmbeddedLedger {
 public:
  // Fails when another gateway holds the folder, when the journal is damaged, or the disk says no. Disk and sealer must outlive it.
  static Result<std::unique_ptr<EmbeddedLedger>> open(Disk& disk, ValueSealer& sealer, const LedgerSettings& settings,
                                                      std::string_view owner, WallTime now);
  ~EmbeddedLedger();

  // Before `run` only; newest last is not promised.
  void each_past_call(const std::function<void(const PastCalls&)>& visit) const;
  const Journal::Start& start() const { return journal_->start(); }

  JournalWriter& writer(int index) { return journal_->writer(index); }
  Dictionary& names() { return journal_->names(); }

  // Starts the threads. Errors of disk and view come at most once a second, from any of them.
  void run(std::function<void(const Error&)> on_error);
  // The same work as one event, for a simulator. A busy or damaged view is no error here.
  Result<void> step(Instant now, WallTime wall);

  LedgerHealth health() const { return journal_->health(); }
  bool stalled(Instant now) const { return journal_->stalled(now); }
  CommitCounts commits() const { return journal_->commits(); }
  std::uint64_t lag_rows() const { return feeder_ ? feeder_->lag() : 0; }

  // Stops the threads, ends the journal. REQUIRES: no call is open, no WorkerLedger lives.
  Result<void> close(WallTime now);

 private:
  EmbeddedLedger() = default;
  void feed_loop(std::stop_token stop, const std::function<void(const Error&)>& on_error);

  Durability durability_ = Durability::power;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Feeder> feeder_;
  std::unique_ptr<JournalThreads> threads_;
  std::mutex mutex_;
  std::condition_variable_any stopping_;
  std::jthread feeding_;
};

}  // namespace tollgate
