// Calls that go well: what each side sees of the other.

#include <gtest/gtest.h>

#include "story/story.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

TEST(Story, ACallReachesTheProviderAndItsAnswerTheCallerWithWhatItCost) {
  Story s;
  FarEnd client = s.client(s.chat());
  EXPECT_EQ(s.provider(0).take(),
            "POST /v1/chat/completions HTTP/1.1\r\nhost: first\r\nauthorization: Bearer sk-first\r\n"
            "content-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: 87\r\n\r\n"
            R"({"model":"their-first","messages":[{"role":"user","content":"hello"}],"max_tokens":100})");
  s.answer(0, json_answer("Hi"));
  std::string got = client.take();
  EXPECT_EQ(status_of(got), "HTTP/1.1 200 OK");
  EXPECT_EQ(body_of(got), body_of(json_answer("Hi")));
  EXPECT_EQ(field_of(got, "x-tollgate-cost-usd"), "0.00002");
  EXPECT_EQ(field_of(got, "x-tollgate-tokens"), "in=10,cached=0,out=5");
  EXPECT_EQ(field_of(got, "x-tollgate-provider"), "first");
  EXPECT_EQ(field_of(got, "x-tollgate-model"), "their-first");
  EXPECT_EQ(field_of(got, "x-tollgate-attempts"), "1");
  EXPECT_EQ(field_of(got, "x-request-id"), to_string(s.row().id));
  EXPECT_EQ(s.row().cost, Money{20'000});
}

// `provider/model` without a route of that name.
TEST(Story, AnOpenRouteAsksItsProviderForTheModelThatTheCallerNames) {
  Story s;
  Route& open = s.setup.add_route("first/*", {"other"}, "");
  open.open = true;
  Target& target = *s.setup.targets.back();
  target.model.clear();
  target.upstream = s.setup.targets.front()->upstream;
  s.setup.snapshot->facts.back().catalogue = "maker";
  std::string body = R"({"model":"first/cheap","messages":[{"role":"user","content":"hello"}]})";
  FarEnd client = s.client("POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\nauthorization: Bearer sk-dev\r\ncontent-type: "
                           "application/json\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(body_of(s.provider(0).take()), R"({"model":"cheap","messages":[{"role":"user","content":"hello"}]})");
  s.answer(0, json_answer("Hi"));
  EXPECT_EQ(field_of(client.take(), "x-tollgate-model"), "cheap");
  EXPECT_EQ(s.row().route, "first/*");
  EXPECT_EQ(s.row().cost, Money{20'000});
}

struct OverheadReader final : RecordReader {
  std::vector<Duration> spent;
  void recorded(const RequestRow&, std::span<const AttemptRow>) override {}
  void overhead(Duration one) override { spent.push_back(one); }
};

TEST(Story, WhatTheProviderTookIsNotTheGatewaysOwnTime) {
  Story s;
  OverheadReader reader;
  s.worker.readers.push_back(&reader);
  FarEnd client = s.client(s.chat());
  s.loop.pass(3s);
  s.answer(0, json_answer("Hi"));
  ASSERT_EQ(reader.spent.size(), 1U);
  EXPECT_EQ(reader.spent[0], Duration(0));
  EXPECT_EQ(s.row().duration_ms, 3000);
}

TEST(Story, EachEventOfAProviderGoesOutAsItCame) {
  Story s;
  FarEnd client = s.client(s.stream());
  s.answer(0, stream_head + chunk(content("one")));
  std::string head = client.take();
  EXPECT_EQ(field_of(head, "content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(field_of(head, "x-tollgate-attempts"), "1");
  EXPECT_EQ(body_of(head), chunk(content("one")));
  s.answer(0, chunk(content("two") + content("three")));
  EXPECT_EQ(client.take(), chunk(content("two") + content("three")));
  EXPECT_TRUE(s.ledger.rows.empty());
  s.answer(0, chunk(finished) + chunk(done) + stream_end);
  EXPECT_EQ(client.take(), chunk(finished) + chunk(done) + stream_end);
  EXPECT_EQ(s.row().status, RowStatus::ok);
}

TEST(Story, CallsOneAfterAnotherShareAConnectionOnBothSides) {
  Story s;
  FarEnd client = s.client(s.chat());
  for (auto text : {"one", "two", "three"}) {
    s.answer(0, json_answer(text));
    EXPECT_EQ(body_of(client.take()), body_of(json_answer(text)));
    s.say(client, s.chat());
  }
  EXPECT_EQ(s.dialer.calls.size(), 1U);
}

TEST(Story, AStreamLeavesBothConnectionsReadyForTheNextCall) {
  Story s;
  FarEnd client = s.client(s.stream());
  s.answer(0, stream_head + chunk(content("Hi") + finished + done) + stream_end);
  client.take();
  s.say(client, s.chat());
  s.answer(0, json_answer("again"));
  EXPECT_EQ(body_of(client.take()), body_of(json_answer("again")));
  EXPECT_EQ(s.dialer.calls.size(), 1U);
}

TEST(Story, PipelinedCallsOfTwoKeysAreServedInOrderEachAsItsOwn) {
  Story s;
  s.setup.add_route("n", {"first"}, "cheap");
  FarEnd client = s.client(s.chat() + s.chat({}, "sk-narrow") + s.chat());
  s.answer(0, json_answer("for dev"));
  s.answer(0, json_answer("for dev again"));
  std::string got = client.take();
  EXPECT_LT(got.find("for dev\""), got.find("permission_denied"));
  EXPECT_LT(got.find("permission_denied"), got.find("for dev again"));
  ASSERT_EQ(s.ledger.rows.size(), 3U);
  EXPECT_EQ(s.ledger.rows[0].attribution.team, "search");
  EXPECT_EQ(s.ledger.rows[1].key, "narrow");
  EXPECT_EQ(s.ledger.rows[1].attribution.team, "");
  EXPECT_EQ(s.ledger.rows[2].key, "dev");
}

TEST(Story, EmbeddingsAndCompletionsGoToTheirOwnPaths) {
  Story s;
  for (auto [path, body, answer] :
       {std::tuple{"/v1/embeddings", R"({"model":"m","input":"a"})", R"({"data":[{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":1}})"},
        std::tuple{"/v1/completions", R"({"model":"m","prompt":"a","max_tokens":1})",
                   R"({"choices":[{"index":0,"text":"b","finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}})"}}) {
    FarEnd client = s.client("POST " + std::string(path) + " HTTP/1.1\r\nhost: h\r\nx-api-key: sk-dev\r\ncontent-length: " +
                             std::to_string(std::string_view(body).size()) + "\r\n\r\n" + body);
    EXPECT_TRUE(s.provider(0).came().starts_with("POST " + std::string(path) + " "));
    s.answer(0, http_answer("200 OK", answer));
    EXPECT_EQ(body_of(client.take()), answer);
    EXPECT_EQ(s.ledger.rows.back().endpoint, path);
  }
}

TEST(Story, ListsTheModelsThatAKeyMayAskFor) {
  Story s;
  s.setup.add_route("n1", {"first"}, "cheap");
  std::string all = s.client(s.get("/v1/models")).take(), narrow = s.client(s.get("/v1/models", "sk-narrow")).take();
  EXPECT_TRUE(holds(all, "\"m\"") && holds(all, "\"spare\"") && holds(all, "\"n1\"")) << all;
  EXPECT_TRUE(!holds(narrow, "\"m\"") && holds(narrow, "\"n1\"")) << narrow;
  EXPECT_EQ(status_of(s.client(s.get("/v1/models/m", "sk-narrow")).take()), "HTTP/1.1 404 Not Found");
  EXPECT_TRUE(s.ledger.rows.empty());
}

TEST(Story, SaysWhetherItLivesAndIsReady) {
  Story s;
  EXPECT_EQ(status_of(s.client("GET /readyz HTTP/1.1\r\nhost: h\r\n\r\n").take()), "HTTP/1.1 200 OK");
  s.readiness = fail(Fault::unavailable, "the disk is full");
  std::string unready = s.client("GET /readyz HTTP/1.1\r\nhost: h\r\n\r\n").take();
  EXPECT_EQ(status_of(unready), "HTTP/1.1 503 Service Unavailable");
  EXPECT_TRUE(holds(unready, "the disk is full"));
  EXPECT_EQ(status_of(s.client("GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").take()), "HTTP/1.1 200 OK");
}

}  // namespace
}  // namespace tollgate
