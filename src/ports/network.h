#pragma once
// Doors to the network: where connections come from (Listener) and how they are made (Dialer). Real ones in net/, simulated
// ones in tests/sim.

#include <memory>
#include <string>
#include <vector>

#include "ports/byte_stream.h"

namespace tollgate {

// Where a connection goes, and what must be true of the one who answers. Built at load, lives in a snapshot.
struct Origin {
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 443;
  bool tls = true;
  std::string tls_name;     // expected in the certificate; empty: host
  std::string ca_file;      // empty: the system's
  std::string cert_file;    // our own certificate, where the provider asks for one
  std::string key_file;
  std::string proxy_host;   // CONNECT through it when not empty
  std::uint16_t proxy_port = 0;

  friend bool operator==(const Origin&, const Origin&) = default;
};

class Dialer {
 public:
  virtual ~Dialer() = default;

  // Resolves, tries every address, and for TLS shakes hands and verifies. Errors: upstream_unreachable (refused, reset, no
  // address, certificate), `deadline`, `cancelled`. `retry` is `never` for a certificate that is wrong.
  virtual Task<Result<std::unique_ptr<ByteStream>>> dial(const Origin& origin, Wait wait) = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;

  // The next connection; its handshake (ByteStream::shake_hands) is still to be done. Error `cancelled` when the listener closes.
  virtual Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) = 0;
};

}  // namespace tollgate
