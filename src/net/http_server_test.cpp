// The server's side of HTTP/1.1 over connections in memory: what goes out for what came in.

#include "net/http_server.h"

#include <gtest/gtest.h>

#include "net/http_for_test.h"

namespace tollgate::http {
namespace {

using namespace std::chrono_literals;

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
std::string post(std::string_view path, std::string_view fields, std::string_view body = {}) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nhost: h\r\n" + std::string(fields) + "\r\n" + std::string(body);
}
std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nhost: h\r\n\r\n"; }
std::string echo(std::string_view body) {
  return post("/echo", "content-length: " + std::to_string(body.size()) + "\r\n", body);
}
std::string status_line(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }
bool says_close(const std::string& answer) { return answer.find("connection: close\r\n") != std::string::npos; }

TEST(HttpServer, AnswersOneRequestAfterAnotherOnOneConnection) {
  TestServer t;
  FarEnd client = t.client(echo("first"));
  EXPECT_EQ(client.take(), ok("first"));
  t.say(client, echo("second"));
  EXPECT_EQ(client.take(), ok("second"));
  EXPECT_FALSE(client.ended());
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  TestServer t;
  FarEnd client = t.client(echo("one") + get("/ignore") + echo("three"));
  EXPECT_EQ(client.take(), ok("one") + ok("ok") + ok("three"));
}

TEST(HttpServer, AnswersTheSameHoweverTheBytesWereCut) {
  TestServer t;
  FarEnd client = t.listener.connect();
  client.wire().read_at_most = 1;
  t.loop.settle();
  t.say(client, echo("one") + post("/echo", "transfer-encoding: chunked\r\n", "2\r\ntw\r\n1\r\no\r\n0\r\n\r\n") + echo("three"));
  EXPECT_EQ(client.take(), ok("one") + ok("two") + ok("three"));
}

TEST(HttpServer, ReadsAChunkedBodyAndThePipelinedRequestBehindIt) {
  TestServer t;
  FarEnd client = t.client(post("/echo", "transfer-encoding: chunked\r\n", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n") + get("/ignore"));
  EXPECT_EQ(client.take(), ok("hello world") + ok("ok"));
}

TEST(HttpServer, SkipsABodyThatNobodyReadAndServesTheNextRequest) {
  TestServer t;
  FarEnd client = t.client(post("/ignore", "content-length: 5\r\n", "GET /"));
  t.say(client, get("/ignore"));
  EXPECT_EQ(client.take(), ok("ok") + ok("ok"));
  EXPECT_EQ(t.handler.served, "/ignore /ignore ");
}

TEST(HttpServer, ReadsABodyThatIsLargerThanItsBuffers) {
  TestServer t;
  std::string body(90'000, 'b');
  FarEnd client = t.client(echo(body) + get("/ignore"));
  EXPECT_EQ(client.take(), ok(body) + ok("ok"));
  EXPECT_EQ(t.memory.used(), 0U);
}

TEST(HttpServer, AsksForTheBodyWhenTheClientWaitsForThat) {
  TestServer t;
  FarEnd client = t.client(post("/echo", "content-length: 2\r\nexpect: 100-continue\r\n"));
  EXPECT_EQ(client.take(), "HTTP/1.1 100 Continue\r\n\r\n");
  t.say(client, "hi");
  EXPECT_EQ(client.take(), ok("hi"));
  EXPECT_FALSE(client.ended());
}

TEST(HttpServer, ClosesWhenABodyThatItNeverAskedForMayStillCome) {
  TestServer t;
  FarEnd client = t.client(post("/ignore", "content-length: 2\r\nexpect: 100-continue\r\n"));
  EXPECT_TRUE(says_close(client.take()));
  EXPECT_TRUE(client.ended());
}

TEST(HttpServer, AnExpectationOfHttp10IsIgnored) {
  TestServer t;
  FarEnd client = t.client("POST /echo HTTP/1.0\r\nhost: h\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\nhi");
  EXPECT_EQ(client.take(), "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi");
}

TEST(HttpServer, SendsHeadTheSameHeadAndNoBody) {
  TestServer t;
  FarEnd client = t.client("HEAD /ignore HTTP/1.1\r\nhost: h\r\n\r\nHEAD /stream HTTP/1.1\r\nhost: h\r\n\r\n" + get("/ignore"));
  EXPECT_EQ(client.take(), "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + ok("ok"));
}

TEST(HttpServer, ClosesAfterHttp10UnlessItAsksToStay) {
  TestServer t;
  FarEnd leaving = t.client("GET /ignore HTTP/1.0\r\nhost: h\r\n\r\n");
  EXPECT_TRUE(says_close(leaving.take()));
  EXPECT_TRUE(leaving.ended());
  FarEnd staying = t.client("GET /ignore HTTP/1.0\r\nhost: h\r\nconnection: keep-alive\r\n\r\n");
  EXPECT_EQ(staying.take(), "HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok");
  EXPECT_FALSE(staying.ended());
}

TEST(HttpServer, StreamsInChunks) {
  TestServer t;
  FarEnd client = t.client(get("/stream") + get("/ignore"));
  EXPECT_EQ(client.take(), "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                           "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n" + ok("ok"));
}

TEST(HttpServer, StreamsToHttp10UntilItCloses) {
  TestServer t;
  FarEnd client = t.client("GET /stream HTTP/1.0\r\nhost: h\r\nconnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.take(), "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nonetwothree");
  EXPECT_TRUE(client.ended());
}

TEST(HttpServer, AStreamThatWasNotFinishedHasNoLastChunk) {
  TestServer t;
  FarEnd client = t.client(get("/unfinished") + get("/ignore"));
  EXPECT_EQ(client.take(), "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n");
  EXPECT_TRUE(client.closed());
}

TEST(HttpServer, AHeadThatDoesNotFitBecomesAnErrorWithoutBody) {
  TestServer t;
  FarEnd client = t.client(get("/long-head"));
  EXPECT_EQ(client.take(), "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
}

// --- limits

TEST(HttpServer, RefusesWhatIsTooLargeAndSaysThatItCloses) {
  TestServer t;
  t.handler.body_max = 10;
  struct Case {
    std::string request, status;
  } cases[] = {
      {post("/echo", "content-length: 11\r\n", "12345678901"), "HTTP/1.1 413 Content Too Large"},
      {post("/echo", "transfer-encoding: chunked\r\n", "b\r\n12345678901\r\n0\r\n\r\n"), "HTTP/1.1 413 Content Too Large"},
      {get("/" + std::string(9000, 'a')), "HTTP/1.1 414 URI Too Long"},
      {post("/echo", "x-long: " + std::string(40'000, 'a') + "\r\n"), "HTTP/1.1 431 Request Header Fields Too Large"},
      {post("/echo", "expect: a miracle\r\n"), "HTTP/1.1 417 Expectation Failed"},
      {post("/echo", "content-length: 1\r\ntransfer-encoding: chunked\r\n"), "HTTP/1.1 400 Bad Request"},
      {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"},
  };
  for (const Case& c : cases) {
    FarEnd client = t.client(c.request + get("/ignore"));
    std::string answer = client.take();
    EXPECT_EQ(status_line(answer), c.status);
    EXPECT_TRUE(says_close(answer)) << c.status;
    EXPECT_TRUE(client.ended()) << c.status;
  }
  EXPECT_EQ(t.handler.served.find("/ignore"), std::string::npos);
}

TEST(HttpServer, RefusesAHeadWithTooManyFields) {
  TestServer t;
  std::string fields;
  for (int i = 0; i < 100; ++i) fields += "a: b\r\n";
  EXPECT_EQ(status_line(t.client(post("/ignore", fields)).take()), "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST(HttpServer, ABrokenChunkEndsTheConnectionAfterTheAnswer) {
  TestServer t;
  FarEnd client = t.client(post("/echo", "transfer-encoding: chunked\r\n", "zz\r\n") + get("/ignore"));
  std::string answer = client.take();
  EXPECT_EQ(status_line(answer), "HTTP/1.1 400 Bad Request");
  EXPECT_TRUE(says_close(answer));
  EXPECT_EQ(t.handler.served, "/echo ");
}

TEST(HttpServer, ABodyBeyondTheMemoryOfAllIsRefusedWhileTheNextFits) {
  TestServer t;
  t.handler.body_max = 10 << 20;
  FarEnd large = t.client(post("/echo", "content-length: 3000000\r\n", std::string(3'000'000, 'b')));
  EXPECT_EQ(status_line(large.take()), "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(t.client(echo(std::string(50'000, 'b'))).take(), ok(std::string(50'000, 'b')));
  EXPECT_EQ(t.memory.used(), 0U);
}

TEST(HttpServer, ReadsOnForAMomentSoThatARefusalArrives) {
  TestServer t;
  FarEnd client = t.client("nonsense\r\n\r\n");
  EXPECT_TRUE(client.wire().we_finished);
  EXPECT_FALSE(client.closed());
  t.say(client, std::string(1000, 'x'));
  EXPECT_EQ(client.wire().to_us, "");
  client.finish();
  t.loop.settle();
  EXPECT_TRUE(client.closed());
}

TEST(HttpServer, DoesNotReadOnForeverAfterARefusal) {
  TestServer t;
  FarEnd client = t.client("nonsense\r\n\r\n");
  for (int i = 0; i < 4; ++i) {
    t.loop.pass(600ms);
    client.say("more");
  }
  EXPECT_TRUE(client.closed());
}

// --- time

TEST(HttpServer, AHeadThatComesTooSlowlyIs408) {
  TestServer t;
  FarEnd client = t.client("GET /ig");
  t.loop.pass(14s);
  EXPECT_EQ(client.take(), "");
  t.loop.pass(1001ms);
  EXPECT_EQ(status_line(client.take()), "HTTP/1.1 408 Request Timeout");
}

TEST(HttpServer, TheTimeOfAHeadBeginsWithItsFirstByte) {
  TestServer t;
  FarEnd client = t.client("");
  t.loop.pass(60s);
  t.say(client, get("/ignore"));
  EXPECT_EQ(client.take(), ok("ok"));
}

TEST(HttpServer, ABodyThatComesTooSlowlyIs408AndTheLast) {
  TestServer t;
  FarEnd client = t.client(post("/echo", "content-length: 100\r\n", "x"));
  t.loop.pass(29s);
  EXPECT_EQ(client.take(), "");
  t.loop.pass(1001ms);
  std::string answer = client.take();
  EXPECT_EQ(status_line(answer), "HTTP/1.1 408 Request Timeout");
  EXPECT_TRUE(says_close(answer));
}

TEST(HttpServer, ABodyHasASecondMoreForEachKibibyteThatCame) {
  TestServer t;
  FarEnd client = t.client(post("/echo", "content-length: 30720\r\n"));
  for (int i = 0; i < 30; ++i) {
    t.loop.pass(1900ms);
    t.say(client, std::string(1024, 'b'));
  }
  EXPECT_EQ(client.take(), ok(std::string(30 * 1024, 'b')));
}

TEST(HttpServer, AnIdleConnectionIsClosedWithoutAWord) {
  TestServer t;
  FarEnd client = t.client(get("/ignore"));
  client.take();
  t.loop.pass(74s);
  EXPECT_FALSE(client.ended());
  t.loop.pass(1001ms);
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(client.take(), "");
}

TEST(HttpServer, AClientThatTakesNothingIsLetGo) {
  TestServer t;
  FarEnd client = t.listener.connect();
  client.wire().room = 1000;
  t.loop.settle();
  t.say(client, get("/large"));
  t.loop.pass(61s);
  EXPECT_TRUE(client.closed());
}

TEST(HttpServer, AClientThatIsSlowButNotIdleGetsItsWholeAnswer) {
  TestServer t;
  FarEnd client = t.listener.connect();
  client.wire().room = 30'000;
  t.loop.settle();
  t.say(client, get("/large"));
  std::string got;
  for (int i = 0; i < 5; ++i) {
    got += client.take();
    t.loop.pass(50s);
  }
  EXPECT_EQ(got.size(), ok(std::string(100'000, 'x')).size());
}

TEST(HttpServer, AClientThatHangsUpEndsItsRequestAtOnce) {
  TestServer t;
  FarEnd client = t.client(get("/stuck"));
  t.loop.pass(10s);
  EXPECT_EQ(t.server.in_flight(), 1U);
  Instant left_at = t.loop.now();
  client.finish();
  t.loop.pass(100ms);
  EXPECT_EQ(t.handler.gave_up_at, left_at);
  EXPECT_EQ(t.server.in_flight(), 0U);
  EXPECT_EQ(t.server.connections(), 0U);
}

TEST(HttpServer, AClientThatHangsUpEndsAWriteThatItBlocks) {
  TestServer t;
  FarEnd client = t.listener.connect();
  client.wire().room = 1000;
  t.loop.settle();
  t.say(client, get("/large"));
  client.finish();
  t.loop.pass(100ms);
  EXPECT_TRUE(client.closed());
}

// --- the end

TEST(HttpServer, DrainingClosesIdleConnectionsAndLetsARunningRequestEnd) {
  TestServer t;
  FarEnd idle = t.client(get("/ignore"));
  FarEnd running = t.client(post("/echo", "content-length: 2\r\n"));
  t.loop.spawn(t.server.drain(t.loop.now() + 30s));
  t.loop.pass(1s);
  EXPECT_TRUE(idle.closed());
  EXPECT_FALSE(running.closed());
  t.say(running, "hi");
  EXPECT_EQ(running.take(), "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi");
  EXPECT_TRUE(running.ended());
}

TEST(HttpServer, DrainingEndsWhatStillRunsAtItsLimit) {
  ServerLimits patient;
  patient.head_within = 1h;
  patient.write_stall = 1h;
  TestServer t(patient);
  FarEnd stuck = t.client(get("/stuck"));
  FarEnd half_a_head = t.client("GET /ig");
  FarEnd reads_nothing = t.listener.connect();
  reads_nothing.wire().room = 1000;
  t.loop.settle();
  t.say(reads_nothing, get("/large"));
  t.loop.spawn(t.server.drain(t.loop.now() + 5s));
  t.loop.pass(4900ms);
  EXPECT_EQ(t.server.connections(), 3U);
  t.loop.pass(200ms);
  EXPECT_EQ(t.server.connections(), 0U);
  EXPECT_EQ(t.loop.running(), 0U);
}

TEST(HttpServer, HoldsNoMoreConnectionsThanItsBound) {
  ServerLimits limits;
  limits.connections_max = 2;
  TestServer t(limits);
  FarEnd first = t.client(""), second = t.client(""), third = t.client("");
  EXPECT_TRUE(third.closed());
  EXPECT_FALSE(first.closed());
  EXPECT_FALSE(second.closed());
}

}  // namespace
}  // namespace tollgate::http
