// The table of failures F2, as a client of the OpenAI dialect sees it.

#include "api/error_reply.h"

#include <gtest/gtest.h>

#include "api/api_for_test.h"
#include "async/virtual_time_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

Task<void> tell(http::ServerExchange& exchange, const Error& error, RequestId id, const RequestRow* row) {
  co_await reply_error(exchange, error, id, row);
}

std::unique_ptr<ExchangeForTest> told(const Error& error, const RequestRow* row = nullptr) {
  VirtualLoop loop;
  auto exchange = std::make_unique<ExchangeForTest>("POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\n");
  loop.spawn(tell(*exchange, error, RequestId{1, 2}, row));
  loop.settle();
  return exchange;
}

std::string word(const std::string& body, std::string_view name) {
  std::string key = "\"" + std::string(name) + "\":\"";
  auto at = body.find(key);
  return at == std::string::npos ? "none" : body.substr(at + key.size(), body.find('"', at + key.size()) - at - key.size());
}

TEST(ErrorReply, SaysEveryFaultInTheClientsWords) {
  struct Case {
    Fault fault;
    int status;
    std::string type, code;
  } cases[] = {
      {Fault::invalid_request, 400, "invalid_request_error", "invalid_request"},
      {Fault::invalid_key, 401, "invalid_request_error", "invalid_api_key"},
      {Fault::ambiguous_key, 400, "invalid_request_error", "ambiguous_credentials"},
      {Fault::not_allowed, 403, "permission_error", "permission_denied"},
      {Fault::model_not_found, 404, "invalid_request_error", "model_not_found"},
      {Fault::not_found, 404, "invalid_request_error", "not_found"},
      {Fault::method_not_allowed, 405, "invalid_request_error", "method_not_allowed"},
      {Fault::unsupported_media_type, 415, "invalid_request_error", "unsupported_media_type"},
      {Fault::body_too_large, 413, "invalid_request_error", "request_too_large"},
      {Fault::target_too_long, 414, "invalid_request_error", "request_too_large"},
      {Fault::head_too_large, 431, "invalid_request_error", "request_too_large"},
      {Fault::request_timeout, 408, "invalid_request_error", "request_timeout"},
      {Fault::rate_limited, 429, "requests", "rate_limit_exceeded"},
      {Fault::budget_exceeded, 429, "insufficient_quota", "budget_exceeded"},
      {Fault::pricing_unavailable, 403, "permission_error", "budget_pricing_unavailable"},
      {Fault::upstream_unreachable, 502, "server_error", "upstream_error"},
      {Fault::upstream_timeout, 504, "server_error", "upstream_timeout"},
      {Fault::upstream_protocol, 502, "server_error", "upstream_error"},
      {Fault::upstream_error, 502, "server_error", "upstream_error"},
      {Fault::upstream_overloaded, 503, "server_error", "upstream_overloaded"},
      {Fault::upstream_rate_limited, 429, "upstream_rate_limited", "upstream_rate_limited"},
      {Fault::upstream_quota, 429, "insufficient_quota", "upstream_quota_exhausted"},
      {Fault::upstream_credential, 502, "server_error", "upstream_credentials_exhausted"},
      {Fault::upstream_rejected, 400, "invalid_request_error", "upstream_rejected"},
      {Fault::upstream_truncated, 502, "server_error", "upstream_error"},
      {Fault::overloaded, 503, "server_error", "overloaded"},
      {Fault::unavailable, 503, "server_error", "unavailable"},
      {Fault::deadline, 504, "server_error", "upstream_timeout"},
      {Fault::internal, 500, "server_error", "internal"},
  };
  for (const Case& c : cases) {
    auto answer = told({.fault = c.fault, .detail = "why"});
    EXPECT_EQ(answer->status, c.status) << c.code;
    EXPECT_EQ(word(answer->body, "type"), c.type) << c.code;
    EXPECT_EQ(word(answer->body, "code"), c.code);
    EXPECT_EQ(word(answer->body, "message"), "why") << c.code;
    EXPECT_EQ(answer->field("content-type"), "application/json") << c.code;
  }
}

