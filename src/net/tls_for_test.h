#pragma once
// For the tests of TLS: certificates made on the spot, a connection in memory of any capacity, a loop in virtual time.

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "async/reactor.h"
#include "async/task_group.h"
#include "net/tls_stream.h"

namespace tollgate::for_test {

// --- certificates

using KeyPtr = std::unique_ptr<EVP_PKEY, Released<EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Released<X509_free>>;

struct Identity {
  KeyPtr key;
  CertPtr cert;
};

struct Ask {
  std::string alt_names = "DNS:provider.test";  // as OpenSSL's configuration writes them; empty: none
  std::string common_name = "provider.test";
  long begins_s = -3600;  // from now
  long ends_s = 3600;
};

inline void extend(X509* cert, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, cert, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (extension == nullptr) throw std::runtime_error(value);
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself when there is none.
inline Identity issue(const Ask& ask, const Identity* issuer, bool authority = false) {
  static long serial = 1;
  Identity made{KeyPtr(EVP_EC_gen("P-256")), CertPtr(X509_new())};
  X509* cert = made.cert.get();
  X509_set_version(cert, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
  X509_gmtime_adj(X509_getm_notBefore(cert), ask.begins_s);
  X509_gmtime_adj(X509_getm_notAfter(cert), ask.ends_s);
  X509_set_pubkey(cert, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(ask.common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer->cert.get() : cert));
  if (authority) extend(cert, NID_basic_constraints, "critical,CA:TRUE");
  if (!ask.alt_names.empty() && !authority) extend(cert, NID_subject_alt_name, ask.alt_names.c_str());
  X509_sign(cert, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}
inline Identity make_authority() { return issue({.common_name = "test authority"}, nullptr, true); }

// A folder of PEM files that goes with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::path(testing::TempDir()) / "tls_XXXXXX") {
    std::string name = path_;
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string cert(const std::string& name, const Identity& identity) const {
    return write(name + ".pem", [&](FILE* file) { PEM_write_X509(file, identity.cert.get()); });
  }
  std::string key(const std::string& name, const Identity& identity) const {
    return write(name + ".key", [&](FILE* file) {
      PEM_write_PrivateKey(file, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

 private:
  template <class Writer>
  std::string write(const std::string& name, Writer writer) const {
    std::string file = path_ / name;
    FILE* out = std::fopen(file.c_str(), "w");
    writer(out);
    std::fclose(out);
    return file;
  }
  std::filesystem::path path_;
};

inline SslContextPtr server_context(const Identity& identity) {
  SslContextPtr context = new_tls_context(TLS_server_method());
  SSL_CTX_use_certificate(context.get(), identity.cert.get());
  SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
  return context;
}

enum class Side { client, server };
inline std::unique_ptr<TlsStream> tls_over(std::unique_ptr<ByteStream> inner, SSL_CTX& context, Side side,
                                           SSL** inside = nullptr) {
  SslPtr ssl(SSL_new(&context));
  if (inside != nullptr) *inside = ssl.get();
  if (side == Side::client) SSL_set_connect_state(ssl.get());
  else SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsStream>(std::move(ssl), std::move(inner));
}

// --- a connection in memory

struct WireShape {
  std::size_t capacity = 1 << 20;  // bytes on the way, each direction
  std::size_t chunk = 1 << 20;     // at most, each read
};

// One end. Its readiness speaks as a socket's on edge-triggered epoll does: nothing new, no edge.
class WireEnd final : public ByteStream {
 public:
  static std::pair<std::unique_ptr<WireEnd>, std::unique_ptr<WireEnd>> pair(WireShape shape = {}) {
    auto a = std::make_unique<WireEnd>(shape), b = std::make_unique<WireEnd>(shape);
    a->other_ = b.get();
    b->other_ = a.get();
    return {std::move(a), std::move(b)};
  }
  explicit WireEnd(WireShape shape) : shape_(shape) {}
  ~WireEnd() override {
    finish_writing();
    if (other_ != nullptr) other_->other_ = nullptr;
  }

  IoCount try_read(std::span<char> into) override {
    if (!readiness_.may_read()) return IoCount::blocked();
    std::size_t got = came_.copy(into.data(), std::min(into.size(), shape_.chunk));
    came_.erase(0, got);
    if (came_.empty()) readiness_.drained();
    if (got > 0 && other_ != nullptr) other_->readiness_.mark_writable();
    return got > 0 ? IoCount::moved(got) : ended_ ? IoCount::ended() : IoCount::blocked();
  }
  IoCount try_write(std::span<const std::string_view> parts) override {
    if (other_ == nullptr) return IoCount::failed();
    std::size_t put = 0;
    for (auto part : parts) {
      std::size_t fits = std::min(part.size(), shape_.capacity - other_->came_.size());
      other_->came_.append(part.substr(0, fits));
      put += fits;
      if (fits < part.size()) readiness_.filled();
    }
    if (put == 0) return IoCount::blocked();
    ++writes;
    other_->readiness_.mark_readable();
    return IoCount::moved(put);
  }
  void finish_writing() override {
    if (other_ == nullptr || other_->ended_) return;
    other_->ended_ = true;
    other_->readiness_.mark_hung_up();
  }
  Readiness& readiness() override { return readiness_; }
  PeerAddress peer() const override { return {}; }

  int writes = 0;

 private:
  WireShape shape_;
  WireEnd* other_ = nullptr;
  std::string came_;
  bool ended_ = false;
  Readiness readiness_;
};

// --- a loop whose time moves only when nothing else can

struct VirtualTime final : Clock, Poller {
  Instant now() override { return at; }
  WallTime wall() override { return {at.ns}; }
  void wait(Instant until) override {
    if (until == Instant::never() && ++idle_turns > 1000) throw std::runtime_error("everyone waits for ever");
    if (until != Instant::never()) at = std::max(at, until);
  }
  void wake() override {}
  Instant at{1'000'000'000};
  int idle_turns = 0;
};

struct Loop {
  VirtualTime time;
  SeededRandom random{1};
  Reactor reactor{time, random, time};
  TaskGroup tasks;

  Wait within(Duration limit) const { return {time.at + limit}; }
  void spawn(Task<void> task) {
    Reactor::Turn turn(reactor);
    tasks.spawn(std::move(task));
  }
  void run() {
    reactor.run_until([&] { return tasks.size() == 0; });
  }
};

template <class T>
Task<void> store(T& out, Task<T> task) {
  out = co_await std::move(task);
}

// Everything up to the end, or to the error that ended it.
inline Task<Result<std::string>> read_to_end(ByteStream& stream, Wait wait) {
  std::string all;
  std::array<char, 32 * 1024> room;
  for (;;) {
    TG_CO_TRY(got, co_await read_some(stream, room, wait));
    if (got == 0) co_return all;
    all.append(room.data(), got);
  }
}

// Some bytes without a pattern that a mix-up could hide behind.
inline std::string noise(std::size_t size) {
  SeededRandom random(size);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random.next() & 0xff);
  return out;
}

}  // namespace tollgate::for_test
