// The client's side of HTTP/1.1 against upstreams that a test plays by hand: what is sent, what is understood, and which
// connection may serve again.

#include "net/http_client.h"

#include <gtest/gtest.h>

#include "async/virtual_time_for_test.h"
#include "ports/network_for_test.h"

namespace tollgate::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view request = "POST /v1 HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\nhi";

// What came of one call.
struct Outcome {
  AttemptPhase phase = AttemptPhase::connect;
  int status = 0;
  std::string body;
  std::optional<Error> error;
  bool over = false;
  std::unique_ptr<ClientCall> call;  // only of those that are not read
};

struct TestClient {
  VirtualLoop loop;
  TestDialer dialer;
  MemoryBudget memory{1 << 20};
  Client client{dialer};
  UpstreamPool pool{Origin{.host = "h", .port = 80, .tls = false, .tls_name = {}, .ca_file = {}, .cert_file = {},
                           .key_file = {}, .proxy_host = {}, .proxy_port = 0}};
  std::size_t limit = 100'000;
  std::deque<Outcome> outcomes;

  enum class Read : bool { no, yes };

  Task<void> run(Outcome& out, Read read, Duration head_within) {
    std::string_view parts[] = {request.substr(0, 20), request.substr(20)};
    Instant now = Reactor::current().now();
    SendWaits waits{{now + 5s}, {now + head_within}};
    auto sent = co_await client.send(pool, "POST", parts, waits, out.phase);
    if (sent) {
      out.status = (*sent)->head().status;
      if (read == Read::no) {
        out.call = std::move(*sent);
      } else {
        auto body = co_await (*sent)->whole(limit, memory, {now + 600s}, 60s);
        if (body) out.body = *body;
        else out.error = std::move(body).error();
      }
    } else {
      out.error = std::move(sent).error();
    }
    out.over = true;
  }
  // Begins a call; it has gone as far as it can.
  Outcome* begin(Read read = Read::yes, Duration head_within = 60s) {
    Outcome& out = outcomes.emplace_back();
    loop.spawn(run(out, read, head_within));
    loop.settle();
    return &out;
  }
  ~TestClient() {
    for (FarEnd& far : dialer.calls) far.reset();
    loop.pass(700s);
  }
  FarEnd& upstream(std::size_t n) { return dialer.calls.at(n); }
  void answer(std::size_t n, std::string_view bytes) {
    upstream(n).say(bytes);
    loop.settle();
  }
  // One call from beginning to end over the first connection.
  void call_once(std::string_view answered = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok") {
    auto call = begin();
    upstream(dialer.calls.size() - 1).take();
    answer(dialer.calls.size() - 1, answered);
    ASSERT_TRUE(call->over);
  }
};

TEST(HttpClient, SendsTheRequestAndReadsTheAnswer) {
  TestClient t;
  auto call = t.begin();
  EXPECT_EQ(t.upstream(0).take(), request);
  EXPECT_EQ(call->phase, AttemptPhase::first_byte);
  t.answer(0, "HTTP/1.1 429 Slow\r\ncontent-length: 5\r\n\r\nhel");
  EXPECT_EQ(call->status, 429);
  EXPECT_EQ(call->phase, AttemptPhase::first_token);
  t.answer(0, "lo");
  EXPECT_EQ(call->body, "hello");
}

