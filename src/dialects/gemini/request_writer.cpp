#include "dialects/gemini/request_writer.h"

#include <map>
#include <optional>

#include "dialects/gemini/config_writer.h"
#include "dialects/gemini/fields.h"
#include "dialects/gemini/part_writer.h"
#include "dialects/gemini/request_view.h"

namespace tollgate::gemini {
namespace {

using json::Writer;

bool is_system(const Message& message) { return message.role == Role::system || message.role == Role::developer; }

std::string_view role_of(const Message& message) { return message.role == Role::assistant ? "model" : "user"; }

using Names = std::map<std::string, std::string, std::less<>>;

Names names_by_call(const ChatRequest& request) {
  Names names;
  for (const Message& message : request.messages)
    for (const Part& part : message.parts)
      if (const auto* call = part.as<ToolCall>(); call && !call->id.empty()) names[call->id] = call->name;
  return names;
}

// Collects the parts of one side's turns, and writes them as one content when the other side speaks.
class Turns {
 public:
  Turns(Writer& writer, const PartWays& ways, Dropped& dropped) : writer_(writer), ways_(ways), dropped_(dropped) {}

  void add(const Message& message) {
    if (list_ && role_of(message) != role_) flush();
    role_ = role_of(message);
    if (!list_) list_.emplace(text_).begin_array();
    write_parts(*list_, message.parts, ways_, dropped_);
  }
  // False when nothing was written at all.
  bool finish() {
    if (list_) flush();
    return written_;
  }

 private:
  void flush() {
    list_->end_array();
    if (text_ != "[]") {
      writer_.begin_object().member("role", role_).key("parts").raw(text_).end_object();
      written_ = true;
    }
    list_.reset();
    text_.clear();
  }

  Writer& writer_;
  const PartWays& ways_;
  Dropped& dropped_;
  std::string_view role_{};
  std::string text_;           // the list of parts so far
  std::optional<Writer> list_;  // writes it; empty: no turn is begun
  bool written_ = false;
};

void write_system(Writer& writer, const ChatRequest& request, const PartWays& ways, Dropped& dropped) {
  std::string text;
  Writer list(text);
  list.begin_array();
  for (const Message& message : request.messages)
    if (is_system(message)) write_parts(list, message.parts, ways, dropped);
  list.end_array();
  if (text != "[]") writer.key("systemInstruction").begin_object().key("parts").raw(text).end_object();
}

void note_unsayable(const ChatRequest& request, Dropped& dropped) {
  if (request.parallel_tool_calls) dropped.add("parallel_tool_calls");
  if (!request.logit_bias.empty()) dropped.add("logit_bias");
  if (!request.user.empty()) dropped.add("user");
  if (!request.metadata.empty()) dropped.add("metadata");
  if (!request.service_tier.empty()) dropped.add("service_tier");
  if (!request.verbosity.empty()) dropped.add("verbosity");
  if (!request.prompt_cache_key.empty()) dropped.add("prompt_cache_key");
  if (!request.audio.empty()) dropped.add("audio");
  if (request.store == true) dropped.add("store");
  if (!request.previous_response_id.empty()) dropped.add("previous_response_id");
  for (const Message& message : request.messages)
    if (!message.name.empty()) dropped.add("name");
}

}  // namespace

std::string path_of(std::string_view model, std::string_view method) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string path = "/models/";
  for (char c : bare_model(model)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                 c == '.' || c == '~' || c == '@';
    if (plain) {
      path += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    path += {'%', digits[byte >> 4], digits[byte & 15u]};
  }
  path += ':';
  return path += method;
}

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways) {
  WrittenRequest out;
  out.path = path_of(ways.model, request.stream ? "streamGenerateContent?alt=sse" : "generateContent");
  Dropped dropped;
  Names names = names_by_call(request);
  PartWays parts{.family = ways.family,
                 .own_dialect = request.dialect == "gemini",
                 .media_in_results = thinking_of(ways.model) == Thinking::level,
                 .names_by_call = &names};
  PartWays system = parts;
  system.text_only = true;
  Writer writer(out.body);
  writer.begin_object();
  write_system(writer, request, system, dropped);
  writer.key("contents").begin_array();
  Turns turns(writer, parts, dropped);
  for (const Message& message : request.messages)
    if (!is_system(message)) turns.add(message);
  if (!turns.finish()) return bad_field("contents", "nothing is left to ask: the target cannot read any of the messages");
  writer.end_array();
  write_tools(writer, request, dropped);
  write_tool_config(writer, request);
  write_generation_config(writer, request, ways.model, dropped);
  write_top_extras(writer, request, dropped);
  note_unsayable(request, dropped);
  writer.end_object();
  out.dropped = dropped.take();
  return out;
}

}  // namespace tollgate::gemini