TEST(ErrorReply, TellsOfficialClientsWhenARetryIsOfNoUse) {
  for (Fault useless : {Fault::budget_exceeded, Fault::upstream_quota, Fault::upstream_credential, Fault::internal})
    EXPECT_EQ(told({.fault = useless})->field("x-should-retry"), "false") << info(useless).name;
  for (Fault useful : {Fault::overloaded, Fault::unavailable, Fault::upstream_overloaded, Fault::upstream_rate_limited,
                       Fault::upstream_error, Fault::upstream_unreachable})
    EXPECT_EQ(told({.fault = useful})->field("x-should-retry"), "") << info(useful).name;
}

TEST(ErrorReply, SaysHowLongToWaitInWholeSecondsAndInMilliseconds) {
  auto answer = told({.fault = Fault::rate_limited, .retry_after = 1500ms});
  EXPECT_EQ(answer->field("retry-after"), "2");
  EXPECT_EQ(answer->field("retry-after-ms"), "1500");
}

TEST(ErrorReply, OverloadAlwaysSaysHowLongToWaitAndAMistakeNever) {
  for (Fault overload : {Fault::overloaded, Fault::unavailable, Fault::upstream_overloaded, Fault::upstream_rate_limited})
    EXPECT_EQ(told({.fault = overload})->field("retry-after"), "1") << info(overload).name;
  for (Fault mistake : {Fault::invalid_request, Fault::invalid_key, Fault::upstream_rejected})
    EXPECT_EQ(told({.fault = mistake})->field("retry-after"), "") << info(mistake).name;
}

TEST(ErrorReply, NamesTheFieldAtFault) {
  EXPECT_EQ(word(told({.fault = Fault::invalid_request, .param = "messages[3]"})->body, "param"), "messages[3]");
  EXPECT_NE(told({.fault = Fault::invalid_request})->body.find(R"("param":null)"), std::string::npos);
}

TEST(ErrorReply, NamesWhatIsAllowed) {
  auto answer = told({.fault = Fault::method_not_allowed, .param = "GET, HEAD"});
  EXPECT_EQ(answer->field("allow"), "GET, HEAD");
}

TEST(ErrorReply, AStatusOfTheErrorsOwnGoesBeforeThatOfItsFault) {
  EXPECT_EQ(told({.fault = Fault::upstream_rejected, .http_status = 413})->status, 413);
}

TEST(ErrorReply, TellsAKnownCallerHowFarTheRequestCame) {
  RequestRow row;
  row.provider = "openai";
  row.model = "gpt-4o";
  row.attempts = 3;
  auto answer = told({.fault = Fault::upstream_error}, &row);
  EXPECT_EQ(answer->field("x-tollgate-provider"), "openai");
  EXPECT_EQ(answer->field("x-tollgate-model"), "gpt-4o");
  EXPECT_EQ(answer->field("x-tollgate-attempts"), "3");
  EXPECT_EQ(answer->field("x-tollgate-request-id"), to_string(RequestId{1, 2}));
  EXPECT_EQ(answer->field("x-request-id"), to_string(RequestId{1, 2}));
}

TEST(ErrorReply, TellsAStrangerNothingButTheId) {
  auto answer = told({.fault = Fault::invalid_key});
  EXPECT_EQ(answer->field("x-tollgate-request-id"), to_string(RequestId{1, 2}));
  EXPECT_EQ(answer->field("x-tollgate-attempts"), "");
}

TEST(ErrorReply, SaysNothingToAClientThatLeft) {
  EXPECT_EQ(told({.fault = Fault::client_gone})->status, 0);
}

TEST(ErrorReply, TellsARefusalOfTheServerInTheSameWords) {
  struct Case {
    int status;
    Fault fault;
  } cases[] = {{400, Fault::invalid_request}, {405, Fault::method_not_allowed},  {408, Fault::request_timeout},
               {413, Fault::body_too_large},  {414, Fault::target_too_long},     {417, Fault::expectation_failed},
               {431, Fault::head_too_large},  {501, Fault::invalid_request},     {505, Fault::invalid_request}};
  for (auto [status, fault] : cases) {
    Error error = error_of(http::Refusal{status, "why"});
    EXPECT_EQ(error.fault, fault) << status;
    EXPECT_EQ(status_of(error), status);
  }
}

}  // namespace
}  // namespace tollgate
