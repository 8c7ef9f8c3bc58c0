// What providers do wrong, and what of it the caller notices.

#include <gtest/gtest.h>

#include "story/story.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

const std::string overload = http_answer("503 Busy", R"({"error":{"message":"busy at host-17.internal","type":"overloaded"}})");

TEST(Story, AnOverloadedProviderIsLeftForTheNext) {
  Story s;
  FarEnd client = s.client(s.chat());
  s.answer(0, overload);
  EXPECT_TRUE(holds(s.provider(1).came(), "host: second\r\nauthorization: Bearer sk-second\r\n"));
  s.answer(1, json_answer("Hi"));
  std::string got = client.take();
  EXPECT_EQ(status_of(got), "HTTP/1.1 200 OK");
  EXPECT_EQ(field_of(got, "x-tollgate-attempts"), "2");
  EXPECT_EQ(field_of(got, "x-tollgate-provider"), "second");
  EXPECT_EQ(s.row().cost, Money{20'000});
}

TEST(Story, WhenNobodyAnswersTheCallerHearsOneErrorWithoutTheProvidersSecrets) {
  Story s;
  FarEnd client = s.client(s.chat());
  for (std::size_t i = 0; i < 3; ++i) s.answer(i, overload);
  std::string got = client.take();
  EXPECT_EQ(status_of(got), "HTTP/1.1 503 Service Unavailable");
  EXPECT_TRUE(holds(got, "upstream_overloaded"));
  EXPECT_FALSE(holds(got, "internal"));
  EXPECT_EQ(field_of(got, "retry-after"), "1");
  EXPECT_EQ(s.row().status, RowStatus::failed);
  EXPECT_FALSE(client.ended());
}

TEST(Story, AProviderThatCannotBeReachedCostsNothing) {
  Story s;
  s.dialer.refuses = true;
  FarEnd client = s.client(s.chat());
  s.loop.pass(1s);
  EXPECT_EQ(status_of(client.take()), "HTTP/1.1 502 Bad Gateway");
  EXPECT_EQ(s.row().cost, Money{});
  EXPECT_EQ(s.row().attempts, 3);
}

TEST(Story, AKeptConnectionThatDiedMeanwhileIsNoFailure) {
  Story s;
  FarEnd client = s.client(s.chat());
  s.answer(0, json_answer("one"));
  client.take();
  s.say(client, s.chat());
  s.provider(0).reset();
  s.loop.settle();
  s.answer(1, json_answer("two"));
  std::string got = client.take();
  EXPECT_EQ(body_of(got), body_of(json_answer("two")));
  EXPECT_EQ(field_of(got, "x-tollgate-attempts"), "1");
}

TEST(Story, ASecondAnswerOnAConnectionNeverReachesTheNextCaller) {
  Story s;
  FarEnd first = s.client(s.chat());
  s.answer(0, json_answer("yours") + json_answer("not yours"));
  EXPECT_EQ(body_of(first.take()), body_of(json_answer("yours")));
  EXPECT_TRUE(s.provider(0).closed());

  FarEnd second = s.client(s.chat());
  s.answer(1, json_answer("yours"));
  s.say(s.provider(1), json_answer("not yours"));
  EXPECT_EQ(body_of(second.take()), body_of(json_answer("yours")));
  FarEnd third = s.client(s.chat());
  s.answer(2, json_answer("mine"));
  EXPECT_EQ(body_of(third.take()), body_of(json_answer("mine")));
}

TEST(Story, GarbageIsTriedElsewhereOnceAndNeverPassedOn) {
  for (std::string garbage : {"<html>no</html>", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
                              "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"}) {
    Story s;
    FarEnd client = s.client(s.chat());
    s.answer(0, garbage);
    EXPECT_TRUE(s.provider(0).closed()) << garbage;
    s.answer(1, garbage);
    std::string got = client.take();
    EXPECT_EQ(status_of(got), "HTTP/1.1 502 Bad Gateway") << garbage;
    EXPECT_EQ(s.dialer.calls.size(), 2U) << garbage;
  }
}

TEST(Story, AStreamThatBreaksOffEndsInAnErrorEventAndTheConnectionGoesOn) {
  Story s;
  FarEnd client = s.client(s.stream());
  s.answer(0, stream_head + chunk(content("Hello")));
  client.take();
  s.provider(0).reset();
  s.loop.pass(1s);
  std::string got = client.take();
  EXPECT_TRUE(holds(got, R"("code":"upstream_error")")) << got;
  EXPECT_FALSE(holds(got, "[DONE]"));
  EXPECT_TRUE(got.ends_with(stream_end));
  EXPECT_EQ(s.row().status, RowStatus::incomplete);
  EXPECT_GT(s.row().cost, Money{});

  s.say(client, s.chat());
  s.answer(1, json_answer("still here"));
  EXPECT_TRUE(holds(client.take(), "still here"));
}

TEST(Story, AnOverloadInsideAStreamBeforeContentIsLeftForTheNext) {
  Story s;
  FarEnd client = s.client(s.stream());
  s.answer(0, stream_head + chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n"));
  EXPECT_EQ(client.take(), "");
  s.answer(0, chunk("data: {\"error\":{\"message\":\"busy\",\"type\":\"overloaded_error\"}}\n\n"));
  EXPECT_TRUE(s.provider(0).closed());
  s.answer(1, stream_head + chunk(content("Hi") + finished + done) + stream_end);
  std::string got = client.take();
  EXPECT_EQ(body_of(got), chunk(content("Hi") + finished + done) + stream_end);
  EXPECT_EQ(field_of(got, "x-tollgate-attempts"), "2");
  EXPECT_FALSE(holds(got, "busy"));
}

TEST(Story, NothingOfTheProvidersHeadReachesTheCallerButItsId) {
  Story s;
  FarEnd client = s.client(s.chat());
  std::string body = body_of(json_answer("Hi"));
  s.answer(0, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: a=b\r\nx-request-id: theirs\r\n"
              "x-tollgate-cost-usd: 0\r\nstrict-transport-security: max-age=0\r\nserver: s\r\ncontent-length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
  std::string got = client.take();
  EXPECT_EQ(field_of(got, "x-tollgate-upstream-request-id"), "theirs");
  EXPECT_EQ(field_of(got, "x-tollgate-cost-usd"), "0.00002");
  for (auto theirs : {"set-cookie", "strict-transport-security", "server"}) EXPECT_EQ(field_of(got, theirs), "") << theirs;
}

TEST(Story, AHeadOfAbsurdSizeDoesNotSpoilAnAnswerThatWasPaidFor) {
  Story s;
  FarEnd client = s.client(s.chat());
  std::string body = body_of(json_answer("Hi"));
  s.answer(0, "HTTP/1.1 200 OK\r\nx-request-id: " + std::string(5000, 'r') + "\r\ncontent-length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(status_of(client.take()), "HTTP/1.1 200 OK");
}

TEST(Story, BlanksWhileAProviderThinksKeepAPlainCallAlive) {
  Story s;
  s.setup.targets[0]->timeouts.idle = 20s;
  FarEnd client = s.client(s.chat());
  s.answer(0, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n");
  for (int i = 0; i < 5; ++i) {
    s.loop.pass(15s);
    s.say(s.provider(0), chunk("\n"));
  }
  s.say(s.provider(0), chunk(body_of(json_answer("Hi"))) + stream_end);
  EXPECT_EQ(status_of(client.take()), "HTTP/1.1 200 OK");
}

}  // namespace
}  // namespace tollgate
