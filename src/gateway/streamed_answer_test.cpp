// Streamed calls: which bytes reach the caller, what happens when the provider or the caller stops half-way, and who pays.

#include "gateway/streamed_answer.h"

#include <gtest/gtest.h>

#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

constexpr Money usual_cost{10 * 1000 + 5 * 2000};
const std::string hello = role_event() + content_event("Hel") + content_event("lo") + finish_event();

std::vector<std::string> single_bytes(const std::string& text) {
  std::vector<std::string> pieces;
  for (char c : text) pieces.emplace_back(1, c);
  return pieces;
}

Error reset() {
  return {.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "the connection broke"};
}

bool ends_in_error_event(const std::string& text, std::string_view code) {
  auto last = text.rfind("data: ");
  return last != std::string::npos && text.find(R"("error":{)", last) != std::string::npos &&
         text.find(R"("code":")" + std::string(code) + "\"", last) != std::string::npos && text.ends_with("\n\n");
}

TEST(StreamedAnswer, PassesTheProvidersEventsByteForByte) {
  std::string all = hello + done_event();
  for (auto pieces : {std::vector{all}, single_bytes(all), std::vector{all.substr(0, 77), all.substr(77)}}) {
    GatewayForTest t;
    t.provider.answers({t.streamed(pieces)});
    EXPECT_EQ(t.stream().text(), all);
  }
}

TEST(StreamedAnswer, SettlesOnceWithItsLastBytesWhichWaitForTheLedger) {
  GatewayForTest t;
  t.provider.answers({t.streamed({role_event() + content_event("Hel"), content_event("lo") + finish_event() + usage_event(), done_event()})});
  auto& call = t.stream();
  EXPECT_EQ(t.ledger.story, "begin durable attempt finish durable ");
  ASSERT_GE(call.rows_before.size(), 2U);
  EXPECT_EQ(call.rows_before.front(), 0U);
  EXPECT_EQ(call.rows_before.back(), 1U);
  const RequestRow& row = t.ledger.rows.at(0);
  EXPECT_EQ(row.status, RowStatus::ok);
  EXPECT_TRUE(row.stream);
  EXPECT_EQ(row.cost, usual_cost);
  EXPECT_EQ(row.usage_source, UsageSource::provider);
  EXPECT_EQ(t.ledger.attempts.at(0).phase, AttemptPhase::done);
  EXPECT_EQ(t.reader.rows, 1);
}

TEST(StreamedAnswer, AsksForTheUsageAndHidesItFromACallerWhoDidNot) {
  std::string with_usage = hello + usage_event() + done_event();
  for (auto pieces : {std::vector{with_usage}, single_bytes(with_usage)}) {
    GatewayForTest t;
    t.provider.answers({t.streamed(pieces)});
    EXPECT_EQ(t.stream().text(), hello + done_event());
    EXPECT_NE(t.provider.calls.at(0).body.find(R"("include_usage":true)"), std::string::npos);
    EXPECT_EQ(t.ledger.rows.at(0).cost, usual_cost);
  }
}

TEST(StreamedAnswer, ShowsTheUsageToACallerWhoAskedForIt) {
  GatewayForTest t;
  std::string all = hello + usage_event() + done_event();
  t.provider.answers({t.streamed({all})});
  EXPECT_EQ(t.stream(R"(,"stream_options":{"include_usage":true})").text(), all);
}

TEST(StreamedAnswer, AsksNoProviderForUsageThatWouldNotUnderstandIt) {
  GatewayForTest t;
  t.setup.snapshot->facts[0].ways.ask_usage = false;
  t.provider.answers({t.streamed({hello + done_event()})});
  t.stream();
  EXPECT_EQ(t.provider.calls.at(0).body.find("include_usage"), std::string::npos);
}

