#pragma once
// Serves HTTP/1.1 on one thread: accepts, reads requests within limits and deadlines, hands each to the Handler, keeps the
// connection for the next one. An idle connection holds no buffer.

#include "async/task_group.h"
#include "net/buffer.h"
#include "net/http_exchange.h"
#include "ports/network.h"

namespace tollgate::http {

struct ServerLimits {
  HeadLimits head{};
  Duration handshake_within = seconds(10);  // of TLS, from the accept
  Duration head_within = seconds(15);      // from its first byte
  Duration body_within = seconds(30);      // and a second more for each KiB that came
  Duration write_stall = seconds(60);      // a client that takes nothing for so long is gone
  Duration idle_for = seconds(75);         // between two requests
  std::size_t connections_max = 100'000;   // of this thread; more are closed at accept
};

// What the server keeps of each connection: a way to end the exchange on it.
struct Served {
  ListNode in_server;
  Cancellation gone;
};

class Server {
 public:
  // Handler, memory and reactor outlive the server.
  Server(Handler& handler, MemoryBudget& memory, const ServerLimits& limits)
      : handler_(handler), memory_(memory), limits_(limits) {}
  // Serves what the listener accepts until drain() begins. The listener stays open until then.
  Task<void> run(Listener& listener);

  // Stops accepting, closes idle connections, lets running exchanges end by `until`, then cancels those that are left.
  Task<void> drain(Instant until);

  std::size_t connections() const { return tasks_.size(); }
  std::size_t in_flight() const { return in_flight_; }
  bool draining() const { return draining_.cancelled(); }

 private:
  friend class Connection;
  Task<void> serve(std::unique_ptr<ByteStream> stream);

  Handler& handler_;
  MemoryBudget& memory_;
  const ServerLimits limits_;
  TaskGroup tasks_;
  Cancellation draining_;  // carried by accept and by the waits of idle connections
  List<Served, &Served::in_server> served_;
  std::size_t in_flight_ = 0;
};

}  // namespace tollgate::http
