#include "net/tls_client.h"

#include "net/tls_for_test.h"

namespace tollgate {
namespace {

using namespace for_test;
using namespace std::chrono_literals;

// What became of one attempt to speak TLS with a peer.
struct Outcome {
  Result<std::unique_ptr<ByteStream>> stream = fail(Fault::internal, "not run");
  Result<std::string> at_peer = fail(Fault::internal, "not run");  // what it read, up to our orderly end
  bool ok() const { return stream.has_value(); }
  bool resumed() const { return static_cast<TlsStream&>(**stream).resumed(); }
};

// A peer that answers the handshake with `context` and says one word, so that tickets are read.
Task<Result<std::string>> answer(std::unique_ptr<ByteStream> peer, Wait wait) {
  TG_CO_TRY_VOID(co_await peer->shake_hands(wait));
  std::array<std::string_view, 1> word{"hello"};
  TG_CO_TRY_VOID(co_await write_all(*peer, word, wait));
  co_return co_await read_to_end(*peer, wait);
}

Task<Result<std::unique_ptr<ByteStream>>> ask(TlsClients& clients, std::unique_ptr<ByteStream> inner,
                                              const Origin& origin, Wait wait) {
  TG_CO_TRY(stream, co_await clients.secure(std::move(inner), origin, wait));
  std::array<char, 16> room;
  TG_CO_TRY(got, co_await read_some(*stream, room, wait));
  EXPECT_EQ(got, 5u);
  stream->finish_writing();
  co_return std::move(stream);
}

struct World {
  Outcome connect(const Origin& origin, SSL_CTX& peer) {
    auto [near, far] = WireEnd::pair();
    Outcome out;
    Wait wait = loop.within(10s);
    loop.spawn(store(out.at_peer, answer(tls_over(std::move(far), peer, Side::server), wait)));
    loop.spawn(store(out.stream, ask(clients, std::move(near), origin, wait)));
    loop.run();
    return out;
  }
  Outcome connect(const Origin& origin, const Identity& peer) { return connect(origin, *server_context(peer)); }

  Origin origin(std::string host = "provider.test") const {
    Origin made;
    made.host = std::move(host);
    made.ca_file = ca_file;
    return made;
  }

  Loop loop;
  Folder folder;
  Identity authority = make_authority();
  std::string ca_file = folder.cert("ca", authority);
  TlsClients clients;
};

void expect_refused_for_good(const Outcome& outcome) {
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.stream.error().fault, Fault::upstream_unreachable);
  EXPECT_EQ(outcome.stream.error().retry, Retry::never);
  EXPECT_EQ(outcome.stream.error().detail, "the provider's certificate is not valid");
}

void expect_refused_for_now(const Outcome& outcome) {
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.stream.error().fault, Fault::upstream_unreachable);
  EXPECT_EQ(outcome.stream.error().retry, Retry::next_target);
}

TEST(TlsClients, AcceptACertificateThatNamesTheHost) {
  struct {
    const char *alt_names, *host;
  } cases[] = {{"DNS:provider.test", "provider.test"},
               {"DNS:other.test,DNS:Provider.TEST", "provider.test"},
               {"DNS:*.provider.test", "api.provider.test"},
               {"IP:127.0.0.1", "127.0.0.1"},
               {"IP:::1", "::1"}};
  World world;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.alt_names);
    EXPECT_TRUE(world.connect(world.origin(c.host), issue({.alt_names = c.alt_names}, &world.authority)).ok());
  }
}

