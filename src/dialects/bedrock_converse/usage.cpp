#include "dialects/bedrock_converse/usage.h"

#include <algorithm>

#include "dialects/fields.h"

namespace tollgate::bedrock_converse {
namespace {

constexpr std::int64_t max_sane_tokens = 1'000'000'000'000;

std::optional<std::int64_t> count_of(const json::Value& object, std::string_view name) {
  auto number = field_of(object, name).integer();
  return number && *number >= 0 && *number <= max_sane_tokens ? number : std::nullopt;
}

std::int64_t either(const json::Value& usage, std::string_view name, std::string_view other) {
  return count_of(usage, name).value_or(count_of(usage, other).value_or(0));
}

}  // namespace

std::optional<Usage> read_usage(const json::Value& usage) {
  auto input = count_of(usage, "inputTokens"), output = count_of(usage, "outputTokens");
  if (!input || !output) return std::nullopt;
  Usage out{.input = {*input}, .cache_read = {either(usage, "cacheReadInputTokens", "cacheReadInputTokenCount")}, .output = {*output}};
  std::int64_t written = either(usage, "cacheWriteInputTokens", "cacheWriteInputTokenCount"), one_hour = 0;
  for (const json::Value& detail : json::Elements(field_of(usage, "cacheDetails")))
    if (text_field(detail, "ttl") == "1h") one_hour += count_of(detail, "inputTokens").value_or(0);
  out.cache_write_1h = {std::min(one_hour, written)};
  out.cache_write_5m = {written - out.cache_write_1h.count};
  return out;
}

void write_usage(json::Writer& out, const Usage& usage) {
  std::int64_t written = (usage.cache_write_5m + usage.cache_write_1h).count;
  out.begin_object().member("inputTokens", (usage.input + usage.audio_input).count).member("outputTokens", usage.all_output().count);
  out.member("totalTokens", (usage.all_input() + usage.all_output()).count);
  out.member("cacheReadInputTokens", usage.cache_read.count).member("cacheWriteInputTokens", written).end_object();
}

FinishReason read_finish(std::string_view word) {
  if (word == "max_tokens" || word == "model_context_window_exceeded") return FinishReason::length;
  if (word == "tool_use") return FinishReason::tool_calls;
  if (word == "stop_sequence") return FinishReason::stop_sequence;
  if (word == "guardrail_intervened" || word == "content_filtered") return FinishReason::content_filter;
  if (word.starts_with("malformed_")) return FinishReason::error;
  return word.empty() ? FinishReason::none : FinishReason::stop;
}

std::string_view word_of(FinishReason finish) {
  switch (finish) {
    case FinishReason::length: return "max_tokens";
    case FinishReason::tool_calls: return "tool_use";
    case FinishReason::stop_sequence: return "stop_sequence";
    case FinishReason::content_filter:
    case FinishReason::refusal: return "content_filtered";
    case FinishReason::error: return "malformed_model_output";
    default: return "end_turn";
  }
}

}  // namespace tollgate::bedrock_converse
