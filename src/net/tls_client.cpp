#include "net/tls_client.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <map>
#include <new>
#include <vector>

#include "base/text.h"
#include "net/tls_stream.h"

namespace tollgate {
namespace {

constexpr std::size_t contexts_max = 64;
constexpr std::size_t sessions_max = 1024;

// The newest session of one origin. Shared with the origin's streams, since TLS 1.3 sends tickets after the handshake.
struct Remembered {
  SslSessionPtr session;
};

int remember(SSL* ssl, SSL_SESSION* session) {
  static_cast<Remembered*>(SSL_get_app_data(ssl))->session.reset(session);
  return 1;  // ours now
}

const std::string& name_of(const Origin& origin) { return origin.tls_name.empty() ? origin.host : origin.tls_name; }

// To OpenSSL an empty name means no check at all, and one that begins with a dot stands for every name under it.
bool can_be_checked(const std::string& name) {
  return !name.empty() && name[0] != '.' && name.find('\0') == std::string::npos;
}

bool expect_address(SSL* ssl, const IpAddress& address) {
  std::span<const std::uint8_t> bytes(address.bytes);
  if (address.is_v4()) bytes = bytes.last(4);
  return X509_VERIFY_PARAM_set1_ip(SSL_get0_param(ssl), bytes.data(), bytes.size()) == 1;
}

// What the certificate must say. False when it cannot be asked for.
bool expect_name(SSL* ssl, const std::string& name) {
  if (auto address = parse_ip(name)) return expect_address(ssl, *address);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return can_be_checked(name) && SSL_set1_host(ssl, name.c_str()) == 1 &&
         SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

Result<void> trust(SSL_CTX& context, const std::string& ca_file) {
  ERR_clear_error();
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(&context);
    ERR_clear_error();
    return {};
  }
  if (SSL_CTX_load_verify_file(&context, ca_file.c_str()) == 1) return {};
  return fail(Fault::unavailable, fmt::format("cannot use the CA file {}: {}", ca_file, tls_reason()));
}

std::unexpected<Error> files_not_usable() {
  return fail({.fault = Fault::upstream_unreachable,
               .retry = Retry::next_target,
               .detail = "the certificate files set for the provider cannot be used"});
}

std::unexpected<Error> certificate_not_valid() {
  return fail({.fault = Fault::upstream_unreachable,
               .retry = Retry::never,
               .detail = "the provider's certificate is not valid"});
}

}  // namespace

struct TlsClients::Context {
  std::string ca_file, cert_file, key_file;
  SslContextPtr ssl;
  std::map<std::string, std::shared_ptr<Remembered>> sessions;  // by host, port and name

  bool serves(const Origin& origin) const {
    return ca_file == origin.ca_file && cert_file == origin.cert_file && key_file == origin.key_file;
  }
  const std::shared_ptr<Remembered>& session_of(const Origin& origin) {
    auto [at, fresh] = sessions.try_emplace(fmt::format("{} {} {}", origin.host, origin.port, name_of(origin)));
    if (fresh) {
      at->second = std::make_shared<Remembered>();
      if (sessions.size() > sessions_max) sessions.erase(at == sessions.begin() ? std::next(at) : sessions.begin());
    }
    return at->second;
  }
};

struct TlsClients::State {
  std::vector<std::shared_ptr<Context>> contexts;  // the oldest first
};

TlsClients::TlsClients() : state_(std::make_unique<State>()) {}
TlsClients::~TlsClients() = default;

void TlsClients::forget() { state_->contexts.clear(); }

Result<void> TlsClients::prepare(const Origin& origin) {
  TG_TRY_VOID(context_of(origin));
  if (!parse_ip(name_of(origin)) && !can_be_checked(name_of(origin)))
    return fail(Fault::unavailable, "the name to expect in the certificate is empty or begins with a dot");
  return {};
}

Result<std::shared_ptr<TlsClients::Context>> TlsClients::context_of(const Origin& origin) {
  auto& contexts = state_->contexts;
  auto known = std::ranges::find_if(contexts, [&](const auto& context) { return context->serves(origin); });
  if (known != contexts.end()) return *known;

  SslContextPtr ssl = new_tls_context(TLS_client_method());
  TG_TRY_VOID(trust(*ssl, origin.ca_file));
  if (!origin.cert_file.empty()) TG_TRY_VOID(use_certificate(*ssl, origin.cert_file, origin.key_file));
  SSL_CTX_set_verify(ssl.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(ssl.get(), alpn_http1, alpn_http1_size);
  SSL_CTX_set_session_cache_mode(ssl.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ssl.get(), remember);

  if (contexts.size() >= contexts_max) contexts.erase(contexts.begin());
  contexts.push_back(std::make_shared<Context>(origin.ca_file, origin.cert_file, origin.key_file, std::move(ssl)));
  return contexts.back();
}

Task<Result<std::unique_ptr<ByteStream>>> TlsClients::secure(std::unique_ptr<ByteStream> stream, const Origin& origin,
                                                             Wait wait) {
  auto context = context_of(origin);
  if (!context) co_return files_not_usable();
  std::shared_ptr<Remembered> remembered = (*context)->session_of(origin);
  SslPtr ssl(SSL_new((*context)->ssl.get()));
  if (ssl == nullptr) throw std::bad_alloc();
  if (!expect_name(ssl.get(), name_of(origin))) co_return certificate_not_valid();
  SSL_set_connect_state(ssl.get());
  SSL_set_app_data(ssl.get(), remembered.get());
  if (remembered->session != nullptr) SSL_set_session(ssl.get(), remembered->session.get());

  auto secured = std::make_unique<TlsStream>(std::move(ssl), std::move(stream), remembered);
  auto shaken = co_await secured->shake_hands(wait);
  if (shaken) co_return std::move(secured);
  remembered->session.reset();  // should it be to blame, it is not offered again
  if (secured->certificate_refused()) co_return certificate_not_valid();
  co_return fail(std::move(shaken).error());
}

}  // namespace tollgate
