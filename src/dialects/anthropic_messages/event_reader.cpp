#include "dialects/anthropic_messages/event_reader.h"

#include "base/text.h"
#include "dialects/anthropic_messages/blocks.h"
#include "dialects/anthropic_messages/errors.h"
#include "dialects/anthropic_messages/finish.h"
#include "dialects/envelope.h"
#include "dialects/fields.h"
#include "json/scan.h"

namespace tollgate::anthropic_messages {
namespace {

using json::Kind;
using json::Value;
using What = BlockDelta::What;

constexpr std::int64_t blocks_max = 100'000;

Error broken(std::string_view why) {
  return {.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)};
}

// What a block is when it begins: texts, arguments and signatures come in its deltas.
Part empty_kind(const Value& block, Part whole) {
  if (whole.as<Text>() != nullptr) return {Text{}};
  if (auto* call = whole.as<ToolCall>()) call->arguments = call->arguments == "{}" ? std::string() : call->arguments;
  if (whole.as<Reasoning>() != nullptr && text_field(block, "type") == "thinking") return {Reasoning{.origin = "anthropic"}};
  return whole;
}

}  // namespace

void MessageEventReader::fail_with(Error error, std::vector<StreamEvent>& out) {
  over_ = true;
  out.push_back(StreamFailed{std::move(error)});
}

void MessageEventReader::read(const Frame& frame, std::vector<StreamEvent>& out) {
  std::string_view data = trimmed(frame.data);
  if (over_ || data.empty()) return;
  auto root = json::scan(data, {.refuse_duplicates = false});
  if (!root) return fail_with(broken("the provider's stream holds an event that is no JSON"), out);
  std::string type = text_field(*root, "type");
  if (type.empty()) type = frame.name;
  if (type == "error") return fail_with(read_error_value(*root), out);
  if (type == "message_start") return read_start(*root, out);
  if (type == "content_block_start") return begin_block(*root, out);
  if (type == "content_block_delta") return grow_block(*root, out);
  if (type == "content_block_stop") return end_block(*root, out);
  if (type == "message_delta") return read_message_delta(*root, out);
  if (type != "message_stop") return;  // pings, and what comes later
  over_ = true;
  if (!finished_) out.push_back(ChoiceEnd{});
  out.push_back(StreamEnd{});
}

void MessageEventReader::read_start(const Value& root, std::vector<StreamEvent>& out) {
  if (started_) return;
  started_ = true;
  Value message = field_of(root, "message");
  out.push_back(StreamStart{.id = text_field(message, "id"), .model = text_field(message, "model")});
  usage_.take(field_of(message, "usage"));
  if (auto usage = usage_.usage()) out.push_back(UsageSeen{*usage});
}

void MessageEventReader::begin_block(const Value& root, std::vector<StreamEvent>& out) {
  std::int64_t index = field_of(root, "index").integer().value_or(next_);
  if (next_ == blocks_max || open_.contains(index)) return fail_with(broken("the provider's stream has too many blocks"), out);
  Value content = field_of(root, "content_block");
  Part whole = read_block(content);
  Block& block = open_[index];
  block.kind = empty_kind(content, whole);
  block.number = next_++;
  out.push_back(BlockStart{.block = block.number, .part = block.kind});
  const auto* thought = whole.as<Reasoning>();
  if (thought != nullptr && !thought->redacted.empty())
    out.push_back(BlockDelta{.block = block.number, .what = What::redacted, .text = thought->redacted});
  if (const auto* text = whole.as<Text>(); text != nullptr && !text->text.empty())
    out.push_back(BlockDelta{.block = block.number, .what = What::text, .text = text->text});
}

void MessageEventReader::grow_block(const Value& root, std::vector<StreamEvent>& out) {
  auto found = open_.find(field_of(root, "index").integer().value_or(-1));
  if (found == open_.end()) return;
  Block& block = found->second;
  Value delta = field_of(root, "delta");
  std::string type = text_field(delta, "type");
  auto grow = [&](What what, std::string text) {
    if (!text.empty()) out.push_back(BlockDelta{.block = block.number, .what = what, .text = std::move(text)});
  };
  if (type == "text_delta") return grow(What::text, text_field(delta, "text"));
  if (type == "thinking_delta") return grow(What::text, text_field(delta, "thinking"));
  if (type == "signature_delta") return grow(What::signature, text_field(delta, "signature"));
  if (type == "citations_delta") return grow(What::citation, raw_field(delta, "citation"));
  if (type == "input_json_delta") return grow(What::arguments, text_field(delta, "partial_json"));
}

void MessageEventReader::end_block(const Value& root, std::vector<StreamEvent>& out) {
  auto found = open_.find(field_of(root, "index").integer().value_or(-1));
  if (found == open_.end()) return;
  out.push_back(BlockEnd{.block = found->second.number});
  open_.erase(found);
}

void MessageEventReader::read_message_delta(const Value& root, std::vector<StreamEvent>& out) {
  Value delta = field_of(root, "delta");
  std::string word = text_field(delta, "stop_reason");
  if (!word.empty() && !finished_) {
    for (const auto& [index, block] : open_) out.push_back(BlockEnd{.block = block.number});
    open_.clear();
    finished_ = true;
    out.push_back(ChoiceEnd{.finish = read_finish(word), .stop_sequence = text_field(delta, "stop_sequence"), .native_finish = word});
  }
  usage_.take(field_of(root, "usage"));
  if (auto usage = usage_.usage()) out.push_back(UsageSeen{*usage});
}

std::optional<Error> MessageEventReader::end(std::vector<StreamEvent>&) {
  if (over_) return std::nullopt;
  return Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream ended before its answer"};
}

}  // namespace tollgate::anthropic_messages
