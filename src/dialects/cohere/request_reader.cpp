#include "dialects/cohere/message.h"
#include "dialects/cohere/request.h"
#include "dialects/fields.h"

namespace tollgate::cohere {
namespace {

using json::Kind;
using json::Member;
using json::Value;

void read_messages(const Value& messages, ChatRequest& request) {
  for (const Value& value : json::Elements(messages)) {
    std::string role = text_field(value, "role");
    Message message{.role = role == "system" ? Role::system : role == "assistant" ? Role::assistant : Role::user, .parts = {}, .name = {}};
    if (role == "tool") {
      ToolResult result{.call_id = text_field(value, "tool_call_id")};
      read_content(field_of(value, "content"), result.content);
      message = {.role = Role::tool, .parts = {{std::move(result)}}, .name = {}};
    } else {
      read_message(value, message.parts);
    }
    request.messages.push_back(std::move(message));
  }
}

void read_tools(const Value& tools, ChatRequest& request) {
  for (const Value& value : json::Elements(tools)) {
    Value function = field_of(value, "function");
    request.tools.push_back({.name = text_field(function, "name"),
                             .description = text_field(function, "description"),
                             .parameters = raw_field(function, "parameters")});
  }
}

void read_format(const Value& format, ChatRequest& request) {
  OutputFormat& out = request.response_format;
  std::string type = text_field(format, "type");
  if (type == "text") out.kind = OutputFormat::Kind::text;
  if (type != "json_object") return;
  out.schema = raw_field(format, "json_schema");
  if (out.schema.empty()) out.schema = raw_field(format, "schema");
  out.kind = out.schema.empty() ? OutputFormat::Kind::json : OutputFormat::Kind::schema;
}

void read_thinking(const Value& thinking, ChatRequest& request) {
  std::string type = text_field(thinking, "type");
  if (!type.empty()) request.reasoning.enabled = type == "enabled";
  request.reasoning.budget_tokens = field_of(thinking, "token_budget").integer();
}

void read_field(const Member& member, ChatRequest& request) {
  const Value& value = member.value;
  if (value.is(Kind::null)) return;
  auto is = [&](std::string_view name) { return member.key_is(name); };
  if (is("model") || is("stream")) return;
  if (is("messages")) return read_messages(value, request);
  if (is("tools")) return read_tools(value, request);
  if (is("tool_choice")) {
    request.tool_choice.kind = value.string() == "NONE" ? ToolChoice::Kind::none : ToolChoice::Kind::required;
    return;
  }
  if (is("response_format")) return read_format(value, request);
  if (is("thinking")) return read_thinking(value, request);
  if (is("max_tokens")) return void(request.max_output = value.integer());
  if (is("stop_sequences")) {
    for (const Value& stop : json::Elements(value)) request.stop.push_back(stop.string().value_or(""));
    return;
  }
  if (is("temperature")) return void(request.temperature = value.raw);
  if (is("p")) return void(request.top_p = value.raw);
  if (is("presence_penalty")) return void(request.presence_penalty = value.raw);
  if (is("frequency_penalty")) return void(request.frequency_penalty = value.raw);
  if (is("seed") && value.integer()) return void(request.seed = value.integer());
  if (is("k") && value.integer()) return void(request.top_k = value.integer());
  if (is("logprobs")) return void(request.logprobs = value.boolean());
  request.extras.push_back({member.key(), std::string(value.raw)});
}

}  // namespace

ChatRequest read_chat_request(const CallView& view) {
  ChatRequest request{.dialect = "cohere", .model = view.model};
  request.stream = view.stream;
  request.include_usage = true;
  for (const Member& member : json::Members(view.root)) read_field(member, request);
  return request;
}

}  // namespace tollgate::cohere
