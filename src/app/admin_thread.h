#pragma once
// A thread for the admin port and for housekeeping, so that neither waits for callers nor they for it.

#include <functional>
#include <mutex>
#include <thread>

#include "api/admin_port.h"
#include "async/epoll_poller.h"
#include "net/http_server.h"
#include "net/tcp_listener.h"

namespace tollgate {

class AdminThread {
 public:
  // `keep_house` runs every second on this thread.
  AdminThread(Clock& clock, MemoryBudget& memory, std::function<void()> keep_house);
  ~AdminThread();

  // Before start().
  Result<void> listen(const ListenAddress& address);
  void start(AdminPort::Doors doors);
  std::uint16_t port() const { return listeners_.empty() ? 0 : listeners_.front()->port(); }

  // From any thread; the destructor waits for the end.
  void stop();

 private:
  void run();
  void take_orders();
  Task<void> housekeeping();
  Task<void> close_down();

  std::function<void()> keep_house_;
  MemoryBudget& memory_;
  SeededRandom random_;
  EpollPoller poller_;
  Reactor reactor_;
  std::unique_ptr<AdminPort> port_handler_;
  std::unique_ptr<http::Server> server_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
  TaskGroup tasks_;
  bool stopping_ = false;
  bool finished_ = false;
  Doorbell orders_;
  std::thread thread_;
};

}  // namespace tollgate
