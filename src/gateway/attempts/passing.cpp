#include "gateway/attempts/passing.h"

#include "dialects/openai_errors.h"

namespace tollgate {

Result<void> OpenAiPassing::take(std::string_view bytes, Outgoing& out) {
  if (bytes.empty())
    framer_.finish();
  else
    framer_.feed(bytes);
  SseEvent event;
  while (framer_.next(event)) {
    openai_chat::StreamStep step = reader_.read(event);
    if (step.kind == openai_chat::EventKind::error) return fail(*reader_.error());
    if (step.forward) out.pass(event.block);
  }
  if (auto failure = framer_.failure()) return fail(std::move(*failure));
  return {};
}

void OpenAiPassing::append_end(std::string& out) {
  if (!reader_.done()) out += openai_chat::done_block;
}

void OpenAiPassing::append_error(std::string& out, const Error& error) { openai::append_error_event(out, error); }

bool OpenAiPassing::append_cut(std::string& out, const Usage& used, EventWriter& fresh) {
  std::string had;  // the client has had a beginning already
  fresh.write(BlockStart{.part = Part{Text{}}}, had);
  fresh.write(BlockDelta{.text = "-"}, had);
  for (const StreamEvent& event : {StreamEvent(ChoiceEnd{.finish = FinishReason::length}), StreamEvent(UsageSeen{used}), StreamEvent(StreamEnd{})})
    fresh.write(event, out);
  return true;
}

}  // namespace tollgate