TEST(TlsClients, RefuseACertificateThatNamesAnother) {
  struct {
    const char *alt_names, *host;
  } cases[] = {{"DNS:other.test", "provider.test"},
               {"DNS:*.provider.test", "provider.test"},
               {"DNS:*.provider.test", "a.b.provider.test"},
               {"DNS:ap*.provider.test", "api.provider.test"},
               {"DNS:provider.test.evil.test", "provider.test"},
               {"IP:127.0.0.2", "127.0.0.1"},
               {"DNS:127.0.0.1", "127.0.0.1"},
               {"", "provider.test"},  // its common name only
               {"DNS:provider.test", ""},
               {"DNS:provider.test", ".test"}};
  World world;
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.alt_names << " for " << c.host);
    expect_refused_for_good(world.connect(world.origin(c.host), issue({.alt_names = c.alt_names}, &world.authority)));
  }
}

TEST(TlsClients, ANameInTheCertificateDoesNotEndAtItsNul) {
  World world;
  Identity peer = issue({.alt_names = ""}, &world.authority);
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, "provider.test\0.evil.test", 24);
  GENERAL_NAME_set0_value(name, GEN_DNS, text);
  GENERAL_NAMES* names = GENERAL_NAMES_new();
  sk_GENERAL_NAME_push(names, name);
  X509_add1_ext_i2d(peer.cert.get(), NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
  GENERAL_NAMES_free(names);
  X509_sign(peer.cert.get(), world.authority.key.get(), EVP_sha256());
  expect_refused_for_good(world.connect(world.origin(), peer));
}

TEST(TlsClients, ExpectTheNameThatWasSetInsteadOfTheHost) {
  World world;
  Identity peer = issue({.alt_names = "DNS:inner.test"}, &world.authority);
  Origin origin = world.origin("10.0.0.7");
  expect_refused_for_good(world.connect(origin, peer));
  origin.tls_name = "inner.test";
  EXPECT_TRUE(world.connect(origin, peer).ok());
}

TEST(TlsClients, RefuseACertificateWithoutATrustedIssuer) {
  World world;
  Identity stranger = make_authority();
  expect_refused_for_good(world.connect(world.origin(), issue({}, &stranger)));
  expect_refused_for_good(world.connect(world.origin(), issue({}, nullptr)));  // self-signed
  Origin of_the_system = world.origin();
  of_the_system.ca_file.clear();
  expect_refused_for_good(world.connect(of_the_system, issue({}, &world.authority)));
}

TEST(TlsClients, RefuseACertificateOutsideItsTime) {
  World world;
  expect_refused_for_good(world.connect(world.origin(), issue({.ends_s = -60}, &world.authority)));
  expect_refused_for_good(world.connect(world.origin(), issue({.begins_s = 60}, &world.authority)));
}

TEST(TlsClients, RefuseAPeerThatKnowsOnlyTls11) {
  World world;
  SslContextPtr old = server_context(issue({}, &world.authority));
  SSL_CTX_set_min_proto_version(old.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old.get(), TLS1_1_VERSION);
  SSL_CTX_set_security_level(old.get(), 0);
  expect_refused_for_now(world.connect(world.origin(), *old));
}

Task<void> speak_plainly(std::unique_ptr<ByteStream> peer, Wait wait) {
  std::array<std::string_view, 1> words{"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"};
  co_await write_all(*peer, words, wait);
  co_await read_to_end(*peer, wait);
}

TEST(TlsClients, RefuseAPeerThatSpeaksPlainHttp) {
  World world;
  auto [near, far] = WireEnd::pair();
  Outcome out;
  Wait wait = world.loop.within(10s);
  world.loop.spawn(speak_plainly(std::move(far), wait));
  world.loop.spawn(store(out.stream, world.clients.secure(std::move(near), world.origin(), wait)));
  world.loop.run();
  expect_refused_for_now(out);
}

TEST(TlsClients, GiveUpOnAHandshakeThatHangs) {
  World world;
  auto [near, far] = WireEnd::pair();
  Outcome out;
  Instant start = world.loop.time.at;
  world.loop.spawn(store(out.stream, world.clients.secure(std::move(near), world.origin(), world.loop.within(5s))));
  world.loop.run();
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.stream.error().fault, Fault::deadline);
  EXPECT_EQ(world.loop.time.at, start + 5s);
}

