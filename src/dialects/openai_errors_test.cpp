#include "dialects/openai_errors.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "json/scan.h"

namespace tollgate::openai {
namespace {

constexpr WallTime now{std::int64_t{1'795'350'000} * 1'000'000'000};

Error refusal(int status, std::string_view body) {
  return read_refusal({.status = status, .body = body, .hints = {}}, now);
}

TEST(ErrorEnvelope, IsWhatOpenAiClientsParse) {
  std::string text;
  append_error(
      text,
      {.fault = Fault::invalid_request, .detail = "'n' must be \"an\" integer", .param = "n", .code = "invalid_type"});
  EXPECT_EQ(
      text,
      R"({"error":{"message":"'n' must be \"an\" integer","type":"invalid_request_error","param":"n","code":"invalid_type"}})");
}

TEST(ErrorEnvelope, IsAnEventInAStream) {
  std::string text;
  append_error_event(text, {.fault = Fault::upstream_truncated, .detail = "cut\nshort"});
  EXPECT_EQ(text,
            "data: "
            "{\"error\":{\"message\":\"cut\\nshort\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_"
            "error\"}}\n\n");
}

std::string type_and_code(Error error) {
  std::string text;
  append_error(text, error);
  auto root = json::scan(text);
  return *json::find_path(*root, {"error", "type"})->string() + "/" +
         *json::find_path(*root, {"error", "code"})->string();
}

TEST(ErrorEnvelope, HasTheTypesOfTheTable) {
  EXPECT_EQ(type_and_code({.fault = Fault::invalid_key}), "invalid_request_error/invalid_api_key");
  EXPECT_EQ(type_and_code({.fault = Fault::not_allowed}), "permission_error/permission_denied");
  EXPECT_EQ(type_and_code({.fault = Fault::model_not_found}), "invalid_request_error/model_not_found");
  EXPECT_EQ(type_and_code({.fault = Fault::body_too_large}), "invalid_request_error/request_too_large");
  EXPECT_EQ(type_and_code({.fault = Fault::rate_limited}), "requests/rate_limit_exceeded");
  EXPECT_EQ(type_and_code({.fault = Fault::rate_limited, .param = "tokens"}), "tokens/rate_limit_exceeded");
  EXPECT_EQ(type_and_code({.fault = Fault::budget_exceeded}), "insufficient_quota/budget_exceeded");
  EXPECT_EQ(type_and_code({.fault = Fault::upstream_rate_limited}), "upstream_rate_limited/upstream_rate_limited");
  EXPECT_EQ(type_and_code({.fault = Fault::upstream_overloaded}), "server_error/upstream_overloaded");
  EXPECT_EQ(type_and_code({.fault = Fault::upstream_credential}), "server_error/upstream_credentials_exhausted");
  EXPECT_EQ(type_and_code({.fault = Fault::upstream_unreachable}), "server_error/upstream_error");
  EXPECT_EQ(type_and_code({.fault = Fault::upstream_quota}), "insufficient_quota/upstream_quota_exhausted");
  EXPECT_EQ(type_and_code({.fault = Fault::overloaded}), "server_error/overloaded");
  EXPECT_EQ(type_and_code({.fault = Fault::internal}), "server_error/internal");
}

TEST(Refusal, GivesEachStatusItsClassAndWhatMayBeTried) {
  struct Row {
    int status;
    Fault fault;
    Retry retry;
  };
  for (Row row : {Row{400, Fault::upstream_rejected, Retry::never},
                  {401, Fault::upstream_credential, Retry::next_credential},
                  {402, Fault::upstream_credential, Retry::next_credential},
                  {403, Fault::upstream_credential, Retry::next_credential},
                  {404, Fault::upstream_rejected, Retry::next_target},
                  {405, Fault::upstream_rejected, Retry::never},
                  {408, Fault::upstream_timeout, Retry::next_target},
                  {409, Fault::upstream_rejected, Retry::next_target},
                  {413, Fault::upstream_rejected, Retry::never},
                  {422, Fault::upstream_rejected, Retry::never},
                  {429, Fault::upstream_rate_limited, Retry::next_credential},
                  {500, Fault::upstream_error, Retry::next_target},
                  {502, Fault::upstream_error, Retry::next_target},
                  {503, Fault::upstream_overloaded, Retry::next_target},
                  {504, Fault::upstream_error, Retry::next_target},
                  {520, Fault::upstream_error, Retry::next_target},
                  {529, Fault::upstream_overloaded, Retry::next_target},
                  {302, Fault::upstream_protocol, Retry::next_target},
                  {0, Fault::upstream_protocol, Retry::next_target},
                  {999, Fault::upstream_protocol, Retry::next_target}}) {
    Error error = refusal(row.status, "<html>oops</html>");
    EXPECT_EQ(error.fault, row.fault) << row.status;
    EXPECT_EQ(error.retry, row.retry) << row.status;
    EXPECT_EQ(error.detail.find('<'), std::string::npos) << row.status;
    EXPECT_FALSE(error.detail.empty()) << row.status;
  }
}

TEST(Refusal, KeepsWhatTheDeveloperNeeds) {
  Error error = refusal(400, R"({"error":{"message":"Unsupported parameter: 'stop' is not supported with this model.",)"
                             R"("type":"invalid_request_error","param":"stop","code":"unsupported_parameter"}})");
  EXPECT_EQ(error.detail, "Unsupported parameter: 'stop' is not supported with this model.");
  EXPECT_EQ(error.param, "stop");
  EXPECT_EQ(error.code, "unsupported_parameter");
  EXPECT_EQ(error.http_status, 0);
}

TEST(Refusal, ReadsEveryKnownShape) {
  struct Row {
    std::string_view body, detail, param, code;
  };
  for (Row row :
       {Row{R"({"type":"error","error":{"type":"invalid_request_error","message":"m"},"request_id":"r"})", "m", "", ""},
        {R"({"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}})", "m", "", ""},
        {R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}])", "m", "", ""},
        {R"({"error":{"code":"unknown_model","message":"m","details":"d"}})", "m", "", "unknown_model"},
        {R"({"object":"error","message":"m","type":"t","param":null,"code":"3230"})", "m", "", ""},
        {R"({"detail":"m"})", "m", "", ""},
        {R"({"detail":[{"type":"t","loc":["body","messages",0,"content"],"msg":"m"}]})", "m", "messages[0].content",
         ""},
        {R"({"message":"m","request_id":"r"})", "m", "", ""},
        {R"({"code":"Client specified an invalid argument","error":"m"})", "m", "", ""},
        {R"({"error":"m"})", "m", "", ""},
        {R"({"error_code":400,"message":"m"})", "m", "", ""},
        {R"({"message":"m","type":"t","param":"p","code":"c"})", "m", "p", "c"},
        {R"({"code":400,"reason":"r","message":"m"})", "m", "", ""},
        {R"({"Message":"m"})", "m", "", ""},
        {"plain text", "the provider refused the request", "", ""},
        {"", "the provider refused the request", "", ""},
        {"[]", "the provider refused the request", "", ""}}) {
    Error error = refusal(400, row.body);
    EXPECT_EQ(error.detail, row.detail) << row.body;
    EXPECT_EQ(error.param, row.param) << row.body;
    EXPECT_EQ(error.code, row.code) << row.body;
  }
}

