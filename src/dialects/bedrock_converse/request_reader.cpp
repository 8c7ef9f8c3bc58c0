#include <algorithm>

#include "dialects/bedrock_converse/blocks.h"
#include "dialects/bedrock_converse/request.h"
#include "dialects/fields.h"

namespace tollgate::bedrock_converse {
namespace {

using json::Kind;
using json::Member;
using json::Value;

void read_tools(const Value& config, ChatRequest& request) {
  for (const Value& value : json::Elements(field_of(config, "tools"))) {
    CacheMark mark = read_cache_point(value);
    if (mark != CacheMark::none && !request.tools.empty()) {
      request.tools.back().cache = mark;
      continue;
    }
    Value spec = field_of(value, "toolSpec");
    if (!spec.is(Kind::object)) {
      auto first = json::Members(value).begin();
      std::string kind = first == std::default_sentinel ? std::string("tools") : first->key();
      request.tools.push_back({.kind = Tool::Kind::foreign, .foreign = {.dialect = "bedrock_converse", .json = std::string(value.raw), .kind = std::move(kind)}});
      continue;
    }
    Tool tool{.name = text_field(spec, "name"),
              .description = text_field(spec, "description"),
              .parameters = raw_field(field_of(spec, "inputSchema"), "json")};
    tool.strict = field_of(spec, "strict").boolean();
    request.tools.push_back(std::move(tool));
  }
  Value choice = field_of(config, "toolChoice");
  using enum ToolChoice::Kind;
  if (field_of(choice, "auto").is(Kind::object)) request.tool_choice.kind = automatic;
  if (field_of(choice, "any").is(Kind::object)) request.tool_choice.kind = required;
  if (Value tool = field_of(choice, "tool"); tool.is(Kind::object)) request.tool_choice = {.kind = named, .name = text_field(tool, "name")};
}

void read_inference(const Value& config, ChatRequest& request) {
  request.max_output = field_of(config, "maxTokens").integer();
  request.temperature = raw_field(config, "temperature");
  request.top_p = raw_field(config, "topP");
  for (const Value& stop : json::Elements(field_of(config, "stopSequences"))) request.stop.push_back(stop.string().value_or(""));
}

// Anthropic's settings are understood; an object with others rides along whole.
void read_additional(const Member& member, ChatRequest& request) {
  bool others = false;
  for (const Member& field : json::Members(member.value)) {
    if (field.key_is("thinking")) {
      std::string type = text_field(field.value, "type");
      if (!type.empty()) request.reasoning.enabled = type != "disabled";
      request.reasoning.budget_tokens = field_of(field.value, "budget_tokens").integer();
    } else if (field.key_is("top_k") && field.value.integer()) {
      request.top_k = field.value.integer();
    } else {
      others = true;
    }
  }
  if (others) request.extras.push_back({member.key(), std::string(member.value.raw)});
}

void read_output(const Member& member, ChatRequest& request) {
  Value format = field_of(member.value, "textFormat"), schema = field_of(field_of(format, "structure"), "jsonSchema");
  if (text_field(format, "type") != "json_schema" || !schema.is(Kind::object)) {
    request.extras.push_back({member.key(), std::string(member.value.raw)});
    return;
  }
  request.response_format.kind = OutputFormat::Kind::schema;
  request.response_format.name = text_field(schema, "name");
  request.response_format.description = text_field(schema, "description");
  request.response_format.schema = text_field(schema, "schema");
}

void read_field(const Member& member, ChatRequest& request) {
  const Value& value = member.value;
  if (value.is(Kind::null)) return;
  auto is = [&](std::string_view name) { return member.key_is(name); };
  if (is("messages") || is("system") || is("modelId")) return;
  if (is("toolConfig")) return read_tools(value, request);
  if (is("inferenceConfig")) return read_inference(value, request);
  if (is("additionalModelRequestFields") && value.is(Kind::object)) return read_additional(member, request);
  if (is("outputConfig")) return read_output(member, request);
  if (is("requestMetadata")) return void(request.metadata = value.raw);
  if (is("serviceTier")) return void(request.service_tier = text_field(value, "type"));
  request.extras.push_back({member.key(), std::string(value.raw)});
}

}  // namespace

ChatRequest read_chat_request(const CallView& view) {
  ChatRequest request{.dialect = "bedrock_converse", .model = view.model};
  request.stream = view.stream;
  request.include_usage = true;
  Message system{.role = Role::system, .parts = {}, .name = {}};
  read_blocks(field_of(view.root, "system"), system.parts);
  if (!system.parts.empty()) request.messages.push_back(std::move(system));
  for (const Value& value : json::Elements(field_of(view.root, "messages"))) {
    Message message{.role = text_field(value, "role") == "assistant" ? Role::assistant : Role::user, .parts = {}, .name = {}};
    read_blocks(field_of(value, "content"), message.parts);
    auto is_result = [](const Part& part) { return part.as<ToolResult>() != nullptr; };
    Message results{.role = Role::tool, .parts = {}, .name = {}};
    std::copy_if(message.parts.begin(), message.parts.end(), std::back_inserter(results.parts), is_result);
    std::erase_if(message.parts, is_result);
    if (!results.parts.empty()) request.messages.push_back(std::move(results));
    if (!message.parts.empty()) request.messages.push_back(std::move(message));
  }
  for (const Member& member : json::Members(view.root)) read_field(member, request);
  return request;
}

}  // namespace tollgate::bedrock_converse
