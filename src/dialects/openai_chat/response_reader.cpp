#include "dialects/openai_chat/response_reader.h"

#include <algorithm>

#include "dialects/openai_chat/answer.h"
#include "dialects/openai_chat/finish.h"
#include "dialects/openai_chat/parts.h"
#include "json/scan.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

// Spoken answers: {"audio": {"id", "data", "transcript"}}.
void read_spoken(const Value& message, std::vector<Part>& out) {
  auto audio = json::find(message, "audio");
  if (!audio || !audio->is(Kind::object)) return;
  std::string transcript = text_of(*audio, "transcript");
  if (!transcript.empty()) out.push_back({Text{.text = std::move(transcript)}});
  out.push_back({Foreign{.dialect = "openai_chat", .json = std::string(audio->raw), .kind = "audio"}});
}

ChatChoice read_choice_of_answer(const Value& value) {
  ChatChoice choice;
  if (auto index = json::find(value, "index")) choice.index = index->integer().value_or(0);
  choice.native_finish = text_of(value, "finish_reason");
  choice.finish = read_finish(choice.native_finish);
  if (auto logprobs = json::find(value, "logprobs"); logprobs && !logprobs->is(Kind::null)) choice.logprobs = logprobs->raw;
  if (auto message = json::find(value, "message")) {
    choice.parts = read_message_parts(*message);
    read_spoken(*message, choice.parts);
  } else if (std::string text = text_of(value, "text"); !text.empty()) {
    choice.parts.push_back({Text{.text = std::move(text)}});
  }
  bool calls = std::any_of(choice.parts.begin(), choice.parts.end(), [](const Part& part) { return part.as<ToolCall>() != nullptr; });
  if (calls && (choice.finish == FinishReason::stop || choice.finish == FinishReason::none)) choice.finish = FinishReason::tool_calls;
  return choice;
}

constexpr std::string_view known[] = {"id", "object", "created", "model", "choices", "usage", "service_tier"};

}  // namespace

Result<ChatResponse> read_chat_response(std::string_view body) {
  TG_TRY(answer, read_answer(Endpoint::chat, body));
  auto root = json::scan(answer.body, {.refuse_duplicates = false});
  ChatResponse response{.dialect = "openai_chat",
                        .id = text_of(*root, "id"),
                        .model = text_of(*root, "model"),
                        .usage = answer.usage,
                        .service_tier = text_of(*root, "service_tier")};
  if (auto created = json::find(*root, "created")) response.created = created->integer().value_or(0);
  for (const Value& choice : json::Elements(json::find(*root, "choices").value_or(Value{})))
    response.choices.push_back(read_choice_of_answer(choice));
  for (const json::Member& member : json::Members(*root)) {
    bool is_known = std::any_of(std::begin(known), std::end(known), [&](std::string_view name) { return member.key_is(name); });
    if (!is_known && !member.value.is(Kind::null)) response.extras.push_back({member.key(), std::string(member.value.raw)});
  }
  return response;
}

}  // namespace tollgate::openai_chat
