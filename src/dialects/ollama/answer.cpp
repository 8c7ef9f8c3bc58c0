#include "dialects/ollama/answer.h"

#include <algorithm>

#include "dialects/fields.h"
#include "dialects/ollama/message.h"
#include "dialects/openai_errors.h"
#include "json/scan.h"

namespace tollgate::ollama {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t max_sane_tokens = 1'000'000'000'000;
constexpr std::int64_t ns_per_s = 1'000'000'000;

std::optional<std::int64_t> count_of(const Value& root, std::string_view name) {
  auto number = field_of(root, name).integer();
  return number && *number >= 0 && *number <= max_sane_tokens ? number : std::nullopt;
}

}  // namespace

std::optional<Error> error_in(const Value& root) {
  auto error = openai::find_error(root);
  return error ? std::optional(openai::read_error_value(*error)) : std::nullopt;
}

void read_said(const Value& root, std::vector<Part>& out) {
  Value message = field_of(root, "message");
  if (message.is(Kind::object)) return read_message(message, out);
  std::string thought = text_field(root, "thinking"), text = text_field(root, "response");
  if (!thought.empty()) out.push_back({Reasoning{.text = std::move(thought)}});
  if (!text.empty()) out.push_back({Text{.text = std::move(text)}});
}

// A prompt that was cached has no count.
std::optional<Usage> read_usage(const Value& root) {
  auto input = count_of(root, "prompt_eval_count"), output = count_of(root, "eval_count");
  if (!input && !output) return std::nullopt;
  return Usage{.input = {input.value_or(0)}, .output = {output.value_or(0)}};
}

FinishReason read_finish(std::string_view done_reason, bool called) {
  if (done_reason == "length") return FinishReason::length;
  return called ? FinishReason::tool_calls : FinishReason::stop;
}

Result<ChatResponse> read_chat_response(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root || !root->is(Kind::object))
    return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer is no JSON object"});
  if (auto error = error_in(*root)) return fail(std::move(*error));
  bool said = field_of(*root, "message").is(Kind::object) || field_of(*root, "response").is(Kind::string);
  if (!said) return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer has no message"});
  ChatResponse response{.dialect = "ollama", .model = text_field(*root, "model"), .usage = read_usage(*root)};
  ChatChoice choice;
  read_said(*root, choice.parts);
  bool called = std::any_of(choice.parts.begin(), choice.parts.end(), [](const Part& part) { return part.as<ToolCall>() != nullptr; });
  choice.native_finish = text_field(*root, "done_reason");
  choice.finish = read_finish(choice.native_finish, called);
  response.choices.push_back(std::move(choice));
  return response;
}

void write_head(json::Writer& out, std::string_view model, std::int64_t now) {
  out.member("model", model).member("created_at", rfc3339(WallTime{now * ns_per_s}));
}

void write_done(json::Writer& out, FinishReason finish, const std::optional<Usage>& usage) {
  out.member("done_reason", finish == FinishReason::length ? "length" : "stop").member("done", true);
  out.member("total_duration", 0).member("load_duration", 0);
  if (!usage) return;
  out.member("prompt_eval_count", usage->all_input().count).member("prompt_eval_duration", 0);
  out.member("eval_count", usage->all_output().count).member("eval_duration", 0);
}

void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) {
  const ChatChoice none;
  const ChatChoice& choice = response.choices.empty() ? none : response.choices.front();
  std::string text, thought;
  for (const Part& part : choice.parts) {
    if (const auto* piece = part.as<Text>()) text += piece->text;
    if (const auto* refusal = part.as<Refusal>()) text += refusal->text;
    if (const auto* piece = part.as<Reasoning>()) thought += piece->text;
  }
  json::Writer writer(out);
  writer.begin_object();
  write_head(writer, facts.model, facts.now);
  if (facts.request != nullptr && facts.request->completions) {
    writer.member("response", text);
    if (!thought.empty()) writer.member("thinking", thought);
  } else {
    writer.key("message").begin_object().member("role", "assistant").member("content", text);
    if (!thought.empty()) writer.member("thinking", thought);
    bool begun = false;
    for (const Part& part : choice.parts) {
      const auto* call = part.as<ToolCall>();
      if (call == nullptr) continue;
      if (!std::exchange(begun, true)) writer.key("tool_calls").begin_array();
      write_call(writer, *call);
    }
    if (begun) writer.end_array();
    writer.end_object();
  }
  write_done(writer, choice.finish, response.usage);
  writer.end_object();
}

}  // namespace tollgate::ollama
