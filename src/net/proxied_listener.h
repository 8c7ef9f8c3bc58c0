#pragma once
// Connections that a balancer hands on: each begins with a PROXY protocol header, read as part of its handshake, and from then on
// its peer is the client that the header names. A connection without one ends there.

#include "ports/network.h"

namespace tollgate {

class ProxiedListener final : public Listener {
 public:
  // `inner` outlives it.
  explicit ProxiedListener(Listener& inner) : inner_(inner) {}
  Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) override;

 private:
  Listener& inner_;
};

}  // namespace tollgate
