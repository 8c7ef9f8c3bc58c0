// Long conversations of an agent: what was sent once stays the same bytes in every later request, so that providers' prompt caches hold;
// and what a model signed comes back to it exactly, whichever language the caller speaks.

#include <gtest/gtest.h>

#include "dialects/all.h"
#include "dialects/any_framer.h"
#include "dialects/door.h"
#include "dialects/fields.h"
#include "json/scan.h"
#include "json/write.h"
#include "gather_for_test.h"

namespace tollgate {
namespace {

constexpr int agent_turns = 30;
constexpr int signed_turns = 20;
const RequestId id{1, 2};

// Where a dialect keeps the conversation in a request.
std::string_view list_of(std::string_view dialect) {
  if (dialect == "gemini") return "contents";
  return dialect == "openai_responses" ? "input" : "messages";
}

std::string_view family_of(std::string_view dialect) {
  if (dialect == "gemini") return "gemini";
  return dialect.starts_with("openai") ? "openai" : "anthropic";
}

Result<ChatRequest> read(const Dialect& front, std::string_view body) {
  TG_TRY(view, front.view({.body = body, .path_model = "claude"}));
  return front.read_request(view);
}

Message said(Role role, std::string text) { return {.role = role, .parts = {{Text{.text = std::move(text)}}}, .name = {}}; }

ChatRequest agent(int turns) {
  ChatRequest request{.dialect = "contract", .model = "claude"};
  request.messages = {said(Role::system, "Be brief."), said(Role::user, "Plan my week: \"ü\" 🎈")};
  for (int i = 0; i < turns; ++i) {
    std::string number = std::to_string(i);
    ToolCall call{.id = "call_" + number, .name = "look", .arguments = "{\"page\":" + number + "}"};
    request.messages.push_back({.role = Role::assistant, .parts = {{Text{.text = "Step " + number}}, {call}}, .name = {}});
    ToolResult result{.call_id = call.id, .name = "look", .content = {{Text{.text = "page " + number}}}};
    request.messages.push_back({.role = Role::tool, .parts = {{result}}, .name = {}});
  }
  request.tools = {{.name = "look", .description = "Reads a page", .parameters = R"({"type":"object","properties":{"page":{"type":"integer"}}})"}};
  request.max_output = 100;
  return request;
}

struct Sent {
  std::vector<std::string> turns;
  std::string rest;  // everything but the turns
};

Sent sent(const Dialect& target, const std::string& body) {
  Sent out;
  auto root = json::scan(body);
  for (const json::Member& member : json::Members(*root)) {
    if (!member.key_is(list_of(target.name()))) {
      out.rest += member.key() + std::string(member.value.raw) + "\n";
      continue;
    }
    for (const json::Value& turn : json::Elements(member.value)) out.turns.emplace_back(turn.raw);
  }
  return out;
}

class AgentPairs : public ::testing::TestWithParam<std::pair<const Dialect*, const Dialect*>> {};

std::vector<std::pair<const Dialect*, const Dialect*>> pairs() {
  std::vector<std::pair<const Dialect*, const Dialect*>> out;
  for (const Dialect* front : all_dialects())
    for (const Dialect* target : all_dialects()) out.emplace_back(front, target);
  return out;
}

TEST_P(AgentPairs, KeepWhatWasSentBefore) {
  auto [front, target] = GetParam();
  TargetWays ways{.model = "claude", .family = family_of(target->name())};
  std::optional<Sent> before;
  for (int turns = 1; turns <= agent_turns; ++turns) {
    auto spoken = front->write_request(agent(turns), {.model = "claude"});
    auto request = read(*front, spoken->body);
    ASSERT_TRUE(request) << request.error().detail;
    auto written = target->write_request(*request, ways);
    ASSERT_TRUE(written);
    Sent now = sent(*target, written->body);
    if (before) {
      ASSERT_LT(before->turns.size(), now.turns.size());
      for (std::size_t i = 0; i < before->turns.size(); ++i) ASSERT_EQ(before->turns[i], now.turns[i]) << "turn " << i;
      ASSERT_EQ(before->rest, now.rest);
    }
    before = std::move(now);
  }
}

// -- signatures -----------------------------------------------------------------------------------------------------------------------

// What the model signed, in order: text and signature of thoughts, signatures of calls.
std::string signed_in(const std::vector<Part>& parts, std::string_view family) {
  std::string out;
  for (const Part& part : parts) {
    const auto* thought = part.as<Reasoning>();
    if (thought != nullptr && thought->origin == family) out += thought->text + "|" + thought->signature + "\n";
    if (const auto* call = part.as<ToolCall>(); call != nullptr && !call->signature.empty()) out += call->name + "|" + call->signature + "\n";
  }
  return out;
}

std::string signed_in(const ChatRequest& request, std::string_view family) {
  std::string out;
  for (const Message& message : request.messages) out += signed_in(message.parts, family);
  return out;
}

// A thought and a call; Gemini signs the call.
ChatResponse step(std::string_view dialect, int number) {
  std::string mark = std::to_string(number);
  std::string family(family_of(dialect));
  ToolCall call{.id = "call_" + mark + "_s", .name = "look", .arguments = "{\"page\":" + mark + "}"};
  Reasoning thought{.text = "I think \"" + mark + "\" ü", .signature = "U0lH" + mark + "+/==", .origin = family};
  if (dialect == "openai_responses") thought.id = "rs_" + mark, thought.summary = true;
  ChatResponse response{.dialect = std::string(dialect), .id = "r", .model = "claude"};
  response.usage = Usage{.input = {1}, .output = {1}};
  ChatChoice choice{.finish = FinishReason::tool_calls};
  if (family == "gemini") {
    call.signature = thought.signature;
    choice.parts = {{call}};
  } else {
    choice.parts = {{thought}, {call}};
  }
  response.choices = {choice};
  return response;
}

std::vector<StreamEvent> as_events(const ChatResponse& response) {
  using What = BlockDelta::What;
  std::vector<StreamEvent> out{StreamStart{.id = "r", .model = "claude"}};
  std::int64_t block = 0;
  for (const Part& part : response.choices[0].parts) {
    if (const auto* thought = part.as<Reasoning>()) {
      out.push_back(BlockStart{.block = block, .part = {Reasoning{.summary = thought->summary, .id = thought->id, .origin = thought->origin}}});
      out.push_back(BlockDelta{.block = block, .what = What::text, .text = thought->text});
      out.push_back(BlockDelta{.block = block, .what = What::signature, .text = thought->signature});
    }
    if (const auto* call = part.as<ToolCall>()) {
      out.push_back(BlockStart{.block = block, .part = {ToolCall{.id = call->id, .name = call->name, .signature = call->signature}}});
      out.push_back(BlockDelta{.block = block, .what = What::arguments, .text = call->arguments});
    }
    out.push_back(BlockEnd{.block = block++});
  }
  out.push_back(ChoiceEnd{.finish = FinishReason::tool_calls});
  out.push_back(UsageSeen{.usage = *response.usage});
  out.push_back(StreamEnd{});
  return out;
}

std::string written_by(const Dialect& dialect, const std::vector<StreamEvent>& events, const AnswerFacts& facts) {
  auto writer = dialect.event_writer(facts);
  std::string bytes;
  for (const StreamEvent& event : events) writer->write(event, bytes);
  return bytes;
}

std::vector<StreamEvent> read_back(const Dialect& dialect, const std::string& bytes) {
  auto reader = dialect.event_reader();
  std::vector<StreamEvent> out;
  for (const auto& [name, data] : frames_of(dialect, bytes)) {
    Frame frame;
    frame.name = name;
    frame.data = data;
    frame.has_data = true;
    reader->read(frame, out);
  }
  EXPECT_FALSE(reader->end(out));
  return out;
}

// The turns that a client adds to its conversation: the answer as it came, and the tool's result.
void add_turns(const Dialect& front, const std::string& answer, const ToolCall& call, std::vector<std::string>& turns) {
  std::string_view name = front.name();
  auto root = json::scan(answer, {.refuse_duplicates = false});
  std::string result;
  json::Writer out(result);
  if (name == "openai_chat") {
    turns.emplace_back(json::find(*json::Elements(field_of(*root, "choices")).begin(), "message")->raw);
    out.begin_object().member("role", "tool").member("tool_call_id", call.id).member("content", "ok").end_object();
  } else if (name == "anthropic_messages") {
    turns.push_back("{\"role\":\"assistant\",\"content\":" + raw_field(*root, "content") + "}");
    out.begin_object().member("role", "user").key("content").begin_array().begin_object().member("type", "tool_result");
    out.member("tool_use_id", call.id).member("content", "ok").end_object().end_array().end_object();
  } else if (name == "openai_responses") {
    for (const json::Value& item : json::Elements(field_of(*root, "output"))) turns.emplace_back(item.raw);
    out.begin_object().member("type", "function_call_output").member("call_id", call.id).member("output", "ok").end_object();
  } else if (name == "gemini") {
    turns.emplace_back(json::find(*json::Elements(field_of(*root, "candidates")).begin(), "content")->raw);
    out.begin_object().member("role", "user").key("parts").begin_array().begin_object().key("functionResponse").begin_object();
    if (!call.id.empty()) out.member("id", call.id);
    out.member("name", call.name).key("response").begin_object().member("result", "ok").end_object().end_object().end_object().end_array().end_object();
  } else {
    turns.emplace_back(json::find_path(*root, {"output", "message"})->raw);
    out.begin_object().member("role", "user").key("content").begin_array().begin_object().key("toolResult").begin_object();
    out.member("toolUseId", call.id).key("content").begin_array().begin_object().member("text", "ok").end_object().end_array();
    out.end_object().end_object().end_array().end_object();
  }
  turns.push_back(std::move(result));
}

std::string body_of(const Dialect& front, const std::vector<std::string>& turns) {
  auto first = front.write_request(agent(0), {.model = "claude"});
  std::string list;
  for (const std::string& turn : turns) list += (list.empty() ? "" : ",") + turn;
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  auto root = json::scan(first->body);
  for (const json::Member& member : json::Members(*root)) {
    if (member.key_is(list_of(front.name()))) {
      std::string_view begun = member.value.raw.substr(0, member.value.raw.size() - 1);
      writer.key(member.key()).raw(std::string(begun) + (list.empty() ? "" : ",") + list + "]");
    } else {
      writer.key(member.key()).raw(member.value);
    }
  }
  writer.end_object();
  return out;
}

void run_signed(const Dialect& front, const Dialect& target, bool streamed) {
  std::string_view family = family_of(target.name());
  std::vector<std::string> turns;
  std::string issued;
  for (int number = 0; number < signed_turns; ++number) {
    std::string body = body_of(front, turns);
    auto request = read(front, body);
    ASSERT_TRUE(request) << request.error().detail << body;
    auto written = target.write_request(*request, {.model = "claude", .family = family});
    ASSERT_TRUE(written);
    auto seen = read(target, written->body);
    ASSERT_TRUE(seen) << seen.error().detail << written->body;
    ASSERT_EQ(signed_in(*seen, family), issued) << "turn " << number << "\n" << body << "\n" << written->body;
    ChatResponse made = step(target.name(), number);
    issued += signed_in(made.choices[0].parts, family);
    AnswerFacts facts{.id = id, .model = "claude", .request = &*request};
    std::string answer;
    if (streamed) {
      answer = gathered(front, written_by(front, read_back(target, written_by(target, as_events(made), facts)), facts));
    } else {
      std::string upstream;
      target.write_response(made, facts, upstream);
      front.write_response(*target.read_response(upstream), facts, answer);
    }
    ToolCall call;
    auto shown = front.read_response(answer);
    ASSERT_TRUE(shown) << shown.error().detail << answer << written_by(front, read_back(target, written_by(target, as_events(made), facts)), facts);
    for (const Part& part : shown->choices[0].parts)
      if (const auto* found = part.as<ToolCall>()) call = *found;
    add_turns(front, answer, call, turns);
  }
}

// Ollama and Cohere have no place for signatures.
bool carries(const Dialect& dialect) { return dialect.name() != "ollama" && dialect.name() != "cohere"; }
bool signs(const Dialect& dialect) { return carries(dialect) && dialect.name() != "openai_chat"; }

TEST_P(AgentPairs, BringSignaturesBack) {
  auto [front, target] = GetParam();
  if (carries(*front) && signs(*target)) run_signed(*front, *target, false);
}

TEST_P(AgentPairs, BringSignaturesOfStreamsBack) {
  auto [front, target] = GetParam();
  if (carries(*front) && signs(*target)) run_signed(*front, *target, true);
}

INSTANTIATE_TEST_SUITE_P(All, AgentPairs, ::testing::ValuesIn(pairs()), [](const auto& pair) {
  return std::string(pair.param.first->name()) + "_to_" + std::string(pair.param.second->name());
});

}  // namespace
}  // namespace tollgate
