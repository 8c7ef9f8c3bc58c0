#include "net/tls_server.h"

#include <array>
#include <deque>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/tls_for_test.h"

namespace tollgate {
namespace {

using namespace for_test;
using namespace std::chrono_literals;

std::shared_ptr<const TlsServer> make_server() {
  Folder folder;
  Identity own = issue({}, nullptr);
  auto loaded = TlsServer::load(folder.cert("own", own), folder.key("own", own));
  EXPECT_TRUE(loaded);
  return *loaded;
}

// What a client with this context is told by the server. `keep` keeps its last session.
struct Shaken {
  Result<void> client = fail(Fault::internal, "not run"), server = client;
  std::string protocol, version;
  bool resumed = false;
};

Shaken shake(const TlsServer& server, SSL_CTX& context, SslSessionPtr* keep = nullptr) {
  Loop loop;
  auto [near, far] = WireEnd::pair();
  SSL* inside = nullptr;
  auto client = tls_over(std::move(near), context, Side::client, &inside);
  if (keep != nullptr && *keep != nullptr) SSL_set_session(inside, keep->get());
  auto served = server.wrap(std::move(far));
  Shaken out;
  loop.spawn(store(out.server, served->shake_hands(loop.within(1s))));
  loop.spawn(store(out.client, client->shake_hands(loop.within(1s))));
  loop.run();
  char byte;
  client->try_read({&byte, 1});  // takes the tickets in
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(inside, &protocol, &size);
  out.protocol.assign(reinterpret_cast<const char*>(protocol), size);
  out.version = SSL_get_version(inside);
  out.resumed = client->resumed();
  if (keep != nullptr) keep->reset(SSL_get1_session(inside));
  return out;
}

SslContextPtr client_context() { return new_tls_context(TLS_client_method()); }

TEST(TlsServer, SaysWhichFileCannotBeUsed) {
  Folder folder;
  Identity own = issue({}, nullptr), other = issue({}, nullptr);
  std::string cert = folder.cert("own", own), key = folder.key("own", own), other_key = folder.key("other", other);
  EXPECT_TRUE(TlsServer::load(cert, key));
  auto missing = TlsServer::load("/nowhere/cert.pem", key);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().detail.find("the certificate /nowhere/cert.pem"), std::string::npos);
  auto mismatched = TlsServer::load(cert, other_key);
  ASSERT_FALSE(mismatched);
  EXPECT_NE(mismatched.error().detail.find("the key " + other_key), std::string::npos);
}

TEST(TlsServer, SpeaksTls12AndTls13AndNothingOlder) {
  auto server = make_server();
  struct {
    int version;
    const char* spoken;
  } cases[] = {{TLS1_3_VERSION, "TLSv1.3"}, {TLS1_2_VERSION, "TLSv1.2"}};
  for (auto& c : cases) {
    auto context = client_context();
    SSL_CTX_set_max_proto_version(context.get(), c.version);
    Shaken shaken = shake(*server, *context);
    EXPECT_TRUE(shaken.client && shaken.server);
    EXPECT_EQ(shaken.version, c.spoken);
  }
  auto old = client_context();
  SSL_CTX_set_min_proto_version(old.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old.get(), TLS1_1_VERSION);
  SSL_CTX_set_security_level(old.get(), 0);
  EXPECT_FALSE(shake(*server, *old).server);
}

TEST(TlsServer, OfTls12HasNoCipherWithoutForwardSecrecyOrAuthentication) {
  auto server = make_server();
  for (const char* ciphers :
       {"kRSA", "AES128-SHA256:ECDHE+SHA256:@SECLEVEL=0", "ECDHE+AES:!AESGCM:!AESCCM:@SECLEVEL=0"}) {
    auto context = client_context();
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    ASSERT_EQ(SSL_CTX_set_cipher_list(context.get(), ciphers), 1) << ciphers;
    EXPECT_FALSE(shake(*server, *context).server) << ciphers;
  }
}

TEST(TlsServer, AgreesOnHttp11OrOnNoProtocolAtAll) {
  auto server = make_server();
  auto silent = client_context(), both = client_context(), other = client_context();
  SSL_CTX_set_alpn_protos(both.get(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
  SSL_CTX_set_alpn_protos(other.get(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.0"), 12);
  EXPECT_EQ(shake(*server, *silent).protocol, "");
  EXPECT_TRUE(shake(*server, *silent).client);
  EXPECT_EQ(shake(*server, *both).protocol, "http/1.1");
  EXPECT_FALSE(shake(*server, *other).client);
}

TEST(TlsServer, ResumesSessionsByTicketsUntilItIsReplaced) {
  auto server = make_server(), replaced = make_server();
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto context = client_context();
    SSL_CTX_set_max_proto_version(context.get(), version);
    SslSessionPtr session;
    EXPECT_FALSE(shake(*server, *context, &session).resumed);
    EXPECT_TRUE(shake(*server, *context, &session).resumed);
    Shaken anew = shake(*replaced, *context, &session);
    EXPECT_TRUE(anew.client);
    EXPECT_FALSE(anew.resumed);
  }
}

TEST(TlsServer, RefusesToNegotiateAnew) {
  auto server = make_server();
  auto context = client_context();
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_clear_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  Loop loop;
  auto [near, far] = WireEnd::pair();
  SSL* inside = nullptr;
  auto client = tls_over(std::move(near), *context, Side::client, &inside);
  auto served = server->wrap(std::move(far));
  Result<void> at_server, shaken;
  loop.spawn(store(at_server, served->shake_hands(loop.within(1s))));
  loop.spawn(store(shaken, client->shake_hands(loop.within(1s))));
  loop.run();
  ASSERT_TRUE(shaken);

  ASSERT_EQ(SSL_renegotiate(inside), 1);
  SSL_do_handshake(inside);
  std::array<char, 16> room;
  served->try_read(room);
  EXPECT_EQ(client->try_read(room).state, IoCount::State::failed);  // warned: no_renegotiation
}

// --- under HTTP

// Gives out the connections that were put in, then waits to be cancelled.
struct GivenConnections final : Listener {
  Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) override {
    if (given.empty()) co_return fail(woken_early(co_await sleep(wait)));
    auto next = std::move(given.front());
    given.pop_front();
    co_return std::move(next);
  }
  std::deque<std::unique_ptr<ByteStream>> given;
};

struct OneConnection final : Dialer {
  Task<Result<std::unique_ptr<ByteStream>>> dial(const Origin&, Wait) override { co_return std::move(stream); }
  std::unique_ptr<ByteStream> stream;
};

struct Echo final : http::Handler {
  Task<void> serve(http::ServerExchange& exchange) override {
    ++served;
    auto body = co_await exchange.whole_body(4 << 20);
    if (!body) co_return;
    std::array<std::string_view, 1> parts{*body};
    co_await exchange.answer({}, parts);
  }
  RefusalAnswer refuse(const http::Refusal& refusal) override { return {std::string(refusal.what), "id"}; }
  int served = 0;
};

struct Served {
  Served() { tls_listener.emplace(listener, make_server()); }
  std::unique_ptr<WireEnd> connection() {
    auto [near, far] = WireEnd::pair();
    listener.given.push_back(std::move(far));
    return std::move(near);
  }

  Loop loop;
  MemoryBudget memory{64 << 20};
  GivenConnections listener;
  std::optional<TlsListener> tls_listener;
  Echo handler;
  http::Server server{handler, memory, {}};
  SslContextPtr context = client_context();
};

Task<void> write_then_read(ByteStream& stream, std::string_view request, std::string& got, Wait wait) {
  EXPECT_TRUE(co_await stream.shake_hands(wait));
  std::array<std::string_view, 1> parts{request};
  EXPECT_TRUE(co_await write_all(stream, parts, wait));
  auto all = co_await read_to_end(stream, wait);
  EXPECT_TRUE(all) << all.error().detail;
  if (all) got = *all;
}

Task<void> then_drain(Task<void> first, http::Server& server, Instant until) {
  co_await std::move(first);
  co_await server.drain(until);
}

TEST(TlsServer, ClosesAConnectionWhoseHandshakeHangsAndServesTheOthersMeanwhile) {
  Served s;
  auto hanging = s.connection();
  std::unique_ptr<TlsStream> client = tls_over(s.connection(), *s.context, Side::client);
  std::string got;
  Instant start = s.loop.time.at;
  s.loop.spawn(s.server.run(*s.tls_listener));
  s.loop.spawn(write_then_read(*client, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", got, {start + 1s}));
  s.loop.reactor.run_until([&] { return !got.empty(); });
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_LT(s.loop.time.at, start + 1s);

  s.loop.reactor.run_until([&] { return s.server.connections() == 0; });
  EXPECT_GE(s.loop.time.at, start + 10s);
  EXPECT_LT(s.loop.time.at, start + 11s);
  s.loop.spawn(s.server.drain(s.loop.time.at));
  s.loop.run();
}

TEST(TlsServer, AnswersARequestThatCameInTheSameReadAsTheEndOfTheLastOne) {
  Served s;
  std::unique_ptr<TlsStream> client = tls_over(s.connection(), *s.context, Side::client);
  std::string body = noise(40'000), got;
  std::string requests = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 40000\r\n\r\n" + body +
                         "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
  Instant start = s.loop.time.at;
  s.loop.spawn(s.server.run(*s.tls_listener));
  s.loop.spawn(then_drain(write_then_read(*client, requests, got, {start + 5s}), s.server, start + 5s));
  s.loop.run();
  EXPECT_EQ(s.handler.served, 2);
  EXPECT_LT(s.loop.time.at, start + 1s);  // nobody waited for a deadline
}

// --- the client's side of it

Task<void> answer_all_at_once(ByteStream& stream, std::span<const std::string_view> records, Wait wait) {
  EXPECT_TRUE(co_await stream.shake_hands(wait));
  std::array<char, 1000> room;
  EXPECT_TRUE(co_await read_some(stream, room, wait));
  for (const std::string_view& record : records) stream.try_write({&record, 1});
}

struct Called {
  Result<std::string> body = fail(Fault::internal, "not run");
  std::size_t kept = 0;
};

Task<Called> call(http::Client& client, http::UpstreamPool& pool, ByteStream& stream, Wait wait) {
  Called out;
  AttemptPhase phase;
  std::array<std::string_view, 1> request{"GET / HTTP/1.1\r\nhost: a\r\n\r\n"};
  EXPECT_TRUE(co_await stream.shake_hands(wait));
  auto sent = co_await client.send(pool, "GET", request, {wait, wait}, phase);
  EXPECT_TRUE(sent);
  if (!sent) co_return out;
  MemoryBudget memory(1 << 20);
  auto body = co_await (*sent)->whole(1 << 20, memory, wait, seconds(60));
  if (body) out.body = std::string(*body);
  else out.body = fail(std::move(body).error());
  out.kept = pool.idle();
  co_return out;
}

struct Calling {
  Calling() {
    auto [near, far] = WireEnd::pair();
    auto client_side = tls_over(std::move(near), *client, Side::client);
    stream = client_side.get();
    dialer.stream = std::move(client_side);
    peer = tls_over(std::move(far), *context, Side::server);
  }
  Called call_once(std::span<const std::string_view> records) {
    Called out;
    Wait wait = loop.within(5s);
    loop.spawn(answer_all_at_once(*peer, records, wait));
    loop.spawn(store(out, call(upstream, pool, *stream, wait)));
    loop.run();
    return out;
  }

  Loop loop;
  SslContextPtr context = server_context(issue({}, nullptr)), client = client_context();
  ByteStream* stream;
  std::unique_ptr<TlsStream> peer;
  OneConnection dialer;
  http::Client upstream{dialer};
  http::UpstreamPool pool{Origin{}};
};

TEST(HttpClientOverTls, ReadsAnAnswerThatCameAsManyRecordsAtOnce) {
  Calling calling;
  std::string piece = noise(10'000);
  std::string head = "HTTP/1.1 200 OK\r\ncontent-length: 40000\r\n\r\n";
  std::array<std::string_view, 5> records{head, piece, piece, piece, piece};
  Called called = calling.call_once(records);
  ASSERT_TRUE(called.body);
  EXPECT_TRUE(*called.body == piece + piece + piece + piece);
  EXPECT_EQ(called.kept, 1u);
}

TEST(HttpClientOverTls, NeverTakesBytesThatNobodyAskedForAsAnAnswer) {
  Calling calling;
  std::string body(20'000, 'a'), head = "HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n";
  std::array<std::string_view, 3> records{head, body, "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged"};
  ASSERT_TRUE(calling.call_once(records).body);

  Called second;
  AttemptPhase phase;
  Result<std::unique_ptr<http::ClientCall>> sent = fail(Fault::internal, "");
  std::array<std::string_view, 1> request{"GET / HTTP/1.1\r\nhost: a\r\n\r\n"};
  // The kept connection is not used; a new one is wanted, and the dialer has none.
  calling.dialer.stream = WireEnd::pair().first;
  Wait wait = calling.loop.within(1s);
  calling.loop.spawn(store(sent, calling.upstream.send(calling.pool, "GET", request, {wait, wait}, phase)));
  calling.loop.run();
  EXPECT_FALSE(sent);
}

TEST(HttpClientOverTls, ABodyThatEndsWithTheConnectionNeedsAnOrderlyEnd) {
  for (bool orderly : {true, false}) {
    Calling calling;
    std::array<std::string_view, 1> records{"HTTP/1.1 200 OK\r\n\r\nhalf a sentence"};
    Called out;
    Wait wait = calling.loop.within(5s);
    calling.loop.spawn(store(out, call(calling.upstream, calling.pool, *calling.stream, wait)));
    calling.loop.spawn(answer_all_at_once(*calling.peer, records, wait));
    calling.loop.reactor.run_until([&] { return calling.loop.tasks.size() == 1; });
    if (orderly) calling.peer->finish_writing();
    else calling.peer.reset();
    calling.loop.run();
    EXPECT_EQ(out.body.has_value(), orderly);
  }
}

}  // namespace
}  // namespace tollgate
