#include "dialects/openai_chat/response_writer.h"

#include "dialects/openai_chat/finish.h"
#include "dialects/openai_chat/message_writer.h"
#include "dialects/openai_chat/reasoning_details.h"
#include "dialects/openai_chat/usage_writer.h"

namespace tollgate::openai_chat {
namespace {

std::string visible_text(const ChatChoice& choice) {
  std::string text;
  for (const Part& part : choice.parts)
    if (const auto* piece = part.as<Text>()) text += piece->text;
  return text;
}

bool is_opaque(const Reasoning& thought) { return !thought.signature.empty() || !thought.redacted.empty(); }

void write_thoughts(json::Writer& out, const ChatChoice& choice) {
  std::string text;
  bool opaque = false;
  for (const Part& part : choice.parts)
    if (const auto* thought = part.as<Reasoning>()) {
      text += thought->text;
      opaque |= is_opaque(*thought);
    }
  if (!text.empty()) out.member("reasoning_content", text);
  if (!opaque) return;
  out.key("reasoning_details").begin_array();
  for (const Part& part : choice.parts)
    if (const auto* thought = part.as<Reasoning>()) write_reasoning_detail(out, *thought);
  out.end_array();
}

void write_calls(json::Writer& out, const ChatChoice& choice) {
  bool begun = false;
  for (const Part& part : choice.parts) {
    const auto* call = part.as<ToolCall>();
    if (call == nullptr) continue;
    if (!begun) out.key("tool_calls").begin_array();
    begun = true;
    write_tool_call(out, *call, true);
  }
  if (begun) out.end_array();
}

void write_message(json::Writer& out, const ChatChoice& choice) {
  std::string text = visible_text(choice), refusal;
  bool calls = false;
  for (const Part& part : choice.parts) {
    if (const auto* said = part.as<Refusal>()) refusal += said->text;
    calls |= part.as<ToolCall>() != nullptr;
  }
  out.begin_object().member("role", "assistant").key("content");
  bool nothing_said = text.empty() && (calls || !refusal.empty());
  if (nothing_said)
    out.null();
  else
    out.value(text);
  out.key("refusal");
  if (refusal.empty())
    out.null();
  else
    out.value(refusal);
  write_thoughts(out, choice);
  write_calls(out, choice);
  out.end_object();
}

void write_choice(json::Writer& out, const ChatChoice& choice, bool completions) {
  out.begin_object().member("index", choice.index);
  if (completions) {
    out.member("text", visible_text(choice));
  } else {
    out.key("message");
    write_message(out, choice);
  }
  out.key("logprobs");
  if (choice.logprobs.empty())
    out.null();
  else
    out.raw(choice.logprobs);
  out.member("finish_reason", word_of(choice.finish)).end_object();
}

}  // namespace

void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) {
  bool completions = facts.request != nullptr && facts.request->completions;
  json::Writer writer(out);
  writer.begin_object().member("id", (completions ? "cmpl-" : "chatcmpl-") + to_string(facts.id));
  writer.member("object", completions ? "text_completion" : "chat.completion");
  writer.member("created", response.created != 0 ? response.created : facts.now);
  writer.member("model", response.model.empty() ? facts.model : std::string_view(response.model));
  writer.key("choices").begin_array();
  for (const ChatChoice& choice : response.choices) write_choice(writer, choice, completions);
  writer.end_array();
  if (response.usage) {
    writer.key("usage");
    write_usage(writer, *response.usage);
  }
  writer.end_object();
}

}  // namespace tollgate::openai_chat
