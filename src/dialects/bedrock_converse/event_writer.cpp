#include "dialects/bedrock_converse/event_writer.h"

#include "dialects/aws_event_stream.h"
#include "dialects/bedrock_converse/blocks.h"
#include "dialects/bedrock_converse/errors.h"
#include "dialects/bedrock_converse/usage.h"
#include "dialects/envelope.h"

namespace tollgate::bedrock_converse {
namespace {

using What = BlockDelta::What;

template <class Fill>
void append_event(std::string& out, std::string_view type, Fill fill) {
  std::string payload;
  json::Writer writer(payload);
  writer.begin_object();
  fill(writer);
  writer.end_object();
  append_aws_event(out, type, payload);
}

// throttlingException, as streams write it.
std::string exception_of(const Error& error) {
  std::string type(type_of(error));
  type[0] = static_cast<char>(type[0] - 'A' + 'a');
  return type;
}

}  // namespace

void ConverseEventWriter::write(const StreamEvent& event, std::string& out) {
  if (const auto* start = std::get_if<BlockStart>(&event)) return begin(*start, out);
  if (const auto* delta = std::get_if<BlockDelta>(&event)) return grow(*delta, out);
  if (const auto* ended = std::get_if<BlockEnd>(&event)) return end(*ended, out);
  if (const auto* ended = std::get_if<ChoiceEnd>(&event); ended != nullptr && ended->choice == 0) finish_ = ended->finish;
  if (const auto* seen = std::get_if<UsageSeen>(&event)) usage_ = seen->usage;
  if (std::holds_alternative<StreamEnd>(event)) return finish(out);
  const auto* failed = std::get_if<StreamFailed>(&event);
  if (failed == nullptr) return;
  std::string payload;
  append_error(payload, failed->error);
  append_aws_exception(out, exception_of(failed->error), payload);
}

void ConverseEventWriter::begin_message(std::string& out) {
  if (!std::exchange(begun_, true)) append_event(out, "messageStart", [](json::Writer& writer) { writer.member("role", "assistant"); });
}

void ConverseEventWriter::begin(const BlockStart& start, std::string& out) {
  bool told = start.part.as<Foreign>() == nullptr && start.part.as<Media>() == nullptr && start.part.as<ToolResult>() == nullptr;
  if (start.choice != 0 || !told) return;
  begin_message(out);
  const auto* call = start.part.as<ToolCall>();
  if (call != nullptr && !call->signature.empty()) {
    tell_signature(next_, carried_signature(*call), out);
    tell_end(next_++, out);
  }
  const Block& block = open_[start.block] = {start.part, next_++};
  if (call == nullptr) return;
  append_event(out, "contentBlockStart", [&](json::Writer& writer) {
    writer.member("contentBlockIndex", block.index).key("start").begin_object().key("toolUse").begin_object();
    writer.member("toolUseId", clean_id(call->id)).member("name", call->name).end_object().end_object();
  });
  if (!call->arguments.empty()) grow({.block = start.block, .what = What::arguments, .text = call->arguments}, out);
}

void ConverseEventWriter::tell_signature(std::int64_t index, const Reasoning& thought, std::string& out) {
  bool redacted = !thought.redacted.empty() && thought.origin == "anthropic";
  append_event(out, "contentBlockDelta", [&](json::Writer& writer) {
    writer.member("contentBlockIndex", index).key("delta").begin_object().key("reasoningContent").begin_object();
    writer.member(redacted ? "redactedContent" : "signature", redacted ? thought.redacted : shown_signature(thought, "anthropic"));
    writer.end_object().end_object();
  });
}

void ConverseEventWriter::tell_end(std::int64_t index, std::string& out) {
  append_event(out, "contentBlockStop", [&](json::Writer& writer) { writer.member("contentBlockIndex", index); });
}

void ConverseEventWriter::grow(const BlockDelta& delta, std::string& out) {
  auto found = delta.choice == 0 ? open_.find(delta.block) : open_.end();
  bool sayable = delta.what != What::citation && delta.what != What::media;
  if (found == open_.end() || delta.text.empty() || !sayable) return;
  const Block& block = found->second;
  const auto* thought = block.kind.as<Reasoning>();
  if (delta.what == What::signature || delta.what == What::redacted) {
    if (thought == nullptr) return;
    Reasoning closed{.id = thought->id, .origin = thought->origin.empty() ? "anthropic" : thought->origin};
    (delta.what == What::redacted ? closed.redacted : closed.signature) = delta.text;
    return tell_signature(block.index, closed, out);
  }
  append_event(out, "contentBlockDelta", [&](json::Writer& writer) {
    writer.member("contentBlockIndex", block.index).key("delta").begin_object();
    if (block.kind.as<ToolCall>() != nullptr)
      writer.key("toolUse").begin_object().member("input", delta.text).end_object();
    else if (thought != nullptr)
      writer.key("reasoningContent").begin_object().member("text", delta.text).end_object();
    else
      writer.member("text", delta.text);
    writer.end_object();
  });
}

void ConverseEventWriter::end(const BlockEnd& ended, std::string& out) {
  auto found = ended.choice == 0 ? open_.find(ended.block) : open_.end();
  if (found == open_.end()) return;
  tell_end(found->second.index, out);
  open_.erase(found);
}

void ConverseEventWriter::finish(std::string& out) {
  begin_message(out);
  while (!open_.empty()) end({.block = open_.begin()->first}, out);
  append_event(out, "messageStop", [&](json::Writer& writer) { writer.member("stopReason", word_of(finish_)); });
  append_event(out, "metadata", [&](json::Writer& writer) {
    writer.key("usage");
    write_usage(writer, usage_.value_or(Usage{}));
    writer.key("metrics").begin_object().member("latencyMs", 0).end_object();
  });
}

}  // namespace tollgate::bedrock_converse
