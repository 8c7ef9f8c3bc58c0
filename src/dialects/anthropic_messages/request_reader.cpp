#include "dialects/anthropic_messages/request_reader.h"

#include "dialects/anthropic_messages/blocks.h"
#include "dialects/fields.h"

namespace tollgate::anthropic_messages {
namespace {

using json::Kind;
using json::Member;
using json::Value;

void read_system(const Value& system, ChatRequest& request) {
  Message message{.role = Role::system};
  read_content(system, message.parts);
  if (!message.parts.empty()) request.messages.insert(request.messages.begin(), std::move(message));
}

// Results come in user turns; here they are a turn of their own, in front of what else the user says.
void read_messages(const Value& messages, ChatRequest& request) {
  for (const Value& value : json::Elements(messages)) {
    std::string role = text_field(value, "role");
    Message said{.role = role == "assistant" ? Role::assistant : role == "system" ? Role::system : Role::user};
    Message results{.role = Role::tool};
    std::vector<Part> parts;
    read_content(field_of(value, "content"), parts);
    for (Part& part : parts) (part.as<ToolResult>() != nullptr ? results : said).parts.push_back(std::move(part));
    bool had_results = !results.parts.empty();
    if (had_results) request.messages.push_back(std::move(results));
    if (!said.parts.empty() || !had_results) request.messages.push_back(std::move(said));
  }
}

void read_tools(const Value& tools, ChatRequest& request) {
  for (const Value& value : json::Elements(tools)) {
    std::string type = text_field(value, "type");
    Tool tool{.name = text_field(value, "name"), .description = text_field(value, "description"), .cache = read_cache_mark(value)};
    if (!type.empty() && type != "custom") {
      tool.kind = Tool::Kind::foreign;
      tool.foreign = {.dialect = "anthropic_messages", .json = std::string(value.raw), .kind = std::move(type)};
    } else {
      tool.parameters = raw_field(value, "input_schema");
      tool.strict = field_of(value, "strict").boolean();
    }
    request.tools.push_back(std::move(tool));
  }
}

void read_choice(const Value& choice, ChatRequest& request) {
  using enum ToolChoice::Kind;
  std::string type = text_field(choice, "type");
  if (type == "auto") request.tool_choice.kind = automatic;
  if (type == "any") request.tool_choice.kind = required;
  if (type == "none") request.tool_choice.kind = none;
  if (type == "tool") request.tool_choice = {.kind = named, .name = text_field(choice, "name")};
  if (auto off = field_of(choice, "disable_parallel_tool_use").boolean()) request.parallel_tool_calls = !*off;
}

void read_thinking(const Value& thinking, ChatRequest& request) {
  std::string type = text_field(thinking, "type");
  request.reasoning.enabled = type != "disabled";
  request.reasoning.budget_tokens = field_of(thinking, "budget_tokens").integer();
  request.reasoning.summary = text_field(thinking, "display") == "omitted" ? "" : request.reasoning.summary;
}

void read_format(const Value& format, ChatRequest& request) {
  if (text_field(format, "type") != "json_schema") return;
  request.response_format = {.kind = OutputFormat::Kind::schema, .schema = raw_field(format, "schema")};
}

// {"effort", "format"}; what else it holds rides along.
void read_output_config(const Value& config, ChatRequest& request) {
  for (const Member& member : json::Members(config)) {
    if (member.key_is("format"))
      read_format(member.value, request);
    else if (member.key_is("effort"))
      request.reasoning.effort = member.value.string().value_or("");
    else
      request.extras.push_back({"output_config." + member.key(), std::string(member.value.raw)});
  }
}

void read_metadata(const Value& metadata, ChatRequest& request) {
  request.user = text_field(metadata, "user_id");
  for (const Member& member : json::Members(metadata))
    if (!member.key_is("user_id")) request.extras.push_back({"metadata." + member.key(), std::string(member.value.raw)});
}

using Read = void (*)(const Value& value, ChatRequest& request);
struct Field {
  std::string_view name;
  Read read;
};
void nothing(const Value&, ChatRequest&) {}

constexpr Field fields[] = {
    {"model", nothing},
    {"stream", nothing},
    {"system", nothing},
    {"messages", read_messages},
    {"max_tokens", [](const Value& value, ChatRequest& request) { request.max_output = value.integer(); }},
    {"tools", read_tools},
    {"tool_choice", read_choice},
    {"thinking", read_thinking},
    {"output_config", read_output_config},
    {"output_format", read_format},
    {"metadata", read_metadata},
    {"temperature", [](const Value& value, ChatRequest& request) { request.temperature = std::string(value.raw); }},
    {"top_p", [](const Value& value, ChatRequest& request) { request.top_p = std::string(value.raw); }},
    {"top_k", [](const Value& value, ChatRequest& request) { request.top_k = value.integer(); }},
    {"service_tier", [](const Value& value, ChatRequest& request) { request.service_tier = value.string().value_or(""); }},
    {"stop_sequences",
     [](const Value& value, ChatRequest& request) {
       for (const Value& stop : json::Elements(value)) request.stop.push_back(stop.string().value_or(""));
     }},
};

void read_field(const Member& member, ChatRequest& request) {
  if (member.value.is(Kind::null)) return;
  for (const Field& field : fields)
    if (member.key_is(field.name)) return field.read(member.value, request);
  request.extras.push_back({member.key(), std::string(member.value.raw)});
}

}  // namespace

Result<ChatRequest> read_chat_request(const CallView& view) {
  ChatRequest request{.dialect = "anthropic_messages", .model = view.model};
  request.stream = view.stream;
  request.include_usage = true;
  for (const Member& member : json::Members(view.root)) read_field(member, request);
  read_system(field_of(view.root, "system"), request);
  return request;
}

}  // namespace tollgate::anthropic_messages
