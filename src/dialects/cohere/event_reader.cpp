#include "dialects/cohere/event_reader.h"

#include "base/text.h"
#include "dialects/cohere/usage.h"
#include "dialects/fields.h"
#include "dialects/openai_errors.h"
#include "json/scan.h"

namespace tollgate::cohere {
namespace {

using json::Kind;
using json::Value;
using What = BlockDelta::What;

constexpr std::int64_t blocks_max = 100'000;

Error broken(std::string_view why) {
  return {.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)};
}

}  // namespace

void ChatEventReader::fail_with(Error error, std::vector<StreamEvent>& out) {
  over_ = true;
  out.push_back(StreamFailed{std::move(error)});
}

void ChatEventReader::read(const Frame& frame, std::vector<StreamEvent>& out) {
  std::string_view data = trimmed(frame.data);
  if (over_ || data.empty() || data == "[DONE]") return;
  auto root = json::scan(data, {.refuse_duplicates = false});
  if (!root || !root->is(Kind::object)) return fail_with(broken("the provider's stream holds an event that is no JSON"), out);
  std::string type = text_field(*root, "type");
  if (type.empty()) type = frame.name;
  if (type.empty() && field_of(*root, "message").is(Kind::string)) return fail_with(openai::read_error_value(*root), out);
  if (!std::exchange(started_, true)) out.push_back(StreamStart{.id = text_field(*root, "id")});
  std::int64_t index = field_of(*root, "index").integer().value_or(0);
  Value delta = field_of(*root, "delta"), message = field_of(delta, "message");
  Value content = field_of(message, "content"), call = field_of(message, "tool_calls");
  if (type == "content-start" || type == "content-delta") {
    bool thought = text_field(content, "type") == "thinking" || field_of(content, "thinking").is(Kind::string);
    Part kind = thought ? Part{Reasoning{}} : Part{Text{}};
    grow({Sort::content, index}, std::move(kind), {.text = text_field(content, thought ? "thinking" : "text")}, out);
  } else if (type == "content-end") {
    close({Sort::content, index}, out);
  } else if (type == "tool-plan-delta") {
    grow({Sort::plan, 0}, {Text{}}, {.text = text_field(message, "tool_plan")}, out);
  } else if (type == "tool-call-start") {
    close({Sort::plan, 0}, out);
    Value function = field_of(call, "function");
    begin({Sort::call, index}, {ToolCall{.id = text_field(call, "id"), .name = text_field(function, "name")}}, out);
    grow({Sort::call, index}, {ToolCall{}}, {.what = What::arguments, .text = text_field(function, "arguments")}, out);
  } else if (type == "tool-call-delta") {
    grow({Sort::call, index}, {ToolCall{}}, {.what = What::arguments, .text = text_field(field_of(call, "function"), "arguments")}, out);
  } else if (type == "tool-call-end") {
    close({Sort::call, index}, out);
  } else if (type == "citation-start") {
    Value citation = field_of(message, "citations");
    if (last_text_ && citation.is(Kind::object)) out.push_back(BlockDelta{.block = *last_text_, .what = What::citation, .text = std::string(citation.raw)});
  } else if (type == "message-end") {
    finish(delta, out);
  }
}

void ChatEventReader::begin(Place place, Part part, std::vector<StreamEvent>& out) {
  if (open_.contains(place) || over_) return;
  if (next_ == blocks_max) return fail_with(broken("the provider's stream has too many blocks"), out);
  if (part.as<Text>() != nullptr) last_text_ = next_;
  open_[place] = next_;
  out.push_back(BlockStart{.block = next_++, .part = std::move(part)});
}

void ChatEventReader::grow(Place place, Part kind, BlockDelta delta, std::vector<StreamEvent>& out) {
  begin(place, std::move(kind), out);
  if (over_ || delta.text.empty()) return;
  delta.block = open_[place];
  out.push_back(std::move(delta));
}

void ChatEventReader::close(Place place, std::vector<StreamEvent>& out) {
  auto found = open_.find(place);
  if (found == open_.end()) return;
  out.push_back(BlockEnd{.block = found->second});
  open_.erase(found);
}

void ChatEventReader::finish(const Value& delta, std::vector<StreamEvent>& out) {
  std::string told = text_field(delta, "error"), reason = text_field(delta, "finish_reason");
  if (!told.empty() || reason == "ERROR")
    return fail_with({.fault = Fault::upstream_error, .retry = Retry::next_target, .detail = "the provider failed amid its answer"}, out);
  over_ = true;
  for (const auto& [place, number] : open_) out.push_back(BlockEnd{.block = number});
  open_.clear();
  if (auto usage = read_usage(field_of(delta, "usage"))) out.push_back(UsageSeen{*usage});
  out.push_back(ChoiceEnd{.finish = read_finish(reason), .native_finish = reason});
  out.push_back(StreamEnd{});
}

std::optional<Error> ChatEventReader::end(std::vector<StreamEvent>&) {
  if (over_) return std::nullopt;
  return Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream ended before its answer"};
}

}  // namespace tollgate::cohere
