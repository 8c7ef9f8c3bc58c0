#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <new>

namespace tollgate {
namespace {

int no_pass_phrase(char*, int, int, void*) { return 0; }

std::unexpected<Error> unusable(std::string_view what, const std::string& file) {
  return fail(Fault::unavailable, fmt::format("cannot use the {} {}: {}", what, file, tls_reason()));
}

}  // namespace

SslContextPtr new_tls_context(const SSL_METHOD* method) {
  SslContextPtr context(SSL_CTX_new(method));
  if (context == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);  // one read takes what is there, not five bytes and then the record
  SSL_CTX_set_default_passwd_cb(context.get(), no_pass_phrase);
  return context;
}

Result<void> use_certificate(SSL_CTX& context, const std::string& cert_file, const std::string& key_file) {
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(&context, cert_file.c_str()) != 1) return unusable("certificate", cert_file);
  if (SSL_CTX_use_PrivateKey_file(&context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) return unusable("key", key_file);
  if (SSL_CTX_check_private_key(&context) != 1) return unusable("key", key_file);
  return {};
}

std::string tls_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return reason == nullptr ? "it cannot be read" : reason;
}

}  // namespace tollgate
