#include "dialects/cohere/cohere.h"

#include <gtest/gtest.h>

namespace tollgate::cohere {
namespace {

std::string field_at_fault(std::string_view body, Operation operation = Operation::chat) {
  auto seen = dialect().view({.operation = operation, .body = body});
  return seen ? "" : seen.error().param;
}

ChatRequest read(std::string_view body) { return *dialect().read_request(*dialect().view({.body = body})); }

TEST(CohereRequest, NamesTheFieldAtFault) {
  EXPECT_EQ(field_at_fault(R"({"model":"m"})"), "messages");
  EXPECT_EQ(field_at_fault(R"({"model":"m"})", Operation::embeddings), "texts");
  EXPECT_EQ(field_at_fault(R"({"model":"m","query":"q"})", Operation::rerank), "documents");
  EXPECT_EQ(field_at_fault(R"({"model":"m","query":"q","documents":["a"],"top_n":0})", Operation::rerank), "top_n");
  EXPECT_EQ(field_at_fault(R"({"model":"m","messages":[{"role":"tool","content":"x"}]})"), "messages[0].tool_call_id");
  EXPECT_EQ(field_at_fault(R"({"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1.5})"), "max_tokens");
}

TEST(CohereRequest, TextBesideCallsIsThePlan) {
  ChatRequest request = read(R"({"model":"m","messages":[{"role":"assistant","tool_plan":"I look",
    "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]})");
  ASSERT_EQ(request.messages[0].parts.size(), 2u);
  EXPECT_EQ(request.messages[0].parts[0].as<Text>()->text, "I look");
  auto written = dialect().write_request(request, {.model = "m"});
  EXPECT_NE(written->body.find(R"("tool_plan":"I look")"), std::string::npos);
}

TEST(CohereAnswer, CountsWhatIsBilled) {
  auto answer = dialect().read_response(R"({"message":{"role":"assistant","content":[{"type":"text","text":"8"}]},"finish_reason":"COMPLETE",
    "usage":{"billed_units":{"input_tokens":8,"output_tokens":50},"tokens":{"input_tokens":1394,"output_tokens":55,"reasoning_tokens":38},"cached_tokens":480}})");
  EXPECT_EQ(*answer->usage, (Usage{.input = {8}, .output = {12}, .reasoning = {38}}));
}

TEST(CohereAnswer, AMessageThatIsATextIsARefusal) { EXPECT_FALSE(dialect().read_response(R"({"id":"x","message":"too long"})")); }

TEST(CohereRerank, GoesBothWays) {
  constexpr std::string_view body = R"({"model":"m","query":"q","documents":["a",{"text":"b"}],"top_n":2})";
  RerankRequest request = *dialect().read_rerank_request(*dialect().view({.operation = Operation::rerank, .body = body}));
  auto written = dialect().write_rerank_request(request, {.model = "n"});
  EXPECT_EQ(written->body, R"({"model":"n","query":"q","documents":["a",{"text":"b"}],"top_n":2})");
  auto ranks = dialect().read_rerank_response(R"({"id":"1","results":[{"index":1,"relevance_score":0.8}],"meta":{"billed_units":{"search_units":1}}})");
  ASSERT_TRUE(ranks);
  EXPECT_EQ(ranks->results[0].score, "0.8");
  EXPECT_EQ(ranks->search_units, 1);
}

}  // namespace
}  // namespace tollgate::cohere
