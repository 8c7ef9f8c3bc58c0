#include "dialects/bedrock_converse/request_view.h"

#include <fmt/format.h>

#include "dialects/fields.h"

namespace tollgate::bedrock_converse {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t template_tokens = 600;     // roles, and the hidden prompt that tools bring
constexpr std::int64_t tokens_of_message = 8;
constexpr std::int64_t max_image_tokens = 8'000;  // as Anthropic's, whose models take the largest
constexpr std::int64_t bytes_of_page = 4'000;     // base64 bytes of a document for each image of a page
constexpr std::int64_t video_tokens = 1'000'000;  // Nova's longest

Result<std::int64_t> count_blocks(const std::string& field, const Value& blocks);

Result<std::int64_t> count_media(const std::string& field, std::string_view kind, const Value& media) {
  if (!media.is(Kind::object)) return wrong_type(field, "an object");
  Value source = field_of(media, "source");
  if (!source.is(Kind::object)) return wrong_type(field + ".source", "an object");
  if (kind == "image") return max_image_tokens;
  if (kind == "video") return video_tokens;
  auto bytes = static_cast<std::int64_t>(source.raw.size());
  return bytes + bytes / bytes_of_page * max_image_tokens / 4 + max_image_tokens;
}

Result<std::int64_t> count_block(const std::string& field, const Value& block) {
  if (!block.is(Kind::object)) return wrong_type(field, "an object");
  auto bytes = static_cast<std::int64_t>(block.raw.size());
  for (const json::Member& member : json::Members(block)) {
    const Value& value = member.value;
    if (value.is(Kind::null)) continue;
    std::string place = field + "." + member.key();
    if (member.key_is("text") && !value.is(Kind::string)) return wrong_type(place, "a string");
    for (std::string_view kind : {"image", "document", "video"})
      if (member.key_is(kind)) return count_media(place, kind, value);
    if (member.key_is("toolUse")) {
      if (!field_of(value, "toolUseId").is(Kind::string)) return wrong_type(place + ".toolUseId", "a string");
      if (!field_of(value, "name").is(Kind::string)) return wrong_type(place + ".name", "a string");
    }
    if (member.key_is("toolResult")) {
      if (!field_of(value, "toolUseId").is(Kind::string)) return wrong_type(place + ".toolUseId", "a string");
      return count_blocks(place + ".content", field_of(value, "content"));
    }
  }
  return bytes;
}

Result<std::int64_t> count_blocks(const std::string& field, const Value& blocks) {
  if (!blocks.is(Kind::array)) return wrong_type(field, "an array");
  std::int64_t total = 0;
  std::size_t index = 0;
  for (const Value& block : json::Elements(blocks)) {
    TG_TRY(tokens, count_block(fmt::format("{}[{}]", field, index++), block));
    total += tokens;
  }
  return total;
}

Result<std::int64_t> count_messages(const Value& messages) {
  if (messages.is(Kind::null)) return missing_field("messages");
  if (!messages.is(Kind::array)) return wrong_type("messages", "an array");
  std::int64_t total = 0;
  std::size_t index = 0;
  for (const Value& message : json::Elements(messages)) {
    std::string field = fmt::format("messages[{}]", index++);
    if (!message.is(Kind::object)) return wrong_type(field, "an object");
    std::string role = text_field(message, "role");
    if (role != "user" && role != "assistant")
      return bad_field(field + ".role", "invalid_value", fmt::format("'{}.role' must be user or assistant", field));
    TG_TRY(tokens, count_blocks(field + ".content", field_of(message, "content")));
    total += tokens + tokens_of_message;
  }
  if (index == 0) return bad_field("messages", "empty_array", "'messages' is empty");
  return total;
}

Result<void> check_inference(const Value& config, CallView& view) {
  if (config.is(Kind::null)) return {};
  if (!config.is(Kind::object)) return wrong_type("inferenceConfig", "an object");
  if (Value most = field_of(config, "maxTokens"); !most.is(Kind::null)) {
    TG_TRY(tokens, check_integer("inferenceConfig.maxTokens", most, 1, max_asked_tokens));
    view.max_output = tokens;
  }
  for (std::string_view name : {"temperature", "topP"})
    if (Value value = field_of(config, name); !value.is(Kind::null)) TG_TRY_VOID(check_number(fmt::format("inferenceConfig.{}", name), value));
  Value stops = field_of(config, "stopSequences");
  if (!stops.is(Kind::null) && !stops.is(Kind::array)) return wrong_type("inferenceConfig.stopSequences", "an array");
  return {};
}

Result<void> check_tools(const Value& config, CallView& view) {
  if (config.is(Kind::null)) return {};
  if (!config.is(Kind::object)) return wrong_type("toolConfig", "an object");
  Value tools = field_of(config, "tools");
  if (!tools.is(Kind::array)) return wrong_type("toolConfig.tools", "an array");
  std::size_t index = 0;
  for (const Value& tool : json::Elements(tools)) {
    std::string field = fmt::format("toolConfig.tools[{}]", index++);
    if (!tool.is(Kind::object)) return wrong_type(field, "an object");
    Value spec = field_of(tool, "toolSpec");
    if (spec.is(Kind::null)) continue;
    if (!field_of(spec, "name").is(Kind::string)) return wrong_type(field + ".toolSpec.name", "a string");
    if (!field_of(field_of(spec, "inputSchema"), "json").is(Kind::object)) return wrong_type(field + ".toolSpec.inputSchema.json", "an object");
  }
  view.has_tools = index > 0;
  return {};
}

}  // namespace

Result<CallView> view_call(const IncomingCall& call) {
  TG_TRY(root, scan_body(call.body));
  CallView view{.operation = call.operation, .body = call.body, .root = root};
  view.model = call.path_model;
  view.stream = call.path_stream;
  if (view.model.empty() || view.model.size() > max_model_name_bytes) return bad_field("modelId", "invalid_value", "the path names no model");
  TG_TRY(messages, count_messages(field_of(root, "messages")));
  Value system = field_of(root, "system");
  std::int64_t told = 0;
  if (!system.is(Kind::null)) {
    TG_TRY(tokens, count_blocks("system", system));
    told = tokens;
  }
  TG_TRY_VOID(check_inference(field_of(root, "inferenceConfig"), view));
  TG_TRY_VOID(check_tools(field_of(root, "toolConfig"), view));
  auto beside = static_cast<std::int64_t>(field_of(root, "toolConfig").raw.size() + field_of(root, "outputConfig").raw.size());
  view.picture_bound = max_image_tokens;
  view.input_bound = Tokens{messages + told + beside + template_tokens};
  return view;
}

}  // namespace tollgate::bedrock_converse
