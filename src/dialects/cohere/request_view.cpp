#include "dialects/cohere/request_view.h"

#include <fmt/format.h>

#include "dialects/body_view.h"
#include "dialects/fields.h"

namespace tollgate::cohere {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t template_tokens = 4'000;  // the template that tools bring: recorded answers count up to 1,600 beyond the text
constexpr std::int64_t tokens_of_message = 8;
constexpr std::int64_t max_image_tokens = 4'000;  // command-a-vision: tiles of 512 pixels, 256 tokens each, at most 13 (docs.cohere.com)

Result<std::int64_t> count_content(const std::string& field, const Value& content) {
  if (content.is(Kind::null)) return 0;
  if (content.is(Kind::string)) return static_cast<std::int64_t>(content.raw.size());
  if (!content.is(Kind::array)) return wrong_type(field, "a string or an array");
  std::int64_t total = 0;
  std::size_t index = 0;
  for (const Value& part : json::Elements(content)) {
    std::string place = fmt::format("{}[{}]", field, index++);
    if (!part.is(Kind::object)) return wrong_type(place, "an object");
    if (!field_of(part, "type").is(Kind::string)) return wrong_type(place + ".type", "a string");
    std::string type = text_field(part, "type");
    if (type == "text" && !field_of(part, "text").is(Kind::string)) return wrong_type(place + ".text", "a string");
    if (type == "image_url" && !field_of(part, "image_url").is(Kind::object)) return wrong_type(place + ".image_url", "an object");
    total += type == "image_url" ? max_image_tokens : static_cast<std::int64_t>(part.raw.size());
  }
  return total;
}

Result<void> check_calls(const std::string& field, const Value& calls) {
  if (!calls.is(Kind::null) && !calls.is(Kind::array)) return wrong_type(field, "an array");
  std::size_t index = 0;
  for (const Value& call : json::Elements(calls)) {
    std::string place = fmt::format("{}[{}]", field, index++);
    if (!field_of(call, "id").is(Kind::string)) return wrong_type(place + ".id", "a string");
    if (!field_of(field_of(call, "function"), "name").is(Kind::string)) return wrong_type(place + ".function.name", "a string");
  }
  return {};
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
    if (role != "user" && role != "assistant" && role != "system" && role != "tool")
      return bad_field(field + ".role", "invalid_value", fmt::format("'{}.role' must be user, assistant, system or tool", field));
    if (role == "tool" && !field_of(message, "tool_call_id").is(Kind::string)) return wrong_type(field + ".tool_call_id", "a string");
    Value content = field_of(message, "content");
    TG_TRY(tokens, count_content(field + ".content", content));
    TG_TRY_VOID(check_calls(field + ".tool_calls", field_of(message, "tool_calls")));
    total += tokens + static_cast<std::int64_t>(message.raw.size() - content.raw.size()) + tokens_of_message;
  }
  if (index == 0) return bad_field("messages", "empty_array", "'messages' is empty");
  return total;
}

Result<std::int64_t> count_list(std::string_view field, const Value& list, bool only_texts) {
  if (list.is(Kind::null)) return missing_field(field);
  if (!list.is(Kind::array)) return wrong_type(field, "an array");
  std::size_t index = 0;
  for (const Value& one : json::Elements(list)) {
    bool sound = one.is(Kind::string) || (!only_texts && one.is(Kind::object));
    if (!sound) return wrong_type(fmt::format("{}[{}]", field, index), only_texts ? "a string" : "a string or an object");
    ++index;
  }
  if (index == 0) return bad_field(field, "empty_array", fmt::format("'{}' is empty", field));
  return static_cast<std::int64_t>(list.raw.size());
}

Result<std::int64_t> count_embedding(const Value& root) {
  if (Value type = field_of(root, "input_type"); !type.is(Kind::null)) TG_TRY_VOID(check_string("input_type", type, 64));
  Value texts = field_of(root, "texts");
  if (!texts.is(Kind::null)) return count_list("texts", texts, true);
  for (std::string_view other : {"inputs", "images"}) {
    Value list = field_of(root, other);
    if (list.is(Kind::null)) continue;
    TG_TRY(bytes, count_list(other, list, other == "images"));
    std::int64_t pictures = std::distance(json::Elements(list).begin(), json::Elements::Iterator{});
    return bytes + pictures * max_image_tokens;
  }
  return missing_field("texts");
}

Result<std::int64_t> count_rerank(const Value& root) {
  Value query = field_of(root, "query");
  if (query.is(Kind::null)) return missing_field("query");
  TG_TRY_VOID(check_string("query", query, 1 << 20));
  if (Value most = field_of(root, "top_n"); !most.is(Kind::null)) {
    TG_TRY(number, check_integer("top_n", most, 1, max_asked_tokens));
    static_cast<void>(number);
  }
  return count_list("documents", field_of(root, "documents"), false);
}

Result<void> check_chat(const Value& root, CallView& view) {
  if (Value most = field_of(root, "max_tokens"); !most.is(Kind::null)) {
    TG_TRY(tokens, check_integer("max_tokens", most, 1, max_asked_tokens));
    view.max_output = tokens;
  }
  for (std::string_view name : {"temperature", "p", "presence_penalty", "frequency_penalty"})
    if (Value value = field_of(root, name); !value.is(Kind::null)) TG_TRY_VOID(check_number(name, value));
  Value tools = field_of(root, "tools");
  if (!tools.is(Kind::null) && !tools.is(Kind::array)) return wrong_type("tools", "an array");
  std::size_t index = 0;
  for (const Value& tool : json::Elements(tools)) {
    std::string field = fmt::format("tools[{}].function", index++);
    if (!field_of(tool, "function").is(Kind::object)) return wrong_type(field, "an object");
    if (!field_of(field_of(tool, "function"), "name").is(Kind::string)) return wrong_type(field + ".name", "a string");
  }
  view.has_tools = index > 0;
  for (std::string_view name : {"response_format", "thinking", "citation_options"})
    if (Value value = field_of(root, name); !value.is(Kind::null) && !value.is(Kind::object)) return wrong_type(name, "an object");
  Value stops = field_of(root, "stop_sequences");
  if (!stops.is(Kind::null) && !stops.is(Kind::array)) return wrong_type("stop_sequences", "an array");
  return {};
}

Result<std::int64_t> count_input(const IncomingCall& call, const Value& root) {
  if (call.operation == Operation::embeddings) return count_embedding(root);
  return call.operation == Operation::rerank ? count_rerank(root) : count_messages(field_of(root, "messages"));
}

}  // namespace

Result<CallView> view_call(const IncomingCall& call) {
  TG_TRY(view, view_of_body(call));
  const Value& root = view.root;
  TG_TRY(input, count_input(call, root));
  if (call.operation == Operation::chat) TG_TRY_VOID(check_chat(root, view));
  std::size_t beside = field_of(root, "tools").raw.size() + field_of(root, "documents").raw.size() + field_of(root, "response_format").raw.size();
  view.picture_bound = max_image_tokens;
  view.input_bound = Tokens{input + static_cast<std::int64_t>(beside) + template_tokens};
  return view;
}

}  // namespace tollgate::cohere
