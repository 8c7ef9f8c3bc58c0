#include "dialects/gemini/response_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "dialects/gemini/errors.h"
#include "dialects/gemini/fields.h"
#include "dialects/gemini/finish.h"
#include "dialects/gemini/logprobs.h"
#include "dialects/gemini/part_reader.h"
#include "dialects/gemini/usage.h"
#include "json/scan.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Member;
using json::Value;

bool calls_tools(const ChatChoice& choice) {
  return std::any_of(choice.parts.begin(), choice.parts.end(), [](const Part& part) { return part.as<ToolCall>(); });
}

// False when the candidate cannot be one.
bool read_candidate(const Value& candidate, ChatResponse& out) {
  ChatChoice choice;
  choice.index = field_of(candidate, "index").integer().value_or(0);  // left out when 0 (quirk 75)
  if (!candidate.is(Kind::object) || choice.index < 0 || choice.index >= static_cast<std::int64_t>(max_answers)) return false;
  choice.parts = read_parts(field_of(candidate, "content"));
  Finish finish = read_finish(field_of(candidate, "finishReason"));
  choice.finish = with_calls(finish.reason, calls_tools(choice));
  choice.native_finish = finish.native;
  for (const Member& member : json::Members(candidate)) {
    if (field_is(member, "index") || field_is(member, "content") || field_is(member, "finishReason")) continue;
    if (field_is(member, "logprobsResult")) {
      std::string tokens = openai_logprobs(member.value);
      if (!tokens.empty()) choice.logprobs = fmt::format("{{\"content\":{},\"refusal\":null}}", tokens);
    }
    out.extras.push_back({candidate_prefix(choice.index) + member.key(), std::string(member.value.raw)});
  }
  out.choices.push_back(std::move(choice));
  return true;
}

void read_member(const Member& member, ChatResponse& out) {
  const Value& value = member.value;
  if (field_is(member, "responseId")) {
    out.id = value.string().value_or("");
  } else if (field_is(member, "modelVersion")) {
    out.model = value.string().value_or("");
  } else if (field_is(member, "usageMetadata")) {
    out.usage = read_usage(value).usage;
    out.service_tier = text_of(value, "serviceTier");
  } else if (!field_is(member, "candidates")) {
    out.extras.push_back({member.key(), std::string(value.raw)});
  }
}

void add_images(ChatResponse& out) {
  if (!out.usage) return;
  for (const ChatChoice& choice : out.choices) out.usage->image_count += count_images(choice.parts);
}

}  // namespace

std::string candidate_prefix(std::int64_t index) { return fmt::format("candidates[{}].", index); }

Value block_reason(const Value& root) { return field_of(field_of(root, "promptFeedback"), "blockReason"); }

std::int64_t count_images(const std::vector<Part>& parts) {
  return std::count_if(parts.begin(), parts.end(), [](const Part& part) {
    const auto* media = part.as<Media>();
    return media && media->kind == Media::Kind::image;
  });
}

Result<ChatResponse> read_chat_response(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root) return fail(broken_answer("the provider's answer is no JSON"));
  if (auto error = find_error(*root)) return fail(read_error_value(*error));
  if (!root->is(Kind::object)) return fail(broken_answer("the provider's answer is no JSON object"));
  ChatResponse out;
  out.dialect = "gemini";
  for (const Member& member : json::Members(*root)) read_member(member, out);
  for (const Value& candidate : json::Elements(field_of(*root, "candidates")))
    if (!read_candidate(candidate, out)) return fail(broken_answer("the provider's answer holds an impossible candidate"));
  if (Value reason = block_reason(*root); out.choices.empty() && !reason.is(Kind::null)) {
    out.choices.push_back({.finish = FinishReason::content_filter, .native_finish = read_finish(reason).native});
  }
  if (out.choices.empty()) return fail(broken_answer("the provider's answer holds no candidate"));
  add_images(out);
  if (out.usage) out.usage->beside.web_searches = searches_in(*root);
  return out;
}

}  // namespace tollgate::gemini
