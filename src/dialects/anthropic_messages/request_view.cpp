#include "dialects/anthropic_messages/request_view.h"

#include <fmt/format.h>

#include "dialects/body_view.h"
#include "dialects/fields.h"
#include "domain/caller.h"

namespace tollgate::anthropic_messages {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t template_tokens = 600;    // roles, and the hidden prompt that tools bring (up to 530 tokens, Anthropic's table)
constexpr std::int64_t max_image_tokens = 8'000;  // 1568 x 1568 / 750 is 3,278; newer models take larger ones
constexpr std::int64_t bytes_of_page = 4'000;     // base64 bytes of a document for each image of a page
constexpr std::size_t max_blocks = 100'000;

// Tokens of one block besides its text.
std::int64_t media_tokens(const Value& block, std::string_view type) {
  if (type == "image") return max_image_tokens;
  if (type != "document") return 0;
  return max_image_tokens + static_cast<std::int64_t>(block.raw.size()) / bytes_of_page * max_image_tokens / 4;
}

Result<std::int64_t> count_content(const std::string& field, const Value& content, bool may_be_empty);

Result<std::int64_t> count_block(const std::string& field, const Value& block) {
  if (!block.is(Kind::object)) return wrong_type(field, "an object");
  Value type = field_of(block, "type");
  if (!type.is(Kind::string)) return wrong_type(field + ".type", "a string");
  std::string word = type.string().value_or("");
  if (word == "text" && !field_of(block, "text").is(Kind::string)) return wrong_type(field + ".text", "a string");
  if (word == "image" && !field_of(block, "source").is(Kind::object)) return wrong_type(field + ".source", "an object");
  if (word == "tool_use") {
    if (!field_of(block, "id").is(Kind::string)) return wrong_type(field + ".id", "a string");
    if (!field_of(block, "name").is(Kind::string)) return wrong_type(field + ".name", "a string");
    if (!field_of(block, "input").is(Kind::object)) return wrong_type(field + ".input", "an object");
  }
  if (word == "tool_result") {
    if (!field_of(block, "tool_use_id").is(Kind::string)) return wrong_type(field + ".tool_use_id", "a string");
    Value content = field_of(block, "content");
    if (content.is(Kind::null)) return static_cast<std::int64_t>(block.raw.size());
    TG_TRY(inner, count_content(field + ".content", content, true));
    return inner + static_cast<std::int64_t>(block.raw.size() - content.raw.size());
  }
  bool media = word == "image" || word == "document";
  bool inline_text = word == "document" && text_field(field_of(block, "source"), "type") != "base64";
  std::int64_t text = media && !inline_text ? 0 : static_cast<std::int64_t>(block.raw.size());
  return text + media_tokens(block, word);
}

Result<std::int64_t> count_content(const std::string& field, const Value& content, bool may_be_empty) {
  if (content.is(Kind::string)) return static_cast<std::int64_t>(content.raw.size());
  if (!content.is(Kind::array)) return wrong_type(field, "a string or an array");
  std::int64_t total = 0;
  std::size_t index = 0;
  for (const Value& block : json::Elements(content)) {
    if (index == max_blocks) return bad_field(field, "array_above_max_length", fmt::format("'{}' has too many blocks", field));
    TG_TRY(tokens, count_block(fmt::format("{}[{}]", field, index++), block));
    total += tokens;
  }
  if (index == 0 && !may_be_empty) return bad_field(field, "empty_array", fmt::format("'{}' is empty", field));
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
    Value role = field_of(message, "role");
    std::string word = role.string().value_or("");
    if (word != "user" && word != "assistant" && word != "system")
      return bad_field(field + ".role", "invalid_value", fmt::format("'{}.role' must be user or assistant", field));
    // An assistant turn may have said nothing.
    TG_TRY(tokens, count_content(field + ".content", field_of(message, "content"), word == "assistant"));
    total += tokens + 8;
  }
  if (index == 0) return bad_field("messages", "empty_array", "'messages' is empty");
  return total;
}

