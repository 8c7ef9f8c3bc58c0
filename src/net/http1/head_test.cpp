#include "net/http1/head.h"

#include <gtest/gtest.h>

#include <string>

#include "net/http1/peer_for_test.h"

namespace tollgate::http {
namespace {

struct Parsed {
  std::string bytes;
  RequestHead head;
  ParseStatus status;

  explicit Parsed(std::string text, HeadLimits limits = {}) : bytes(std::move(text)) {
    std::size_t resume = 0;
    status = parse_request_head(bytes, resume, head, limits);
  }
};

int refusal_of(std::string text) { return Parsed(std::move(text)).status.refusal.status; }
// A GET with these lines after its Host.
int refusal_with(std::string lines) { return refusal_of("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"); }

struct Answer {
  std::string bytes;
  ResponseHead head;
  ParseStatus status;

  explicit Answer(std::string text, std::string_view method = "POST") : bytes(std::move(text)) {
    std::size_t resume = 0;
    status = parse_response_head(bytes, resume, method, head);
  }
  bool bad() const { return status.state == ParseState::bad && status.refusal.status == 502; }
};

TEST(RequestHead, GivesThePartsOfAnOrdinaryRequest) {
  Parsed p("POST /v1/chat?x=1 HTTP/1.1\r\nHost: gw.test:8080\r\nX-Api-Key:\t k \t\r\ncontent-length: 12\r\n\r\n{}");
  ASSERT_EQ(p.status.state, ParseState::complete);
  EXPECT_EQ(p.status.head_bytes, p.bytes.size() - 2);
  EXPECT_EQ(p.head.method, "POST");
  EXPECT_EQ(p.head.origin, "/v1/chat?x=1");
  EXPECT_EQ(p.head.fields.size(), 3u);
  EXPECT_EQ(p.head.fields.find("x-api-key"), "k");
  EXPECT_EQ(p.head.fields.find("x-api"), std::nullopt);
  EXPECT_EQ(p.head.framing, (BodyFraming{BodyFraming::Kind::length, 12}));
  EXPECT_TRUE(p.head.keep_alive);
  EXPECT_FALSE(p.head.expect_continue);
}

TEST(RequestHead, TakesTheHostOffAnAbsoluteTarget) {
  EXPECT_EQ(Parsed("GET http://A.test:81/p?q HTTP/1.1\r\nHost: a.test:81\r\n\r\n").head.origin, "/p?q");
  EXPECT_EQ(Parsed("GET HTTPS://[::1]?q HTTP/1.1\r\nHost: [::1]\r\n\r\n").head.origin, "?q");
  EXPECT_EQ(Parsed("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").head.origin, "*");
}

TEST(RequestHead, RefusesTargetsThatCouldBeReadInTwoWays) {
  for (auto target : {"http://b/", "ftp://a/", "http://", "http:///p", "http://u@a/", "http://a:99999/", "a:443",
                      "p", "*", "/a#b", "/a\x7f", "/\xC3\xA4", "", "/a b"})
    EXPECT_EQ(refusal_of(std::string("GET ") + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), 400) << target;
}

TEST(RequestHead, NamesTheStatusOfEachRefusal) {
  EXPECT_EQ(refusal_of("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), 405);
  EXPECT_EQ(refusal_of("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"), 405);
  EXPECT_EQ(refusal_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(refusal_of("GET / HTTP/1.2\r\n"), 505);
  EXPECT_EQ(refusal_of("GET / HTTP/1.10\r\n"), 400);
  EXPECT_EQ(refusal_of(std::string(method_bytes_max + 1, 'A') + " / HTTP/1.1\r\n"), 501);
  EXPECT_EQ(refusal_with("Expect: 200-ok\r\n"), 417);
  EXPECT_EQ(refusal_with("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417);
  EXPECT_EQ(refusal_with("Transfer-Encoding: gzip\r\n"), 501);
  EXPECT_EQ(refusal_with("Transfer-Encoding: gzip\r\nContent-Length: 1\r\n"), 400);
  EXPECT_EQ(refusal_with("Transfer-Encoding: xchunked\r\n"), 400);
}

TEST(RequestHead, RefusesEveryDoubtfulFraming) {
  for (auto lines : {"Content-Length: 3\r\nContent-Length: 3\r\n", "Content-Length: 3, 3\r\n", "Content-Length: +3\r\n",
                     "Content-Length:\r\n", "Content-Length: 18446744073709551616\r\n", "Content-Length: 0x3\r\n",
                     "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "Transfer-Encoding: chunked, chunked\r\n",
                     "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n",
                     "Transfer-Encoding: ,chunked\r\n", "Transfer-Encoding:\r\n",
                     "Transfer-Encoding: \vchunked\r\n", "Content_Length: 3\r\n",
                     "Transfer_Encoding: chunked\r\n", "Connection: a b\r\n"})
    EXPECT_EQ(refusal_with(lines), 400) << lines;
  EXPECT_EQ(refusal_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestHead, RefusesLinesThatOtherParsersMend) {
  for (auto lines : {"X: a\n", "X: a\rb\r\n", "X : a\r\n", "X\r\n", ": a\r\n", " X: a\r\n", "X: a\r\n b\r\n",
                     "X: a\r\n\tb\r\n", "X: \x01\r\n", "X: \x7f\r\n", "X\x80: a\r\n", "X(: a\r\n"})
    EXPECT_EQ(refusal_with(lines), 400) << lines;
  EXPECT_EQ(refusal_with(std::string("X: 12345678\0abcdef\r\n", 20)), 400);
  EXPECT_EQ(refusal_with("X: \xC3\xA4 12345678 \xFF\r\n"), 0) << "bytes above ASCII may stand in ordinary values";
}

TEST(RequestHead, WantsOneHostThatIsAHost) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(refusal_with("Host: a\r\n"), 400);
  for (auto host : {"", "a/b", "u@a", "a b", "a:b", "a:", ":80", "a:123456", "[::1", "[]", "[x]", "a#", "\xC3\xA4",
                    "a:1:2"})
    EXPECT_EQ(refusal_of(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n"), 400) << host;
  for (auto host : {"a", "a.b:80", "127.0.0.1", "[::ffff:1.2.3.4]:443", "0.0.0.0=5000"})
    EXPECT_EQ(refusal_of(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n"), 0) << host;
}

TEST(RequestHead, KnowsWhenTheConnectionMayStayOpen) {
  auto stays = [](std::string text) { return Parsed(text + "\r\n").head.keep_alive; };
  EXPECT_TRUE(stays("GET / HTTP/1.1\r\nHost: a\r\n"));
  EXPECT_FALSE(stays("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n"));
  EXPECT_FALSE(stays("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, keep-alive\r\n"));
  EXPECT_FALSE(stays("GET / HTTP/1.0\r\n"));
  EXPECT_TRUE(stays("GET / HTTP/1.0\r\nConnection: keep-alive\r\n"));
  EXPECT_FALSE(stays("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"));
  EXPECT_TRUE(stays("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"));
  EXPECT_FALSE(stays("HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"));
}

TEST(RequestHead, HearsExpectOnlyFromClientsThatCanWait) {
  EXPECT_TRUE(Parsed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n").head.expect_continue);
  EXPECT_FALSE(Parsed("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").head.expect_continue);
}

TEST(RequestHead, StopsAtItsBounds) {
  std::string at_the_bound = "/" + std::string(HeadLimits{}.target_bytes_max - 1, 'a');
  EXPECT_EQ(refusal_of("GET " + at_the_bound + " HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
  EXPECT_EQ(refusal_of("GET " + at_the_bound + "a HTTP/1.1\r\nHost: a\r\n\r\n"), 414);
  EXPECT_EQ(refusal_of("GET /" + std::string(9000, 'a')), 414) << "before the line ends";
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "x: y\r\n";
  EXPECT_EQ(refusal_with(fields), 0);
  EXPECT_EQ(refusal_with(fields + "x: y\r\n"), 431);
  EXPECT_EQ(refusal_with("x: " + std::string(32 * 1024, 'y') + "\r\n"), 431);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nx: " + std::string(33 * 1024, 'y')), 431) << "before the line ends";
  EXPECT_EQ(Parsed("GET / HTTP/1.1\r\nHost: a\r\n\r\n", {.head_bytes_max = 27}).status.state, ParseState::complete);
  EXPECT_EQ(Parsed("GET / HTTP/1.1\r\nHost: a\r\n\r\n", {.head_bytes_max = 26}).status.refusal.status, 431);
}

TEST(RequestHead, SkipsOneEmptyLineBeforeIt) {
  Parsed p("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(p.status.state, ParseState::complete);
  EXPECT_EQ(p.head.method, "GET");
  EXPECT_EQ(refusal_of("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(RequestHead, RefusesABrokenStartBeforeTheRestIsThere) {
  EXPECT_EQ(refusal_of("\x16\x03\x01"), 400);
  EXPECT_EQ(refusal_of("GET /\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nX : a\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\n"), 400);
}

TEST(RequestHead, ReadsPipelinedRequestsApart) {
  auto server = read_all<RequestHead>({"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                                       "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"
                                       "GARBAGE\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n"});
  ASSERT_EQ(server.messages.size(), 2u);
  EXPECT_TRUE(server.messages[0].ends_with("abc")) << server.messages[0];
  EXPECT_TRUE(server.messages[1].starts_with("GET /b"));
  EXPECT_EQ(server.refusal.status, 400);
}

TEST(ResponseHead, GivesThePartsOfAnOrdinaryAnswer) {
  Answer a("HTTP/1.1 404 Not  Found\r\nContent-Length: 2\r\n\r\n{}");
  ASSERT_EQ(a.status.state, ParseState::complete);
  EXPECT_EQ(a.head.status, 404);
  EXPECT_EQ(a.head.reason, "Not  Found");
  EXPECT_EQ(a.head.framing, (BodyFraming{BodyFraming::Kind::length, 2}));
  EXPECT_TRUE(a.head.keep_alive);
  EXPECT_EQ(Answer("HTTP/1.1 200\r\n\r\n").head.reason, "");
  EXPECT_EQ(Answer("HTTP/1.1 200 \r\n\r\n").head.reason, "");
}

TEST(ResponseHead, FindsTheEndOfEveryBody) {
  auto framing = [](std::string text, std::string_view method = "POST") {
    return Answer(text + "\r\n", method).head.framing;
  };
  using Kind = BodyFraming::Kind;
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n").kind, Kind::chunked);
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\n").kind, Kind::until_close);
  EXPECT_EQ(framing("HTTP/1.0 200 OK\r\n").kind, Kind::until_close);
  EXPECT_EQ(framing("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n").kind, Kind::none);
  EXPECT_EQ(framing("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n").kind, Kind::none);
  EXPECT_EQ(framing("HTTP/1.1 100 Continue\r\n").kind, Kind::none);
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n", "HEAD").kind, Kind::none);
  EXPECT_EQ(framing("HTTP/1.1 200 Connection established\r\n", "CONNECT").kind, Kind::none);
  EXPECT_EQ(framing("HTTP/1.1 407 No\r\nContent-Length: 9\r\n", "CONNECT").kind, Kind::length);
  EXPECT_FALSE(Answer("HTTP/1.1 200 OK\r\n\r\n").head.keep_alive);
  EXPECT_TRUE(Answer("HTTP/1.1 204 No Content\r\n\r\n").head.keep_alive);
}

TEST(ResponseHead, RefusesWhatCannotBeTrusted) {
  for (auto text : {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "{\"choices\":[]}",
                    "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
                    "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
                    "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 000 x\r\n\r\n",
                    "HTTP/1.1 200 \x01\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n",
                    "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"})
    EXPECT_TRUE(Answer(text).bad()) << text;
}

TEST(ResponseHead, SkippedInterimAnswersLeadToTheRealOne) {
  auto client = read_all<ResponseHead>({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"});
  ASSERT_EQ(client.messages.size(), 3u);
  EXPECT_TRUE(client.messages[2].ends_with("ok"));
}

TEST(Fields, ThoseOfTheConnectionAreNotPassedOn) {
  Parsed p("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nX-Open: 1\r\n\r\n");
  EXPECT_TRUE(is_named_in_connection(p.head.fields, "x-secret"));
  EXPECT_FALSE(is_named_in_connection(p.head.fields, "x-open"));
  EXPECT_TRUE(is_hop_by_hop("Transfer-Encoding"));
  EXPECT_FALSE(is_hop_by_hop("Content-Type"));
}

}  // namespace
}  // namespace tollgate::http
