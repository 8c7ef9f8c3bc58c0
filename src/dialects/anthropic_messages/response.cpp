#include "dialects/anthropic_messages/response.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/anthropic_messages/blocks.h"
#include "dialects/anthropic_messages/errors.h"
#include "dialects/anthropic_messages/finish.h"
#include "dialects/anthropic_messages/usage.h"
#include "dialects/envelope.h"
#include "dialects/fields.h"
#include "json/scan.h"

namespace tollgate::anthropic_messages {
namespace {

constexpr std::string_view known[] = {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"};

}  // namespace

Result<ChatResponse> read_chat_response(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root || !root->is(json::Kind::object))
    return fail({.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer is not a message"});
  if (text_field(*root, "type") == "error") return fail(read_error_value(*root));
  if (!field_of(*root, "content").is(json::Kind::array))
    return fail({.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer is not a message"});
  ChatResponse response{.dialect = "anthropic_messages", .id = text_field(*root, "id"), .model = text_field(*root, "model")};
  ChatChoice choice{.stop_sequence = text_field(*root, "stop_sequence"), .native_finish = text_field(*root, "stop_reason")};
  choice.finish = read_finish(choice.native_finish);
  read_content(field_of(*root, "content"), choice.parts);
  response.choices.push_back(std::move(choice));
  UsageReader usage;
  usage.take(field_of(*root, "usage"));
  response.usage = usage.usage();
  response.service_tier = text_field(field_of(*root, "usage"), "service_tier");
  for (const json::Member& member : json::Members(*root)) {
    bool is_known = std::any_of(std::begin(known), std::end(known), [&](std::string_view name) { return member.key_is(name); });
    if (!is_known && !member.value.is(json::Kind::null)) response.extras.push_back({member.key(), std::string(member.value.raw)});
  }
  return response;
}

void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) {
  json::Writer writer(out);
  writer.begin_object().member("id", "msg_" + to_string(facts.id)).member("type", "message").member("role", "assistant");
  writer.member("model", response.model.empty() ? facts.model : std::string_view(response.model)).key("content").begin_array();
  const ChatChoice none;
  const ChatChoice& choice = response.choices.empty() ? none : response.choices.front();
  for (const Part& part : choice.parts) {
    if (const auto* thought = part.as<Reasoning>()) {
      write_thought(writer, *thought, Signatures::enveloped);
      continue;
    }
    const auto* text = part.as<Text>();
    if (text != nullptr && text->text.empty()) continue;
    if (const auto* call = part.as<ToolCall>(); call != nullptr && !call->signature.empty()) {
      write_thought(writer, carried_signature(*call), Signatures::enveloped);
    }
    write_block(writer, part);
  }
  writer.end_array().member("stop_reason", word_of(choice.finish)).key("stop_sequence");
  if (choice.stop_sequence.empty())
    writer.null();
  else
    writer.value(choice.stop_sequence);
  writer.key("usage");
  write_usage(writer, response.usage.value_or(Usage{}));
  writer.end_object();
}

}  // namespace tollgate::anthropic_messages
