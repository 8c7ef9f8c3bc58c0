#include "app/worker_thread.h"

#include <fmt/format.h>
#include <pthread.h>

#include <tuple>

#include "net/proxied_listener.h"
#include "providers/upstream.h"

namespace tollgate {
namespace {

constexpr auto gauges_every = milliseconds(500);

}  // namespace

WorkerThread::WorkerThread(const Shared& shared, std::uint16_t number, JournalWriter& writer)
    : shared_(shared),
      worker_number_(number),
      random_(system_seed()),
      reactor_(shared.clock, random_, poller_),
      resolver_(reactor_),
      dialer_(resolver_, poller_, tls_clients_),
      provider_(dialer_, shared.memory),
      ledger_(writer, reactor_, shared.durability),
      worker_(reactor_, provider_, ledger_, number),
      orders_(reactor_, [](void* self) { static_cast<WorkerThread*>(self)->take_orders(); }, this) {}

WorkerThread::~WorkerThread() { join(); }

void WorkerThread::join() {
  if (thread_.joinable()) thread_.join();
}

Result<void> WorkerThread::listen(const ListenAddress& address) {
  TG_TRY(listener, TcpListener::open(address, poller_));
  listeners_.push_back(std::move(listener));
  return {};
}

void WorkerThread::audit_with(AuditLog& log, const crypto::HmacKey& digest) {
  audit_ = std::make_unique<WorkerAudit>(log, reactor_, digest, shared_.durability);
  worker_.audit = audit_.get();
  // One that cannot be kept is lost: nobody was served by it, and a start after a crash makes up for it.
  ledger_.tell_shadows([this](const AttemptRow& row) { std::ignore = audit_->append(AuditShadow{.row = row}); });
}

void WorkerThread::serve_with(ModelPort::Doors doors, std::vector<std::unique_ptr<RecordReader>> readers) {
  readers_ = std::move(readers);
  for (auto& reader : readers_) worker_.readers.push_back(reader.get());
  port_handler_ = std::make_unique<ModelPort>(std::move(doors));
  server_ = std::make_unique<http::Server>(*port_handler_, shared_.memory, shared_.limits);
}

// Reads CA files and own certificates ahead, so that no call waits for them. They were read once already when the snapshot was
// built, so a failure here shows at the first call.
void WorkerThread::prepare_tls(const Snapshot& snapshot) {
  for (const Target& target : snapshot.routes.targets())
    if (target.upstream->origin.tls) std::ignore = tls_clients_.prepare(target.upstream->origin);
}

void WorkerThread::start(std::shared_ptr<const Snapshot> snapshot) {
  prepare_tls(*snapshot);
  snapshot_version_.store(snapshot->version, std::memory_order_release);
  worker_.snapshot.publish(std::move(snapshot));
  thread_ = std::thread(&WorkerThread::run, this);
}

// A balancer's header comes before TLS.
Listener& WorkerThread::wrapped(Listener& listener) {
  Listener* outermost = &listener;
  if (shared_.proxy_protocol)
    outermost = wrapped_listeners_.emplace_back(std::make_unique<ProxiedListener>(*outermost)).get();
  if (shared_.tls != nullptr)
    outermost = wrapped_listeners_.emplace_back(std::make_unique<TlsListener>(*outermost, shared_.tls)).get();
  return *outermost;
}

void WorkerThread::run() {
  ::pthread_setname_np(::pthread_self(), fmt::format("worker-{}", worker_number_).c_str());
  {
    Reactor::Turn turn(reactor_);
    for (auto& listener : listeners_) tasks_.spawn(server_->run(wrapped(*listener)));
    tasks_.spawn(watch());
  }
  reactor_.run_until([this] { return finished_ && tasks_.size() == 0 && worker_.background.size() == 0; });
}

void WorkerThread::publish(std::shared_ptr<const Snapshot> snapshot) {
  {
    std::lock_guard lock(mutex_);
    ordered_snapshot_ = std::move(snapshot);
  }
  orders_.ring();
}

void WorkerThread::drain(Duration limit) {
  {
    std::lock_guard lock(mutex_);
    ordered_drain_ = limit;
  }
  orders_.ring();
}

void WorkerThread::take_orders() {
  std::lock_guard lock(mutex_);
  if (ordered_snapshot_ != nullptr) {
    tls_clients_.forget();
    prepare_tls(*ordered_snapshot_);
    const std::uint64_t version = ordered_snapshot_->version;
    worker_.snapshot.publish(std::exchange(ordered_snapshot_, nullptr));
    snapshot_version_.store(version, std::memory_order_release);
  }
  if (ordered_drain_) tasks_.spawn(stop_after(reactor_.now() + *std::exchange(ordered_drain_, std::nullopt)));
}

Task<void> WorkerThread::stop_after(Instant until) {
  co_await server_->drain(until);
  tasks_.cancellation().cancel();
  worker_.background.cancellation().cancel();
  finished_ = true;
}

// Shows the outside what only this thread knows.
Task<void> WorkerThread::watch() {
  for (;;) {
    gauges_.in_flight = static_cast<std::int64_t>(server_->in_flight());
    gauges_.connections = static_cast<std::int64_t>(server_->connections());
    gauges_.open_calls = static_cast<std::int64_t>(ledger_.open_calls());
    gauges_.upstream_connections = static_cast<std::int64_t>(provider_.connections());
    Wait wait{reactor_.now() + gauges_every, &tasks_.cancellation()};
    if (co_await sleep(wait) == Wake::cancelled) co_return;
  }
}

}  // namespace tollgate
