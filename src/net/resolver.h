#pragma once
// Names to addresses without blocking the loop: a thread asks the system's resolver (so /etc/hosts, search domains and
// resolv.conf count), a Doorbell brings the answer home. Answers are kept for a short while.

#include <netinet/in.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "async/reactor.h"
#include "async/task.h"
#include "base/text.h"

namespace tollgate {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

class Resolver {
 public:
  explicit Resolver(Reactor& reactor);
  ~Resolver();  // waits for the lookup in hand

  // All addresses, in the order to try them. A literal address answers at once.
  // Errors: upstream_unreachable (no such name, too many lookups waiting), `deadline`, `cancelled`.
  Task<Result<std::vector<SocketAddress>>> resolve(const std::string& host, std::uint16_t port, Wait wait);

 private:
  struct Lookup {
    std::string host;
    std::vector<SocketAddress> found;
    int code = 0;
    List<Waiter, &Waiter::queue_node> waiting;  // on the reactor's thread only
  };
  struct Remembered {
    std::vector<SocketAddress> found;
    Instant until;
  };
  struct LookupAwaiter;

  static constexpr std::size_t queue_max = 256;
  static constexpr std::size_t remembered_max = 1024;
  static constexpr auto remember_for = std::chrono::seconds(30);

  std::shared_ptr<Lookup> ask(const std::string& host);
  void work();
  void bring_home();

  Doorbell doorbell_;
  TextMap<Remembered> remembered_;
  TextMap<std::shared_ptr<Lookup>> asking_;  // by name; those who ask the same meanwhile wait for the same answer

  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<std::shared_ptr<Lookup>> waiting_;
  std::vector<std::shared_ptr<Lookup>> answered_;
  bool stopping_ = false;
  std::thread thread_;  // started by the first lookup that needs it
};

}  // namespace tollgate
