#include "dialects/openai_responses/response.h"

#include <algorithm>

#include "dialects/envelope.h"
#include "dialects/fields.h"
#include "dialects/openai_errors.h"
#include "dialects/openai_responses/answer_frame.h"
#include "dialects/openai_responses/items.h"
#include "dialects/openai_responses/usage.h"
#include "json/scan.h"

namespace tollgate::openai_responses {
namespace {

using json::Kind;
using json::Value;

std::unexpected<Error> broken(std::string_view why) {
  return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)});
}

// Texts and refusals that stand together are one message; everything else is an item of its own.
class Items {
 public:
  explicit Items(const AnswerFacts& facts) : facts_(facts) {}

  void add(const Part& part) {
    if (part.as<Text>() != nullptr || part.as<Refusal>() != nullptr) return add_said(part);
    close();
    if (const auto* call = part.as<ToolCall>()) return add_call(*call);
    if (const auto* thought = part.as<Reasoning>()) return add_thought(*thought);
    const auto* foreign = part.as<Foreign>();
    if (foreign != nullptr && foreign->dialect == "openai_responses") items_.push_back(foreign->json);
  }
  std::span<const std::string> all() {
    close();
    return items_;
  }

 private:
  void add_said(const Part& part) {
    if (!contents_.empty()) contents_ += ',';
    json::Writer out(contents_);
    if (const auto* text = part.as<Text>())
      write_output_text(out, *text, true);
    else
      out.begin_object().member("type", "refusal").member("refusal", part.as<Refusal>()->text).end_object();
  }
  void close() {
    if (contents_.empty()) return;
    std::string item;
    json::Writer out(item);
    out.begin_object().member("id", item_id("msg", facts_, items_.size())).member("type", "message").member("status", "completed");
    out.member("role", "assistant").key("content").raw("[" + contents_ + "]").end_object();
    items_.push_back(std::move(item));
    contents_.clear();
  }
  void add_call(const ToolCall& call) {
    if (!call.signature.empty()) add_thought(carried_signature(call));
    std::string item;
    json::Writer out(item);
    std::string id = item_id(call.custom ? "ctc" : "fc", facts_, items_.size());
    out.begin_object().member("id", id).member("type", call.custom ? "custom_tool_call" : "function_call").member("status", "completed");
    out.member("call_id", call.id.empty() ? id : call.id).member("name", call.name);
    out.member(call.custom ? "input" : "arguments", call.arguments).end_object();
    items_.push_back(std::move(item));
  }
  // Callers' programs show summaries; a thought in the open is shown as one too.
  void add_thought(Reasoning thought) {
    thought.summary = true;
    std::string item;
    json::Writer out(item);
    write_reasoning_item(out, thought, item_id("rs", facts_, items_.size()));
    items_.push_back(std::move(item));
  }

  const AnswerFacts& facts_;
  std::vector<std::string> items_;
  std::string contents_;
};

std::string logprobs_of(const Value& answer) {
  for (const Value& item : json::Elements(field_of(answer, "output")))
    for (const Value& part : json::Elements(field_of(item, "content"))) {
      Value logprobs = field_of(part, "logprobs");
      if (json::Elements(logprobs).begin() == json::Elements(logprobs).end()) continue;
      std::string out;
      json::Writer(out).begin_object().key("content").raw(logprobs).end_object();
      return out;
    }
  return {};
}

}  // namespace

FinishReason finish_of(const Value& answer, bool called) {
  std::string status = text_field(answer, "status");
  if (status == "incomplete") {
    std::string reason = text_field(field_of(answer, "incomplete_details"), "reason");
    return reason == "content_filter" ? FinishReason::content_filter : FinishReason::length;
  }
  return called ? FinishReason::tool_calls : FinishReason::stop;
}

std::optional<Error> failure_of(const Value& answer) {
  Value error = field_of(answer, "error");
  if (text_field(answer, "status") != "failed" && !error.is(Kind::object)) return std::nullopt;
  return openai::read_error_value(error);
}

Result<ChatResponse> read_chat_response(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root || !root->is(Kind::object)) return broken("the provider's answer is no JSON object");
  if (auto failed = failure_of(*root)) return fail(std::move(*failed));
  Value output = field_of(*root, "output");
  if (!output.is(Kind::array)) return broken("the provider's answer has no output");
  ChatResponse response{.dialect = "openai_responses",
                        .id = text_field(*root, "id"),
                        .model = text_field(*root, "model"),
                        .created = field_of(*root, "created_at").integer().value_or(0),
                        .usage = read_usage(*root),
                        .service_tier = text_field(*root, "service_tier")};
  ChatChoice choice;
  for (const Value& item : json::Elements(output)) read_model_item(item, choice.parts);
  join_call_signatures(choice.parts);
  bool called = std::any_of(choice.parts.begin(), choice.parts.end(), [](const Part& part) { return part.as<ToolCall>() != nullptr; });
  choice.finish = finish_of(*root, called);
  choice.native_finish = text_field(*root, "status");
  choice.logprobs = logprobs_of(*root);
  response.choices.push_back(std::move(choice));
  return response;
}

void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) {
  Items items(facts);
  AnswerFrame frame{.id = answer_id(facts),
                    .model = response.model.empty() ? std::string(facts.model) : response.model,
                    .created = response.created != 0 ? response.created : facts.now,
                    .usage = response.usage,
                    .request = facts.request,
                    .previous_id = std::string(facts.previous_id),
                    .stored = facts.stored};
  if (!response.choices.empty()) {
    for (const Part& part : response.choices.front().parts) items.add(part);
    set_ending(frame, response.choices.front().finish);
  } else {
    set_ending(frame, FinishReason::stop);
  }
  json::Writer writer(out);
  write_answer_frame(writer, frame, items.all());
}

}  // namespace tollgate::openai_responses
