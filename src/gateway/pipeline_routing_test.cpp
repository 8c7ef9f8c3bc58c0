// What earlier calls say of targets and keys, and what later calls make of it.

#include <gtest/gtest.h>

#include "dialects/all.h"
#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

// One route `m` with targets first and second, no fallback, a breaker of three failures.
struct Remembering : GatewayForTest {
  HealthBook book;

  Remembering() {
    setup.asked->fallback.clear();
    setup.asked->breaker = BreakerConfig{.failures = 3, .share = percent(50), .window = 30s, .open_for = 15s};
    setup.asked->health = book.route("m");
    setup.asked->retry.attempts = 1;
    for (Target* target : setup.targets) {
      target->health = book.target(target->provider, target->model);
      for (ProviderKey& key : target->keys) remember(*target, key);
    }
  }
  void remember(Target& target, ProviderKey& key) {
    key.for_model = book.key(target.provider, target.model, key.name);
    key.credential = book.credential(target.provider, key.name, 1);
  }
  void alone() { setup.asked->targets = {setup.targets[0]}; }
  // A call and nothing after it: no time passes but what it waits.
  CallForTest& soon() {
    CallForTest& call = prepare();
    begin(call);
    loop.pass(100ms);
    return call;
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> names;
    for (auto& call : provider.calls) names.push_back(call.provider);
    return names;
  }
};

TEST(PipelineRouting, ATargetThatKeepsFailingIsLeftAloneAndFoundAgain) {
  Remembering t;
  for (int i = 0; i < 3; ++i) {
    t.provider.answers({t.refusal(500), t.plain()});
    EXPECT_FALSE(t.soon().error);
  }
  t.provider.calls.clear();
  t.provider.answers({t.plain(), t.plain()});
  t.soon();
  t.loop.pass(15s);
  t.soon();
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"second", "first"}));
}

TEST(PipelineRouting, WhileAllAreLeftAloneTheCallerIsToldAtOnceAndWhenToComeBack) {
  Remembering t;
  t.alone();
  t.setup.asked->retry.attempts = 0;
  t.provider.answers({t.refusal(500), t.refusal(500), t.refusal(500)});
  for (int i = 0; i < 3; ++i) t.soon();
  t.loop.pass(1s);
  CallForTest& call = t.soon();
  ASSERT_TRUE(call.error);
  EXPECT_EQ(call.error->fault, Fault::overloaded);
  EXPECT_GT(*call.error->retry_after, 10s);
  EXPECT_EQ(t.provider.calls.size(), 3U);
  EXPECT_EQ(t.ledger.rows.back().status, RowStatus::refused);
  EXPECT_EQ(t.ledger.rows.back().cost, Money{});
}

TEST(PipelineRouting, TheCallersOwnFaultsNeverCount) {
  Remembering t;
  for (int i = 0; i < 6; ++i) {
    t.provider.answers({t.refusal(400, R"({"error":{"message":"no","type":"invalid_request_error","code":"invalid_value"}})")});
    t.soon();
  }
  t.provider.answers({t.plain()});
  EXPECT_FALSE(t.soon().error);
  EXPECT_EQ(t.asked().back(), "first");
}

TEST(PipelineRouting, AKeyThatWasToldToWaitIsNotAskedUntilThen) {
  Remembering t;
  Script later = t.refusal(429);
  later.headers = {{"retry-after", "20"}};
  t.provider.answers({later, t.plain(), t.plain()});
  EXPECT_FALSE(t.soon().error);
  EXPECT_FALSE(t.soon().error);
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first", "second", "second"}));
  t.loop.pass(20s);
  t.provider.answers({t.plain()});
  t.soon();
  EXPECT_EQ(t.asked().back(), "first");
}

TEST(PipelineRouting, WhenEveryKeyCoolsTheShortestWaitIsTold) {
  Remembering t;
  t.alone();
  t.setup.asked->retry.attempts = 0;
  Script later = t.refusal(429);
  later.headers = {{"retry-after", "20"}};
  t.provider.answers({later});
  t.soon();
  CallForTest& call = t.soon();
  ASSERT_TRUE(call.error);
  EXPECT_EQ(call.error->fault, Fault::upstream_rate_limited);
  EXPECT_GT(*call.error->retry_after, 19s);
  EXPECT_EQ(t.provider.calls.size(), 1U);
}

TEST(PipelineRouting, ADeadCredentialIsNotShownAgain) {
  Remembering t;
  Target& first = *t.setup.targets[0];
  first.keys.push_back({.name = "spare", .secret = Secret("k2"), .weight = 1});
  t.remember(first, first.keys.back());
  for (int i = 0; i < 20; ++i) {
    t.provider.answers({t.plain(), t.plain()});
    if (i == 0) t.provider.answers({t.refusal(401), t.plain()});
    EXPECT_FALSE(t.soon().error);
  }
  EXPECT_EQ(t.provider.calls.size(), 21U);
  for (std::size_t i = 2; i < t.provider.calls.size(); ++i) EXPECT_EQ(t.provider.calls[i].key, t.provider.calls[1].key);
}

TEST(PipelineRouting, RepeatsAtTheSameTargetAreBounded) {
  Remembering t;
  t.alone();
  t.setup.asked->breaker.reset();
  t.provider.answers(std::vector<Script>(40, t.refusal(500)));
  for (int i = 0; i < 10; ++i) t.soon();
  EXPECT_EQ(t.provider.calls.size(), 13U);  // ten calls and three repeats
}

