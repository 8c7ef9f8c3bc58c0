#include "gateway/attempts/whole_answer.h"

#include <utility>

#include "dialects/batch_file.h"
#include "dialects/call_names.h"
#include "dialects/fields.h"
#include "dialects/openai_chat/answer.h"
#include "dialects/passthrough.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/meter.h"

namespace tollgate {
namespace {

Result<WholeAnswer> read_openai(const Exchange& x, const Target& target, std::string_view body) {
  TG_TRY(answer, openai_chat::read_answer(x.openai.endpoint, body, x.snapshot().facts[target.index].quirks));
  return WholeAnswer{answer.body, answer.usage, answer.text_bytes, answer.reasoning_bytes};
}

void count(const Part& part, WholeAnswer& answer) {
  auto bytes = [](const std::string& text) { return static_cast<std::int64_t>(text.size()); };
  if (const auto* text = part.as<Text>()) answer.text_bytes += bytes(text->text);
  if (const auto* refusal = part.as<Refusal>()) answer.text_bytes += bytes(refusal->text);
  if (const auto* call = part.as<ToolCall>()) answer.text_bytes += bytes(call->name) + bytes(call->arguments);
  if (const auto* thought = part.as<Reasoning>()) answer.reasoning_bytes += bytes(thought->text);
}

Result<WholeAnswer> read_chat(Exchange& x, Try& t, const Dialect& language, std::string_view body, std::int64_t now) {
  TG_TRY(response, language.read_response(body));
  WholeAnswer answer{.body = body, .usage = response.usage};
  for (const ChatChoice& choice : response.choices)
    for (const Part& part : choice.parts) count(part, answer);
  if (&language == x.door.dialect) {
    t.answer_id = response.id;
    return answer;
  }
  TG_TRY_VOID(middle_form(x));
  name_calls(response, x.row.id);
  t.outgoing.clear();
  x.door.dialect->write_response(response, facts_of(x, t, now), t.outgoing);
  answer.body = t.outgoing;
  return answer;
}

Result<WholeAnswer> read_embeddings(Exchange& x, Try& t, const Dialect& language, const AnswerBytes& bytes, std::int64_t now) {
  TG_TRY(response, language.read_embedding_response(bytes.body));
  if (!response.usage) response.usage = bytes.in_head;
  WholeAnswer answer{.body = bytes.body, .usage = response.usage};
  if (&language == x.door.dialect) return answer;
  TG_TRY(request, x.door.dialect->read_embedding_request(x.call));
  t.outgoing.clear();
  x.door.dialect->write_embedding_response(response, request, facts_of(x, t, now), t.outgoing);
  answer.body = t.outgoing;
  return answer;
}

Result<WholeAnswer> read_ranks(Exchange& x, Try& t, const Dialect& language, std::string_view body, std::int64_t now) {
  TG_TRY(response, language.read_rerank_response(body));
  WholeAnswer answer{.body = body, .usage = response.usage};
  if (&language == x.door.dialect) return answer;
  TG_TRY(request, x.door.dialect->read_rerank_request(x.call));
  t.outgoing.clear();
  x.door.dialect->write_rerank_response(response, request, facts_of(x, t, now), t.outgoing);
  answer.body = t.outgoing;
  return answer;
}

// It costs what it reports. Speech reports nothing, nor do transcriptions in some formats: they are estimated.
WholeAnswer read_passed(Exchange& x, Try& t, std::string_view body) {
  auto told = usage_in(x.snapshot().facts[t.target->index].spoken, body);
  if (Tokens speech = speech_tokens(x); !told && speech.count > 0) return {.body = body, .text_bytes = bytes_of(speech)};
  if (!told && is_audio_file(x, *t.target)) return {.body = body, .text_bytes = static_cast<std::int64_t>(body.size())};
  Usage usage = told.value_or(Usage{});
  bool annotated = !field_of(x.call.root, "document_annotation_format").is(json::Kind::null) ||
                   !field_of(x.call.root, "bbox_annotation_format").is(json::Kind::null);
  if (annotated) std::swap(usage.beside.pages, usage.beside.annotated_pages);
  if (x.account) t.answer_id = read_batch(body).value_or(BatchState{}).id;
  if (x.door.endpoint.starts_with("/v1/images/")) usage.image_count = images_in(body);
  return {.body = body, .usage = usage};
}

}  // namespace

Result<WholeAnswer> read_whole(Exchange& x, Try& t, const AnswerBytes& bytes, std::int64_t now) {
  const Target& target = *t.target;
  std::string_view body = bytes.body;
  if (x.door.operation == Operation::passthrough) return read_passed(x, t, body);
  const Dialect& language = language_at(x, target);
  if (bytes_pass(x, target) && x.door.speaks_openai()) return read_openai(x, target, body);
  switch (x.door.operation) {
    case Operation::embeddings: return read_embeddings(x, t, language, bytes, now);
    case Operation::rerank: return read_ranks(x, t, language, body, now);
    default: return read_chat(x, t, language, body, now);
  }
}

}  // namespace tollgate
