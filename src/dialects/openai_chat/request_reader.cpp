#include "dialects/openai_chat/request_reader.h"

#include "dialects/openai_chat/parts.h"
#include "dialects/openai_chat/request_checks.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Member;
using json::Value;

Role role_of(std::string_view role) {
  if (role == "system") return Role::system;
  if (role == "developer") return Role::developer;
  if (role == "assistant") return Role::assistant;
  return role == "tool" || role == "function" ? Role::tool : Role::user;
}

// The function's name of a call id, from the calls before; of the old form, the last call of that name.
std::string id_of_old_result(const ChatRequest& request, const std::string& name) {
  for (auto message = request.messages.rbegin(); message != request.messages.rend(); ++message)
    for (const Part& part : message->parts)
      if (const auto* call = part.as<ToolCall>(); call != nullptr && call->name == name) return call->id;
  return {};
}

Message read_result(const Value& message, const ChatRequest& request) {
  ToolResult result{.call_id = text_of(message, "tool_call_id"), .name = text_of(message, "name")};
  if (result.call_id.empty()) result.call_id = id_of_old_result(request, result.name);
  read_content(json::find(message, "content").value_or(Value{}), result.content);
  return {.role = Role::tool, .parts = {{std::move(result)}}, .name = {}};
}

// The old form gives calls no ids.
void name_old_calls(Message& message, std::size_t number) {
  for (Part& part : message.parts)
    if (auto* call = part.as<ToolCall>(); call != nullptr && call->id.empty()) call->id = "call_" + std::to_string(number);
}

void read_messages_into(const Value& messages, ChatRequest& request) {
  for (const Value& value : json::Elements(messages)) {
    Role role = role_of(text_of(value, "role"));
    if (role == Role::tool) {
      request.messages.push_back(read_result(value, request));
      continue;
    }
    Message message{.role = role, .parts = read_message_parts(value), .name = text_of(value, "name")};
    name_old_calls(message, request.messages.size());
    request.messages.push_back(std::move(message));
  }
}

std::string raw_or_empty(const Value& object, std::string_view key) {
  auto value = json::find(object, key);
  return value && !value->is(Kind::null) ? std::string(value->raw) : std::string();
}

Tool read_function(const Value& function) {
  Tool tool{.name = text_of(function, "name"),
            .description = text_of(function, "description"),
            .parameters = raw_or_empty(function, "parameters")};
  if (auto strict = json::find(function, "strict")) tool.strict = strict->boolean();
  return tool;
}

void read_tools_into(const Value& tools, ChatRequest& request) {
  for (const Value& value : json::Elements(tools)) {
    std::string type = text_of(value, "type");
    if (auto function = json::find(value, "function"); function && function->is(Kind::object)) {
      Tool tool = read_function(*function);
      tool.cache = read_cache_mark(value);
      request.tools.push_back(std::move(tool));
    } else {
      Tool tool{.kind = type == "custom" ? Tool::Kind::custom : Tool::Kind::foreign};
      if (auto custom = json::find(value, "custom")) {
        tool.name = text_of(*custom, "name");
        tool.description = text_of(*custom, "description");
      }
      tool.foreign = {.dialect = "openai_chat", .json = std::string(value.raw), .kind = std::move(type)};
      request.tools.push_back(std::move(tool));
    }
  }
}

ToolChoice read_choice_of_tools(const Value& choice) {
  using enum ToolChoice::Kind;
  if (choice.is(Kind::object)) {
    auto function = json::find(choice, "function");
    return {.kind = named, .name = function ? text_of(*function, "name") : text_of(choice, "name")};
  }
  std::string word = choice.string().value_or("");
  if (word == "none") return {.kind = none};
  if (word == "required" || word == "any") return {.kind = required};
  return {.kind = word.empty() ? unsaid : automatic};
}

OutputFormat read_format(const Value& format) {
  using enum OutputFormat::Kind;
  std::string type = text_of(format, "type");
  if (type == "json_object") return {.kind = json};
  if (type == "text") return {.kind = text};
  if (type != "json_schema") return {};
  Value body = json::find(format, "json_schema").value_or(Value{});
  OutputFormat out{.kind = schema,
                   .name = text_of(body, "name"),
                   .description = text_of(body, "description"),
                   .schema = raw_or_empty(body, "schema")};
  if (auto strict = json::find(body, "strict")) out.strict = strict->boolean();
  return out;
}

std::vector<std::string> read_texts(const Value& value) {
  std::vector<std::string> out;
  if (value.is(Kind::string)) out.push_back(value.string().value_or(""));
  for (const Value& element : json::Elements(value)) out.push_back(element.string().value_or(""));
  return out;
}

