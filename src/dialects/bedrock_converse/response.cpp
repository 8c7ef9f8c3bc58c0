#include "dialects/bedrock_converse/response.h"

#include "dialects/bedrock_converse/blocks.h"
#include "dialects/bedrock_converse/usage.h"
#include "dialects/fields.h"
#include "json/scan.h"

namespace tollgate::bedrock_converse {

using json::Kind;
using json::Value;

Result<ChatResponse> read_chat_response(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  Value message = root ? field_of(field_of(*root, "output"), "message") : Value{};
  if (!message.is(Kind::object))
    return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer has no message"});
  ChatResponse response{.dialect = "bedrock_converse", .usage = read_usage(field_of(*root, "usage"))};
  response.service_tier = text_field(field_of(*root, "serviceTier"), "type");
  if (response.usage) response.usage->beside.tier = service_named(response.service_tier);
  ChatChoice choice;
  read_blocks(field_of(message, "content"), choice.parts);
  choice.native_finish = text_field(*root, "stopReason");
  choice.finish = read_finish(choice.native_finish);
  response.choices.push_back(std::move(choice));
  return response;
}

void write_chat_response(const ChatResponse& response, std::string& out) {
  const ChatChoice none;
  const ChatChoice& choice = response.choices.empty() ? none : response.choices.front();
  json::Writer writer(out);
  writer.begin_object().key("output").begin_object().key("message").begin_object().member("role", "assistant").key("content").begin_array();
  for (const Part& part : choice.parts) write_block(writer, part, true);
  writer.end_array().end_object().end_object().member("stopReason", word_of(choice.finish)).key("usage");
  write_usage(writer, response.usage.value_or(Usage{}));
  writer.key("metrics").begin_object().member("latencyMs", 0).end_object().end_object();
}

}  // namespace tollgate::bedrock_converse
