#pragma once
// The smallest event loop: one epoll, edge-triggered, each socket registered once. It spins by default (epoll_wait that
// never sleeps), so that neither client nor stub ever needs a wake-up; given a wait, it sleeps up to that long.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::bench {

// Whoever owns a socket. `ready` may be told of readiness that is no longer true; once the peer has closed there is no
// further call, so that who is told of a hang-up reads to the end.
enum class HungUp : bool { no, yes };
class Watcher {
 public:
  virtual void ready(HungUp hung_up) = 0;

 protected:
  ~Watcher() = default;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The watcher must outlive the loop's next turn after its socket is closed.
  void watch(int socket, Watcher& watcher);
  // One look at the sockets. Waits at most wait_ms for one to be ready; 0 spins.
  void turn(int wait_ms);

 private:
  int epoll_ = -1;
};

// "127.0.0.1:8080"; throws std::runtime_error for anything else than IPv4 and port.
struct Address {
  std::uint32_t ip = 0;    // network order
  std::uint16_t port = 0;  // network order
  static Address parse(const std::string& text);
};

// Throw std::system_error when the system refuses: a load generator has nothing better to do than to stop.
int listen_on(Address address);
int connect_to(Address address);
// -1 when nobody waits.
int accept_from(int listener);

// Bytes on their way to a socket: what the system does not take at once is kept.
class Outbox {
 public:
  // Both return false when the peer is gone.
  bool send(int socket, std::string_view bytes);
  bool flush(int socket);
  void clear() { kept_.clear(); }

 private:
  std::string kept_;
};

inline constexpr std::size_t kReadBytes = 64 * 1024;
// recv without waiting: bytes read, 0 at the end or on an error, -1 when there is nothing now.
std::ptrdiff_t read_some(int socket, char* bytes, std::size_t room);

// Reads what is there into `sink(bytes)`, until a short read (after a hang-up: to the end). False when the peer is gone
// or the sink has enough.
template <typename Sink>
bool read_into(int socket, HungUp hung_up, Sink sink) {
  char bytes[kReadBytes];
  while (true) {
    std::ptrdiff_t got = read_some(socket, bytes, sizeof bytes);
    if (got < 0) return true;
    if (got == 0) return false;
    if (!sink(std::string_view(bytes, static_cast<std::size_t>(got)))) return false;
    if (hung_up == HungUp::no && static_cast<std::size_t>(got) < sizeof bytes) return true;
  }
}

}  // namespace tollgate::bench
