#pragma once
// The PROXY protocol, versions 1 and 2: how a balancer in front of us says whose connection it hands on.
//
// Source: haproxy.org/download/2.8/doc/proxy-protocol.txt, read 2026-11-27. Both versions are read, whichever comes. `LOCAL` and
// `UNKNOWN` leave the peer as it is; addresses of other families too.

#include <optional>
#include <string_view>

#include "ports/byte_stream.h"

namespace tollgate {

constexpr std::size_t proxy_header_bytes_max = 2048;  // version 2 may carry fields of any length: those of balancers are short

struct ProxyHeader {
  enum class State : std::uint8_t { needs_more, whole, wrong };
  State state = State::needs_more;
  std::size_t bytes = 0;                  // of the header, when it is whole
  std::optional<PeerAddress> client{};    // empty: the peer itself
};

// Reads what stands at the very front of a connection.
ProxyHeader read_proxy_header(std::string_view bytes);

}  // namespace tollgate
