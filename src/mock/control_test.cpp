// How a test looks into the provider, and what a connection may carry.

#include "mock/base64.h"
#include "mock/fingerprint.h"
#include "mock/provider_for_test.h"

namespace tollgate::mock {
namespace {

TEST(Bill, SumsByModelAndByKey) {
  ProviderForTest mock;
  mock.ask(chat("Hello"));
  mock.ask(streamed_chat("Hello"));
  mock.ask(chat("Hello", "", "other"));
  std::string bill = mock.ask(get("/mock/bill")).body;
  EXPECT_EQ(number_at(bill, "/requests"), 3);
  EXPECT_EQ(number_at(bill, "/by_model/gpt-4o/requests"), 2);
  EXPECT_EQ(number_at(bill, "/by_model/gpt-4o/output_tokens"), 8);
  EXPECT_EQ(number_at(bill, "/by_model/other/output_tokens"), 4);
  EXPECT_EQ(number_at(bill, "/by_key/" + fingerprint_text(fingerprint("sk-test")) + "/requests"), 3);
  EXPECT_EQ(number_at(bill, "/aborted"), 0);
  EXPECT_EQ(bill.find("sk-test"), std::string::npos);
}

TEST(Bill, HasALineForEachAnswer) {
  ProviderForTest mock;
  mock.ask(chat("Hello"));
  EXPECT_EQ(number_at(mock.bill_lines, "/number"), 1);
  EXPECT_EQ(text_at(mock.bill_lines, "/model"), "gpt-4o");
  EXPECT_EQ(number_at(mock.bill_lines, "/output_tokens"), 4);
  EXPECT_EQ(text_at(mock.bill_lines, "/outcome"), "whole");
}

TEST(Bill, BeginsAnewWhenDeleted) {
  ProviderForTest mock;
  mock.ask(chat("Hello"));
  EXPECT_EQ(number_at(mock.ask(get("/mock/bill", "DELETE")).body, "/requests"), 0);
  EXPECT_EQ(mock.provider.bill().total().requests, 0);
}

TEST(Bill, HoldsAtMostSoManyNames) {
  Bill bill;
  for (int i = 0; i < 2000; ++i) {
    std::string model = fmt::format("model-{}", i);
    bill.add({.model = model, .key = static_cast<std::uint64_t>(i) + 1, .counts = {.input = 1}});
  }
  EXPECT_EQ(bill.by_model().size(), Bill::max_names + 1);
  EXPECT_EQ(bill.by_model().find("(others)")->second.input, 1000);
  EXPECT_EQ(bill.by_key().size(), Bill::max_names + 1);
}

TEST(RequestLog, ShowsBytesAsReceivedWithoutCredentials) {
  ProviderForTest mock;
  std::string body = R"({ "model" : "gpt-4o","messages":[{"role":"user","content":"Grüße\n"}] })";
  mock.ask(post("/v1/chat/completions?key=secret&x=1", body, "X-Own:  a  b \r\n"));
  std::string log = mock.ask(get("/mock/requests")).body;
  EXPECT_EQ(text_at(log, "/requests/0/body"), body);
  EXPECT_EQ(text_at(log, "/requests/0/method"), "POST");
  EXPECT_EQ(text_at(log, "/requests/0/headers/4/0"), "X-Own");
  EXPECT_EQ(text_at(log, "/requests/0/headers/4/1"), "a  b");
  EXPECT_EQ(text_at(log, "/requests/0/headers/1/1"), "key:" + fingerprint_text(fingerprint("sk-test")));
  EXPECT_EQ(log.find("sk-test"), std::string::npos);
  EXPECT_EQ(log.find("secret"), std::string::npos);
  EXPECT_NE(log.find("&x=1"), std::string::npos);
}

TEST(RequestLog, ShowsABodyThatIsNoTextInBase64) {
  ProviderForTest mock;
  mock.ask(post("/v1/chat/completions", "\xFF\x01"));
  std::string log = mock.ask(get("/mock/requests")).body;
  EXPECT_EQ(from_base64(text_at(log, "/requests/0/body_base64")), "\xFF\x01");
}

TEST(RequestLog, KeepsTheLastOnes) {
  ProviderForTest mock(R"({"keep_requests":2})");
  for (int i = 0; i < 5; ++i) mock.ask(chat("Hello"));
  std::string log = mock.ask(get("/mock/requests")).body;
  EXPECT_EQ(parsed(log).root()["requests"].size(), 2u);
  EXPECT_EQ(number_at(log, "/requests/0/number"), 4);
  EXPECT_EQ(number_at(log, "/requests/1/number"), 5);
  mock.ask(get("/mock/requests", "DELETE"));
  EXPECT_EQ(parsed(mock.ask(get("/mock/requests")).body).root()["requests"].size(), 0u);
}

TEST(RequestLog, HoldsAtMostSoManyBytes) {
  RequestLog log;
  log.reset(1000);
  http::RequestHead head;
  std::string large(RequestLog::kept_bytes_max / 4, 'x'), text;
  for (std::uint64_t i = 1; i <= 10; ++i) log.add(i, head, large);
  log.append_json(text);
  std::size_t kept = parsed(text).root()["requests"].size();
  EXPECT_GE(kept, 2u);
  EXPECT_LE(kept, 4u);
  EXPECT_EQ(number_at(text, fmt::format("/requests/{}/number", kept - 1)), 10);
}

TEST(Control, ReplacesTheScript) {
  ProviderForTest mock;
  Answer accepted = mock.ask(post("/mock/script", R"({"rules":[{"status":503},{"status":500}]})"));
  EXPECT_EQ(number_at(accepted.body, "/rules"), 2);
  EXPECT_EQ(mock.ask(chat("Hello")).status, 503);
  Answer refused = mock.ask(post("/mock/script", R"({"rules":[{"statuss":503}]})"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(text_at(refused.body, "/error/message"), "rules[0].statuss: there is no such word");
  EXPECT_EQ(mock.ask(chat("Hello")).status, 503);
  EXPECT_EQ(mock.ask(get("/mock/nothing")).status, 404);
}

Task<void> ask_twice(std::unique_ptr<ByteStream> stream, std::string requests, Answer& first, Answer& second) {
  std::array<std::string_view, 1> parts{requests};
  static_cast<void>(co_await write_all(*stream, parts, {}));
  co_await read_answer(*stream, {}, first);
  std::string text = first.raw;
  second.raw = text.substr(first.head.size() + first.body.size());
  if (understand(second, false)) co_return;
  co_await read_answer(*stream, {}, second);
}

std::string second_answer_to(std::string requests) {
  ProviderForTest mock;
  Answer first, second;
  {
    Reactor::Turn turn(mock.reactor);
    mock.clients.spawn(ask_twice(mock.listener.connect(), std::move(requests), first, second));
  }
  mock.reactor.run_until([&] { return mock.clients.size() == 0; });
  EXPECT_EQ(text_at(first.body, "/choices/0/message/content"), "You said: one");
  return text_at(second.body, "/choices/0/message/content");
}

std::string chunked_chat(std::string_view text) {
  std::string body = fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"{}"}}]}})", text);
  return fmt::format(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: m\r\nauthorization: Bearer k\r\n"
      "transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
      body.substr(0, 1), body.size() - 1, body.substr(1));
}

TEST(Connection, CarriesOneRequestAfterAnother) {
  EXPECT_EQ(second_answer_to(chat("one") + chat("two")), "You said: two");
  EXPECT_EQ(second_answer_to(chunked_chat("one") + chunked_chat("two")), "You said: two");
}

TEST(Connection, CarriesOnBehindABodyThatCameInParts) {
  std::string padding(200'000, ' ');
  std::string large =
      post("/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"one"}]})" + padding);
  EXPECT_EQ(second_answer_to(large + chat("two")), "You said: two");
}

TEST(Connection, IsClosedWhenItIdlesTooLong) {
  ProviderForTest mock(R"({"idle_ms":3000})");
  Instant start = mock.time.at;
  Answer answer = mock.ask("");
  EXPECT_EQ(answer.ended, Ended::fin);
  EXPECT_GE(answer.ended_at, start + seconds(3));
}

}  // namespace
}  // namespace tollgate::mock
