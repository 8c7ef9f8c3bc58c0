#pragma once
// A listening TCP socket of one thread. Every thread has its own on the same address (SO_REUSEPORT), and the kernel deals
// connections out.

#include <memory>

#include "async/epoll_poller.h"
#include "base/address.h"
#include "ports/network.h"

namespace tollgate {

class TcpListener final : public Listener {
 public:
  // Binds and listens. The Error's detail says why not, for the operator.
  static Result<std::unique_ptr<TcpListener>> open(const ListenAddress& address, EpollPoller& poller);
  ~TcpListener() override;

  Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) override;

  // The port in fact bound, where 0 was asked for.
  std::uint16_t port() const { return port_; }

 private:
  TcpListener(int descriptor, EpollPoller& poller, std::uint16_t port);
  // Out of descriptors: uses one kept in reserve to refuse a connection instead of spinning on it. False when none waited.
  bool refuse_one();

  int descriptor_;
  int spare_;
  EpollPoller& poller_;
  Readiness readiness_;
  std::uint16_t port_;
};

}  // namespace tollgate
