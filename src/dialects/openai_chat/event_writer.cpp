#include "dialects/openai_chat/event_writer.h"

#include "dialects/openai_errors.h"
#include "dialects/openai_chat/finish.h"
#include "dialects/openai_chat/reasoning_details.h"
#include "dialects/openai_chat/stream.h"
#include "dialects/openai_chat/usage_writer.h"

namespace tollgate::openai_chat {

ChatEventWriter::ChatEventWriter(const AnswerFacts& facts)
    : model_(facts.model),
      created_(facts.now),
      include_usage_(facts.include_usage),
      completions_(facts.request != nullptr && facts.request->completions) {
  id_ = (completions_ ? "cmpl-" : "chatcmpl-") + to_string(facts.id);
}

void ChatEventWriter::write(const StreamEvent& event, std::string& out) {
  if (const auto* started = std::get_if<StreamStart>(&event)) return start(*started);
  if (const auto* block = std::get_if<BlockStart>(&event)) return start(*block, out);
  if (const auto* delta = std::get_if<BlockDelta>(&event)) return grow(*delta, out);
  if (const auto* ended = std::get_if<ChoiceEnd>(&event)) return end(*ended, out);
  if (const auto* seen = std::get_if<UsageSeen>(&event)) usage_ = seen->usage;
  if (std::holds_alternative<StreamEnd>(event)) return end(out);
  if (const auto* failed = std::get_if<StreamFailed>(&event)) openai::append_error_event(out, failed->error);
}

void ChatEventWriter::start(const StreamStart& event) {
  if (!event.model.empty()) model_ = event.model;
  if (event.created != 0) created_ = event.created;
}

void ChatEventWriter::head(json::Writer& writer) const {
  writer.begin_object().member("id", id_).member("object", completions_ ? "text_completion" : "chat.completion.chunk");
  writer.member("created", created_).member("model", model_).key("choices").begin_array();
}

template <class Delta>
void ChatEventWriter::chunk(std::int64_t choice, std::string& out, Delta delta, std::string_view logprobs) {
  Choice& state = choices_[choice];
  out += "data: ";
  json::Writer writer(out);
  head(writer);
  writer.begin_object().member("index", choice).key("delta").begin_object();
  if (!std::exchange(state.begun, true)) writer.member("role", "assistant");
  delta(writer);
  writer.end_object().key("logprobs");
  if (logprobs.empty())
    writer.null();
  else
    writer.begin_object().key("content").raw(logprobs).end_object();
  writer.key("finish_reason").null().end_object().end_array().end_object();
  out += "\n\n";
}

void ChatEventWriter::start(const BlockStart& event, std::string& out) {
  Choice& choice = choices_[event.choice];
  Block block{.kind = event.part};
  const auto* call = event.part.as<ToolCall>();
  if (call == nullptr) {
    choice.blocks[event.block] = std::move(block);
    return;
  }
  block.call = choice.calls++;
  std::int64_t index = block.call;
  choice.blocks[event.block] = std::move(block);
  if (completions_) return;
  chunk(event.choice, out, [&](json::Writer& writer) {
    writer.key("tool_calls").begin_array().begin_object().member("index", index).member("id", call->id).member("type", "function");
    writer.key("function").begin_object().member("name", call->name).member("arguments", call->arguments).end_object();
    if (!call->signature.empty()) {
      writer.key("extra_content").begin_object().key("google").begin_object();
      writer.member("thought_signature", call->signature).end_object().end_object();
    }
    writer.end_object().end_array();
  });
}

void ChatEventWriter::grow_thought(const BlockDelta& event, const Reasoning& thought, std::string& out) {
  if (event.what == BlockDelta::What::text)
    return chunk(event.choice, out, [&](json::Writer& writer) { writer.member("reasoning_content", event.text); });
  Reasoning closed{.id = thought.id, .origin = thought.origin};
  (event.what == BlockDelta::What::signature ? closed.signature : closed.redacted) = event.text;
  bool with_text = event.what == BlockDelta::What::signature && thought.origin == "anthropic";
  chunk(event.choice, out, [&](json::Writer& writer) {
    writer.key("reasoning_details").begin_array();
    if (with_text)  // the text came before; the signature completes it
      writer.begin_object().member("type", "reasoning.text").member("signature", closed.signature).member("format", "anthropic-claude-v1").end_object();
    else
      write_reasoning_detail(writer, closed);
    writer.end_array();
  });
}

void ChatEventWriter::grow(const BlockDelta& event, std::string& out) {
  using What = BlockDelta::What;
  Choice& choice = choices_[event.choice];
  auto found = choice.blocks.find(event.block);
  if (found == choice.blocks.end() || event.text.empty()) return;
  const Block& block = found->second;
  if (const auto* thought = block.kind.as<Reasoning>(); thought != nullptr && !completions_) return grow_thought(event, *thought, out);
  if (event.what == What::arguments && block.call >= 0 && !completions_) {
    return chunk(event.choice, out, [&](json::Writer& writer) {
      writer.key("tool_calls").begin_array().begin_object().member("index", block.call).key("function").begin_object();
      writer.member("arguments", event.text).end_object().end_object().end_array();
    });
  }
  if (event.what == What::signature && block.call >= 0 && !completions_) {
    return chunk(event.choice, out, [&](json::Writer& writer) {
      writer.key("tool_calls").begin_array().begin_object().member("index", block.call).key("extra_content").begin_object();
      writer.key("google").begin_object().member("thought_signature", event.text).end_object().end_object().end_object().end_array();
    });
  }
  if (event.what != What::text) return;
  if (completions_) {
    out += "data: ";
    json::Writer writer(out);
    head(writer);
    writer.begin_object().member("index", event.choice).member("text", event.text).key("logprobs").null();
    writer.key("finish_reason").null().end_object().end_array().end_object();
    out += "\n\n";
    return;
  }
  std::string_view key = block.kind.as<Refusal>() != nullptr ? "refusal" : "content";
  if (block.kind.as<Text>() == nullptr && block.kind.as<Refusal>() == nullptr) return;
  chunk(event.choice, out, [&](json::Writer& writer) { writer.member(key, event.text); }, event.logprobs);
}

void ChatEventWriter::end(const ChoiceEnd& event, std::string& out) {
  Choice& choice = choices_[event.choice];
  out += "data: ";
  json::Writer writer(out);
  head(writer);
  writer.begin_object().member("index", event.choice);
  if (completions_) {
    writer.member("text", "");
  } else {
    writer.key("delta").begin_object();
    if (!std::exchange(choice.begun, true)) writer.member("role", "assistant");
    writer.end_object();
  }
  writer.key("logprobs").null().member("finish_reason", word_of(event.finish)).end_object().end_array().end_object();
  out += "\n\n";
}

void ChatEventWriter::end(std::string& out) {
  if (include_usage_ && usage_) {
    out += "data: ";
    json::Writer writer(out);
    head(writer);
    writer.end_array().key("usage");
    write_usage(writer, *usage_);
    writer.end_object();
    out += "\n\n";
  }
  out += done_block;
}

}  // namespace tollgate::openai_chat
