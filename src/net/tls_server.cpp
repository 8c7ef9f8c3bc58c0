#include "net/tls_server.h"

#include <cstring>
#include <new>
#include <span>

#include "net/tls_stream.h"

namespace tollgate {
namespace {

// Of TLS 1.2: forward secrecy and authenticated encryption only (RFC 9325, 4.2). TLS 1.3 has no others.
constexpr const char* ciphers_of_tls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";

constexpr unsigned char session_scope[] = "tollgate";

// ALPN's list is names, each behind a byte that is its length (RFC 7301, 3.1). OpenSSL has checked its form.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  std::span<const unsigned char> left(offered, offered_size);
  while (!left.empty() && left[0] < left.size()) {
    std::size_t size = left[0] + std::size_t{1};
    if (size == alpn_http1_size && std::memcmp(left.data(), alpn_http1, size) == 0) {
      *chosen = left.data() + 1;
      *chosen_size = left[0];
      return SSL_TLSEXT_ERR_OK;
    }
    left = left.subspan(size);
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

Result<std::shared_ptr<const TlsServer>> TlsServer::load(const std::string& cert_file, const std::string& key_file) {
  SslContextPtr context = new_tls_context(TLS_server_method());
  TG_TRY_VOID(use_certificate(*context, cert_file, key_file));
  if (SSL_CTX_set_cipher_list(context.get(), ciphers_of_tls12) != 1)
    return fail(Fault::unavailable, "OpenSSL has none of the ciphers wanted: " + tls_reason());
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets carry the sessions; we keep nothing
  SSL_CTX_set_session_id_context(context.get(), session_scope, sizeof session_scope - 1);
  return std::shared_ptr<const TlsServer>(new TlsServer(std::move(context)));
}

std::unique_ptr<ByteStream> TlsServer::wrap(std::unique_ptr<ByteStream> stream) const {
  SslPtr ssl(SSL_new(context_.get()));
  if (ssl == nullptr) throw std::bad_alloc();
  SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsStream>(std::move(ssl), std::move(stream));
}

Task<Result<std::unique_ptr<ByteStream>>> TlsListener::accept(Wait wait) {
  TG_CO_TRY(stream, co_await inner_.accept(wait));
  co_return tls_->wrap(std::move(stream));
}

}  // namespace tollgate