TEST(TlsClients, TakeUpTheLastSessionOfAnOrigin) {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    World world;
    SslContextPtr peer = server_context(issue({.alt_names = "DNS:provider.test,DNS:other.test"}, &world.authority));
    SSL_CTX_set_max_proto_version(peer.get(), version);
    Origin other = world.origin("other.test");

    EXPECT_FALSE(world.connect(world.origin(), *peer).resumed());
    for (int again = 0; again < 3; ++again) EXPECT_TRUE(world.connect(world.origin(), *peer).resumed());
    EXPECT_FALSE(world.connect(other, *peer).resumed());
    world.clients.forget();
    EXPECT_FALSE(world.connect(world.origin(), *peer).resumed());
  }
}

TEST(TlsClients, ASessionDoesNotVouchForAnotherTrust) {
  World world;
  SslContextPtr peer = server_context(issue({}, &world.authority));
  ASSERT_TRUE(world.connect(world.origin(), *peer).ok());
  Origin wary = world.origin();
  wary.ca_file = world.folder.cert("stranger", make_authority());
  expect_refused_for_good(world.connect(wary, *peer));
}

TEST(TlsClients, ShowTheirOwnCertificateWhereOneIsSet) {
  World world;
  SslContextPtr peer = server_context(issue({}, &world.authority));
  SSL_CTX_load_verify_file(peer.get(), world.ca_file.c_str());
  SSL_CTX_set_verify(peer.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_session_id_context(peer.get(), alpn_http1, 4);
  Origin origin = world.origin();
  expect_refused_for_now(world.connect(origin, *peer));

  Identity own = issue({.alt_names = "DNS:gateway.test"}, &world.authority);
  origin.cert_file = world.folder.cert("own", own);
  origin.key_file = world.folder.key("own", own);
  Outcome shown = world.connect(origin, *peer);
  EXPECT_TRUE(shown.ok() && shown.at_peer);
}

TEST(TlsClients, SayWhichOfTheirFilesCannotBeUsed) {
  World world;
  Identity own = issue({}, &world.authority), other = issue({}, &world.authority);
  Origin missing = world.origin(), mismatched = world.origin(), named_wrong = world.origin(".test");
  missing.ca_file = "/nowhere/ca.pem";
  mismatched.cert_file = world.folder.cert("own", own);
  mismatched.key_file = world.folder.key("other", other);

  EXPECT_TRUE(world.clients.prepare(world.origin()));
  EXPECT_FALSE(world.clients.prepare(named_wrong));
  ASSERT_FALSE(world.clients.prepare(missing));
  EXPECT_NE(world.clients.prepare(missing).error().detail.find("/nowhere/ca.pem"), std::string::npos);
  ASSERT_FALSE(world.clients.prepare(mismatched));
  EXPECT_NE(world.clients.prepare(mismatched).error().detail.find("other.key"), std::string::npos);
  expect_refused_for_now(world.connect(missing, own));
}

TEST(TlsClients, OfferHttp11AndTheNameOfTheHost) {
  World world;
  SslContextPtr peer = server_context(issue({}, &world.authority));
  std::pair<std::string, std::string> seen;
  auto see = [](SSL* ssl, const unsigned char** out, unsigned char* size, const unsigned char* offered, unsigned all,
                void* to) {
    auto& [protocols, name] = *static_cast<std::pair<std::string, std::string>*>(to);
    protocols.assign(reinterpret_cast<const char*>(offered), all);
    name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    *out = offered + 1;
    *size = offered[0];
    return SSL_TLSEXT_ERR_OK;
  };
  SSL_CTX_set_alpn_select_cb(peer.get(), see, &seen);
  EXPECT_TRUE(world.connect(world.origin(), *peer).ok());
  EXPECT_EQ(seen.first, "\x08http/1.1");
  EXPECT_EQ(seen.second, "provider.test");
}

}  // namespace
}  // namespace tollgate
