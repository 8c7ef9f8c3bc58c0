#pragma once
// TLS towards upstreams: verification and host name check always on, TLS 1.2 or newer, sessions resumed.
//
// The certificate must name the origin's `tls_name`, or its host, as a subject alternative name: an address for an
// address, else a DNS name whose wildcard stands for one whole label (RFC 9525). A common name counts for nothing.

#include <memory>

#include "ports/network.h"

namespace tollgate {

// Contexts and remembered sessions of one thread, one for each combination of CA file and own certificate.
// At most 64 contexts, and 1,024 sessions in each; at the bound an old one is forgotten.
class TlsClients {
 public:
  TlsClients();
  ~TlsClients();

  // Shakes hands over `stream` and verifies the peer's certificate against `origin`.
  // Errors: upstream_unreachable, with `retry = never` for a certificate that is wrong; `deadline`; `cancelled`.
  Task<Result<std::unique_ptr<ByteStream>>> secure(std::unique_ptr<ByteStream> stream, const Origin& origin, Wait wait);

  // Reads the files that `origin` names, which else its first `secure` does, while everyone waits.
  // The Error's detail names file and reason, for the operator.
  Result<void> prepare(const Origin& origin);

  // Files are read anew from now on: at a reload.
  void forget();

 private:
  struct Context;
  struct State;
  Result<std::shared_ptr<Context>> context_of(const Origin& origin);
  std::unique_ptr<State> state_;
};

}  // namespace tollgate