TEST(HttpClient, UsesAConnectionAgainOnceItsAnswerIsWhole) {
  TestClient t;
  t.call_once();
  EXPECT_EQ(t.pool.idle(), 1U);
  auto second = t.begin();
  EXPECT_EQ(t.dialer.calls.size(), 1U);
  EXPECT_EQ(t.upstream(0).take(), request);
  t.answer(0, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
  EXPECT_EQ(second->body, "ok");
  EXPECT_EQ(t.pool.open(), 1U);
}

TEST(HttpClient, ReadsTheSameHoweverTheBytesWereCut) {
  TestClient t;
  auto call = t.begin();
  t.upstream(0).wire().read_at_most = 1;
  t.answer(0, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  EXPECT_EQ(call->body, "hello world");
  EXPECT_EQ(t.pool.idle(), 1U);
}

TEST(HttpClient, KeepsNoConnectionThatEndsOrHoldsMoreThanTheAnswer) {
  for (std::string_view answered : {"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
                                    "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
                                    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"}) {
    TestClient t;
    t.call_once(answered);
    EXPECT_EQ(t.pool.idle(), 0U) << answered;
    EXPECT_EQ(t.pool.open(), 0U) << answered;
    EXPECT_TRUE(t.upstream(0).closed()) << answered;
  }
}

TEST(HttpClient, NeverTakesUnaskedBytesForTheNextAnswer) {
  TestClient t;
  t.call_once();
  t.answer(0, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nWRONG");
  auto next = t.begin();
  EXPECT_TRUE(t.upstream(0).closed());
  ASSERT_EQ(t.dialer.calls.size(), 2U);
  t.answer(1, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nright");
  EXPECT_EQ(next->body, "right");
}

TEST(HttpClient, DropsAConnectionThatTheProviderClosedMeanwhile) {
  TestClient t;
  t.call_once();
  t.upstream(0).finish();
  t.begin();
  EXPECT_EQ(t.dialer.calls.size(), 2U);
  EXPECT_EQ(t.upstream(0).came(), "");
  EXPECT_EQ(t.pool.open(), 1U);
}

TEST(HttpClient, DropsAConnectionThatWasIdleForLong) {
  TestClient t;
  t.call_once();
  t.loop.pass(56s);
  t.begin();
  EXPECT_EQ(t.dialer.calls.size(), 2U);
}

TEST(HttpClient, SendsOnceMoreWhenAKeptConnectionTurnsOutToBeDead) {
  TestClient t;
  t.call_once();
  auto next = t.begin();
  EXPECT_EQ(t.upstream(0).take(), request);
  t.upstream(0).reset();
  t.loop.settle();
  ASSERT_EQ(t.dialer.calls.size(), 2U);
  EXPECT_EQ(t.upstream(1).take(), request);
  t.answer(1, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
  EXPECT_EQ(next->body, "ok");
}

TEST(HttpClient, SendsNothingTwiceOnceAByteOfAnAnswerCame) {
  TestClient t;
  t.call_once();
  auto next = t.begin();
  t.answer(0, "H");
  t.upstream(0).reset();
  t.loop.settle();
  EXPECT_EQ(t.dialer.calls.size(), 1U);
  EXPECT_EQ(next->error.value().fault, Fault::upstream_unreachable);
}

TEST(HttpClient, SendsNothingTwiceWhenTheProviderHadTimeToWork) {
  TestClient t;
  t.call_once();
  auto next = t.begin();
  t.loop.pass(20s);
  t.upstream(0).reset();
  t.loop.settle();
  EXPECT_EQ(t.dialer.calls.size(), 1U);
  EXPECT_EQ(next->phase, AttemptPhase::first_byte);
  EXPECT_EQ(next->error.value().fault, Fault::upstream_unreachable);
}

TEST(HttpClient, SendsNothingTwiceOnANewConnection) {
  TestClient t;
  auto call = t.begin();
  t.upstream(0).reset();
  t.loop.settle();
  EXPECT_EQ(t.dialer.calls.size(), 1U);
  EXPECT_EQ(call->error.value().fault, Fault::upstream_unreachable);
  EXPECT_EQ(call->error.value().retry, Retry::next_target);
}

TEST(HttpClient, SkipsInterimAnswersUpToABound) {
  TestClient t;
  auto call = t.begin();
  std::string early = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
  for (int i = 0; i < 16; ++i) t.answer(0, early);
  t.answer(0, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
  EXPECT_EQ(call->body, "ok");

  auto endless = t.begin();
  for (int i = 0; i < 17; ++i) t.answer(0, early);
  EXPECT_EQ(endless->error.value().fault, Fault::upstream_protocol);
  EXPECT_TRUE(t.upstream(0).closed());
}

TEST(HttpClient, ABodyThatEndsTooEarlyIsAnErrorAndOneThatLastsUntilTheEndIsNot) {
  struct Case {
    std::string_view answered;
    bool whole;
  } cases[] = {{"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok", false},
               {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n", false},
               {"HTTP/1.1 200 OK\r\n\r\nok", true}};
  for (const Case& c : cases) {
    TestClient t;
    auto call = t.begin();
    t.answer(0, c.answered);
    EXPECT_FALSE(call->over);
    t.upstream(0).finish();
    t.loop.settle();
    EXPECT_TRUE(call->over);
    EXPECT_EQ(!call->error, c.whole) << c.answered;
    EXPECT_TRUE(c.whole || call->error->fault == Fault::upstream_unreachable);
    EXPECT_EQ(t.pool.idle(), 0U);
  }
}

TEST(HttpClient, ABrokenAnswerIsTheProvidersFault) {
  for (std::string_view answered : {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n",
                                    "HTTP/0.9 200 OK\r\n\r\n", "<html>", "HTTP/1.1 101 Switching\r\n\r\n",
                                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"}) {
    TestClient t;
    auto call = t.begin();
    t.answer(0, answered);
    ASSERT_TRUE(call->error) << answered;
    EXPECT_EQ(call->error->fault, Fault::upstream_protocol) << answered;
    EXPECT_TRUE(t.upstream(0).closed());
  }
}

TEST(HttpClient, RefusesABodyBeyondItsLimit) {
  TestClient t;
  t.limit = 40'000;
  auto call = t.begin();
  t.answer(0, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffff\r\n" + std::string(65'535, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(call->error.value().fault, Fault::upstream_protocol);
  EXPECT_EQ(t.memory.used(), 0U);
}

TEST(HttpClient, ABodyBeyondTheMemoryOfAllIsOurOverload) {
  TestClient t;
  t.limit = 10 << 20;
  auto call = t.begin();
  t.answer(0, "HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n" + std::string(3'000'000, 'x'));
  EXPECT_EQ(call->error.value().fault, Fault::overloaded);
}

TEST(HttpClient, ABodyMayTakeItsTimeButNotStandStill) {
  TestClient t;
  auto call = t.begin();
  t.answer(0, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
  for (char c : std::string_view("slow")) {
    t.loop.pass(59s);
    t.answer(0, std::string(1, c));
  }
  EXPECT_FALSE(call->over);
  t.loop.pass(61s);
  EXPECT_EQ(call->error.value().fault, Fault::deadline);
}

TEST(HttpClient, WaitsForTheHeadNoLongerThanItMay) {
  TestClient t;
  auto call = t.begin(TestClient::Read::yes, 10s);
  t.loop.pass(9900ms);
  EXPECT_FALSE(call->over);
  t.loop.pass(200ms);
  EXPECT_EQ(call->error.value().fault, Fault::deadline);
  EXPECT_EQ(call->phase, AttemptPhase::first_byte);
  EXPECT_TRUE(t.upstream(0).closed());
}

TEST(HttpClient, SaysThatNothingWasSentWhenNobodyAnswersTheCall) {
  TestClient t;
  t.dialer.is_silent = true;
  auto call = t.begin();
  t.loop.pass(6s);
  EXPECT_EQ(call->error.value().fault, Fault::deadline);
  EXPECT_EQ(call->phase, AttemptPhase::connect);
  EXPECT_EQ(t.pool.open(), 0U);
}

TEST(HttpClient, SaysThatTheRequestWasNotFullySentWhenTheProviderStopsReading) {
  TestClient t;
  t.dialer.room = 10;
  auto call = t.begin(TestClient::Read::yes, 10s);
  t.loop.pass(11s);
  EXPECT_EQ(call->error.value().fault, Fault::deadline);
  EXPECT_EQ(call->phase, AttemptPhase::send);
}

TEST(HttpClient, DroppingACallThatIsNotReadToItsEndTellsTheProviderToStop) {
  TestClient t;
  auto call = t.begin(TestClient::Read::no);
  t.answer(0, "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nsome");
  ASSERT_TRUE(call->call);
  EXPECT_EQ(t.pool.open(), 1U);
  call->call.reset();
  EXPECT_TRUE(t.upstream(0).closed());
  EXPECT_EQ(t.pool.open(), 0U);
}

}  // namespace
}  // namespace tollgate::http
