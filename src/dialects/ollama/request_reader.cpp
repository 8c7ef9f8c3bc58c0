#include "dialects/ollama/request_reader.h"

#include <fmt/format.h>

#include <deque>

#include "dialects/fields.h"
#include "dialects/ollama/message.h"

namespace tollgate::ollama {
namespace {

using json::Kind;
using json::Member;
using json::Value;

class Conversation {
 public:
  explicit Conversation(ChatRequest& request) : request_(request) {}

  void add(const Value& value) {
    std::string role = text_field(value, "role");
    if (role == "tool") return add_result(value);
    Message message{.role = role == "system" ? Role::system : role == "assistant" ? Role::assistant : Role::user, .parts = {}, .name = {}};
    read_message(value, message.parts);
    std::size_t number = 0;
    for (Part& part : message.parts)
      if (auto* call = part.as<ToolCall>()) {
        call->id = fmt::format("call_{}_{}", request_.messages.size(), number++);
        open_.push_back(*call);
      }
    request_.messages.push_back(std::move(message));
  }

 private:
  void add_result(const Value& value) {
    std::string name = text_field(value, "tool_name");
    if (name.empty()) name = text_field(value, "name");
    ToolResult result{.name = name};
    auto found = open_.begin();
    while (found != open_.end() && !name.empty() && found->name != name) ++found;
    if (found != open_.end()) {
      result.call_id = found->id;
      result.name = found->name;
      open_.erase(found);
    }
    if (result.call_id.empty()) result.call_id = fmt::format("call_{}_0", request_.messages.size());
    read_message(value, result.content);
    request_.messages.push_back({.role = Role::tool, .parts = {{std::move(result)}}, .name = {}});
  }

  ChatRequest& request_;
  std::deque<ToolCall> open_;  // without a result
};

void read_tools(const Value& tools, ChatRequest& request) {
  for (const Value& value : json::Elements(tools)) {
    Value function = field_of(value, "function");
    request.tools.push_back({.name = text_field(function, "name"),
                             .description = text_field(function, "description"),
                             .parameters = raw_field(function, "parameters")});
  }
}

void read_stops(const Value& value, ChatRequest& request) {
  if (value.is(Kind::string)) request.stop.push_back(value.string().value_or(""));
  for (const Value& stop : json::Elements(value)) request.stop.push_back(stop.string().value_or(""));
}

void read_option(const Member& member, ChatRequest& request) {
  const Value& value = member.value;
  if (value.is(Kind::null)) return;
  auto is = [&](std::string_view name) { return member.key_is(name); };
  if (is("temperature")) return void(request.temperature = value.raw);
  if (is("top_p")) return void(request.top_p = value.raw);
  if (is("presence_penalty")) return void(request.presence_penalty = value.raw);
  if (is("frequency_penalty")) return void(request.frequency_penalty = value.raw);
  if (is("top_k") && value.integer()) return void(request.top_k = value.integer());
  if (is("seed") && value.integer()) return void(request.seed = value.integer());
  if (is("stop")) return read_stops(value, request);
  if (is("num_predict") && value.integer().value_or(0) > 0) return void(request.max_output = value.integer());
  request.extras.push_back({std::string(option_prefix) + member.key(), std::string(value.raw)});
}

void read_format(const Value& format, ChatRequest& request) {
  OutputFormat& out = request.response_format;
  if (format.is(Kind::object)) {
    out.kind = OutputFormat::Kind::schema;
    out.schema = format.raw;
  } else if (format.string() == "json") {
    out.kind = OutputFormat::Kind::json;
  }
}

void read_field(const Member& member, ChatRequest& request) {
  const Value& value = member.value;
  if (value.is(Kind::null)) return;
  auto is = [&](std::string_view name) { return member.key_is(name); };
  for (std::string_view elsewhere : {"model", "messages", "stream", "prompt", "system", "images"})
    if (is(elsewhere)) return;
  if (is("tools")) return read_tools(value, request);
  if (is("format")) return read_format(value, request);
  if (is("think") && value.is(Kind::string)) return void(request.reasoning.effort = value.string().value_or(""));
  if (is("think")) return void(request.reasoning.enabled = value.boolean());
  if (is("options")) {
    for (const Member& option : json::Members(value)) read_option(option, request);
    return;
  }
  request.extras.push_back({member.key(), std::string(value.raw)});
}

void read_prompt(const Value& root, ChatRequest& request) {
  std::string system = text_field(root, "system");
  if (!system.empty()) request.messages.push_back({.role = Role::system, .parts = {{Text{.text = std::move(system)}}}, .name = {}});
  Message asked{.role = Role::user, .parts = {{Text{.text = text_field(root, "prompt")}}}, .name = {}};
  read_images(field_of(root, "images"), asked.parts);
  request.messages.push_back(std::move(asked));
}

}  // namespace

Result<ChatRequest> read_chat_request(const CallView& view) {
  ChatRequest request{.dialect = "ollama", .model = view.model};
  request.stream = view.stream;
  request.include_usage = true;
  request.completions = view.operation == Operation::completions;
  Conversation conversation(request);
  if (request.completions)
    read_prompt(view.root, request);
  else
    for (const Value& message : json::Elements(field_of(view.root, "messages"))) conversation.add(message);
  for (const Member& member : json::Members(view.root)) read_field(member, request);
  return request;
}

}  // namespace tollgate::ollama
