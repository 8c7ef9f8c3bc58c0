#include "dialects/ollama/ollama.h"

#include <gtest/gtest.h>

namespace tollgate::ollama {
namespace {

std::string field_at_fault(std::string_view body, Operation operation = Operation::chat) {
  auto seen = dialect().view({.operation = operation, .body = body});
  return seen ? "" : seen.error().param;
}

ChatRequest read(std::string_view body) { return *dialect().read_request(*dialect().view({.body = body})); }

std::vector<StreamEvent> events_of(std::initializer_list<std::string_view> lines) {
  auto reader = dialect().event_reader();
  std::vector<StreamEvent> events;
  for (std::string_view line : lines) {
    Frame frame;
    frame.data = line;
    reader->read(frame, events);
  }
  return events;
}

TEST(OllamaRequest, NamesTheFieldAtFault) {
  EXPECT_EQ(field_at_fault(R"({"model":"m"})"), "messages");
  EXPECT_EQ(field_at_fault(R"({"model":"m"})", Operation::completions), "prompt");
  EXPECT_EQ(field_at_fault(R"({"model":"m"})", Operation::embeddings), "input");
  EXPECT_EQ(field_at_fault(R"({"model":"m","messages":[{"role":"robot"}]})"), "messages[0].role");
  EXPECT_EQ(field_at_fault(R"({"model":"m","messages":[{"role":"user","images":[1]}]})"), "messages[0].images[0]");
  EXPECT_EQ(field_at_fault(R"({"model":"m","messages":[{"role":"user"}],"options":{"num_predict":"x"}})"), "options.num_predict");
}

TEST(OllamaRequest, StreamsUnlessToldNotTo) {
  EXPECT_TRUE(read(R"({"model":"m","messages":[{"role":"user","content":"x"}]})").stream);
  EXPECT_FALSE(read(R"({"model":"m","messages":[{"role":"user","content":"x"}],"stream":false})").stream);
}

TEST(OllamaRequest, FindsTheCallOfEachResult) {
  ChatRequest request = read(R"({"model":"m","messages":[{"role":"assistant","content":"","tool_calls":[
    {"function":{"name":"a","arguments":{}}},{"function":{"name":"b","arguments":{"x":1}}}]},
    {"role":"tool","tool_name":"b","content":"of b"},{"role":"tool","content":"of a"}]})");
  std::string a = request.messages[0].parts[0].as<ToolCall>()->id, b = request.messages[0].parts[1].as<ToolCall>()->id;
  EXPECT_NE(a, b);
  EXPECT_EQ(request.messages[1].parts[0].as<ToolResult>()->call_id, b);
  EXPECT_EQ(request.messages[2].parts[0].as<ToolResult>()->call_id, a);
}

TEST(OllamaRequest, TellsWhatItCannotSay) {
  ChatRequest request{.dialect = "openai_chat", .model = "m"};
  request.messages = {{.role = Role::user, .parts = {{Media{.source = Media::Source::url, .data = "https://x/y.png"}}}, .name = {}}};
  request.tool_choice.kind = ToolChoice::Kind::required;
  request.logit_bias = "{}";
  auto written = dialect().write_request(request, {.model = "m"});
  EXPECT_EQ(written->dropped, (std::vector<std::string>{"image", "logit_bias", "tool_choice"}));
}

TEST(OllamaStream, ErrorsInItAreNoEnd) {
  auto events = events_of({R"({"model":"m","message":{"content":"a"},"done":false})", R"({"error":"out of memory"})", R"({"done":true})"});
  EXPECT_TRUE(std::holds_alternative<StreamFailed>(events.back()));
}

TEST(OllamaStream, ThoughtAndTextAreBlocksOfTheirOwn) {
  auto events = events_of({R"({"message":{"thinking":"hm"},"done":false})", R"({"message":{"content":"a"},"done":false})",
                           R"({"message":{"content":""},"done":true,"done_reason":"length","prompt_eval_count":3,"eval_count":2})"});
  int starts = 0;
  for (const StreamEvent& event : events) starts += std::holds_alternative<BlockStart>(event) ? 1 : 0;
  EXPECT_EQ(starts, 2);
  EXPECT_EQ(std::get<ChoiceEnd>(events[events.size() - 2]).finish, FinishReason::length);
}

}  // namespace
}  // namespace tollgate::ollama
