#include "dialects/openai_chat/event_reader.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/openai_errors.h"
#include "dialects/openai_chat/finish.h"
#include "dialects/openai_chat/parts.h"
#include "dialects/openai_chat/reasoning_details.h"
#include "dialects/openai_chat/usage.h"
#include "json/scan.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

constexpr std::size_t choices_max = 128;
constexpr std::size_t calls_max = 1024;

Error broken(std::string_view why) {
  return {.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)};
}

}  // namespace

void ChatEventReader::fail_with(Error error, std::vector<StreamEvent>& out) {
  over_ = true;
  out.push_back(StreamFailed{std::move(error)});
}

void ChatEventReader::read(const Frame& frame, std::vector<StreamEvent>& out) {
  if (over_) return;
  if (!frame.error_field.empty()) return fail_with(openai::read_error_text(frame.error_field), out);
  std::string_view data = trimmed(frame.data);
  if (data.empty()) return;
  if (data == "[DONE]") {
    for (auto& [number, choice] : choices_)
      if (!choice.finished) finish(number, choice, "", out);
    over_ = true;
    return out.push_back(StreamEnd{});
  }
  auto root = json::scan(data, {.refuse_duplicates = false});
  if (!root) {
    bool error = frame.name == "error";
    return fail_with(error ? openai::read_error_text(data) : broken("the provider's stream holds an event that is no JSON"), out);
  }
  if (auto error = openai::find_error(*root)) return fail_with(openai::read_error_value(*error), out);
  if (frame.name == "error") return fail_with(openai::read_error_value(*root), out);
  read_chunk(*root, out);
}

void ChatEventReader::read_chunk(const Value& root, std::vector<StreamEvent>& out) {
  if (!started_) {
    auto created = json::find(root, "created");
    std::string id = text_of(root, "id");
    auto choices = json::find(root, "choices");
    bool only_filters = id.empty() && (!choices || json::Elements(*choices).begin() == json::Elements(*choices).end());
    if (only_filters) return;  // Azure's first chunk (wire-quirks 5)
    started_ = true;
    out.push_back(StreamStart{std::move(id), text_of(root, "model"), created ? created->integer().value_or(0) : 0});
  }
  for (const Value& choice : json::Elements(json::find(root, "choices").value_or(Value{}))) {
    if (over_) return;
    read_choice(choice, out);
  }
  auto usage = find_usage(root);
  if (!usage || over_) return;
  auto reading = read_usage(*usage);
  if (!reading.usage) return;
  reading.usage->beside.tier = service_named(text_of(root, "service_tier"));
  out.push_back(UsageSeen{*reading.usage});
}

void ChatEventReader::read_choice(const Value& value, std::vector<StreamEvent>& out) {
  if (auto error = json::find(value, "error"); error && error->is(Kind::object)) return fail_with(openai::read_error_value(*error), out);
  auto index = json::find(value, "index");
  std::int64_t number = index ? index->integer().value_or(0) : 0;
  if (!choices_.contains(number) && choices_.size() == choices_max) return fail_with(broken("the provider's stream has too many choices"), out);
  Choice& choice = choices_[number];
  if (choice.finished) return;
  std::string logprobs;
  if (auto told = json::find_path(value, {"logprobs", "content"}); told && told->is(Kind::array)) logprobs = told->raw;
  std::size_t before = out.size();
  if (auto delta = json::find(value, "delta"); delta && delta->is(Kind::object))
    read_delta(number, choice, *delta, out);
  else if (std::string text = text_of(value, "text"); !text.empty())
    grow(number, choice, choice.text, {Text{}}, std::move(text), out);
  if (!logprobs.empty())
    for (std::size_t i = before; i < out.size(); ++i)
      if (auto* grown = std::get_if<BlockDelta>(&out[i]); grown != nullptr && grown->what == BlockDelta::What::text) {
        grown->logprobs = std::move(logprobs);
        break;
      }
  std::string finished = text_of(value, "finish_reason");
  if (finished == "error" && !over_) return fail_with(broken("the provider's answer failed"), out);
  if (!finished.empty() && !over_) finish(number, choice, std::move(finished), out);
}

void ChatEventReader::read_delta(std::int64_t number, Choice& choice, const Value& delta, std::vector<StreamEvent>& out) {
  read_thoughts(number, choice, delta, out);
  auto content = json::find(delta, "content");
  if (content && content->is(Kind::string)) grow(number, choice, choice.text, {Text{}}, content->string().value_or(""), out);
  // Mistral and Databricks stream parts (wire-quirks 27).
  std::vector<Part> parts;
  if (content && content->is(Kind::array)) read_content(*content, parts);
  for (Part& part : parts) {
    if (auto* text = part.as<Text>()) grow(number, choice, choice.text, {Text{}}, std::move(text->text), out);
    if (auto* thought = part.as<Reasoning>()) grow(number, choice, choice.thought, {Reasoning{}}, std::move(thought->text), out);
  }
  grow(number, choice, choice.refusal, {Refusal{}}, text_of(delta, "refusal"), out);
  if (auto audio = json::find(delta, "audio")) grow(number, choice, choice.text, {Text{}}, text_of(*audio, "transcript"), out);
  std::int64_t position = 0;
  for (const Value& call : json::Elements(json::find(delta, "tool_calls").value_or(Value{})))
    read_call(number, choice, call, position++, out);
  auto old = json::find(delta, "function_call");
  if (!old || !old->is(Kind::object)) return;
  std::string as_new = R"({"function":)" + std::string(old->raw) + "}";
  if (auto call = json::scan(as_new)) read_call(number, choice, *call, 0, out);
}