TEST(PipelineRouting, AFullTargetSendsCallsToTheNextOne) {
  Remembering t;
  t.setup.targets[0]->max_in_flight = 1;
  Script slow = t.plain();
  slow.between = 5s;
  t.provider.answers({slow, t.plain()});
  t.soon();
  t.soon();
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first", "second"}));
}

TEST(PipelineRouting, ATargetThatLacksWhatTheCallNeedsIsNotAsked) {
  Remembering t;
  CallTraits lacks;
  lacks.add(CallTrait::tools);
  lacks.add(CallTrait::streaming);
  t.setup.asked->lacks = {{t.setup.targets[0], lacks}};
  constexpr std::string_view tools = R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])";
  t.provider.answers({t.plain(), t.plain()});
  EXPECT_FALSE(t.ask().error);
  EXPECT_FALSE(t.ask(tools).error);
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first", "second"}));
  t.setup.asked->lacks.push_back({t.setup.targets[1], lacks});
  CallForTest& call = t.ask(tools);
  ASSERT_TRUE(call.error);
  EXPECT_EQ(call.error->fault, Fault::invalid_request);
  EXPECT_EQ(t.provider.calls.size(), 2U);
}

TEST(PipelineRouting, CallsWaitForRoomAsLongAsTheQueueSays) {
  Remembering t;
  t.alone();
  t.setup.targets[0]->max_in_flight = 1;
  t.setup.asked->queue = QueueConfig{.size = 1, .wait = 3s};
  Script slow = t.plain();
  slow.between = 2s;
  t.provider.answers({slow, t.plain()});
  t.soon();
  CallForTest& waits = t.soon();
  CallForTest& too_many = t.soon();
  ASSERT_TRUE(too_many.error);
  EXPECT_EQ(too_many.error->fault, Fault::overloaded);
  EXPECT_FALSE(waits.over);
  t.loop.pass(3s);
  EXPECT_TRUE(waits.over);
  EXPECT_FALSE(waits.error);
  EXPECT_EQ(t.provider.calls.size(), 2U);
}

TEST(PipelineRouting, AStreamThatDiesAfterContentCountsAgainstItsTarget) {
  Remembering t;
  for (int i = 0; i < 3; ++i) {
    Script dies = t.streamed({role_event(), content_event("Hi")});
    dies.ends_with = Error{.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "gone"};
    t.provider.answers({dies});
    CallForTest& call = t.prepare(R"(,"stream":true)");
    t.begin(call);
    t.loop.pass(100ms);
    EXPECT_TRUE(call.over);
  }
  t.provider.answers({t.plain()});
  t.soon();
  EXPECT_EQ(t.asked().back(), "second");
}

TEST(PipelineRouting, AStreamIsAnnouncedAndWhatPassesUnreadIsNot) {
  Remembering t;
  t.setup.asked->heartbeat = 15s;
  CallForTest& plain = t.prepare();
  CallForTest& stream = t.prepare(R"(,"stream":true)");
  CallForTest& image = t.prepare(R"(,"stream":true)");
  image.door.operation = Operation::passthrough;
  image.door.endpoint = "/v1/images/generations";
  for (CallForTest* call : {&plain, &stream, &image}) {
    t.provider.answers({t.plain()});
    t.begin(*call);
  }
  EXPECT_FALSE(plain.incoming.announced);
  EXPECT_EQ(stream.incoming.announced, 15s);
  EXPECT_FALSE(image.incoming.announced);
}

TEST(PipelineRouting, WhatTheProviderSaidIsToldEvenIfItsBreakerOpensMeanwhile) {
  Remembering t;
  t.alone();
  t.setup.asked->breaker->failures = 1;
  t.provider.answers({t.refusal(500), t.plain()});
  CallForTest& call = t.soon();
  ASSERT_TRUE(call.error);
  EXPECT_EQ(call.error->fault, Fault::upstream_error);
  EXPECT_EQ(t.provider.calls.size(), 1U);
}

TEST(PipelineRouting, AStoredConversationThatWaitsInTheQueueStaysWhereItIs) {
  Remembering t;
  ProviderObjects stored;
  t.worker.objects = &stored;
  stored.keep("resp_1", {.tenant = "team search", .provider = "second", .key = "main"});
  for (Target* target : t.setup.targets) target->max_in_flight = 1;
  for (TargetFacts& facts : t.setup.snapshot->facts) facts.spoken.push_back(find_dialect("openai_responses"));
  t.setup.asked->queue = QueueConfig{.size = 5, .wait = 10s};
  Script short_one = t.plain(), long_one = t.plain();
  short_one.between = 1s;
  long_one.between = 3s;
  t.provider.answers({short_one, long_one, t.broken(AttemptPhase::connect)});
  t.soon();
  t.soon();
  CallForTest& call = t.prepare();
  call.door = {.dialect = find_dialect("openai_responses"), .endpoint = "/v1/responses"};
  call.incoming.text = R"({"model":"m","input":"x","max_output_tokens":10,"previous_response_id":"resp_1"})";
  t.begin(call);
  t.loop.pass(2s);  // the first has room again
  EXPECT_EQ(t.provider.calls.size(), 2U);
  t.loop.pass(2s);
  ASSERT_GE(t.provider.calls.size(), 3U);
  EXPECT_EQ(t.provider.calls[2].provider, "second");
}

}  // namespace
}  // namespace tollgate
