#include "dialects/cohere/response.h"

#include "dialects/cohere/message.h"
#include "dialects/cohere/usage.h"
#include "dialects/fields.h"
#include "dialects/openai_errors.h"
#include "json/scan.h"

namespace tollgate::cohere {
namespace {

using json::Kind;
using json::Value;

std::unexpected<Error> broken(std::string_view why) {
  return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)});
}

}  // namespace

Result<Value> scan_answer(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root || !root->is(Kind::object)) return broken("the provider's answer is no JSON object");
  // A refusal in a 200: {"id", "message": "…"}.
  if (field_of(*root, "message").is(Kind::string)) return fail(openai::read_error_value(*root));
  return *root;
}

Result<ChatResponse> read_chat_response(std::string_view body) {
  TG_TRY(root, scan_answer(body));
  Value message = field_of(root, "message");
  if (!message.is(Kind::object)) return broken("the provider's answer has no message");
  ChatResponse response{.dialect = "cohere", .id = text_field(root, "id"), .usage = read_usage(field_of(root, "usage"))};
  ChatChoice choice;
  read_message(message, choice.parts);
  choice.native_finish = text_field(root, "finish_reason");
  choice.finish = read_finish(choice.native_finish);
  response.choices.push_back(std::move(choice));
  return response;
}

void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) {
  const ChatChoice none;
  const ChatChoice& choice = response.choices.empty() ? none : response.choices.front();
  json::Writer writer(out);
  writer.begin_object().member("id", to_string(facts.id)).member("finish_reason", word_of(choice.finish));
  writer.key("message").begin_object().member("role", "assistant");
  write_message(writer, choice.parts, true);
  writer.end_object();
  if (response.usage) {
    writer.key("usage");
    write_usage(writer, *response.usage);
  }
  writer.end_object();
}

}  // namespace tollgate::cohere
