#pragma once
// TLS towards clients: TLS 1.2 with forward secrecy or 1.3, our certificate, sessions resumed by tickets. By ALPN
// http/1.1 only: a client that offers other protocols and not this one is refused (RFC 7301, 3.2).

#include <memory>
#include <string>

#include "net/tls_context.h"
#include "ports/network.h"

namespace tollgate {

// A loaded certificate and the ticket keys. Shared by all threads; never changes: a reload makes a new one, and
// connections end with the one they began with.
class TlsServer {
 public:
  // PEM files: the certificate with its chain, and its key. The Error's detail says why not, for the operator.
  static Result<std::shared_ptr<const TlsServer>> load(const std::string& cert_file, const std::string& key_file);

  // The handshake is still to be done.
  std::unique_ptr<ByteStream> wrap(std::unique_ptr<ByteStream> stream) const;

 private:
  explicit TlsServer(SslContextPtr context) : context_(std::move(context)) {}
  SslContextPtr context_;
};

// Puts TLS on every connection of another listener. Waits for no handshake: that is for whoever serves the connection.
class TlsListener final : public Listener {
 public:
  // `inner` outlives it.
  TlsListener(Listener& inner, std::shared_ptr<const TlsServer> tls) : inner_(inner), tls_(std::move(tls)) {}

  Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) override;

  // For connections accepted from now on. On the listener's thread.
  void use(std::shared_ptr<const TlsServer> tls) { tls_ = std::move(tls); }

 private:
  Listener& inner_;
  std::shared_ptr<const TlsServer> tls_;
};

}  // namespace tollgate
