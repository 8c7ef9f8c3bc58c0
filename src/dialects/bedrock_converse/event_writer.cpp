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
  open_[start.block] = start.part;
  const auto* call = start.part.as<ToolCall>();
  if (call == nullptr) return;
  append_event(out, "contentBlockStart", [&](json::Writer& writer) {
    writer.member("contentBlockIndex", start.block).key("start").begin_object().key("toolUse").begin_object();
    writer.member("toolUseId", clean_id(call->id)).member("name", call->name).end_object().end_object();
  });
  if (!call->arguments.empty()) grow({.block = start.block, .what = What::arguments, .text = call->arguments}, out);
}

void ConverseEventWriter::grow(const BlockDelta& delta, std::string& out) {
  auto found = delta.choice == 0 ? open_.find(delta.block) : open_.end();
  bool sayable = delta.what != What::citation && delta.what != What::media;
  if (found == open_.end() || delta.text.empty() || !sayable) return;
  const auto* thought = found->second.as<Reasoning>();
  bool opaque = delta.what == What::signature || delta.what == What::redacted;
  if (opaque && thought == nullptr) return;
  append_event(out, "contentBlockDelta", [&](json::Writer& writer) {
    writer.member("contentBlockIndex", delta.block).key("delta").begin_object();
    if (found->second.as<ToolCall>() != nullptr) {
      writer.key("toolUse").begin_object().member("input", delta.text).end_object();
    } else if (thought == nullptr) {
      writer.member("text", delta.text);
    } else {
      bool native = thought->origin.empty() || thought->origin == "anthropic";
      Reasoning closed{.id = thought->id, .origin = thought->origin};
      (delta.what == What::redacted ? closed.redacted : closed.signature) = delta.text;
      writer.key("reasoningContent").begin_object();
      if (delta.what == What::text) writer.member("text", delta.text);
      if (opaque && native) writer.member(delta.what == What::redacted ? "redactedContent" : "signature", delta.text);
      if (opaque && !native) writer.member("signature", shown_signature(closed, "anthropic"));
      writer.end_object();
    }
    writer.end_object();
  });
}

void ConverseEventWriter::end(const BlockEnd& ended, std::string& out) {
  if (ended.choice != 0 || open_.erase(ended.block) == 0) return;
  append_event(out, "contentBlockStop", [&](json::Writer& writer) { writer.member("contentBlockIndex", ended.block); });
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
