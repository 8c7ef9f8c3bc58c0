#include "dialects/openai_responses/openai_responses.h"

#include <gtest/gtest.h>

#include "dialects/sse.h"

namespace tollgate::openai_responses {
namespace {

Result<CallView> view(std::string_view body) { return dialect().view({.body = body}); }

std::string field_at_fault(std::string_view body) {
  auto seen = view(body);
  return seen ? "" : seen.error().param;
}

ChatRequest read(std::string_view body) { return *dialect().read_request(*view(body)); }

std::string stream(const ChatRequest& request, const std::vector<StreamEvent>& events) {
  auto writer = dialect().event_writer({.id = {1, 2}, .model = "m", .now = 7, .request = &request});
  std::string out;
  for (const StreamEvent& event : events) writer->write(event, out);
  return out;
}

TEST(ResponsesRequest, NamesTheFieldAtFault) {
  EXPECT_EQ(field_at_fault(R"({"model":"m"})"), "input");
  EXPECT_EQ(field_at_fault(R"({"input":"x"})"), "model");
  EXPECT_EQ(field_at_fault(R"({"model":"m","input":[{"role":"robot","content":"x"}]})"), "input[0].role");
  EXPECT_EQ(field_at_fault(R"({"model":"m","input":[{"role":"user","content":[{"type":"input_text"}]}]})"), "input[0].content[0].text");
  EXPECT_EQ(field_at_fault(R"({"model":"m","input":[{"type":"function_call_output","output":"x"}]})"), "input[0].call_id");
  EXPECT_EQ(field_at_fault(R"({"model":"m","input":"x","max_output_tokens":0})"), "max_output_tokens");
  EXPECT_EQ(field_at_fault(R"({"model":"m","input":"x","tools":[{"type":"function"}]})"), "tools[0].name");
  EXPECT_EQ(field_at_fault(R"({"model":"m","previous_response_id":"resp_1"})"), "");
}

TEST(ResponsesRequest, MakesOneTurnOfWhatTheModelDid) {
  ChatRequest request = read(R"({"model":"m","instructions":"Be brief","input":[{"role":"user","content":"hi"},
    {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"E"},
    {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call","call_id":"c2","name":"f","arguments":"{}"},
    {"type":"function_call_output","call_id":"c1","output":"one"},{"type":"function_call_output","call_id":"c2","output":"two"}]})");
  ASSERT_EQ(request.messages.size(), 5u);
  EXPECT_EQ(request.messages[0].role, Role::system);
  EXPECT_EQ(request.messages[2].parts.size(), 3u);
  EXPECT_EQ(request.messages[2].parts[0].as<Reasoning>()->signature, "E");
  EXPECT_EQ(request.messages[2].parts[0].as<Reasoning>()->origin, "openai");
}

TEST(ResponsesRequest, SaysWhatNoOtherDialectKnows) {
  EXPECT_EQ(read(R"({"model":"m","input":"x","previous_response_id":"resp_1"})").only_own, "previous_response_id");
  EXPECT_EQ(read(R"({"model":"m","input":"x","conversation":"conv_1"})").only_own, "conversation");
  EXPECT_EQ(read(R"({"model":"m","input":"x","background":true})").only_own, "background");
  EXPECT_EQ(read(R"({"model":"m","input":"x","background":false})").only_own, "");
}

TEST(ResponsesRequest, KeepsForeignThoughtsFromItsModels) {
  ChatRequest request{.dialect = "anthropic_messages", .model = "m"};
  request.messages = {{.role = Role::assistant, .parts = {{Reasoning{.text = "hm", .signature = "S", .origin = "anthropic"}}}, .name = {}}};
  auto written = dialect().write_request(request, {.model = "gpt", .family = "openai"});
  EXPECT_EQ(written->body.find("hm"), std::string::npos);
  EXPECT_EQ(written->dropped, std::vector<std::string>{"reasoning"});
}

TEST(ResponsesAnswer, TellsWhyItIsIncomplete) {
  auto cut = dialect().read_response(R"({"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]})");
  EXPECT_EQ(cut->choices[0].finish, FinishReason::length);
  auto failed = dialect().read_response(R"({"status":"failed","error":{"code":"server_error","message":"x"},"output":[]})");
  EXPECT_FALSE(failed);
}

TEST(ResponsesStream, CarriesForeignSignaturesInEncryptedContent) {
  ChatRequest request;
  std::string bytes = stream(request, {BlockStart{.part = {Reasoning{.origin = "anthropic"}}}, BlockDelta{.text = "hm"},
                                       BlockDelta{.what = BlockDelta::What::signature, .text = "SIG"}, BlockEnd{}, ChoiceEnd{}, StreamEnd{}});
  auto reader = dialect().event_reader();
  SseFramer framer;
  framer.feed(bytes);
  SseEvent event;
  std::vector<StreamEvent> events;
  while (framer.next(event)) reader->read(event, events);
  std::string signature;
  for (const StreamEvent& one : events)
    if (const auto* delta = std::get_if<BlockDelta>(&one); delta != nullptr && delta->what == BlockDelta::What::signature) signature = delta->text;
  EXPECT_EQ(signature, "SIG");
}

TEST(ResponsesStream, EndsFailedWhenItFails) {
  ChatRequest request;
  std::string bytes = stream(request, {BlockStart{.part = {Text{}}}, BlockDelta{.text = "Hel"}, StreamFailed{.error = {.fault = Fault::upstream_truncated}}, StreamEnd{}});
  EXPECT_NE(bytes.find("event: response.failed"), std::string::npos);
  EXPECT_EQ(bytes.find("response.completed"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::openai_responses
