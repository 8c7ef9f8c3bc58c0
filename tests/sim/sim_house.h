#pragma once
// One start of the gateway, whole, on simulated doors: journal, limits, snapshot, one worker, the model port and its
// HTTP server. It is what app/house.cpp and app/worker_thread.cpp put together, without threads, files and sockets.
//
//   open      recovers from what the disk holds, restores limits, opens the door "gateway"
//   crash     ends it at this very moment; gives what its disk holds then
//   wind_up   joins what a crash left behind, or stops in order
//   close     ends the ledger of one that stopped in order

#include <memory>

#include "api/model_port.h"
#include "app/snapshot_builder.h"
#include "gateway/worker.h"
#include "net/http_server.h"
#include "providers/http_provider.h"
#include "sim/journal_runner.h"
#include "sim/settings.h"
#include "sim/sim_network.h"
#include "storage/worker_ledger.h"

namespace tollgate::sim {

// What lives longer than any start. `sealer` stands for the keys of persons.
struct HouseWorld {
  Reactor& reactor;
  VirtualTime& time;
  SimNetwork& network;
  Story& story;
  const Settings& settings;
  ValueSealer& sealer;
  Random& random;
  std::uint32_t segment_slots;
};

class SimHouse {
 public:
  static Result<std::unique_ptr<SimHouse>> open(HouseWorld world, int start, DiskManner manner, FakeDisk files);
  SimHouse(const SimHouse&) = delete;
  ~SimHouse();

  FakeDisk crash(Crash how);

  // After a crash, or to stop: ends what runs by `until`, joins it. With a crash behind it nothing of this is seen
  // outside.
  Task<void> wind_up(Instant until);
  // Ends the ledger in order. REQUIRES: wound up, not crashed. Gives what its disk holds then.
  Result<FakeDisk> close();

  SimDisk& disk() { return disk_; }
  Journal& journal() { return *journal_; }
  const Snapshot& snapshot() const { return *snapshot_; }
  const Counters& counters() const { return *counters_; }
  const KeyTotals& totals() const { return totals_; }
  WallTime opened_at() const { return opened_at_; }
  WallTime now() const { return world_.time.wall(); }
  // Whatever is still held although nobody is served, in words.
  void find_leaks(Story& story) const;

 private:
  class Recorder;
  SimHouse(HouseWorld world, int start, DiskManner manner, FakeDisk files);
  Result<void> build();
  void serve();

  HouseWorld world_;
  int start_;
  HostId host_;
  SimDisk disk_;
  crypto::Key pepper_;
  std::unique_ptr<KeyStore> key_store_;
  std::unique_ptr<LimitStore> limit_store_;
  MemoryBudget memory_;
  std::unique_ptr<Counters> counters_;
  std::unique_ptr<HealthBook> health_;
  std::unique_ptr<SnapshotBuilder> builder_;
  std::shared_ptr<const Snapshot> snapshot_;
  KeyTotals totals_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<JournalRunner> runner_;
  SimDialer dialer_;
  std::unique_ptr<HttpProvider> provider_;
  std::unique_ptr<WorkerLedger> ledger_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<ModelPort> port_;
  std::unique_ptr<http::Server> server_;
  Door door_;
  TaskGroup tasks_;
  WallTime opened_at_{};
  bool crashed_ = false;
};

}  // namespace tollgate::sim
