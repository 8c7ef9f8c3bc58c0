// What callers do wrong, and callers that leave.

#include <gtest/gtest.h>

#include "story/story.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

TEST(Story, EveryWrongKeyHearsTheSame) {
  Story s;
  auto without_ids = [](std::string text) {
    for (auto name : {"x-request-id: ", "x-tollgate-request-id: "})
      if (auto at = text.find(name); at != std::string::npos) text.erase(at, text.find("\r\n", at) - at);
    return text;
  };
  std::string first = without_ids(s.client(s.chat({}, "sk-wrong")).take());
  EXPECT_EQ(status_of(first), "HTTP/1.1 401 Unauthorized");
  EXPECT_TRUE(holds(first, "invalid_api_key"));
  for (auto key : {"", "sk-de", "sk-dev2", "SK-DEV"}) EXPECT_EQ(without_ids(s.client(s.chat({}, key)).take()), first) << key;
  EXPECT_TRUE(s.ledger.rows.empty());
  EXPECT_TRUE(s.dialer.calls.empty());
}

TEST(Story, WhatIsNoCallIsAnsweredWithoutARow) {
  Story s;
  EXPECT_EQ(status_of(s.client(s.get("/v2/nothing")).take()), "HTTP/1.1 404 Not Found");
  std::string wrong_method = s.client(s.get("/v1/chat/completions")).take();
  EXPECT_EQ(status_of(wrong_method), "HTTP/1.1 405 Method Not Allowed");
  EXPECT_EQ(field_of(wrong_method, "allow"), "POST");
  EXPECT_TRUE(holds(s.client("nonsense\r\n\r\n").take(), R"("type":"invalid_request_error")"));
  EXPECT_TRUE(s.ledger.rows.empty());
}

TEST(Story, ABodyThatIsTooLargeIsRefusedAndRecorded) {
  Story s;
  s.setup.snapshot->max_body = 50;
  FarEnd client = s.client(s.chat());
  std::string got = client.take();
  EXPECT_EQ(status_of(got), "HTTP/1.1 413 Content Too Large");
  EXPECT_TRUE(holds(got, "request_too_large"));
  EXPECT_EQ(field_of(got, "connection"), "close");
  EXPECT_EQ(s.row().status, RowStatus::refused);
  EXPECT_EQ(s.row().http_status, 413);
}

TEST(Story, ABodyThatIsAskedForIsReadAndOneOfAStrangerIsNot) {
  Story s;
  std::string call = s.chat({}, "sk-dev", "expect: 100-continue\r\n");
  std::size_t body = call.find("\r\n\r\n") + 4;
  FarEnd client = s.client(call.substr(0, body));
  EXPECT_EQ(client.take(), "HTTP/1.1 100 Continue\r\n\r\n");
  s.say(client, call.substr(body));
  s.answer(0, json_answer("Hi"));
  EXPECT_EQ(status_of(client.take()), "HTTP/1.1 200 OK");

  std::string strange = s.chat({}, "sk-wrong", "expect: 100-continue\r\n");
  EXPECT_EQ(status_of(s.client(strange.substr(0, strange.find("\r\n\r\n") + 4)).take()), "HTTP/1.1 401 Unauthorized");
}

TEST(Story, ACallerWhoHangsUpInAStreamEndsTheProvidersCallAtOnce) {
  Story s;
  FarEnd client = s.client(s.stream());
  s.answer(0, stream_head + chunk(content("Hello")));
  EXPECT_FALSE(s.provider(0).closed());
  client.finish();
  s.loop.pass(100ms);
  EXPECT_TRUE(s.provider(0).closed());
  EXPECT_EQ(s.row().status, RowStatus::aborted);
  EXPECT_GT(s.row().cost, Money{});
  EXPECT_EQ(s.server.connections(), 0U);
}

TEST(Story, ACallerWhoHangsUpWhileWaitingEndsTheProvidersCallAtOnce) {
  Story s;
  FarEnd client = s.client(s.chat());
  s.loop.pass(10s);
  client.reset();
  s.loop.pass(100ms);
  EXPECT_TRUE(s.provider(0).closed());
  EXPECT_EQ(s.row().status, RowStatus::aborted);
  EXPECT_EQ(s.dialer.calls.size(), 1U);
}

TEST(Story, ACallerWhoReadsSlowlySlowsTheProviderDownAndGetsEverything) {
  Story s;
  FarEnd client = s.listener.connect();
  client.wire().room = 4000;
  s.loop.settle();
  s.say(client, s.stream());
  std::string sent = stream_head;
  for (int i = 0; i < 2000; ++i) sent += chunk(content(std::to_string(i)));
  s.answer(0, sent + chunk(finished + done) + stream_end);
  EXPECT_GT(s.provider(0).wire().to_us.size(), sent.size() / 2);  // most of it is still with the provider
  EXPECT_EQ(s.memory.used(), 0U);
  std::string got;
  for (int i = 0; i < 200; ++i) {
    got += client.take();
    s.loop.pass(1s);
  }
  for (int i = 0; i < 2000; ++i) ASSERT_TRUE(holds(got, content(std::to_string(i)))) << i;
  EXPECT_TRUE(got.ends_with(stream_end));
  EXPECT_EQ(s.row().status, RowStatus::ok);
}

TEST(Story, ACallerWhoReadsNothingIsLetGoAndSoIsTheProvider) {
  Story s;
  FarEnd client = s.listener.connect();
  client.wire().room = 100;
  s.loop.settle();
  s.say(client, s.stream());
  s.answer(0, stream_head + chunk(content(std::string(500, 'x'))));
  s.loop.pass(61s);
  EXPECT_TRUE(s.provider(0).closed());
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(s.row().status, RowStatus::aborted);
}

TEST(Story, DrainingLetsAStreamEndAndTakesNoNewCall) {
  Story s;
  FarEnd client = s.client(s.stream());
  s.answer(0, stream_head + chunk(content("Hello")));
  client.take();
  s.loop.spawn(s.server.drain(s.loop.now() + 30s));
  s.loop.settle();
  FarEnd late = s.client(s.chat());
  s.answer(0, chunk(finished + done) + stream_end);
  EXPECT_EQ(client.take(), chunk(finished + done) + stream_end);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(late.take(), "");
  EXPECT_EQ(s.row().status, RowStatus::ok);
  EXPECT_EQ(s.ledger.rows.size(), 1U);
}

TEST(Story, ALedgerThatTakesNothingMeansNoServiceAndNoCallUpstream) {
  Story s;
  s.ledger.full = true;
  std::string got = s.client(s.chat()).take();
  EXPECT_EQ(status_of(got), "HTTP/1.1 503 Service Unavailable");
  EXPECT_TRUE(holds(got, R"("code":"unavailable")"));
  EXPECT_EQ(field_of(got, "retry-after"), "1");
  EXPECT_TRUE(s.dialer.calls.empty());
}

TEST(Story, AStreamWhoseRowIsNotDurableEndsInAnErrorEvent) {
  Story s;
  FarEnd client = s.client(s.stream());
  s.answer(0, stream_head + chunk(content("Hello")));
  client.take();
  s.ledger.is_durable = false;
  s.answer(0, chunk(finished + done) + stream_end);
  EXPECT_EQ(client.take(), "");
  s.loop.pass(5100ms);
  std::string got = client.take();
  EXPECT_TRUE(holds(got, R"("code":"unavailable")")) << got;
  EXPECT_FALSE(holds(got, "[DONE]"));
  EXPECT_TRUE(got.ends_with(stream_end));
}

}  // namespace
}  // namespace tollgate
