// What the provider says when nothing goes wrong.

#include <cstring>

#include "mock/base64.h"
#include "mock/provider_for_test.h"
#include "mock/text_pieces.h"

namespace tollgate::mock {
namespace {

constexpr std::string_view weather =
    R"(,"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object",)"
    R"("properties":{"city":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["C","F"]}},)"
    R"("required":["city","unit"]}}}])";

TEST(MockProvider, EchoesTheLastMessageOfTheUser) {
  ProviderForTest mock;
  Answer answer = mock.ask(chat("Hello"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.keep_alive);
  EXPECT_NE(answer.head.find("x-request-id: req_mock_1\r\n"), std::string::npos);
  EXPECT_EQ(text_at(answer.body, "/object"), "chat.completion");
  EXPECT_EQ(text_at(answer.body, "/model"), "gpt-4o");
  EXPECT_EQ(text_at(answer.body, "/choices/0/message/content"), "You said: Hello");
  EXPECT_EQ(text_at(answer.body, "/choices/0/finish_reason"), "stop");
}

TEST(MockProvider, AnswersTheSameCallTheSame) {
  EXPECT_EQ(ProviderForTest().ask(chat("Hello")).body, ProviderForTest().ask(chat("Hello")).body);
}

TEST(MockProvider, CountsFourBytesAsAToken) {
  ProviderForTest mock;
  std::string body = mock.ask(chat("Hello")).body;
  std::int64_t input = tokens_of(std::string_view(R"([{"role":"user","content":"Hello"}])").size());
  EXPECT_EQ(number_at(body, "/usage/prompt_tokens"), input);
  EXPECT_EQ(number_at(body, "/usage/completion_tokens"), 4);  // 15 bytes
  EXPECT_EQ(number_at(body, "/usage/total_tokens"), input + 4);
  EXPECT_EQ(mock.provider.bill().total().input, input);
  EXPECT_EQ(mock.provider.bill().total().output, 4);
}

TEST(MockProvider, StreamsTheSameTextInPieces) {
  ProviderForTest mock;
  Answer answer = mock.ask(streamed_chat("Grüße 你好 🎈"));
  auto events = answer.events();
  EXPECT_EQ(answer.ended, Ended::whole);
  EXPECT_EQ(content_of(answer), "You said: Grüße 你好 🎈");
  EXPECT_EQ(events.back(), "[DONE]");
  EXPECT_EQ(text_at(events[0], "/choices/0/delta/role"), "assistant");
  EXPECT_EQ(text_at(events[events.size() - 2], "/choices/0/finish_reason"), "stop");
  EXPECT_GT(events.size(), 5u);
  EXPECT_EQ(answer.body.find("usage"), std::string::npos);
}

TEST(MockProvider, SendsUsageWithAStreamOnlyWhenAsked) {
  ProviderForTest mock;
  Answer answer = mock.ask(streamed_chat("Hello", R"(,"stream_options":{"include_usage":true})"));
  auto events = answer.events();
  const std::string& last = events[events.size() - 2];
  EXPECT_EQ(parsed(last).root()["choices"].size(), 0u);
  EXPECT_EQ(number_at(last, "/usage/completion_tokens"), 4);
  EXPECT_NE(events[0].find("\"usage\":null"), std::string::npos);
}

TEST(MockProvider, StopsAtMaxTokens) {
  ProviderForTest mock;
  std::string body = mock.ask(chat("Hello", R"(,"max_tokens":2)")).body;
  EXPECT_EQ(text_at(body, "/choices/0/message/content"), "You said");
  EXPECT_EQ(text_at(body, "/choices/0/finish_reason"), "length");
  EXPECT_EQ(number_at(body, "/usage/completion_tokens"), 2);
  Answer streamed = mock.ask(streamed_chat("Hello", R"(,"max_completion_tokens":1)"));
  EXPECT_EQ(content_of(streamed), "You ");
}

TEST(MockProvider, GivesAndBillsEachOfSeveralChoices) {
  ProviderForTest mock;
  std::string body = mock.ask(chat("Hello", R"(,"n":3)")).body;
  EXPECT_EQ(parsed(body).root()["choices"].size(), 3u);
  EXPECT_EQ(number_at(body, "/choices/2/index"), 2);
  EXPECT_EQ(number_at(body, "/usage/completion_tokens"), 12);
  Answer streamed = mock.ask(streamed_chat("Hello", R"(,"n":3)"));
  EXPECT_EQ(number_at(streamed.events()[1], "/choices/0/index"), 1);  // roles in turns
  EXPECT_EQ(mock.provider.bill().total().output, 24);
}

TEST(MockProvider, CallsAToolThatTheMessageNames) {
  ProviderForTest mock;
  std::string body = mock.ask(chat("please get_weather", weather)).body;
  EXPECT_EQ(text_at(body, "/choices/0/finish_reason"), "tool_calls");
  EXPECT_EQ(text_at(body, "/choices/0/message/tool_calls/0/function/name"), "get_weather");
  EXPECT_EQ(text_at(body, "/choices/0/message/tool_calls/0/function/arguments"), R"({"city":"text","unit":"C"})");
  EXPECT_EQ(text_at(mock.ask(chat("Hello", weather)).body, "/choices/0/message/content"), "You said: Hello");
}

TEST(MockProvider, CallsAToolThatToolChoiceWants) {
  ProviderForTest mock;
  std::string named = std::string(weather) + R"(,"tool_choice":{"type":"function","function":{"name":"get_weather"}})";
  EXPECT_EQ(text_at(mock.ask(chat("Hello", named)).body, "/choices/0/finish_reason"), "tool_calls");
  std::string required = std::string(weather) + R"(,"tool_choice":"required")";
  EXPECT_EQ(text_at(mock.ask(chat("Hello", required)).body, "/choices/0/finish_reason"), "tool_calls");
  std::string none = std::string(weather) + R"(,"tool_choice":"none")";
  EXPECT_EQ(text_at(mock.ask(chat("get_weather", none)).body, "/choices/0/finish_reason"), "stop");
}

TEST(MockProvider, StreamsAToolCallInPieces) {
  ProviderForTest mock;
  Answer answer = mock.ask(streamed_chat("get_weather", weather));
  auto events = answer.events();
  EXPECT_EQ(text_at(events[0], "/choices/0/delta/tool_calls/0/function/name"), "get_weather");
  std::string arguments;
  for (std::size_t i = 1; i + 2 < events.size(); ++i)
    arguments += text_at(events[i], "/choices/0/delta/tool_calls/0/function/arguments");
  EXPECT_EQ(arguments, R"({"city":"text","unit":"C"})");
  EXPECT_EQ(text_at(events[events.size() - 2], "/choices/0/finish_reason"), "tool_calls");
}

TEST(MockProvider, SaysWhatAToolSaid) {
  ProviderForTest mock;
  std::string body = mock.ask(post("/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"x"},
      {"role":"assistant","content":null},{"role":"tool","tool_call_id":"c","content":"rain"}]})"))
                         .body;
  EXPECT_EQ(text_at(body, "/choices/0/message/content"), "The tool said: rain");
}

TEST(MockProvider, KeepsToAResponseFormat) {
  ProviderForTest mock;
  std::string object = mock.ask(chat("Hello", R"(,"response_format":{"type":"json_object"})")).body;
  EXPECT_EQ(text_at(text_at(object, "/choices/0/message/content"), "/answer"), "ok");
  std::string schema =
      mock.ask(chat("Hello", R"(,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":
      {"type":"object","properties":{"list":{"type":"array","minItems":2,"items":{"type":"boolean"}}},
       "required":["list"]}}})"))
          .body;
  EXPECT_EQ(text_at(schema, "/choices/0/message/content"), R"({"list":[true,true]})");
}

TEST(MockProvider, AnswersCompletionsPlainAndStreamed) {
  ProviderForTest mock;
  std::string body = mock.ask(post("/v1/completions", R"({"model":"m","prompt":"Hello"})")).body;
  EXPECT_EQ(text_at(body, "/object"), "text_completion");
  EXPECT_EQ(text_at(body, "/choices/0/text"), "You said: Hello");
  Answer streamed = mock.ask(post("/v1/completions", R"({"model":"m","prompt":["Hello"],"stream":true})"));
  EXPECT_EQ(text_at(streamed.events()[0], "/choices/0/text"), "You");
  EXPECT_EQ(streamed.events().back(), "[DONE]");
}

TEST(MockProvider, GivesTheSameVectorAsNumbersAndAsBase64) {
  ProviderForTest mock;
  std::string numbers = mock.ask(post("/v1/embeddings", R"({"model":"m","input":["a","b"],"dimensions":3})")).body;
  std::string packed =
      mock.ask(post("/v1/embeddings", R"({"model":"m","input":"b","dimensions":3,"encoding_format":"base64"})")).body;
  json::Document document = parsed(numbers);
  EXPECT_EQ(document.root()["data"].size(), 2u);
  EXPECT_EQ(number_at(numbers, "/usage/prompt_tokens"), 3);  // ["a","b"] has 9 bytes
  std::string bytes = from_base64(text_at(packed, "/data/0/embedding")).value_or("");
  ASSERT_EQ(bytes.size(), 12u);
  for (std::size_t i = 0; i < 3; ++i) {
    float number = 0;
    std::memcpy(&number, bytes.data() + 4 * i, 4);
    EXPECT_EQ(document.root().at("/data/1/embedding")[i].real(), static_cast<double>(number));
  }
}

TEST(MockProvider, ListsItsModels) {
  ProviderForTest mock(R"({"models":["one","two-*"]})");
  EXPECT_EQ(text_at(mock.ask(get("/v1/models")).body, "/data/0/id"), "one");
  EXPECT_EQ(text_at(mock.ask(get("/v1/models/one")).body, "/id"), "one");
  EXPECT_EQ(mock.ask(get("/v1/models/three")).status, 404);
  EXPECT_EQ(mock.ask(chat("Hello", "", "three")).status, 404);
  EXPECT_EQ(mock.ask(chat("Hello", "", "two-b")).status, 200);
}

TEST(MockProvider, WantsACredential) {
  ProviderForTest mock;
  EXPECT_EQ(mock.ask("GET /v1/models HTTP/1.1\r\nhost: m\r\n\r\n").status, 401);
  EXPECT_EQ(mock.ask("GET /v1/models HTTP/1.1\r\nhost: m\r\nauthorization: Basic x\r\n\r\n").status, 401);
  EXPECT_EQ(mock.ask(get("/v1/models")).status, 200);
  ProviderForTest strict(R"({"keys":["sk-other"]})");
  EXPECT_EQ(strict.ask(get("/v1/models")).status, 401);
}

TEST(MockProvider, RefusesWhatAProviderRefuses) {
  ProviderForTest mock;
  EXPECT_EQ(mock.ask(post("/v1/chat/completions", "{")).status, 400);
  EXPECT_EQ(text_at(mock.ask(post("/v1/chat/completions", R"({"model":"m"})")).body, "/error/param"), "messages");
  EXPECT_EQ(mock.ask(get("/v1/chat/completions")).status, 405);
  EXPECT_EQ(mock.ask(get("/v1/nothing")).status, 404);
  EXPECT_EQ(mock.ask("GET /a b HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(mock.provider.bill().total().requests, 0);
}

}  // namespace
}  // namespace tollgate::mock
