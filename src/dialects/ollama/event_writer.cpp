#include "dialects/ollama/event_writer.h"

#include "dialects/ollama/answer.h"
#include "dialects/ollama/message.h"

namespace tollgate::ollama {

LineWriter::LineWriter(const AnswerFacts& facts)
    : model_(facts.model), now_(facts.now), completions_(facts.request != nullptr && facts.request->completions) {}

void LineWriter::write(const StreamEvent& event, std::string& out) {
  if (const auto* start = std::get_if<BlockStart>(&event); start != nullptr && start->choice == 0) open_[start->block] = start->part;
  if (const auto* delta = std::get_if<BlockDelta>(&event)) return grow(*delta, out);
  if (const auto* ended = std::get_if<BlockEnd>(&event)) return end(*ended, out);
  if (const auto* ended = std::get_if<ChoiceEnd>(&event); ended != nullptr && ended->choice == 0) finish_ = ended->finish;
  if (const auto* seen = std::get_if<UsageSeen>(&event)) usage_ = seen->usage;
  if (std::holds_alternative<StreamEnd>(event)) return finish(out);
  const auto* failed = std::get_if<StreamFailed>(&event);
  if (failed == nullptr) return;
  json::Writer(out).begin_object().member("error", failed->error.detail.empty() ? failed->error.client_code() : std::string_view(failed->error.detail)).end_object();
  out += '\n';
}

// One line that is not the last; `fill` writes the message's fields.
template <class Fill>
void LineWriter::said(std::string& out, Fill fill) {
  json::Writer writer(out);
  writer.begin_object();
  write_head(writer, model_, now_);
  if (!completions_) writer.key("message").begin_object().member("role", "assistant");
  fill(writer);
  if (!completions_) writer.end_object();
  writer.member("done", false).end_object();
  out += '\n';
}

void LineWriter::grow(const BlockDelta& delta, std::string& out) {
  auto found = delta.choice == 0 ? open_.find(delta.block) : open_.end();
  if (found == open_.end() || delta.text.empty()) return;
  if (auto* call = found->second.as<ToolCall>()) {
    if (delta.what == BlockDelta::What::arguments) call->arguments += delta.text;
    return;
  }
  if (delta.what != BlockDelta::What::text) return;
  bool thought = found->second.as<Reasoning>() != nullptr;
  said(out, [&](json::Writer& writer) {
    std::string_view key = completions_ ? "response" : "content";
    writer.member(key, thought ? std::string_view() : std::string_view(delta.text));
    if (thought) writer.member("thinking", delta.text);
  });
}

void LineWriter::end(const BlockEnd& ended, std::string& out) {
  auto found = ended.choice == 0 ? open_.find(ended.block) : open_.end();
  if (found == open_.end()) return;
  if (const auto* call = found->second.as<ToolCall>(); call != nullptr && !completions_)
    said(out, [&](json::Writer& writer) {
      writer.member("content", "").key("tool_calls").begin_array();
      write_call(writer, *call);
      writer.end_array();
    });
  open_.erase(found);
}

void LineWriter::finish(std::string& out) {
  json::Writer writer(out);
  writer.begin_object();
  write_head(writer, model_, now_);
  if (completions_)
    writer.member("response", "");
  else
    writer.key("message").begin_object().member("role", "assistant").member("content", "").end_object();
  write_done(writer, finish_, usage_);
  writer.end_object();
  out += '\n';
}

}  // namespace tollgate::ollama
