#include "dialects/ollama/request_view.h"

#include <fmt/format.h>

#include "dialects/body_view.h"
#include "dialects/fields.h"

namespace tollgate::ollama {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t template_tokens = 600;    // roles, and what tools bring along
constexpr std::int64_t tokens_of_message = 8;
constexpr std::int64_t max_image_tokens = 8'000;  // vision models at hand take up to some 7,000 (tiles of 560 pixels)

Result<std::int64_t> count_images(const std::string& field, const Value& images) {
  if (images.is(Kind::null)) return 0;
  if (!images.is(Kind::array)) return wrong_type(field, "an array");
  std::int64_t count = 0;
  for (const Value& image : json::Elements(images)) {
    if (!image.is(Kind::string)) return wrong_type(fmt::format("{}[{}]", field, count), "a string");
    ++count;
  }
  return count * max_image_tokens;
}

Result<void> check_calls(const std::string& field, const Value& calls) {
  if (calls.is(Kind::null)) return {};
  if (!calls.is(Kind::array)) return wrong_type(field, "an array");
  std::size_t index = 0;
  for (const Value& call : json::Elements(calls)) {
    Value function = field_of(call, "function");
    std::string place = fmt::format("{}[{}].function", field, index++);
    if (!function.is(Kind::object)) return wrong_type(place, "an object");
    if (!field_of(function, "name").is(Kind::string)) return wrong_type(place + ".name", "a string");
    Value arguments = field_of(function, "arguments");
    if (!arguments.is(Kind::null) && !arguments.is(Kind::object)) return wrong_type(place + ".arguments", "an object");
  }
  return {};
}

Result<std::int64_t> count_message(const std::string& field, const Value& message) {
  if (!message.is(Kind::object)) return wrong_type(field, "an object");
  std::string role = text_field(message, "role");
  if (role != "user" && role != "assistant" && role != "system" && role != "tool")
    return bad_field(field + ".role", "invalid_value", fmt::format("'{}.role' must be user, assistant, system or tool", field));
  Value content = field_of(message, "content");
  if (!content.is(Kind::null) && !content.is(Kind::string)) return wrong_type(field + ".content", "a string");
  TG_TRY_VOID(check_calls(field + ".tool_calls", field_of(message, "tool_calls")));
  Value images = field_of(message, "images");
  TG_TRY(shown, count_images(field + ".images", images));
  return static_cast<std::int64_t>(message.raw.size() - images.raw.size()) + shown + tokens_of_message;
}

Result<std::int64_t> count_messages(const Value& messages) {
  if (messages.is(Kind::null)) return missing_field("messages");
  if (!messages.is(Kind::array)) return wrong_type("messages", "an array");
  std::int64_t total = 0;
  std::size_t index = 0;
  for (const Value& message : json::Elements(messages)) {
    TG_TRY(tokens, count_message(fmt::format("messages[{}]", index++), message));
    total += tokens;
  }
  if (index == 0) return bad_field("messages", "empty_array", "'messages' is empty");
  return total;
}

Result<std::int64_t> count_prompt(const Value& root) {
  Value prompt = field_of(root, "prompt");
  if (prompt.is(Kind::null)) return missing_field("prompt");
  if (!prompt.is(Kind::string)) return wrong_type("prompt", "a string");
  TG_TRY(shown, count_images("images", field_of(root, "images")));
  for (std::string_view name : {"system", "template", "suffix"})
    if (Value value = field_of(root, name); !value.is(Kind::null) && !value.is(Kind::string)) return wrong_type(name, "a string");
  auto beside = field_of(root, "system").raw.size() + field_of(root, "suffix").raw.size() + field_of(root, "context").raw.size();
  return static_cast<std::int64_t>(prompt.raw.size() + beside) + shown;
}

Result<std::int64_t> count_texts(const Value& input) {
  if (input.is(Kind::null)) return missing_field("input");
  if (input.is(Kind::string)) return static_cast<std::int64_t>(input.raw.size());
  if (!input.is(Kind::array)) return wrong_type("input", "a string or an array of strings");
  std::size_t index = 0;
  for (const Value& text : json::Elements(input)) {
    if (!text.is(Kind::string)) return wrong_type(fmt::format("input[{}]", index), "a string");
    ++index;
  }
  if (index == 0) return bad_field("input", "empty_array", "'input' is empty");
  return static_cast<std::int64_t>(input.raw.size());
}

Result<void> read_options(const Value& options, CallView& view) {
  if (options.is(Kind::null)) return {};
  if (!options.is(Kind::object)) return wrong_type("options", "an object");
  for (std::string_view name : {"temperature", "top_p", "presence_penalty", "frequency_penalty"})
    if (Value value = field_of(options, name); !value.is(Kind::null)) TG_TRY_VOID(check_number(fmt::format("options.{}", name), value));
  Value most = field_of(options, "num_predict");
  if (most.is(Kind::null)) return {};
  TG_TRY(tokens, check_integer("options.num_predict", most, -2, max_asked_tokens));
  if (tokens > 0) view.max_output = tokens;  // -1 and -2: as long as it likes
  return {};
}

Result<void> check_rest(const Value& root, CallView& view) {
  Value tools = field_of(root, "tools");
  if (!tools.is(Kind::null) && !tools.is(Kind::array)) return wrong_type("tools", "an array");
  std::size_t index = 0;
  for (const Value& tool : json::Elements(tools)) {
    std::string field = fmt::format("tools[{}].function", index++);
    if (!field_of(tool, "function").is(Kind::object)) return wrong_type(field, "an object");
    if (!field_of(field_of(tool, "function"), "name").is(Kind::string)) return wrong_type(field + ".name", "a string");
  }
  view.has_tools = index > 0;
  Value format = field_of(root, "format");
  if (!format.is(Kind::null) && !format.is(Kind::string) && !format.is(Kind::object)) return wrong_type("format", "a string or an object");
  Value think = field_of(root, "think");
  if (!think.is(Kind::null) && !think.is(Kind::string) && !think.is(Kind::boolean)) return wrong_type("think", "true, false or a string");
  return {};
}

Result<std::int64_t> count_input(const IncomingCall& call, const Value& root) {
  if (call.operation == Operation::embeddings) return count_texts(field_of(root, "input"));
  return call.operation == Operation::completions ? count_prompt(root) : count_messages(field_of(root, "messages"));
}

}  // namespace

Result<CallView> view_call(const IncomingCall& call) {
  TG_TRY(view, view_of_body(call));
  const Value& root = view.root;
  bool answers_text = call.operation == Operation::chat || call.operation == Operation::completions;
  if (answers_text && field_of(root, "stream").is(Kind::null)) view.stream = true;
  TG_TRY(input, count_input(call, root));
  TG_TRY_VOID(read_options(field_of(root, "options"), view));
  TG_TRY_VOID(check_rest(root, view));
  auto beside = static_cast<std::int64_t>(field_of(root, "tools").raw.size() + field_of(root, "format").raw.size());
  view.picture_bound = max_image_tokens;
  view.input_bound = Tokens{input + beside + template_tokens};
  return view;
}

}  // namespace tollgate::ollama
