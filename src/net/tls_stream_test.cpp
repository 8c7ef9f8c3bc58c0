#include "net/tls_stream.h"

#include "net/tls_for_test.h"

namespace tollgate {
namespace {

using namespace for_test;
using namespace std::chrono_literals;
using State = IoCount::State;

// Two TLS streams that face each other.
struct Strangers {
  explicit Strangers(WireShape shape = {}) {
    auto [a, b] = WireEnd::pair(shape);
    client_wire = a.get();
    server_wire = b.get();
    client = tls_over(std::move(a), *client_context, Side::client);
    server = tls_over(std::move(b), *context, Side::server, &server_ssl);
  }

  Loop loop;
  SslContextPtr context = server_context(issue({}, nullptr));
  SslContextPtr client_context = new_tls_context(TLS_client_method());
  WireEnd *client_wire, *server_wire;
  SSL* server_ssl;
  std::unique_ptr<TlsStream> client, server;
};

// Two that have shaken hands.
struct Pair : Strangers {
  explicit Pair(WireShape shape = {}) : Strangers(shape) {
    Result<void> at_client = fail(Fault::internal, ""), at_server = at_client;
    loop.spawn(store(at_client, client->shake_hands(loop.within(1s))));
    loop.spawn(store(at_server, server->shake_hands(loop.within(1s))));
    loop.run();
    EXPECT_TRUE(at_client && at_server);
  }
};

Task<void> send_in_pieces(ByteStream& stream, std::string_view bytes, std::size_t piece, Wait wait) {
  while (!bytes.empty()) {
    std::string_view next = bytes.substr(0, piece);
    std::array<std::string_view, 3> parts{next.substr(0, next.size() / 3), "", next.substr(next.size() / 3)};
    EXPECT_TRUE(co_await write_all(stream, parts, wait));
    bytes.remove_prefix(next.size());
  }
  co_await finish_writing(stream, wait);
}

// One side: after the handshake it writes and reads at once.
Task<void> converse(TaskGroup& tasks, ByteStream& stream, std::string_view says, std::size_t piece,
                    Result<std::string>& hears, Wait wait) {
  EXPECT_TRUE(co_await stream.shake_hands(wait));
  tasks.spawn(send_in_pieces(stream, says, piece, wait));
  tasks.spawn(store(hears, read_to_end(stream, wait)));
}

void expect_carried(WireShape shape, std::size_t size, std::size_t piece) {
  SCOPED_TRACE(testing::Message() << "capacity " << shape.capacity << ", chunk " << shape.chunk << ", piece " << piece);
  Strangers pair(shape);
  std::string up = noise(size), down = noise(size / 2 + 1);
  Result<std::string> at_server = "", at_client = "";
  Wait wait = pair.loop.within(1s);
  pair.loop.spawn(converse(pair.loop.tasks, *pair.client, up, piece, at_client, wait));
  pair.loop.spawn(converse(pair.loop.tasks, *pair.server, down, piece, at_server, wait));
  pair.loop.run();
  ASSERT_TRUE(at_server && at_client);
  EXPECT_TRUE(*at_server == up);
  EXPECT_TRUE(*at_client == down);
}

TEST(TlsStream, CarriesBytesBothWaysOverAnyChunking) {
  for (std::size_t piece : {1u, 1000u, 16384u, 70'000u}) {
    expect_carried({.capacity = 1 << 20, .chunk = 1 << 20}, 20 * piece, piece);
    expect_carried({.capacity = 37, .chunk = 1}, 3 * piece, piece);
    expect_carried({.capacity = 5000, .chunk = 4096}, 20 * piece, piece);
    expect_carried({.capacity = 17'000, .chunk = 1 << 20}, 20 * piece, piece);
  }
}

TEST(TlsStream, PartsWrittenTogetherLeaveAsOneRecordInOneWrite) {
  Pair pair;
  std::string head = noise(300), body = noise(9000);
  std::array<std::string_view, 2> parts{head, body};
  int before = pair.client_wire->writes;

  EXPECT_EQ(pair.client->try_write(parts).count, 9300u);
  EXPECT_EQ(pair.client_wire->writes, before + 1);
  std::array<char, 16384> room;
  std::array<char, 1> tiny;
  EXPECT_EQ(pair.server->try_read(tiny).count, 1u);
  EXPECT_EQ(SSL_pending(pair.server_ssl), 9299);  // of the same record
  EXPECT_EQ(pair.server->try_read(room).count, 9299u);
}

TEST(TlsStream, WhatItHoldsIsPendingAlthoughTheSocketIsDrained) {
  Pair pair;
  std::array<std::string_view, 1> first{"first"}, second{"second"};
  pair.server->try_write(first);
  pair.server->try_write(second);
  std::array<char, 5> room;

  EXPECT_EQ(pair.client->try_read(room).count, 5u);
  EXPECT_FALSE(pair.client->readiness().may_read());
  EXPECT_TRUE(pair.client->has_pending());
  EXPECT_EQ(pair.client->try_read(room).count, 5u);
  EXPECT_TRUE(pair.client->has_pending());
  EXPECT_EQ(pair.client->try_read(room).count, 1u);
  EXPECT_FALSE(pair.client->has_pending());
  EXPECT_EQ(pair.client->try_read(room).state, State::blocked);
}

TEST(TlsStream, ABlockedReadLeavesNothingPending) {
  Pair pair;
  std::array<char, 100> room;
  std::string_view half("\x17\x03\x03\x00\x40 half", 10);  // of a record of 64 bytes
  pair.server_wire->try_write({&half, 1});
  EXPECT_EQ(pair.client->try_read(room).state, State::blocked);
  EXPECT_FALSE(pair.client->has_pending());
}

TEST(TlsStream, TellsAnOrderlyEndFromATruncation) {
  for (bool orderly : {true, false}) {
    Pair pair;
    std::array<std::string_view, 1> part{"the last"};
    pair.server->try_write(part);
    if (orderly) pair.server->finish_writing();
    else pair.server.reset();
    std::array<char, 100> room;

    EXPECT_EQ(pair.client->try_read(room).count, 8u);
    EXPECT_EQ(pair.client->try_read(room).state, orderly ? State::ended : State::failed);
    EXPECT_EQ(pair.client->try_read(room).state, orderly ? State::ended : State::failed);
  }
}

TEST(TlsStream, ItsOrderlyEndWaitsForRoom) {
  Pair pair({.capacity = 5000});
  std::array<char, 5000> room;
  EXPECT_EQ(pair.client->try_read(room).state, State::blocked);  // but it takes the tickets off the wire
  std::string bulk = noise(5000 - 22);  // a record of TLS 1.3 adds 22 bytes: the wire is full
  std::array<std::string_view, 1> part{bulk};
  EXPECT_EQ(pair.server->try_write(part).count, bulk.size());
  pair.server->finish_writing();
  EXPECT_TRUE(pair.server->is_finishing());

  EXPECT_EQ(pair.client->try_read(room).count, bulk.size());
  EXPECT_EQ(pair.client->try_read(room).state, State::blocked);
  pair.server->finish_writing();
  EXPECT_FALSE(pair.server->is_finishing());
  EXPECT_EQ(pair.client->try_read(room).state, State::ended);
}

TEST(TlsStream, ReadsOnAfterItHasFinishedWriting) {
  Pair pair;
  pair.client->finish_writing();
  std::array<std::string_view, 1> part{"still talking"};
  pair.server->try_write(part);
  std::array<char, 100> room;
  EXPECT_EQ(pair.client->try_read(room).count, 13u);
  EXPECT_EQ(pair.server->try_read(room).state, State::ended);
}

TEST(TlsStream, AKeyUpdateStopsNoReaderWhileTheSocketIsFull) {
  Pair pair({.capacity = 5000});
  std::string bulk = noise(5000 - 22);  // as a record it fills the wire
  std::array<std::string_view, 1> bulky{bulk}, update{"after the update"}, more{"more"};
  std::array<char, 5000> room;
  EXPECT_EQ(pair.client->try_read(room).state, State::blocked);  // the tickets
  EXPECT_EQ(pair.client->try_write(bulky).count, bulk.size());

  SSL_key_update(pair.server_ssl, SSL_KEY_UPDATE_REQUESTED);
  pair.server->try_write(update);
  EXPECT_EQ(pair.client->try_read(room).count, update[0].size());
  EXPECT_EQ(pair.client->try_write(more).state, State::blocked);

  EXPECT_EQ(pair.server->try_read(room).count, bulk.size());
  EXPECT_EQ(pair.client->try_write(more).count, 4u);
  EXPECT_EQ(pair.server->try_read(room).count, 4u);
}

TEST(TlsStream, AKeyUpdateDoesNotDisturbARecordOnItsWay) {
  Pair pair({.capacity = 20'000});
  std::array<std::string_view, 1> part{"after the update"};
  std::string bulk = noise(60'000);
  std::array<std::string_view, 1> bulky{bulk};
  std::size_t sent = 0;
  for (IoCount put = pair.client->try_write(bulky); put.state == State::moved; put = pair.client->try_write(bulky)) {
    sent += put.count;
    bulky[0].remove_prefix(put.count);
  }
  ASSERT_LT(sent, bulk.size());
  ASSERT_FALSE(pair.client->readiness().may_write());

  SSL_key_update(pair.server_ssl, SSL_KEY_UPDATE_REQUESTED);
  pair.server->try_write(part);
  std::array<char, 100> room;
  EXPECT_EQ(pair.client->try_read(room).count, part[0].size());

  Result<std::string> got = "";
  Wait wait = pair.loop.within(1s);
  pair.loop.spawn(send_in_pieces(*pair.client, bulky[0], bulk.size(), wait));
  pair.loop.spawn(store(got, read_to_end(*pair.server, wait)));
  pair.loop.run();
  ASSERT_TRUE(got);
  EXPECT_TRUE(*got == bulk);
}

TEST(TlsStream, GarbageFailsAndStaysFailed) {
  Pair pair;
  std::string_view garbage = "HTTP/1.1 200 OK\r\n\r\n";
  pair.server_wire->try_write({&garbage, 1});
  std::array<char, 100> room;
  EXPECT_EQ(pair.client->try_read(room).state, State::failed);
  EXPECT_EQ(pair.client->try_read(room).state, State::failed);
  EXPECT_FALSE(pair.client->has_pending());
}

}  // namespace
}  // namespace tollgate
