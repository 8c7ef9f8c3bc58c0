#include "dialects/cohere/usage.h"

#include <algorithm>

#include "dialects/fields.h"

namespace tollgate::cohere {
namespace {

constexpr std::int64_t max_sane_tokens = 1'000'000'000'000;

std::optional<std::int64_t> count_of(const json::Value& object, std::string_view name) {
  auto number = field_of(object, name).integer();
  return number && *number >= 0 && *number <= max_sane_tokens ? number : std::nullopt;
}

}  // namespace

std::optional<Usage> read_usage(const json::Value& usage) {
  for (std::string_view name : {"billed_units", "tokens"}) {
    json::Value counts = field_of(usage, name);
    auto input = count_of(counts, "input_tokens"), output = count_of(counts, "output_tokens");
    if (!input && !output) continue;
    std::int64_t said = output.value_or(0);
    std::int64_t thought = std::min(said, count_of(field_of(usage, "tokens"), "reasoning_tokens").value_or(0));
    return Usage{.input = {input.value_or(0)}, .output = {said - thought}, .reasoning = {thought}};
  }
  return std::nullopt;
}

void write_usage(json::Writer& out, const Usage& usage) {
  out.begin_object();
  for (std::string_view name : {"billed_units", "tokens"}) {
    out.key(name).begin_object().member("input_tokens", usage.all_input().count);
    out.member("output_tokens", usage.all_output().count).end_object();
  }
  out.end_object();
}

FinishReason read_finish(std::string_view word) {
  if (word == "MAX_TOKENS") return FinishReason::length;
  if (word == "TOOL_CALL") return FinishReason::tool_calls;
  if (word == "STOP_SEQUENCE") return FinishReason::stop_sequence;
  if (word == "ERROR_TOXIC") return FinishReason::content_filter;
  if (word == "ERROR" || word == "TIMEOUT") return FinishReason::error;
  return word.empty() ? FinishReason::none : FinishReason::stop;
}

std::string_view word_of(FinishReason finish) {
  switch (finish) {
    case FinishReason::length: return "MAX_TOKENS";
    case FinishReason::tool_calls: return "TOOL_CALL";
    case FinishReason::stop_sequence: return "STOP_SEQUENCE";
    case FinishReason::content_filter:
    case FinishReason::error: return "ERROR";
    default: return "COMPLETE";
  }
}

}  // namespace tollgate::cohere
