#include "mock/question.h"

#include "json/unicode.h"
#include "mock/text_pieces.h"

namespace tollgate::mock {
namespace {

using json::Kind;
using json::Value;

// The string itself, or the first text of an array of parts or prompts.
Value first_text(const Value& content) {
  if (content.is(Kind::string)) return content;
  for (const Value& part : json::Elements(content)) {
    if (part.is(Kind::string)) return part;
    auto text = json::find(part, "text");
    if (text && text->is(Kind::string)) return *text;
  }
  return {};
}

void read_last_message(Question& question) {
  Value last{}, last_of_caller{};
  for (const Value& message : json::Elements(question.request.messages)) {
    auto role = json::find(message, "role");
    last = message;
    if (role && role->plain_string() == "user") last_of_caller = message;
    question.after_tool = role && role->plain_string() == "tool";
  }
  auto content = json::find(question.after_tool ? last : last_of_caller, "content");
  if (content) question.last_said = first_text(*content);
}

void read_extras(Question& question) {
  for (const json::Member& member : json::Members(question.request.root)) {
    if (member.key_is("tool_choice")) question.tool_choice = member.value;
    if (member.key_is("response_format")) question.response_format = member.value;
    if (member.key_is("encoding_format")) question.base64 = member.value.plain_string() == "base64";
    if (member.key_is("dimensions")) question.dimensions = member.value.integer();
  }
}

}  // namespace

std::optional<Endpoint> endpoint_of(std::string_view path) {
  for (Endpoint endpoint : {Endpoint::chat, Endpoint::completions, Endpoint::embeddings})
    if (path == openai_chat::path_of(endpoint)) return endpoint;
  return std::nullopt;
}

Result<Question> read_question(Endpoint endpoint, std::string_view body) {
  TG_TRY(request, openai_chat::read_request(endpoint, body));
  Question question{.endpoint = endpoint, .request = std::move(request)};
  read_extras(question);
  if (endpoint == Endpoint::chat)
    read_last_message(question);
  else
    question.last_said =
        first_text(endpoint == Endpoint::completions ? question.request.prompt : question.request.input);
  return question;
}

void append_text(std::string& out, const Value& string, std::size_t bytes_max) {
  if (!string.is(Kind::string)) return;
  std::size_t before = out.size();
  json::DecodedBytes bytes(string.raw.substr(1, string.raw.size() - 2));
  int byte = bytes.next();
  for (; byte >= 0 && out.size() - before < bytes_max; byte = bytes.next()) out += static_cast<char>(byte);
  if (byte >= 0) out.resize(before + whole_characters(std::string_view(out).substr(before), bytes_max));
}

}  // namespace tollgate::mock