TEST(StreamedAnswer, AddsTheEndMarkThatAWholeAnswerLacks) {
  GatewayForTest t;
  t.provider.answers({t.streamed({hello})});
  EXPECT_EQ(t.stream().text(), hello + done_event());
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::ok);
}

TEST(StreamedAnswer, PassesNothingThatComesAfterTheEndMark) {
  GatewayForTest t;
  t.provider.answers({t.streamed({hello + done_event() + content_event("more") + done_event()})});
  EXPECT_EQ(t.stream().text(), hello + done_event());
}

TEST(StreamedAnswer, HoldsItsHeadBackUntilTheFirstContent) {
  GatewayForTest t;
  Script slow = t.streamed({role_event(), content_event("Hi"), finish_event()});
  slow.between = 5s;
  t.provider.answers({slow});
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  t.loop.pass(9s);
  EXPECT_TRUE(call.pieces.empty());
  t.loop.pass(2s);
  EXPECT_EQ(call.text(), role_event() + content_event("Hi"));
}

// --- failures before any content: another may answer

TEST(StreamedAnswer, AnErrorBeforeAnyContentIsTriedElsewhereAndNothingOfItIsSeen) {
  std::string overload = event(R"({"error":{"message":"busy","type":"overloaded_error"}})");
  for (const std::string& first : {overload, role_event() + overload, role_event() + std::string(": waiting\n\n") + overload}) {
    for (auto pieces : {std::vector{first}, single_bytes(first)}) {
      GatewayForTest t;
      t.provider.answers({t.streamed(pieces), t.streamed({hello + done_event()})});
      EXPECT_EQ(t.stream().text(), hello + done_event());
      EXPECT_EQ(t.ledger.attempts.at(0).error_class, "upstream_overloaded");
      EXPECT_EQ(t.ledger.attempts.at(0).cost, Money{});
      EXPECT_EQ(t.ledger.rows.at(0).provider, "second");
      EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::ok);
    }
  }
}

TEST(StreamedAnswer, AStreamThatEndsWithoutContentIsTriedElsewhere) {
  for (const std::string& first : {std::string(), role_event(), done_event(), std::string("data: {\"cho")}) {
    GatewayForTest t;
    t.provider.answers({t.streamed({first}), t.streamed({hello + done_event()})});
    EXPECT_EQ(t.stream().text(), hello + done_event()) << first;
    EXPECT_EQ(t.provider.calls.size(), 2U) << first;
  }
}

TEST(StreamedAnswer, SilenceBeforeContentIsTriedElsewhere) {
  GatewayForTest t;
  Script stuck = t.streamed({role_event()});
  stuck.stalls = true;
  t.provider.answers({stuck, t.streamed({hello + done_event()})});
  t.setup.targets[0]->timeouts.first_token = 10s;
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  t.loop.pass(9900ms);
  EXPECT_EQ(t.provider.calls.size(), 1U);
  t.loop.pass(200ms);
  EXPECT_EQ(call.text(), hello + done_event());
  EXPECT_EQ(t.ledger.attempts.at(0).error_class, "upstream_timeout");
}

TEST(StreamedAnswer, HeartbeatsWithoutEndDoNotPutOffTheFirstContent) {
  GatewayForTest t;
  Script beats = t.streamed(std::vector<std::string>(100, ": beat\n\n"));
  beats.between = 1s;
  t.provider.answers({beats, t.streamed({hello + done_event()})});
  t.setup.targets[0]->timeouts.first_token = 10s;
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  t.loop.pass(11s);
  EXPECT_EQ(call.text(), hello + done_event());
}

TEST(StreamedAnswer, MoreThanItMayHoldBackWithoutContentIsNoAnswer) {
  GatewayForTest t;
  t.provider.answers({t.streamed(std::vector<std::string>(2000, role_event())), t.streamed({hello + done_event()})});
  EXPECT_EQ(t.stream().text(), hello + done_event());
  EXPECT_EQ(t.ledger.attempts.at(0).error_class, "upstream_protocol");
}

