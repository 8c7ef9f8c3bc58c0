#include "dialects/bedrock_converse/bedrock_converse.h"

#include <gtest/gtest.h>

#include "dialects/aws_event_stream.h"

namespace tollgate::bedrock_converse {
namespace {

std::string field_at_fault(std::string_view body, std::string_view model = "m") {
  auto seen = dialect().view({.body = body, .path_model = model});
  return seen ? "" : seen.error().param;
}

ChatRequest read(std::string_view body) { return *dialect().read_request(*dialect().view({.body = body, .path_model = "m"})); }

std::vector<StreamEvent> events_of(std::string_view bytes) {
  AwsEventFramer framer;
  auto reader = dialect().event_reader();
  std::vector<StreamEvent> events;
  Frame frame;
  framer.feed(bytes);
  while (framer.next(frame)) reader->read(frame, events);
  if (auto error = reader->end(events)) events.push_back(StreamFailed{*error});
  return events;
}

TEST(ConverseRequest, NamesTheFieldAtFault) {
  EXPECT_EQ(field_at_fault(R"({})"), "messages");
  EXPECT_EQ(field_at_fault(R"({"messages":[{"role":"system","content":[]}]})"), "messages[0].role");
  EXPECT_EQ(field_at_fault(R"({"messages":[{"role":"user","content":"x"}]})"), "messages[0].content");
  EXPECT_EQ(field_at_fault(R"({"messages":[{"role":"user","content":[{"text":1}]}]})"), "messages[0].content[0].text");
  EXPECT_EQ(field_at_fault(R"({"messages":[{"role":"user","content":[{"image":{"format":"png"}}]}]})"), "messages[0].content[0].image.source");
  EXPECT_EQ(field_at_fault(R"({"messages":[{"role":"user","content":[{"text":"x"}]}],"inferenceConfig":{"maxTokens":0}})"), "inferenceConfig.maxTokens");
}

TEST(ConverseRequest, CachePointsMarkTheBlockBefore) {
  ChatRequest request = read(R"({"messages":[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default","ttl":"1h"}},{"text":"b"}]}]})");
  ASSERT_EQ(request.messages[0].parts.size(), 2u);
  EXPECT_EQ(request.messages[0].parts[0].as<Text>()->cache, CacheMark::one_hour);
  auto written = dialect().write_request(request, {.model = "m"});
  EXPECT_NE(written->body.find(R"([{"text":"a"},{"cachePoint":{"type":"default","ttl":"1h"}},{"text":"b"}])"), std::string::npos);
}

TEST(ConverseRequest, EncodesTheModelInItsPath) {
  ChatRequest request = read(R"({"messages":[{"role":"user","content":[{"text":"a"}]}]})");
  request.stream = true;
  EXPECT_EQ(dialect().write_request(request, {.model = "us.anthropic.claude-v1:0"})->path, "/model/us.anthropic.claude-v1%3A0/converse-stream");
}

TEST(ConverseRequest, ThinkingFitsTheModelAndItsMaximum) {
  ChatRequest request{.dialect = "openai_chat", .model = "m"};
  request.messages = {{.role = Role::user, .parts = {{Text{.text = "x"}}}, .name = {}}};
  request.reasoning.effort = "high";
  request.temperature = "0.5";
  auto claude = dialect().write_request(request, {.model = "anthropic.claude-sonnet"});
  EXPECT_NE(claude->body.find(R"("thinking":{"type":"enabled","budget_tokens":24576})"), std::string::npos);
  EXPECT_EQ(claude->dropped, std::vector<std::string>{"temperature"});
  auto nova = dialect().write_request(request, {.model = "amazon.nova-pro"});
  EXPECT_EQ(nova->dropped, std::vector<std::string>{"reasoning_effort"});
  EXPECT_NE(nova->body.find(R"("temperature":0.5)"), std::string::npos);
}

