#pragma once
// Makes connections: resolves, then tries every address, a new one each 250 ms while the earlier ones are still trying, and
// takes the first that answers (RFC 8305, happy eyeballs). TLS is put on top where the origin asks for it.

#include "net/resolver.h"
#include "ports/network.h"

namespace tollgate {

class EpollPoller;
class TlsClients;

class TcpDialer final : public Dialer {
 public:
  // All outlive the dialer.
  TcpDialer(Resolver& resolver, EpollPoller& poller, TlsClients& tls) : resolver_(resolver), poller_(poller), tls_(tls) {}

  Task<Result<std::unique_ptr<ByteStream>>> dial(const Origin& origin, Wait wait) override;

 private:
  Task<Result<std::unique_ptr<ByteStream>>> connect_any(std::vector<SocketAddress> addresses, Wait wait);

  Resolver& resolver_;
  EpollPoller& poller_;
  TlsClients& tls_;
};

}  // namespace tollgate