TEST(StreamedAnswer, JsonInsteadOfAStreamIsTriedElsewhere) {
  GatewayForTest t;
  Script json = t.plain();
  json.headers = {{"content-type", "application/json"}};
  t.provider.answers({json, t.streamed({hello + done_event()})});
  EXPECT_EQ(t.stream().text(), hello + done_event());
}

// --- failures after content: told, and never covered up

TEST(StreamedAnswer, AProviderThatStopsAfterContentBecomesAnErrorEvent) {
  Script closed = GatewayForTest::streamed({role_event() + content_event("Hello")});
  Script broken = closed;
  broken.ends_with = reset();
  Script mid_event = GatewayForTest::streamed({role_event() + content_event("Hello"), "data: {\"cho"});
  for (const Script& script : {closed, broken, mid_event}) {
    GatewayForTest t;
    t.provider.answers({script, t.streamed({hello + done_event()})});
    auto& call = t.stream();
    EXPECT_TRUE(call.text().starts_with(role_event() + content_event("Hello")));
    EXPECT_TRUE(ends_in_error_event(call.text(), "upstream_error")) << call.text();
    EXPECT_EQ(call.text().find("[DONE]"), std::string::npos);
    EXPECT_EQ(t.provider.calls.size(), 1U);
    const RequestRow& row = t.ledger.rows.at(0);
    EXPECT_EQ(row.status, RowStatus::incomplete);
    EXPECT_EQ(row.error_code, "upstream_error");
    EXPECT_EQ(row.usage_source, UsageSource::estimated);
    EXPECT_EQ(row.usage.output, Tokens{2});  // five bytes
    EXPECT_GT(row.usage.input, Tokens{0});
    EXPECT_EQ(row.cost, t.ledger.attempts.at(0).cost);
    EXPECT_GT(row.cost, Money{2 * 2000});
  }
}

TEST(StreamedAnswer, AnErrorInTheMiddleIsTheLastThatIsTold) {
  GatewayForTest t;
  t.provider.answers({t.streamed({role_event() + content_event("Hello") +
                                  event(R"({"error":{"message":"busy","type":"overloaded_error"}})") + done_event()})});
  auto& call = t.stream();
  EXPECT_TRUE(call.text().starts_with(role_event() + content_event("Hello")));
  EXPECT_TRUE(ends_in_error_event(call.text(), "upstream_overloaded"));
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::incomplete);
}

TEST(StreamedAnswer, AStallAfterContentEndsAtTheIdleLimit) {
  GatewayForTest t;
  Script stalls = t.streamed({role_event() + content_event("Hello")});
  stalls.stalls = true;
  t.provider.answers({stalls});
  t.setup.targets[0]->timeouts.idle = 20s;
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  t.loop.pass(19s);
  EXPECT_FALSE(call.over);
  t.loop.pass(1100ms);
  EXPECT_TRUE(ends_in_error_event(call.text(), "upstream_timeout"));
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::incomplete);
}

TEST(StreamedAnswer, TheRequestsOwnTimeEndsAStreamThatFlows) {
  GatewayForTest t;
  Script endless = t.streamed(std::vector<std::string>(1000, content_event("x")));
  endless.between = 1s;
  t.provider.answers({endless});
  t.setup.asked->total = 30s;
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  t.loop.pass(31s);
  EXPECT_TRUE(ends_in_error_event(call.text(), "upstream_timeout"));
  EXPECT_EQ(t.provider.answers_open, 0);
}

// --- callers that leave

