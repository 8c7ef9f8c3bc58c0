#include "mock/wording.h"

#include <fmt/format.h>

#include "json/write.h"

namespace tollgate::mock {
namespace {

void append_number(std::string& out, std::int64_t number) {
  fmt::format_int text(number);
  out.append(text.data(), text.size());
}

// Pieces that are JSON already, and numbers.
template <class... Parts>
void append(std::string& out, const Parts&... parts) {
  auto put = [&](const auto& part) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(part)>>)
      append_number(out, static_cast<std::int64_t>(part));
    else
      out += part;
  };
  (put(parts), ...);
}

bool is_chat(const Question& question) { return question.endpoint == Endpoint::chat; }

void append_call_id(std::string& out, const Naming& naming, std::int64_t choice) {
  append(out, R"("call_mock_)", naming.number, "_", choice, R"(")");
}

std::string_view finish_reason(const Reply& reply) {
  return reply.calls_tool() ? R"("tool_calls")" : reply.cut_by_length ? R"("length")" : R"("stop")";
}

void append_opening(std::string& out, const Question& question, const Naming& naming, std::string_view object) {
  append(out, R"({"id":")", is_chat(question) ? "chatcmpl-mock-" : "cmpl-mock-", naming.number, R"(","object":")",
         object);
  append(out, R"(","created":)", naming.created, R"(,"model":)", question.request.model_value.raw);
  append(out, R"(,"system_fingerprint":"fp_mock","choices":[)");
}

void append_message(std::string& out, const Reply& reply, const Naming& naming, std::int64_t choice) {
  if (!reply.calls_tool()) {
    append(out, R"("message":{"role":"assistant","content":)");
    json::append_quoted(out, reply.text);
    return append(out, R"(,"refusal":null})");
  }
  append(out, R"("message":{"role":"assistant","content":null,"tool_calls":[{"id":)");
  append_call_id(out, naming, choice);
  append(out, R"(,"type":"function","function":{"name":")", reply.tool_name, R"(","arguments":)");
  json::append_quoted(out, reply.text);
  append(out, R"(}}],"refusal":null})");
}

}  // namespace

void append_usage(std::string& out, Endpoint endpoint, const Rule& rule, const TokenCounts& counts) {
  if (rule.usage) return append(out, *rule.usage);
  append(out, R"({"prompt_tokens":)", counts.input);
  if (endpoint == Endpoint::embeddings) return append(out, R"(,"total_tokens":)", counts.input, "}");
  append(out, R"(,"completion_tokens":)", counts.output, R"(,"total_tokens":)", counts.input + counts.output);
  append(out, R"(,"prompt_tokens_details":{"cached_tokens":)", counts.cached, R"(,"audio_tokens":0})");
  append(out, R"(,"completion_tokens_details":{"reasoning_tokens":)", counts.reasoning, R"(,"audio_tokens":0}})");
}

void append_answer(std::string& out, const Question& question, const Rule& rule, const Reply& reply,
                   const Naming& naming) {
  append_opening(out, question, naming, is_chat(question) ? "chat.completion" : "text_completion");
  for (std::int64_t choice = 0; choice < reply.choices; ++choice) {
    append(out, choice > 0 ? "," : "", R"({"index":)", choice, ",");
    if (is_chat(question)) {
      append_message(out, reply, naming, choice);
    } else {
      append(out, R"("text":)");
      json::append_quoted(out, reply.text);
    }
    append(out, R"(,"logprobs":null,"finish_reason":)", finish_reason(reply), "}");
  }
  append(out, "]");
  if (!rule.no_usage) {
    append(out, R"(,"usage":)");
    append_usage(out, question.endpoint, rule, reply.counts);
  }
  append(out, "}");
}

void EventWriter::begin(const Question& question, const Rule& rule, const Reply& reply, const Naming& naming) {
  question_ = &question;
  rule_ = &rule;
  reply_ = &reply;
  naming_ = naming;
  prefix_.assign("data: ");
  append_opening(prefix_, question, naming, is_chat(question) ? "chat.completion.chunk" : "text_completion");
  suffix_ = question.request.include_usage && !rule.no_usage ? R"(],"usage":null})"
                                                               "\n\n"
                                                             : "]}\n\n";
}

void EventWriter::append(std::string& out, const Event& event) const {
  if (event.kind == EventKind::done) return mock::append(out, "data: [DONE]\n\n");
  out += prefix_;
  if (event.kind == EventKind::usage) {
    mock::append(out, R"(],"usage":)");
    append_usage(out, question_->endpoint, *rule_, reply_->counts);
    return mock::append(out, "}\n\n");
  }
  mock::append(out, R"({"index":)", event.choice, ",");
  if (is_chat(*question_))
    append_chat_choice(out, event);
  else
    append_text_choice(out, event);
  mock::append(out, R"(,"logprobs":null,"finish_reason":)",
               event.kind == EventKind::finish ? finish_reason(*reply_) : "null", "}", suffix_);
}

void EventWriter::append_text_choice(std::string& out, const Event& event) const {
  mock::append(out, R"("text":)");
  json::append_quoted(out, event.kind == EventKind::piece ? reply_->piece(event.piece) : std::string_view{});
}

void EventWriter::append_chat_choice(std::string& out, const Event& event) const {
  mock::append(out, R"("delta":{)");
  append_delta(out, event);
  mock::append(out, "}");
}

// The first delta of a tool call has its name and id, the later ones only more of its arguments.
void EventWriter::append_delta(std::string& out, const Event& event) const {
  if (event.kind == EventKind::finish) return;
  if (event.kind == EventKind::role && !reply_->calls_tool())
    return mock::append(out, R"("role":"assistant","content":"","refusal":null)");
  if (event.kind == EventKind::role) {
    mock::append(out, R"("role":"assistant","content":null,"tool_calls":[{"index":0,"id":)");
    append_call_id(out, naming_, event.choice);
    return mock::append(out, R"(,"type":"function","function":{"name":")", reply_->tool_name, R"(","arguments":""}}])");
  }
  mock::append(out, reply_->calls_tool() ? R"("tool_calls":[{"index":0,"function":{"arguments":)" : R"("content":)");
  json::append_quoted(out, reply_->piece(event.piece));
  if (reply_->calls_tool()) mock::append(out, "}}]");
}

}  // namespace tollgate::mock