TEST(ConverseStream, UsageComesBehindTheStop) {
  std::string bytes;
  append_aws_event(bytes, "messageStart", R"({"role":"assistant","p":"abc"})");
  append_aws_event(bytes, "contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})");
  append_aws_event(bytes, "messageStop", R"({"stopReason":"max_tokens"})");
  EXPECT_TRUE(std::holds_alternative<StreamEnd>(events_of(bytes).back()));
  append_aws_event(bytes, "metadata", R"({"usage":{"inputTokens":8,"outputTokens":10,"totalTokens":18,"cacheReadInputTokenCount":3}})");
  auto events = events_of(bytes);
  const Usage* usage = nullptr;
  for (const StreamEvent& event : events)
    if (const auto* seen = std::get_if<UsageSeen>(&event)) usage = &seen->usage;
  ASSERT_NE(usage, nullptr);
  EXPECT_EQ(*usage, (Usage{.input = {8}, .cache_read = {3}, .output = {10}}));
  EXPECT_TRUE(std::holds_alternative<StreamEnd>(events.back()));
}

TEST(ConverseStream, ExceptionsAndBrokenEndsAreNoEnd) {
  std::string bytes;
  append_aws_event(bytes, "contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})");
  EXPECT_EQ(std::get<StreamFailed>(events_of(bytes).back()).error.fault, Fault::upstream_truncated);
  append_aws_exception(bytes, "throttlingException", R"({"message":"slow down"})");
  EXPECT_EQ(std::get<StreamFailed>(events_of(bytes).back()).error.fault, Fault::upstream_rate_limited);
}

TEST(ConverseErrors, AreKnownByTheirType) {
  auto fault = [](int status, std::string_view type) { return dialect().read_refusal({.status = status, .body = R"({"message":"x"})", .error_type = type}, {}).fault; };
  EXPECT_EQ(fault(400, "ServiceQuotaExceededException:http://internal.amazon.com/"), Fault::upstream_quota);
  EXPECT_EQ(fault(403, "AccessDeniedException"), Fault::upstream_credential);
  EXPECT_EQ(fault(429, "ModelNotReadyException"), Fault::upstream_overloaded);
  EXPECT_EQ(fault(400, "ValidationException"), Fault::upstream_rejected);
}

EmbeddingRequest texts(std::vector<std::string> inputs) { return {.dialect = "openai_chat", .model = "m", .inputs = std::move(inputs), .dimensions = 256}; }

TEST(BedrockEmbedding, EachMakerHasItsOwnWords) {
  auto titan = dialect().write_embedding_request(texts({"a"}), {.model = "amazon.titan-embed-text-v2:0"});
  ASSERT_TRUE(titan);
  EXPECT_EQ(titan->path, "/model/amazon.titan-embed-text-v2%3A0/invoke");
  EXPECT_EQ(titan->body, R"({"inputText":"a","dimensions":256})");
  auto cohere = dialect().write_embedding_request(texts({"a", "b"}), {.model = "cohere.embed-english-v3"});
  ASSERT_TRUE(cohere);
  EXPECT_EQ(cohere->body, R"({"texts":["a","b"],"input_type":"search_document","embedding_types":["float"],"output_dimension":256})");
  EXPECT_EQ(dialect().write_embedding_request(texts({"a", "b"}), {.model = "amazon.titan-embed-text-v2:0"}).error().param, "input");
  EXPECT_FALSE(dialect().write_embedding_request(texts({"a"}), {.model = "meta.llama"}));
}

TEST(BedrockEmbedding, ItsAnswersAreRead) {
  auto titan = dialect().read_embedding_response(R"({"embedding":[0.5,1],"inputTextTokenCount":7})");
  ASSERT_TRUE(titan);
  EXPECT_EQ(titan->vectors, std::vector<std::string>{"[0.5,1]"});
  EXPECT_EQ(titan->usage->input.count, 7);
  for (const char* body : {R"({"embeddings":[[1],[2]],"texts":["a","b"]})", R"({"embeddings":{"float":[[1],[2]]}})"}) {
    auto cohere = dialect().read_embedding_response(body);
    ASSERT_TRUE(cohere) << body;
    EXPECT_EQ(cohere->vectors.size(), 2u);
    EXPECT_FALSE(cohere->usage);
  }
  EXPECT_FALSE(dialect().read_embedding_response(R"({"message":"x"})"));
}

}  // namespace
}  // namespace tollgate::bedrock_converse
