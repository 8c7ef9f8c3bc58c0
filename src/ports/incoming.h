#pragma once
// The caller's side of an exchange, as the pipeline sees it: what was asked, from where, and whether anyone still listens.

#include <string_view>

#include "async/task.h"
#include "async/wait.h"
#include "ports/byte_stream.h"
#include "ports/provider.h"

namespace tollgate {

class Incoming {
 public:
  virtual ~Incoming() = default;

  virtual std::size_t header_count() const = 0;
  virtual HeaderView header(std::size_t index) const = 0;
  virtual std::string_view method() const { return "POST"; }
  virtual std::string_view target() const { return {}; }  // path and query as they were sent
  virtual std::string_view query() const = 0;
  virtual PeerAddress peer() const = 0;  // the client's, as `server.trusted_proxies` decides it

  // Cancelled when the client leaves.
  virtual Cancellation& gone() = 0;

  // An answer that flows is to come, and may be silent no longer than `silence`: who can tells the client that it is still coming.
  virtual void stream_comes(Duration silence) { static_cast<void>(silence); }

  // The whole body, valid until the exchange ends. Errors: those of http::ServerExchange::whole_body.
  virtual Task<Result<std::string_view>> body() = 0;
};

}  // namespace tollgate
