#include "dialects/openai_responses/request_reader.h"

#include <algorithm>

#include "dialects/envelope.h"
#include "dialects/fields.h"
#include "dialects/openai_responses/items.h"

namespace tollgate::openai_responses {
namespace {

using json::Kind;
using json::Member;
using json::Value;

Role role_of(std::string_view word) {
  if (word == "system") return Role::system;
  if (word == "developer") return Role::developer;
  return word == "assistant" ? Role::assistant : Role::user;
}

bool holds(const Message& message, auto is) { return std::any_of(message.parts.begin(), message.parts.end(), is); }

// What the model did in one turn is one message: thoughts, text and calls. A second text begins another turn, unless calls stand
// between: their results have to come right behind the turn.
Message& turn_of_model(ChatRequest& request, bool text) {
  auto& messages = request.messages;
  bool fits = !messages.empty() && messages.back().role == Role::assistant;
  if (fits && text) {
    bool said = holds(messages.back(), [](const Part& part) { return part.as<Text>() != nullptr || part.as<Refusal>() != nullptr; });
    bool called = holds(messages.back(), [](const Part& part) { return part.as<ToolCall>() != nullptr; });
    fits = !said || called;
  }
  if (!fits) messages.push_back({.role = Role::assistant, .parts = {}, .name = {}});
  return messages.back();
}

void read_item(const Value& item, ChatRequest& request) {
  std::string type = text_field(item, "type");
  bool message = type.empty() || type == "message";
  Role role = message ? role_of(text_field(item, "role")) : Role::assistant;
  if (is_result(type)) {
    request.messages.push_back({.role = Role::tool, .parts = {{read_result(item)}}, .name = {}});
  } else if (role == Role::assistant) {
    read_model_item(item, turn_of_model(request, message).parts);
  } else {
    Message said{.role = role, .parts = {}, .name = {}};
    read_content(field_of(item, "content"), said.parts);
    request.messages.push_back(std::move(said));
  }
}

void read_input(const Value& input, ChatRequest& request) {
  if (input.is(Kind::string))
    request.messages.push_back({.role = Role::user, .parts = {{Text{.text = input.string().value_or("")}}}, .name = {}});
  for (const Value& item : json::Elements(input)) read_item(item, request);
}

void read_tools(const Value& tools, ChatRequest& request) {
  for (const Value& value : json::Elements(tools)) {
    std::string type = text_field(value, "type");
    Tool tool{.kind = type == "function" ? Tool::Kind::function : type == "custom" ? Tool::Kind::custom : Tool::Kind::foreign};
    tool.name = text_field(value, "name");
    tool.description = text_field(value, "description");
    if (tool.kind == Tool::Kind::function) {
      tool.parameters = raw_field(value, "parameters");
      tool.strict = field_of(value, "strict").boolean();
    } else {
      tool.foreign = {.dialect = "openai_responses", .json = std::string(value.raw), .kind = std::move(type)};
    }
    request.tools.push_back(std::move(tool));
  }
}

void read_choice(const Value& choice, ChatRequest& request) {
  using enum ToolChoice::Kind;
  std::string word = choice.is(Kind::object) ? text_field(choice, "type") : choice.string().value_or("");
  if (word == "function" || word == "custom")
    request.tool_choice = {.kind = named, .name = text_field(choice, "name")};
  else if (choice.is(Kind::object))
    request.extras.push_back({.name = "tool_choice", .json = std::string(choice.raw)});
  else
    request.tool_choice = {.kind = word == "none" ? none : word == "required" ? required : automatic};
}

void read_text(const Value& text, ChatRequest& request) {
  request.verbosity = text_field(text, "verbosity");
  Value format = field_of(text, "format");
  std::string type = text_field(format, "type");
  OutputFormat& out = request.response_format;
  if (type == "text") out.kind = OutputFormat::Kind::text;
  if (type == "json_object") out.kind = OutputFormat::Kind::json;
  if (type != "json_schema") return;
  out.kind = OutputFormat::Kind::schema;
  out.name = text_field(format, "name");
  out.description = text_field(format, "description");
  out.schema = raw_field(format, "schema");
  out.strict = field_of(format, "strict").boolean();
}

void read_reasoning(const Value& reasoning, ChatRequest& request) {
  request.reasoning.effort = text_field(reasoning, "effort");
  request.reasoning.summary = text_field(reasoning, "summary");
  if (request.reasoning.summary.empty()) request.reasoning.summary = text_field(reasoning, "generate_summary");
}

void read_include(const Value& include, ChatRequest& request) {
  bool others = false;
  for (const Value& one : json::Elements(include)) {
    std::string word = one.string().value_or("");
    if (word == "reasoning.encrypted_content")
      request.reasoning.encrypted = true;
    else if (word == "message.output_text.logprobs")
      request.logprobs = true;
    else
      others = true;
  }
  if (others) request.extras.push_back({.name = "include", .json = std::string(include.raw)});
}

// What the provider keeps for the caller: without it the call means something else.
void note_state(const Member& member, ChatRequest& request) {
  request.only_own = member.key();
  request.extras.push_back({.name = member.key(), .json = std::string(member.value.raw)});
}

void read_field(const Member& member, ChatRequest& request) {
  const Value& value = member.value;
  if (value.is(Kind::null)) return;
  auto is = [&](std::string_view name) { return member.key_is(name); };
  if (is("model") || is("stream") || is("instructions")) return;
  if (is("input")) return read_input(value, request);
  if (is("tools")) return read_tools(value, request);
  if (is("tool_choice")) return read_choice(value, request);
  if (is("text")) return read_text(value, request);
  if (is("reasoning")) return read_reasoning(value, request);
  if (is("include")) return read_include(value, request);
  if (is("parallel_tool_calls")) return void(request.parallel_tool_calls = value.boolean());
  if (is("max_output_tokens")) return void(request.max_output = value.integer());
  if (is("temperature")) return void(request.temperature = value.raw);
  if (is("top_p")) return void(request.top_p = value.raw);
  if (is("top_logprobs")) return void(request.top_logprobs = value.integer());
  if (is("user")) return void(request.user = value.string().value_or(""));
  if (is("metadata")) return void(request.metadata = value.raw);
  if (is("service_tier")) return void(request.service_tier = value.string().value_or(""));
  if (is("prompt_cache_key")) return void(request.prompt_cache_key = value.string().value_or(""));
  if (is("store")) return void(request.store = value.boolean());
  if (is("previous_response_id")) {
    request.previous_response_id = value.string().value_or("");
    request.only_own = "previous_response_id";
    return;
  }
  if (is("conversation") || is("prompt")) return note_state(member, request);
  if (is("background") && value.boolean() == true) return note_state(member, request);
  request.extras.push_back({.name = member.key(), .json = std::string(value.raw)});
}

}  // namespace

Result<ChatRequest> read_chat_request(const CallView& view) {
  ChatRequest request{.dialect = "openai_responses", .model = view.model};
  request.stream = view.stream;
  request.include_usage = true;
  Value instructions = field_of(view.root, "instructions");
  if (instructions.is(Kind::string))
    request.messages.push_back({.role = Role::system, .parts = {{Text{.text = instructions.string().value_or("")}}}, .name = {}});
  if (instructions.is(Kind::array)) read_input(instructions, request);
  for (const Member& member : json::Members(view.root)) read_field(member, request);
  for (Message& message : request.messages) join_call_signatures(message.parts);
  return request;
}

}  // namespace tollgate::openai_responses
