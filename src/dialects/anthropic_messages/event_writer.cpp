#include "dialects/anthropic_messages/event_writer.h"

#include "dialects/anthropic_messages/blocks.h"
#include "dialects/anthropic_messages/errors.h"
#include "dialects/anthropic_messages/finish.h"
#include "dialects/anthropic_messages/usage.h"
#include "dialects/envelope.h"

namespace tollgate::anthropic_messages {
namespace {

using What = BlockDelta::What;

// `event: NAME`, then its data, whose object `write` fills.
template <class Write>
void append_event(std::string& out, std::string_view name, Write write) {
  out += "event: ";
  out += name;
  out += "\ndata: ";
  json::Writer writer(out);
  writer.begin_object().member("type", name);
  write(writer);
  writer.end_object();
  out += "\n\n";
}

bool is_told(const Part& kind) {
  if (const auto* foreign = kind.as<Foreign>()) return foreign->dialect == "anthropic_messages";
  return kind.as<Media>() == nullptr && kind.as<ToolResult>() == nullptr;
}

}  // namespace

MessageEventWriter::MessageEventWriter(const AnswerFacts& facts) : id_("msg_" + to_string(facts.id)), model_(facts.model) {}

void MessageEventWriter::write(const StreamEvent& event, std::string& out) {
  if (const auto* start = std::get_if<StreamStart>(&event); start != nullptr && !start->model.empty()) model_ = start->model;
  if (const auto* seen = std::get_if<UsageSeen>(&event)) usage_ = seen->usage;
  if (const auto* start = std::get_if<BlockStart>(&event)) return begin(*start, out);
  if (const auto* delta = std::get_if<BlockDelta>(&event)) return grow(*delta, out);
  if (const auto* ended = std::get_if<BlockEnd>(&event)) return end(*ended, out);
  if (const auto* ended = std::get_if<ChoiceEnd>(&event)) return finish(*ended, out);
  if (std::holds_alternative<StreamEnd>(event)) return close(out);
  const auto* failed = std::get_if<StreamFailed>(&event);
  if (failed == nullptr) return;
  append_event(out, "error", [&](json::Writer& writer) {
    std::string value;
    append_error_value(value, failed->error);
    writer.key("error").raw(value);
  });
}

void MessageEventWriter::begin_message(std::string& out) {
  if (std::exchange(begun_, true)) return;
  append_event(out, "message_start", [&](json::Writer& writer) {
    writer.key("message").begin_object().member("id", id_).member("type", "message").member("role", "assistant");
    writer.member("model", model_).key("content").begin_array().end_array();
    writer.key("stop_reason").null().key("stop_sequence").null().key("usage");
    Usage so_far = usage_.value_or(Usage{});
    so_far.output = so_far.reasoning = so_far.audio_output = {};
    write_usage(writer, so_far);
    writer.end_object();
  });
}

void MessageEventWriter::begin(const BlockStart& event, std::string& out) {
  if (event.choice != 0 || !is_told(event.part)) return;
  begin_message(out);
  blocks_[event.block] = {.kind = event.part, .waiting = {}, .ended = false};
  queue_.push_back(event.block);
  tell_next(out);
}

void MessageEventWriter::grow(const BlockDelta& event, std::string& out) {
  auto found = event.choice == 0 ? blocks_.find(event.block) : blocks_.end();
  if (found == blocks_.end()) return;
  bool at_once = telling_ && queue_.front() == event.block;
  if (at_once)
    tell_delta(found->second.kind, event, out);
  else
    found->second.waiting.push_back(event);
}

void MessageEventWriter::end(const BlockEnd& event, std::string& out) {
  auto found = event.choice == 0 ? blocks_.find(event.block) : blocks_.end();
  if (found == blocks_.end()) return;
  found->second.ended = true;
  tell_next(out);
}

// Tells as much as can be told in order.
void MessageEventWriter::tell_next(std::string& out) {
  while (!queue_.empty()) {
    Block& block = blocks_[queue_.front()];
    if (!telling_) {
      tell_start(block.kind, out);
      telling_ = true;
    }
    for (const BlockDelta& delta : block.waiting) tell_delta(block.kind, delta, out);
    block.waiting.clear();
    if (!block.ended) return;
    tell_end(out);
    telling_ = false;
    blocks_.erase(queue_.front());
    queue_.pop_front();
  }
}

void MessageEventWriter::tell_start(const Part& kind, std::string& out) {
  const auto* call = kind.as<ToolCall>();
  if (call != nullptr && !call->signature.empty()) tell_signature_of(*call, out);
  append_event(out, "content_block_start", [&](json::Writer& writer) {
    writer.member("index", index_).key("content_block");
    if (call != nullptr) {
      writer.begin_object().member("type", "tool_use").member("id", clean_id(call->id)).member("name", call->name);
      writer.key("input").begin_object().end_object().end_object();
    } else if (kind.as<Reasoning>() != nullptr) {
      writer.begin_object().member("type", "thinking").member("thinking", "").member("signature", "").end_object();
    } else if (const auto* foreign = kind.as<Foreign>()) {
      writer.raw(foreign->json);
    } else {
      writer.begin_object().member("type", "text").member("text", "").end_object();
    }
  });
  if (call == nullptr || call->arguments.empty()) return;
  tell_delta(kind, {.what = What::arguments, .text = call->arguments}, out);
}

void MessageEventWriter::tell_signature_of(const ToolCall& call, std::string& out) {
  Part thought{Reasoning{}};
  tell_start(thought, out);
  append_event(out, "content_block_delta", [&](json::Writer& writer) {
    writer.member("index", index_).key("delta").begin_object().member("type", "signature_delta");
    writer.member("signature", shown_signature(carried_signature(call), "anthropic")).end_object();
  });
  tell_end(out);
}

void MessageEventWriter::tell_delta(const Part& kind, const BlockDelta& delta, std::string& out) {
  const auto* thought = kind.as<Reasoning>();
  std::string_view type, key;
  std::string text = delta.text;
  switch (delta.what) {
    case What::text:
      type = thought != nullptr ? "thinking_delta" : "text_delta";
      key = thought != nullptr ? "thinking" : "text";
      break;
    case What::arguments:
      type = "input_json_delta";
      key = "partial_json";
      break;
    case What::signature:
    case What::redacted: {
      if (thought == nullptr) return;
      Reasoning carried{.id = thought->id, .origin = thought->origin};
      (delta.what == What::signature ? carried.signature : carried.redacted) = delta.text;
      type = "signature_delta";
      key = "signature";
      text = shown_signature(carried, "anthropic");
      break;
    }
    case What::citation:
    case What::media: return;
  }
  append_event(out, "content_block_delta", [&](json::Writer& writer) {
    writer.member("index", index_).key("delta").begin_object().member("type", type).member(key, text).end_object();
  });
}

void MessageEventWriter::tell_end(std::string& out) {
  append_event(out, "content_block_stop", [&](json::Writer& writer) { writer.member("index", index_); });
  ++index_;
}

void MessageEventWriter::finish(const ChoiceEnd& event, std::string&) {
  if (event.choice == 0 && !finish_) finish_ = event;
}

// The reason and the usage go out together, at the end: usage may come behind the reason.
void MessageEventWriter::close(std::string& out) {
  begin_message(out);
  for (auto& [number, block] : blocks_) block.ended = true;
  tell_next(out);
  ChoiceEnd ending = finish_.value_or(ChoiceEnd{});
  append_event(out, "message_delta", [&](json::Writer& writer) {
    writer.key("delta").begin_object().member("stop_reason", word_of(ending.finish)).key("stop_sequence");
    if (ending.stop_sequence.empty())
      writer.null();
    else
      writer.value(ending.stop_sequence);
    writer.end_object().key("usage");
    write_usage(writer, usage_.value_or(Usage{}));
  });
  append_event(out, "message_stop", [](json::Writer&) {});
}

}  // namespace tollgate::anthropic_messages