TEST(Refusal, NeverShowsKeysOrOrganisations) {
  for (int status : {400, 401, 403, 429, 500, 503}) {
    Error error = refusal(
        status,
        R"({"error":{"message":"Incorrect API key provided: sk-abc. Find it at https://x.y","code":"sk-abc","param":"sk-abc"}})");
    EXPECT_EQ((error.detail + error.code + error.param).find("abc"), std::string::npos) << status;
  }
  EXPECT_EQ(refusal(429, R"({"error":{"message":"Rate limit reached in organization org-x"}})").detail,
            "the provider's rate limit is reached");
}

TEST(Refusal, TellsMoneyFromRate) {
  EXPECT_EQ(refusal(429, R"({"error":{"type":"insufficient_quota","code":"insufficient_quota"}})").fault,
            Fault::upstream_quota);
  EXPECT_EQ(
      refusal(
          429,
          R"({"type":"error","error":{"type":"rate_limit_error","details":{"error_code":"enforced_spend_limit_reached"}}})")
          .fault,
      Fault::upstream_quota);
  EXPECT_EQ(refusal(429, R"({"code":"request_quota_exceeded","type":"too_many_requests_error"})").fault,
            Fault::upstream_rate_limited);
  EXPECT_EQ(refusal(503, R"({"error":{"code":"slow_down","type":"requests"}})").fault, Fault::upstream_overloaded);
}

TEST(Refusal, HidesAWrongPathOfOursAndPassesTooLarge) {
  Error missing = refusal(404, R"({"error":{"message":"no deployment x","code":"model_not_found"}})");
  EXPECT_EQ(missing.http_status, 502);
  EXPECT_EQ(missing.client_code(), "upstream_error");
  EXPECT_EQ(type_and_code(missing), "server_error/upstream_error");
  EXPECT_EQ(refusal(413, "").http_status, 413);
  EXPECT_EQ(refusal(413, "").client_code(), "request_too_large");
}

TEST(Refusal, FindsAWaitInTheBody) {
  EXPECT_EQ(refusal(429, R"({"error":{"code":429,"details":[{"@type":"x"},{"retryDelay":"30s"}]}})").retry_after,
            milliseconds(30'000));
  EXPECT_EQ(
      refusal(429, R"({"error":{"message":"Limit 6000. Please try again in 4.86s. Need more tokens?"}})").retry_after,
      milliseconds(4860));
  EXPECT_EQ(refusal(429, R"({"error":{"message":"Please retry after 60 seconds."}})").retry_after,
            milliseconds(60'000));
  EXPECT_FALSE(refusal(429, R"({"error":{"message":"Please retry after 600 seconds."}})").retry_after);
  EXPECT_FALSE(refusal(400, R"({"error":{"message":"try again in 5s"}})").retry_after);
}

TEST(Refusal, ObeysTheProvidersWordOnRetrying) {
  RetryHints yes, no;
  yes.take("X-Should-Retry", "true");
  no.take("x-should-retry", "false");
  no.take("retry-after", "5");
  EXPECT_EQ(read_refusal({.status = 400, .body = "", .hints = yes}, now).retry, Retry::same_after_wait);
  EXPECT_FALSE(read_refusal({.status = 503, .body = "", .hints = no}, now).retry_after);
}

}  // namespace
}  // namespace tollgate::openai
