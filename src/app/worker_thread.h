#pragma once
// One worker: a thread with its own loop, listeners, upstream connections and journal writer. Everything in it is made before
// the thread runs and belongs to it from then on; other threads reach it only through `publish` and `drain`.

#include <thread>

#include "api/model_port.h"
#include "async/epoll_poller.h"
#include "gateway/worker.h"
#include "net/http_server.h"
#include "net/resolver.h"
#include "net/tcp_dialer.h"
#include "net/tcp_listener.h"
#include "net/tls_client.h"
#include "net/tls_server.h"
#include "providers/http_provider.h"
#include "storage/worker_audit.h"
#include "storage/worker_ledger.h"

namespace tollgate {

class WorkerThread {
 public:
  // What all workers share; outlives them.
  struct Shared {
    Clock& clock;
    MemoryBudget& memory;
    Durability durability;
    http::ServerLimits limits;
    std::shared_ptr<const TlsServer> tls;  // null: plain
    bool proxy_protocol = false;           // connections begin with a PROXY header
  };
  WorkerThread(const Shared& shared, std::uint16_t number, JournalWriter& writer);
  ~WorkerThread();
  WorkerThread(const WorkerThread&) = delete;

  // Before start().
  Result<void> listen(const ListenAddress& address);
  void audit_with(AuditLog& log, const crypto::HmacKey& digest);
  void serve_with(ModelPort::Doors doors, std::vector<std::unique_ptr<RecordReader>> readers);
  void start(std::shared_ptr<const Snapshot> snapshot);
  Worker& worker() { return worker_; }
  std::uint16_t port() const { return listeners_.empty() ? 0 : listeners_.front()->port(); }

  // From any thread. Drains within `limit`, then the thread ends.
  void publish(std::shared_ptr<const Snapshot> snapshot);
  void drain(Duration limit);
  // Of the snapshot that its next request gets.
  std::uint64_t snapshot_version() const { return snapshot_version_.load(std::memory_order_acquire); }
  // Waits for the end of the thread, as the destructor does.
  void join();

  struct Gauges {
    std::atomic<std::int64_t> in_flight{0}, connections{0}, upstream_connections{0}, open_calls{0};
  };
  const Gauges& gauges() const { return gauges_; }

 private:
  void run();
  Listener& wrapped(Listener& listener);
  void take_orders();
  void prepare_tls(const Snapshot& snapshot);
  Task<void> stop_after(Instant until);
  Task<void> watch();

  const Shared& shared_;
  const int worker_number_;
  SeededRandom random_;
  EpollPoller poller_;
  Reactor reactor_;
  Resolver resolver_;
  TlsClients tls_clients_;
  TcpDialer dialer_;
  HttpProvider provider_;
  WorkerLedger ledger_;
  std::unique_ptr<WorkerAudit> audit_;  // null: none is kept
  Worker worker_;
  std::vector<std::unique_ptr<RecordReader>> readers_;
  std::unique_ptr<ModelPort> port_handler_;
  std::unique_ptr<http::Server> server_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
  std::vector<std::unique_ptr<Listener>> wrapped_listeners_;  // what stands on the listeners: PROXY headers, TLS
  TaskGroup tasks_;
  bool finished_ = false;
  Doorbell orders_;

  std::mutex mutex_;
  std::shared_ptr<const Snapshot> ordered_snapshot_;
  std::optional<Duration> ordered_drain_;
  Gauges gauges_;
  std::atomic<std::uint64_t> snapshot_version_{0};
  std::thread thread_;
};

}  // namespace tollgate