// OpenRouter's and others' `reasoning: {effort, max_tokens, enabled}`.
void read_reasoning_wish(const Value& value, ChatRequest& request) {
  request.reasoning.effort = text_of(value, "effort");
  if (auto budget = json::find(value, "max_tokens")) request.reasoning.budget_tokens = budget->integer();
  if (auto enabled = json::find(value, "enabled")) request.reasoning.enabled = enabled->boolean();
  request.reasoning.summary = text_of(value, "summary");
}

using Read = void (*)(const Value& value, ChatRequest& request);
struct Field {
  std::string_view name;
  Read read;
};

template <auto Place>
void raw(const Value& value, ChatRequest& request) { request.*Place = std::string(value.raw); }
template <auto Place>
void text(const Value& value, ChatRequest& request) { request.*Place = value.string().value_or(""); }
template <auto Place>
void integer(const Value& value, ChatRequest& request) { request.*Place = value.integer(); }
template <auto Place>
void boolean(const Value& value, ChatRequest& request) { request.*Place = value.boolean(); }
void nothing(const Value&, ChatRequest&) {}
void note_max(const Value& value, ChatRequest& request) {
  if (auto most = value.integer()) request.max_output = std::max(request.max_output.value_or(0), *most);
}

constexpr Field fields[] = {
    {"model", nothing},
    {"messages", read_messages_into},
    {"prompt", nothing},
    {"stream", nothing},
    {"tools", read_tools_into},
    {"functions", [](const Value& value, ChatRequest& request) {
       for (const Value& function : json::Elements(value)) request.tools.push_back(read_function(function));
     }},
    {"tool_choice", [](const Value& value, ChatRequest& request) { request.tool_choice = read_choice_of_tools(value); }},
    {"function_call", [](const Value& value, ChatRequest& request) { request.tool_choice = read_choice_of_tools(value); }},
    {"parallel_tool_calls", boolean<&ChatRequest::parallel_tool_calls>},
    {"response_format", [](const Value& value, ChatRequest& request) { request.response_format = read_format(value); }},
    {"reasoning_effort", [](const Value& value, ChatRequest& request) { request.reasoning.effort = value.string().value_or(""); }},
    {"reasoning", read_reasoning_wish},
    {"max_tokens", note_max},
    {"max_completion_tokens", note_max},
    {"n", integer<&ChatRequest::n>},
    {"seed", integer<&ChatRequest::seed>},
    {"top_k", integer<&ChatRequest::top_k>},
    {"temperature", raw<&ChatRequest::temperature>},
    {"top_p", raw<&ChatRequest::top_p>},
    {"presence_penalty", raw<&ChatRequest::presence_penalty>},
    {"frequency_penalty", raw<&ChatRequest::frequency_penalty>},
    {"stop", [](const Value& value, ChatRequest& request) { request.stop = read_texts(value); }},
    {"logprobs", boolean<&ChatRequest::logprobs>},
    {"top_logprobs", integer<&ChatRequest::top_logprobs>},
    {"logit_bias", raw<&ChatRequest::logit_bias>},
    {"user", text<&ChatRequest::user>},
    {"metadata", raw<&ChatRequest::metadata>},
    {"service_tier", text<&ChatRequest::service_tier>},
    {"verbosity", text<&ChatRequest::verbosity>},
    {"prompt_cache_key", text<&ChatRequest::prompt_cache_key>},
    {"modalities", [](const Value& value, ChatRequest& request) { request.modalities = read_texts(value); }},
    {"audio", raw<&ChatRequest::audio>},
    {"store", boolean<&ChatRequest::store>},
};

void read_field(const Member& member, ChatRequest& request) {
  if (member.value.is(Kind::null)) return;
  for (const Field& field : fields)
    if (member.key_is(field.name)) return field.read(member.value, request);
  // The wish for usage is ours to grant; what else the options hold rides along.
  if (member.key_is("stream_options") && json::find(member.value, "include_usage")) return;
  request.extras.push_back({.name = member.key(), .json = std::string(member.value.raw)});
}

// One text to continue is what a user says.
Result<void> read_prompt(const Value& prompt, ChatRequest& request) {
  std::vector<std::string> texts = read_texts(prompt);
  bool one_text = prompt.is(Kind::string) || (texts.size() == 1 && json::Elements(prompt).begin()->is(Kind::string));
  if (!one_text) return bad_field("prompt", "unsupported_parameter", "the model at hand takes 'prompt' as one text only");
  request.messages.push_back({.role = Role::user, .parts = {{Text{.text = std::move(texts.front())}}}, .name = {}});
  return {};
}

}  // namespace

Result<ChatRequest> read_chat_request(const CallView& view) {
  ChatRequest request{.dialect = "openai_chat", .model = view.model};
  request.stream = view.stream;
  request.include_usage = view.include_usage;
  request.completions = view.operation == Operation::completions;
  for (const Member& member : json::Members(view.root)) read_field(member, request);
  if (request.completions) TG_TRY_VOID(read_prompt(json::find(view.root, "prompt").value_or(Value{}), request));
  return request;
}

}  // namespace tollgate::openai_chat
