#include "dialects/cohere/event_writer.h"

#include "dialects/cohere/usage.h"

namespace tollgate::cohere {
namespace {

using What = BlockDelta::What;

template <class Fill>
void append_event(std::string& out, std::string_view type, Fill fill) {
  out += "event: ";
  out += type;
  out += "\ndata: ";
  json::Writer writer(out);
  writer.begin_object().member("type", type);
  fill(writer);
  writer.end_object();
  out += "\n\n";
}

}  // namespace

template <class Fill>
void ChatEventWriter::of_block(std::string& out, std::string_view type, std::int64_t index, Fill fill) {
  append_event(out, type, [&](json::Writer& writer) {
    writer.member("index", index).key("delta").begin_object().key("message").begin_object();
    fill(writer);
    writer.end_object().end_object();
  });
}

void ChatEventWriter::write(const StreamEvent& event, std::string& out) {
  if (const auto* start = std::get_if<BlockStart>(&event)) return begin(*start, out);
  if (const auto* delta = std::get_if<BlockDelta>(&event)) return grow(*delta, out);
  if (const auto* ended = std::get_if<BlockEnd>(&event)) return end(*ended, out);
  if (const auto* ended = std::get_if<ChoiceEnd>(&event); ended != nullptr && ended->choice == 0) finish_ = ended->finish;
  if (const auto* seen = std::get_if<UsageSeen>(&event)) usage_ = seen->usage;
  if (std::holds_alternative<StreamEnd>(event)) return finish(out);
  if (const auto* failed = std::get_if<StreamFailed>(&event)) fail_with(failed->error, out);
}

void ChatEventWriter::begin_message(std::string& out) {
  if (std::exchange(begun_, true)) return;
  append_event(out, "message-start", [&](json::Writer& writer) {
    writer.member("id", id_).key("delta").begin_object().key("message").begin_object().member("role", "assistant");
    writer.key("content").begin_array().end_array().member("tool_plan", "").key("tool_calls").begin_array().end_array();
    writer.key("citations").begin_array().end_array().end_object().end_object();
  });
}

void ChatEventWriter::begin(const BlockStart& start, std::string& out) {
  const auto* call = start.part.as<ToolCall>();
  bool thought = start.part.as<Reasoning>() != nullptr;
  bool told = call != nullptr || thought || start.part.as<Text>() != nullptr || start.part.as<Refusal>() != nullptr;
  if (start.choice != 0 || !told) return;
  begin_message(out);
  Block& block = open_[start.block];
  block = {start.part, call != nullptr ? calls_++ : contents_++};
  of_block(out, call != nullptr ? "tool-call-start" : "content-start", block.index, [&](json::Writer& writer) {
    if (call != nullptr) {
      writer.key("tool_calls").begin_object().member("id", call->id).member("type", "function").key("function").begin_object();
      writer.member("name", call->name).member("arguments", call->arguments).end_object().end_object();
    } else {
      writer.key("content").begin_object().member("type", thought ? "thinking" : "text").member(thought ? "thinking" : "text", "").end_object();
    }
  });
}

void ChatEventWriter::grow(const BlockDelta& delta, std::string& out) {
  auto found = delta.choice == 0 ? open_.find(delta.block) : open_.end();
  if (found == open_.end() || delta.text.empty()) return;
  const Block& block = found->second;
  bool call = block.kind.as<ToolCall>() != nullptr;
  if (delta.what != (call ? What::arguments : What::text)) return;
  of_block(out, call ? "tool-call-delta" : "content-delta", block.index, [&](json::Writer& writer) {
    if (call)
      writer.key("tool_calls").begin_object().key("function").begin_object().member("arguments", delta.text).end_object().end_object();
    else
      writer.key("content").begin_object().member(block.kind.as<Reasoning>() != nullptr ? "thinking" : "text", delta.text).end_object();
  });
}

void ChatEventWriter::end(const BlockEnd& ended, std::string& out) {
  auto found = ended.choice == 0 ? open_.find(ended.block) : open_.end();
  if (found == open_.end()) return;
  bool call = found->second.kind.as<ToolCall>() != nullptr;
  append_event(out, call ? "tool-call-end" : "content-end", [&](json::Writer& writer) { writer.member("index", found->second.index); });
  open_.erase(found);
}

void ChatEventWriter::finish(std::string& out) {
  begin_message(out);
  append_event(out, "message-end", [&](json::Writer& writer) {
    writer.member("id", id_).key("delta").begin_object().member("finish_reason", word_of(finish_));
    if (usage_) {
      writer.key("usage");
      write_usage(writer, *usage_);
    }
    writer.end_object();
  });
}

void ChatEventWriter::fail_with(const Error& error, std::string& out) {
  begin_message(out);
  append_event(out, "message-end", [&](json::Writer& writer) {
    writer.member("id", id_).key("delta").begin_object().member("finish_reason", "ERROR");
    writer.member("error", error.detail.empty() ? error.client_code() : std::string_view(error.detail)).end_object();
  });
}

}  // namespace tollgate::cohere
