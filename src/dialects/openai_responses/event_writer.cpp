#include "dialects/openai_responses/event_writer.h"

#include "dialects/envelope.h"
#include "dialects/openai_responses/items.h"

namespace tollgate::openai_responses {
namespace {

using What = BlockDelta::What;

constexpr std::size_t kept_bytes_max = 16u << 20;

std::string_view word_of_kind(const Part& kind) {
  if (kind.as<ToolCall>() != nullptr) return kind.as<ToolCall>()->custom ? "ctc" : "fc";
  return kind.as<Reasoning>() != nullptr ? "rs" : "msg";
}

bool is_told(const Part& kind) {
  if (const auto* foreign = kind.as<Foreign>()) return foreign->dialect == "openai_responses";
  return kind.as<Media>() == nullptr && kind.as<ToolResult>() == nullptr;
}

// The names of the events of one sort of content.
struct Words {
  std::string_view delta, done, key;  // `key` holds the whole text at the end
};
Words words_of(const Part& kind) {
  if (const auto* call = kind.as<ToolCall>()) {
    if (call->custom) return {"response.custom_tool_call_input.delta", "response.custom_tool_call_input.done", "input"};
    return {"response.function_call_arguments.delta", "response.function_call_arguments.done", "arguments"};
  }
  if (kind.as<Reasoning>() != nullptr) return {"response.reasoning_summary_text.delta", "response.reasoning_summary_text.done", "text"};
  if (kind.as<Refusal>() != nullptr) return {"response.refusal.delta", "response.refusal.done", "refusal"};
  return {"response.output_text.delta", "response.output_text.done", "text"};
}

void write_content(json::Writer& writer, const Part& kind, std::string_view text) {
  if (kind.as<Refusal>() != nullptr)
    writer.begin_object().member("type", "refusal").member("refusal", text).end_object();
  else if (kind.as<Reasoning>() != nullptr)
    writer.begin_object().member("type", "summary_text").member("text", text).end_object();
  else
    write_output_text(writer, {.text = std::string(text)}, true);
}

}  // namespace

ResponseEventWriter::ResponseEventWriter(const AnswerFacts& facts)
    : frame_{.id = answer_id(facts),
             .model = std::string(facts.model),
             .created = facts.now,
             .request = facts.request,
             .previous_id = std::string(facts.previous_id),
             .stored = facts.stored},
      request_id_(facts.id) {}

template <class Fill>
void ResponseEventWriter::event(std::string& out, std::string_view type, Fill fill) {
  out += "event: ";
  out += type;
  out += "\ndata: ";
  json::Writer writer(out);
  writer.begin_object().member("type", type).member("sequence_number", sequence_++);
  fill(writer);
  writer.end_object();
  out += "\n\n";
}

void ResponseEventWriter::frame_event(std::string& out, std::string_view type) {
  event(out, type, [&](json::Writer& writer) {
    writer.key("response");
    write_answer_frame(writer, frame_, items_);
  });
}

void ResponseEventWriter::write(const StreamEvent& event, std::string& out) {
  if (over_) return;
  if (const auto* start = std::get_if<StreamStart>(&event)) {
    if (!start->model.empty()) frame_.model = start->model;
    if (start->created != 0) frame_.created = start->created;
  }
  if (const auto* seen = std::get_if<UsageSeen>(&event)) frame_.usage = seen->usage;
  if (const auto* start = std::get_if<BlockStart>(&event)) return begin(*start, out);
  if (const auto* delta = std::get_if<BlockDelta>(&event)) return grow(*delta, out);
  if (const auto* ended = std::get_if<BlockEnd>(&event)) return end(*ended, out);
  if (const auto* ended = std::get_if<ChoiceEnd>(&event); ended != nullptr && ended->choice == 0) finish_ = ended->finish;
  if (std::holds_alternative<StreamEnd>(event)) return close(out);
  if (const auto* failed = std::get_if<StreamFailed>(&event)) fail_with(failed->error, out);
}

void ResponseEventWriter::begin_answer(std::string& out) {
  if (std::exchange(begun_, true)) return;
  auto usage = std::exchange(frame_.usage, std::nullopt);
  frame_event(out, "response.created");
  frame_event(out, "response.in_progress");
  frame_.usage = usage;
}

void ResponseEventWriter::place(json::Writer& writer, const Block& block) {
  writer.member("item_id", block.id).member("output_index", block.index);
  if (block.kind.as<ToolCall>() != nullptr) return;
  writer.member(block.kind.as<Reasoning>() != nullptr ? "summary_index" : "content_index", 0);
}

std::string ResponseEventWriter::item_of(const Block& block, bool done) const {
  std::string item;
  json::Writer writer(item);
  if (const auto* foreign = block.kind.as<Foreign>()) return foreign->json;
  if (const auto* thought = block.kind.as<Reasoning>()) {
    Reasoning whole{.text = block.text, .summary = true, .signature = block.signature, .redacted = block.redacted, .id = thought->id, .origin = thought->origin};
    write_reasoning_item(writer, whole, block.id);
    return item;
  }
  writer.begin_object().member("id", block.id);
  if (const auto* call = block.kind.as<ToolCall>()) {
    writer.member("type", call->custom ? "custom_tool_call" : "function_call").member("status", done ? "completed" : "in_progress");
    writer.member("call_id", call->id.empty() ? block.id : call->id).member("name", call->name).member(call->custom ? "input" : "arguments", block.text);
  } else {
    writer.member("type", "message").member("status", done ? "completed" : "in_progress").member("role", "assistant").key("content").begin_array();
    if (done) write_content(writer, block.kind, block.text);
    writer.end_array();
  }
  writer.end_object();
  return item;
}

void ResponseEventWriter::begin(const BlockStart& start, std::string& out) {
  if (start.choice != 0 || !is_told(start.part)) return;
  begin_answer(out);
  if (const auto* call = start.part.as<ToolCall>(); call != nullptr && !call->signature.empty()) tell_signature_of(*call, out);
  Block& block = open_[start.block];
  block.kind = start.part;
  block.index = items_.size();
  items_.emplace_back();  // its place; filled when it is done
  const auto* thought = start.part.as<Reasoning>();
  block.id = thought != nullptr && !thought->id.empty() ? thought->id : item_id(word_of_kind(start.part), {.id = request_id_, .model = {}}, block.index);
  event(out, "response.output_item.added", [&](json::Writer& writer) {
    writer.member("output_index", block.index).key("item").raw(item_of(block, false));
  });
  if (const auto* call = start.part.as<ToolCall>(); call != nullptr && !call->arguments.empty())
    grow({.block = start.block, .what = What::arguments, .text = call->arguments}, out);
  if (start.part.as<Text>() != nullptr || start.part.as<Refusal>() != nullptr) begin_content(block, out);
}

void ResponseEventWriter::tell_signature_of(const ToolCall& call, std::string& out) {
  std::string item;
  json::Writer item_writer(item);
  std::size_t index = items_.size();
  write_reasoning_item(item_writer, carried_signature(call), item_id("rs", {.id = request_id_, .model = {}}, index));
  items_.push_back(item);
  for (std::string_view type : {"response.output_item.added", "response.output_item.done"})
    event(out, type, [&](json::Writer& writer) { writer.member("output_index", index).key("item").raw(item); });
}

void ResponseEventWriter::begin_content(const Block& block, std::string& out) {
  bool thought = block.kind.as<Reasoning>() != nullptr;
  event(out, thought ? "response.reasoning_summary_part.added" : "response.content_part.added", [&](json::Writer& writer) {
    place(writer, block);
    writer.key("part");
    write_content(writer, block.kind, "");
  });
}

void ResponseEventWriter::grow(const BlockDelta& delta, std::string& out) {
  auto found = delta.choice == 0 ? open_.find(delta.block) : open_.end();
  if (found == open_.end() || delta.text.empty()) return;
  Block& block = found->second;
  kept_ += delta.text.size();
  if (kept_ > kept_bytes_max)
    return fail_with({.fault = Fault::upstream_protocol, .detail = "the answer is too long to be told as a response"}, out);
  if (delta.what == What::signature) block.signature = delta.text;
  if (delta.what == What::redacted) block.redacted = delta.text;
  if (delta.what != What::text && delta.what != What::arguments) return;
  if (block.kind.as<Foreign>() != nullptr) return;
  if (block.kind.as<Reasoning>() != nullptr && block.text.empty()) begin_content(block, out);
  block.text += delta.text;
  event(out, words_of(block.kind).delta, [&](json::Writer& writer) {
    place(writer, block);
    writer.member("delta", delta.text);
    if (block.kind.as<Text>() == nullptr) return;
    writer.key("logprobs").raw(delta.logprobs.empty() ? std::string_view("[]") : std::string_view(delta.logprobs));
  });
}

void ResponseEventWriter::end_content(const Block& block, std::string& out) {
  bool thought = block.kind.as<Reasoning>() != nullptr;
  if (block.kind.as<Foreign>() != nullptr || (thought && block.text.empty())) return;
  Words words = words_of(block.kind);
  event(out, words.done, [&](json::Writer& writer) {
    place(writer, block);
    if (const auto* call = block.kind.as<ToolCall>(); call != nullptr && !call->custom) writer.member("name", call->name);
    writer.member(words.key, block.text);
    if (block.kind.as<Text>() != nullptr) writer.key("logprobs").begin_array().end_array();
  });
  if (block.kind.as<ToolCall>() != nullptr) return;
  event(out, thought ? "response.reasoning_summary_part.done" : "response.content_part.done", [&](json::Writer& writer) {
    place(writer, block);
    writer.key("part");
    write_content(writer, block.kind, block.text);
  });
}

void ResponseEventWriter::end(const BlockEnd& ended, std::string& out) {
  auto found = ended.choice == 0 ? open_.find(ended.block) : open_.end();
  if (found == open_.end()) return;
  Block& block = found->second;
  if (const auto* call = block.kind.as<ToolCall>(); call != nullptr && !call->custom && block.text.empty())
    grow({.block = ended.block, .what = What::arguments, .text = "{}"}, out);
  end_content(block, out);
  items_[block.index] = item_of(block, true);
  event(out, "response.output_item.done", [&](json::Writer& writer) {
    writer.member("output_index", block.index).key("item").raw(items_[block.index]);
  });
  open_.erase(found);
}

void ResponseEventWriter::close(std::string& out) {
  begin_answer(out);
  while (!open_.empty()) end({.block = open_.begin()->first}, out);
  set_ending(frame_, finish_);
  frame_event(out, frame_.status == "incomplete" ? "response.incomplete" : "response.completed");
  over_ = true;
}

void ResponseEventWriter::fail_with(const Error& error, std::string& out) {
  begin_answer(out);
  std::erase(items_, "");  // of blocks that were not done
  frame_.status = "failed";
  frame_.error = &error;
  frame_event(out, "response.failed");
  over_ = true;
}

}  // namespace tollgate::openai_responses