// A signed detail ends its thought; the text goes on in the same block until then.
void ChatEventReader::read_thoughts(std::int64_t number, Choice& choice, const Value& delta, std::vector<StreamEvent>& out) {
  auto details = json::find(delta, "reasoning_details");
  std::vector<Reasoning> thoughts = details ? read_reasoning_details(*details) : std::vector<Reasoning>();
  for (Reasoning& thought : thoughts) {
    std::string signature = thought.signature, redacted = thought.redacted, text = thought.text;
    Reasoning kind{.summary = thought.summary, .id = thought.id, .origin = thought.origin};
    bool another = !redacted.empty() && choice.thought;
    if (another) choice.thought.reset();
    grow(number, choice, choice.thought, {kind}, std::move(text), out);
    if (signature.empty() && redacted.empty()) continue;
    if (!choice.thought) choice.thought = begin(number, choice, {std::move(kind)}, out);
    auto what = signature.empty() ? BlockDelta::What::redacted : BlockDelta::What::signature;
    out.push_back(BlockDelta{.choice = number, .block = *choice.thought, .what = what, .text = signature.empty() ? redacted : signature});
    choice.thought.reset();
  }
  if (!thoughts.empty()) return;
  for (std::string_view key : {"reasoning_content", "reasoning"}) {
    std::string text = text_of(delta, key);
    if (!text.empty()) return grow(number, choice, choice.thought, {Reasoning{}}, std::move(text), out);
  }
}

void ChatEventReader::read_call(std::int64_t number, Choice& choice, const Value& call, std::int64_t position, std::vector<StreamEvent>& out) {
  std::string id = text_of(call, "id");
  auto told = json::find(call, "index");
  std::int64_t index = told ? told->integer().value_or(position) : position;
  auto function = json::find(call, "function");
  std::string name = function ? text_of(*function, "name") : std::string();
  auto known = choice.calls.find(index);
  bool same = known != choice.calls.end() && (id.empty() || known->second.id.empty() || known->second.id == id);
  if (!told && !id.empty() && !same) {  // no index: a new id is a new call
    index = choice.calls.empty() ? 0 : choice.calls.rbegin()->first + 1;
    for (const auto& [at, other] : choice.calls)
      if (other.id == id) index = at;
    same = choice.calls.contains(index);
  }
  if (!same) {
    if (choice.blocks >= static_cast<std::int64_t>(calls_max)) return fail_with(broken("the provider's stream has too many tool calls"), out);
    ToolCall begun{.id = id, .name = name};
    if (auto signature = json::find_path(call, {"extra_content", "google", "thought_signature"}))
      begun.signature = signature->string().value_or("");
    choice.called = true;
    choice.calls[index] = {begin(number, choice, {std::move(begun)}, out), id};
  }
  if (!function) return;
  auto arguments = json::find(*function, "arguments");
  if (!arguments) return;
  std::string text = arguments->is(Kind::object) ? std::string(arguments->raw) : arguments->string().value_or("");
  if (text.empty()) return;
  out.push_back(BlockDelta{.choice = number, .block = choice.calls[index].block, .what = BlockDelta::What::arguments, .text = std::move(text)});
}

std::int64_t ChatEventReader::begin(std::int64_t number, Choice& choice, Part part, std::vector<StreamEvent>& out) {
  std::int64_t block = choice.blocks++;
  choice.open.push_back(block);
  out.push_back(BlockStart{.choice = number, .block = block, .part = std::move(part)});
  return block;
}

void ChatEventReader::grow(std::int64_t number, Choice& choice, std::optional<std::int64_t>& block, Part kind, std::string text,
                           std::vector<StreamEvent>& out) {
  if (text.empty()) return;
  if (!block) block = begin(number, choice, std::move(kind), out);
  out.push_back(BlockDelta{.choice = number, .block = *block, .what = BlockDelta::What::text, .text = std::move(text)});
}

void ChatEventReader::finish(std::int64_t number, Choice& choice, std::string native, std::vector<StreamEvent>& out) {
  for (std::int64_t block : choice.open) out.push_back(BlockEnd{.choice = number, .block = block});
  choice.open.clear();
  choice.finished = true;
  FinishReason reason = read_finish(native);
  if (choice.called && (reason == FinishReason::stop || reason == FinishReason::none)) reason = FinishReason::tool_calls;
  out.push_back(ChoiceEnd{.choice = number, .finish = reason, .native_finish = std::move(native)});
}

std::optional<Error> ChatEventReader::end(std::vector<StreamEvent>& out) {
  if (over_) return std::nullopt;
  bool whole = !choices_.empty() && std::all_of(choices_.begin(), choices_.end(), [](const auto& entry) { return entry.second.finished; });
  if (!whole)
    return Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream ended before its answer"};
  over_ = true;
  out.push_back(StreamEnd{});
  return std::nullopt;
}

}  // namespace tollgate::openai_chat