TEST(StreamedAnswer, ACallerWhoLeavesPaysWhatCameUntilThen) {
  GatewayForTest t;
  t.setup.limit({budget("team", usd(1))});
  Script stalls = t.streamed({role_event() + content_event("Hello, you")});
  stalls.stalls = true;
  t.provider.answers({stalls});
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  EXPECT_EQ(call.pieces.size(), 1U);
  call.incoming.left.cancel();
  t.loop.settle();
  EXPECT_TRUE(call.over);
  EXPECT_EQ(t.provider.answers_open, 0);
  const RequestRow& row = t.ledger.rows.at(0);
  EXPECT_EQ(row.status, RowStatus::aborted);
  EXPECT_EQ(row.usage.output, Tokens{3});  // ten bytes
  EXPECT_EQ(t.limit().used, row.cost);
  EXPECT_EQ(t.limit().reserved, Money{});
  EXPECT_GT(row.cost, Money{3 * 2000});
}

TEST(StreamedAnswer, ACallerWhoTakesNoMorePaysTheProvidersOwnNumberWhereItCame) {
  GatewayForTest t;
  t.provider.answers({t.streamed({content_event("a"), usage_event() + content_event("b"), finish_event()})});
  auto& call = t.prepare(R"(,"stream":true)");
  call.leaves_after = 2;
  t.begin(call);
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::aborted);
  EXPECT_EQ(t.ledger.rows.at(0).cost, usual_cost);
  EXPECT_EQ(t.ledger.story, "begin durable attempt finish ");
}

TEST(StreamedAnswer, ACallerWhoLeavesBeforeTheFirstContentPaysTheInputAlone) {
  GatewayForTest t;
  Script stalls = t.streamed({role_event()});
  stalls.stalls = true;
  t.provider.answers({stalls, t.streamed({hello})});
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  call.incoming.left.cancel();
  t.loop.settle();
  EXPECT_EQ(t.provider.calls.size(), 1U);
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::aborted);
  EXPECT_EQ(t.ledger.rows.at(0).usage.output, Tokens{0});
  EXPECT_GT(t.ledger.rows.at(0).cost, Money{});
}

// --- the ledger

TEST(StreamedAnswer, NoContentGoesOutBeforeTheIntentIsDurable) {
  GatewayForTest t;
  t.ledger.is_durable = false;
  t.provider.answers({t.streamed({hello + done_event()})});
  auto& call = t.stream();
  EXPECT_EQ(call.error.value().fault, Fault::unavailable);
  EXPECT_TRUE(call.pieces.empty());
  EXPECT_EQ(t.ledger.rows.size(), 1U);
  EXPECT_EQ(t.provider.calls.size(), 1U);
}

TEST(StreamedAnswer, TheLastBytesAreWithheldWhenTheirRowIsNotDurableInTime) {
  GatewayForTest t;
  Script slow = t.streamed({content_event("a"), finish_event() + done_event()});
  slow.between = 1s;
  t.provider.answers({slow});
  auto& call = t.prepare(R"(,"stream":true)");
  t.begin(call);
  t.loop.pass(1500ms);
  t.ledger.is_durable = false;
  t.loop.pass(10s);
  EXPECT_EQ(call.text(), content_event("a"));
  EXPECT_EQ(call.ended_with.value().fault, Fault::unavailable);
  EXPECT_EQ(t.ledger.rows.size(), 1U);
}

TEST(StreamedAnswer, TellsTheLedgerHowFarItIsEachSecond) {
  GatewayForTest t;
  Script slow = t.streamed(std::vector<std::string>(10, content_event("four")));
  slow.between = 500ms;
  t.provider.answers({slow});
  t.stream();
  ASSERT_GE(t.ledger.seen.size(), 4U);
  EXPECT_LE(t.ledger.seen.size(), 5U);
  EXPECT_LT(t.ledger.seen[0].output, t.ledger.seen[3].output);
}

TEST(StreamedAnswer, TellsTheLedgerHowFarItIsEach256Tokens) {
  GatewayForTest t;
  t.provider.answers({t.streamed(std::vector<std::string>(8, content_event(std::string(600, 'x'))))});  // 150 tokens each
  t.stream();
  EXPECT_EQ(t.ledger.seen.size(), 4U);
}

}  // namespace
}  // namespace tollgate
