#include "dialects/openai_responses/answer_frame.h"

#include "dialects/openai_responses/settings.h"
#include "dialects/openai_responses/usage.h"
#include "dialects/reasoning.h"

namespace tollgate::openai_responses {
namespace {

void text_or_null(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty())
    out.null();
  else
    out.value(text);
}

void raw_or(json::Writer& out, std::string_view name, const std::string& json, std::string_view usual) {
  out.key(name).raw(json.empty() ? usual : std::string_view(json));
}

void write_error(json::Writer& out, const Error* error) {
  out.key("error");
  if (error == nullptr) {
    out.null();
    return;
  }
  out.begin_object().member("code", error->client_code());
  out.member("message", error->detail.empty() ? error->client_code() : std::string_view(error->detail)).end_object();
}

void write_settings(json::Writer& out, const ChatRequest& request, const AnswerFrame& frame) {
  bool own = request.dialect == "openai_responses";
  bool told = !request.messages.empty() && request.messages.front().role == Role::system && request.messages.front().parts.size() == 1;
  const Text* instructions = told ? request.messages.front().parts.front().as<Text>() : nullptr;
  text_or_null(out, "instructions", instructions == nullptr ? std::string_view() : std::string_view(instructions->text));
  out.key("max_output_tokens");
  if (request.max_output)
    out.value(*request.max_output);
  else
    out.null();
  out.member("parallel_tool_calls", request.parallel_tool_calls.value_or(true));
  text_or_null(out, "previous_response_id", frame.previous_id.empty() ? request.previous_response_id : frame.previous_id);
  out.key("reasoning").begin_object();
  text_or_null(out, "effort", effort_of(request.reasoning));
  text_or_null(out, "summary", request.reasoning.summary);
  out.end_object().member("store", frame.stored);
  raw_or(out, "temperature", request.temperature, "1.0");
  out.key("text");
  write_text(out, request);
  out.key("tool_choice");
  write_choice(out, request.tool_choice);
  out.key("tools").begin_array();
  for (const Tool& tool : request.tools) write_tool(out, tool, own);
  out.end_array();
  raw_or(out, "top_p", request.top_p, "1.0");
  out.member("truncation", "disabled");
  text_or_null(out, "user", request.user);
  raw_or(out, "metadata", request.metadata, "{}");
}

}  // namespace

void write_answer_frame(json::Writer& out, const AnswerFrame& frame, std::span<const std::string> items) {
  out.begin_object().member("id", frame.id).member("object", "response").member("created_at", frame.created);
  out.member("status", frame.status).member("background", false);
  write_error(out, frame.error);
  out.key("incomplete_details");
  if (frame.incomplete_reason.empty())
    out.null();
  else
    out.begin_object().member("reason", frame.incomplete_reason).end_object();
  out.member("model", frame.model).key("output").begin_array();
  for (const std::string& item : items) out.raw(item);
  out.end_array();
  if (frame.request != nullptr) write_settings(out, *frame.request, frame);
  out.key("usage");
  if (frame.usage)
    write_usage(out, *frame.usage);
  else
    out.null();
  out.end_object();
}

void set_ending(AnswerFrame& frame, FinishReason finish) {
  frame.status = "completed";
  if (finish == FinishReason::length) frame.incomplete_reason = "max_output_tokens";
  if (finish == FinishReason::content_filter) frame.incomplete_reason = "content_filter";
  if (!frame.incomplete_reason.empty()) frame.status = "incomplete";
}

std::string answer_id(const AnswerFacts& facts) { return "resp_" + to_string(facts.id); }

std::string item_id(std::string_view kind, const AnswerFacts& facts, std::size_t number) {
  return std::string(kind) + "_" + to_string(facts.id) + "_" + std::to_string(number);
}

}  // namespace tollgate::openai_responses
