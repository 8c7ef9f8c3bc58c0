#include "dialects/bedrock_converse/event_reader.h"

#include "dialects/bedrock_converse/errors.h"
#include "dialects/bedrock_converse/usage.h"
#include "dialects/envelope.h"
#include "dialects/fields.h"
#include "json/scan.h"

namespace tollgate::bedrock_converse {
namespace {

using json::Kind;
using json::Value;
using What = BlockDelta::What;

constexpr std::int64_t blocks_max = 100'000;

Error broken(std::string_view why) {
  return {.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)};
}

}  // namespace

void ConverseEventReader::fail_with(Error error, std::vector<StreamEvent>& out) {
  over_ = true;
  out.push_back(StreamFailed{std::move(error)});
}

void ConverseEventReader::read(const Frame& frame, std::vector<StreamEvent>& out) {
  if (over_) return;
  if (!frame.error_field.empty()) return fail_with(read_exception(frame.error_field, frame.data), out);
  auto root = json::scan(frame.data, {.refuse_duplicates = false});
  if (!root || !root->is(Kind::object)) return fail_with(broken("the provider's stream holds an event that is no JSON"), out);
  read_event(frame.name, *root, out);
}

void ConverseEventReader::read_event(std::string_view name, const Value& root, std::vector<StreamEvent>& out) {
  if (!std::exchange(started_, true)) out.push_back(StreamStart{});
  std::int64_t index = field_of(root, "contentBlockIndex").integer().value_or(0);
  if (name == "contentBlockStart") {
    Value use = field_of(field_of(root, "start"), "toolUse");
    if (use.is(Kind::object)) begin(index, {ToolCall{.id = text_field(use, "toolUseId"), .name = text_field(use, "name")}}, out);
  } else if (name == "contentBlockDelta") {
    grow(index, field_of(root, "delta"), out);
  } else if (name == "contentBlockStop") {
    close(index, out);
  } else if (name == "messageStop") {
    stopped_ = text_field(root, "stopReason");
  } else if (name == "metadata") {
    auto usage = read_usage(field_of(root, "usage"));
    if (usage) usage->beside.tier = service_named(text_field(field_of(root, "serviceTier"), "type"));
    if (usage) out.push_back(UsageSeen{*usage});
    if (stopped_) finish(out);
  }
}

void ConverseEventReader::begin(std::int64_t index, Part part, std::vector<StreamEvent>& out) {
  if (open_.contains(index)) return;
  if (next_ == blocks_max) return fail_with(broken("the provider's stream has too many blocks"), out);
  open_[index] = next_;
  out.push_back(BlockStart{.block = next_++, .part = std::move(part)});
}

void ConverseEventReader::grow(std::int64_t index, const Value& delta, std::vector<StreamEvent>& out) {
  auto push = [&](Part kind, What what, std::string text) {
    begin(index, std::move(kind), out);
    if (!over_ && !text.empty()) out.push_back(BlockDelta{.block = open_[index], .what = what, .text = std::move(text)});
  };
  if (Value text = field_of(delta, "text"); text.is(Kind::string)) return push({Text{}}, What::text, text.string().value_or(""));
  if (Value use = field_of(delta, "toolUse"); use.is(Kind::object)) return push({ToolCall{}}, What::arguments, text_field(use, "input"));
  if (Value citation = field_of(delta, "citation"); citation.is(Kind::object)) return push({Text{}}, What::citation, std::string(citation.raw));
  Value thought = field_of(delta, "reasoningContent");
  if (!thought.is(Kind::object)) return;
  Reasoning kind{.origin = "anthropic"};
  if (Value text = field_of(thought, "text"); text.is(Kind::string)) push({kind}, What::text, text.string().value_or(""));
  if (Value signature = field_of(thought, "signature"); signature.is(Kind::string)) push({kind}, What::signature, signature.string().value_or(""));
  if (Value redacted = field_of(thought, "redactedContent"); redacted.is(Kind::string)) push({kind}, What::redacted, redacted.string().value_or(""));
}

void ConverseEventReader::close(std::int64_t index, std::vector<StreamEvent>& out) {
  auto found = open_.find(index);
  if (found == open_.end()) return;
  out.push_back(BlockEnd{.block = found->second});
  open_.erase(found);
}

void ConverseEventReader::finish(std::vector<StreamEvent>& out) {
  over_ = true;
  for (const auto& [index, number] : open_) out.push_back(BlockEnd{.block = number});
  open_.clear();
  out.push_back(ChoiceEnd{.finish = read_finish(*stopped_), .native_finish = *stopped_});
  out.push_back(StreamEnd{});
}

// After the stop only the usage is due: without it the answer is whole all the same.
std::optional<Error> ConverseEventReader::end(std::vector<StreamEvent>& out) {
  if (over_) return std::nullopt;
  if (stopped_) {
    finish(out);
    return std::nullopt;
  }
  return Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream ended before its answer"};
}

}  // namespace tollgate::bedrock_converse
