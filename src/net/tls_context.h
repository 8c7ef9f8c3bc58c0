#pragma once
// What both sides of TLS have in common: owners of OpenSSL's objects and the rules of every context.
// OpenSSL's SSL engine is known to net/tls_* only.

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace tollgate {

template <auto release>
struct Released {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, Released<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Released<SSL_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, Released<SSL_SESSION_free>>;
using TrustStorePtr = std::unique_ptr<X509_STORE, Released<X509_STORE_free>>;

// The only application protocol we speak, in ALPN's form: a length and a name (RFC 7301, 3.1).
constexpr unsigned char alpn_http1[] = "\x08http/1.1";
constexpr unsigned alpn_http1_size = sizeof alpn_http1 - 1;

// TLS 1.2 or newer, no compression, no renegotiation, no pass phrase asked on a terminal, buffers given back when idle.
// REQUIRES: enough memory; throws std::bad_alloc.
SslContextPtr new_tls_context(const SSL_METHOD* method);

// Our own certificate with its chain, and its key, both PEM. The Error's detail says why not, for the operator.
Result<void> use_certificate(SSL_CTX& context, const std::string& cert_file, const std::string& key_file);

// Why OpenSSL's last call on this thread failed; empties its queue.
std::string tls_reason();

}  // namespace tollgate
