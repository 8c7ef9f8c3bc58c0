#include "dialects/openai_chat/answer.h"

#include "dialects/openai_chat/choice.h"
#include "dialects/openai_errors.h"
#include "json/scan.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::unexpected<Error> unusable(std::string_view why) {
  return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)});
}

Result<Answer> read_choices(const Value& choices, Answer answer) {
  answer.every_choice_finished = true;
  for (const Value& element : json::Elements(choices)) {
    if (!element.is(Kind::object)) return unusable("the provider's answer has a choice that is no object");
    Choice choice = read_choice(element);
    if (choice.failed) return fail(openai::read_error_value(choice.error));
    ++answer.choices;
    answer.text_bytes += choice.text_bytes;
    answer.reasoning_bytes += choice.reasoning_bytes;
    answer.every_choice_finished &= !choice.finish_reason.empty();
    answer.cut_by_length |= choice.finish_reason == "length";
    answer.filtered |= choice.finish_reason == "content_filter";
  }
  if (answer.choices == 0) return unusable("the provider's answer has no choices");
  return answer;
}

Result<Answer> read_vectors(const Value& data, Answer answer) {
  for (const Value& vector : json::Elements(data)) {
    if (!vector.is(Kind::object)) return unusable("the provider's answer has a vector that is no object");
    ++answer.choices;
  }
  if (answer.choices == 0) return unusable("the provider's answer has no vectors");
  answer.every_choice_finished = true;
  return answer;
}

}  // namespace

Result<Answer> read_answer(Endpoint endpoint, std::string_view body, UsageQuirks quirks) {
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root) return unusable("the provider's answer is not valid JSON");
  if (!root->is(Kind::object)) return unusable("the provider's answer is no JSON object");
  if (auto error = openai::find_error(*root)) return fail(openai::read_error_value(*error));

  Answer answer;
  answer.body = body;
  if (auto usage = find_usage(*root)) {
    UsageReading reading = read_usage(*usage, quirks);
    answer.usage = reading.usage;
    if (answer.usage) answer.usage->beside.tier = service_named(json::find(*root, "service_tier").value_or(Value{}).plain_string().value_or(""));
    answer.absurd_usage = reading.absurd;
  }
  bool vectors = endpoint == Endpoint::embeddings;
  auto content = json::find(*root, vectors ? "data" : "choices");
  if (!content || !content->is(Kind::array)) return unusable("the provider's answer has another shape");
  return vectors ? read_vectors(*content, answer) : read_choices(*content, answer);
}

}  // namespace tollgate::openai_chat
