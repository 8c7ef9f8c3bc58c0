#include "dialects/openai_responses/request_view.h"

#include <fmt/format.h>

#include "dialects/body_view.h"
#include "dialects/fields.h"
#include "dialects/openai_media.h"
#include "domain/caller.h"

namespace tollgate::openai_responses {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t template_tokens = 600;  // roles, and what tools bring along
constexpr std::int64_t tokens_of_item = 8;
constexpr std::size_t max_items = 100'000;

Result<std::int64_t> count_part(const std::string& field, const Value& part) {
  if (!part.is(Kind::object)) return wrong_type(field, "an object");
  Value type = field_of(part, "type");
  if (!type.is(Kind::string)) return wrong_type(field + ".type", "a string");
  std::string word = type.string().value_or("");
  auto bytes = static_cast<std::int64_t>(part.raw.size());
  if (word == "input_text" || word == "output_text") {
    if (!field_of(part, "text").is(Kind::string)) return wrong_type(field + ".text", "a string");
    return bytes;
  }
  if (word == "input_image") {
    if (!field_of(part, "image_url").is(Kind::string) && !field_of(part, "file_id").is(Kind::string))
      return wrong_type(field + ".image_url", "a string");
    return openai::max_image_tokens;
  }
  if (word == "input_audio") {
    if (!field_of(part, "input_audio").is(Kind::object)) return wrong_type(field + ".input_audio", "an object");
    return bytes / openai::audio_bytes_per_token;
  }
  if (word == "input_file") return bytes + (bytes / openai::file_bytes_per_image + 1) * openai::max_image_tokens;
  return bytes;
}

Result<std::int64_t> count_content(const std::string& field, const Value& content) {
  if (content.is(Kind::string)) return static_cast<std::int64_t>(content.raw.size());
  if (!content.is(Kind::array)) return wrong_type(field, "a string or an array");
  std::int64_t total = 0;
  std::size_t index = 0;
  for (const Value& part : json::Elements(content)) {
    TG_TRY(tokens, count_part(fmt::format("{}[{}]", field, index++), part));
    total += tokens;
  }
  return total;
}

bool is_role(std::string_view word) { return word == "user" || word == "assistant" || word == "system" || word == "developer"; }

Result<std::int64_t> count_item(const std::string& field, const Value& item) {
  if (!item.is(Kind::object)) return wrong_type(field, "an object");
  Value type = field_of(item, "type");
  if (!type.is(Kind::null) && !type.is(Kind::string)) return wrong_type(field + ".type", "a string");
  std::string word = type.string().value_or("message");
  if (word == "message") {
    if (!is_role(text_field(item, "role")))
      return bad_field(field + ".role", "invalid_value", fmt::format("'{}.role' must be user, assistant, system or developer", field));
    return count_content(field + ".content", field_of(item, "content"));
  }
  auto needs = [&](std::string_view name) { return field_of(item, name).is(Kind::string); };
  bool call = word == "function_call" || word == "custom_tool_call";
  bool output = word == "function_call_output" || word == "custom_tool_call_output";
  if ((call || output) && !needs("call_id")) return wrong_type(field + ".call_id", "a string");
  if (call && !needs("name")) return wrong_type(field + ".name", "a string");
  if (word == "function_call" && !needs("arguments")) return wrong_type(field + ".arguments", "a string");
  if (output) return count_content(field + ".output", field_of(item, "output"));
  return static_cast<std::int64_t>(item.raw.size());
}

Result<std::int64_t> count_input(const Value& root) {
  Value input = field_of(root, "input");
  if (input.is(Kind::null)) {
    for (std::string_view instead : {"prompt", "previous_response_id", "conversation"})
      if (!field_of(root, instead).is(Kind::null)) return 0;
    return missing_field("input");
  }
  if (input.is(Kind::string)) return static_cast<std::int64_t>(input.raw.size());
  if (!input.is(Kind::array)) return wrong_type("input", "a string or an array");
  std::int64_t total = 0;
  std::size_t index = 0;
  for (const Value& item : json::Elements(input)) {
    if (index == max_items) return bad_field("input", "array_above_max_length", "'input' has too many items");
    TG_TRY(tokens, count_item(fmt::format("input[{}]", index++), item));
    total += tokens + tokens_of_item;
  }
  return total;
}

Result<void> check_tools(const Value& tools, CallView& view) {
  if (tools.is(Kind::null)) return {};
  if (!tools.is(Kind::array)) return wrong_type("tools", "an array");
  std::size_t index = 0;
  for (const Value& tool : json::Elements(tools)) {
    std::string field = fmt::format("tools[{}]", index++);
    if (!tool.is(Kind::object)) return wrong_type(field, "an object");
    if (!field_of(tool, "type").is(Kind::string)) return wrong_type(field + ".type", "a string");
    bool function = text_field(tool, "type") == "function";
    if (function && !field_of(tool, "name").is(Kind::string)) return wrong_type(field + ".name", "a string");
    Value parameters = field_of(tool, "parameters");
    if (function && !parameters.is(Kind::null) && !parameters.is(Kind::object)) return wrong_type(field + ".parameters", "an object");
  }
  view.has_tools = index > 0;
  return {};
}

Result<void> check_integers(const Value& root, CallView& view) {
  if (Value most = field_of(root, "max_output_tokens"); !most.is(Kind::null)) {
    TG_TRY(tokens, check_integer("max_output_tokens", most, 1, max_asked_tokens));
    view.max_output = tokens;
  }
  if (Value most = field_of(root, "top_logprobs"); !most.is(Kind::null)) {
    TG_TRY(number, check_integer("top_logprobs", most, 0, 20));
    static_cast<void>(number);
  }
  if (Value most = field_of(root, "max_tool_calls"); !most.is(Kind::null)) {
    TG_TRY(number, check_integer("max_tool_calls", most, 1, max_asked_tokens));
    static_cast<void>(number);
  }
  return {};
}

Result<void> check_rest(const Value& root) {
  for (std::string_view name : {"temperature", "top_p"})
    if (Value value = field_of(root, name); !value.is(Kind::null)) TG_TRY_VOID(check_number(name, value));
  for (std::string_view name : {"store", "background", "parallel_tool_calls"})
    if (Value value = field_of(root, name); !value.is(Kind::null)) {
      TG_TRY(yes, check_boolean(name, value));
      static_cast<void>(yes);
    }
  for (std::string_view name : {"text", "reasoning", "metadata", "stream_options"})
    if (Value value = field_of(root, name); !value.is(Kind::null) && !value.is(Kind::object)) return wrong_type(name, "an object");
  if (Value include = field_of(root, "include"); !include.is(Kind::null) && !include.is(Kind::array)) return wrong_type("include", "an array");
  if (Value id = field_of(root, "previous_response_id"); !id.is(Kind::null)) return check_string("previous_response_id", id, max_model_name_bytes);
  return {};
}

Result<void> read_user(const Value& root, CallView& view) {
  for (std::string_view name : {"safety_identifier", "user"}) {
    Value user = field_of(root, name);
    if (user.is(Kind::null)) continue;
    TG_TRY_VOID(check_string(name, user, max_attribution_bytes));
    view.user = user.string().value_or("");
  }
  return {};
}

}  // namespace

Result<CallView> view_call(const IncomingCall& call) {
  TG_TRY(view, view_of_body(call));
  const Value& root = view.root;
  Value instructions = field_of(root, "instructions");
  if (!instructions.is(Kind::null) && !instructions.is(Kind::string) && !instructions.is(Kind::array))
    return wrong_type("instructions", "a string");
  TG_TRY(input, count_input(root));
  TG_TRY_VOID(check_tools(field_of(root, "tools"), view));
  TG_TRY_VOID(check_integers(root, view));
  TG_TRY_VOID(check_rest(root));
  TG_TRY_VOID(read_user(root, view));
  std::size_t beside = instructions.raw.size() + field_of(root, "tools").raw.size() + field_of(root, "text").raw.size();
  view.picture_bound = openai::max_image_tokens;
  view.input_bound = Tokens{input + static_cast<std::int64_t>(beside) + template_tokens};
  return view;
}

}  // namespace tollgate::openai_responses