Result<std::int64_t> count_tools(const Value& tools, CallView& view) {
  if (tools.is(Kind::null)) return 0;
  if (!tools.is(Kind::array)) return wrong_type("tools", "an array");
  std::size_t index = 0;
  for (const Value& tool : json::Elements(tools)) {
    std::string field = fmt::format("tools[{}]", index++);
    if (!tool.is(Kind::object)) return wrong_type(field, "an object");
    bool server_side = field_of(tool, "type").is(Kind::string) && text_field(tool, "type") != "custom";
    if (!server_side && !field_of(tool, "name").is(Kind::string)) return wrong_type(field + ".name", "a string");
    if (!server_side && !field_of(tool, "input_schema").is(Kind::object)) return wrong_type(field + ".input_schema", "an object");
  }
  view.has_tools = index > 0;
  return static_cast<std::int64_t>(tools.raw.size());
}

Result<void> check_thinking(const Value& thinking) {
  if (thinking.is(Kind::null)) return {};
  if (!thinking.is(Kind::object)) return wrong_type("thinking", "an object");
  std::string type = text_field(thinking, "type");
  if (type != "enabled" && type != "disabled" && type != "adaptive")
    return bad_field("thinking.type", "invalid_value", "'thinking.type' must be enabled, disabled or adaptive");
  Value budget = field_of(thinking, "budget_tokens");
  if (budget.is(Kind::null) && type == "enabled") return missing_field("thinking.budget_tokens");
  if (budget.is(Kind::null)) return {};
  TG_TRY(tokens, check_integer("thinking.budget_tokens", budget, 1, max_asked_tokens));
  static_cast<void>(tokens);
  return {};
}

Result<void> check_rest(const Value& root) {
  for (std::string_view name : {"temperature", "top_p"})
    if (Value value = field_of(root, name); !value.is(Kind::null)) TG_TRY_VOID(check_range(name, value, 0, 1));
  if (Value value = field_of(root, "top_k"); !value.is(Kind::null)) {
    TG_TRY(most, check_integer("top_k", value, 0, max_asked_tokens));
    static_cast<void>(most);
  }
  Value stops = field_of(root, "stop_sequences");
  if (!stops.is(Kind::null) && !stops.is(Kind::array)) return wrong_type("stop_sequences", "an array");
  std::size_t index = 0;
  for (const Value& stop : json::Elements(stops)) TG_TRY_VOID(check_string(fmt::format("stop_sequences[{}]", index++), stop, 4096));
  Value choice = field_of(root, "tool_choice");
  if (!choice.is(Kind::null) && !choice.is(Kind::object)) return wrong_type("tool_choice", "an object");
  return check_thinking(field_of(root, "thinking"));
}

Result<void> read_user(const Value& root, CallView& view) {
  Value metadata = field_of(root, "metadata");
  if (metadata.is(Kind::null)) return {};
  if (!metadata.is(Kind::object)) return wrong_type("metadata", "an object");
  Value user = field_of(metadata, "user_id");
  if (user.is(Kind::null)) return {};
  TG_TRY_VOID(check_string("metadata.user_id", user, max_attribution_bytes));
  view.user = user.string().value_or("");
  return {};
}

}  // namespace

Result<CallView> view_call(const IncomingCall& call) {
  TG_TRY(view, view_of_body(call));
  const Value& root = view.root;
  Value most = field_of(root, "max_tokens");
  if (most.is(Kind::null) && call.operation == Operation::chat) return missing_field("max_tokens");
  if (!most.is(Kind::null)) {
    TG_TRY(tokens, check_integer("max_tokens", most, 1, max_asked_tokens));
    view.max_output = tokens;
  }
  TG_TRY(messages, count_messages(field_of(root, "messages")));
  Value system = field_of(root, "system");
  std::int64_t told = 0;
  if (!system.is(Kind::null)) {
    TG_TRY(tokens, count_content("system", system, true));
    told = tokens;
  }
  TG_TRY(tools, count_tools(field_of(root, "tools"), view));
  TG_TRY_VOID(check_rest(root));
  TG_TRY_VOID(read_user(root, view));
  std::int64_t format = static_cast<std::int64_t>(field_of(root, "output_config").raw.size() + field_of(root, "output_format").raw.size());
  view.picture_bound = max_image_tokens;
  view.input_bound = Tokens{messages + told + tools + format + template_tokens};
  return view;
}

}  // namespace tollgate::anthropic_messages
