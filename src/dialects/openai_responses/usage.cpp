#include "dialects/openai_responses/usage.h"

#include <algorithm>

#include "dialects/fields.h"

namespace tollgate::openai_responses {
namespace {

constexpr std::int64_t max_sane_tokens = 1'000'000'000'000;

std::optional<std::int64_t> count_of(const json::Value& object, std::string_view name) {
  auto number = field_of(object, name).integer();
  return number && *number >= 0 && *number <= max_sane_tokens ? number : std::nullopt;
}

Tokens take_part(std::int64_t& left, std::optional<std::int64_t> part) {
  std::int64_t taken = std::min(left, part.value_or(0));
  left -= taken;
  return {taken};
}

// Calls of OpenAI's own tools that are billed one by one. Of a web search's actions only `search` is; without an action it was one.
// Source: OpenAI's pricing page, "Built-in tools", read 2026-11-29.
void count_searches(const json::Value& answer, BilledBeside& beside) {
  for (const json::Value& item : json::Elements(field_of(answer, "output"))) {
    std::string type = text_field(item, "type");
    if (type == "file_search_call") ++beside.file_searches;
    if (type != "web_search_call") continue;
    std::string action = text_field(field_of(item, "action"), "type");
    if (action.empty() || action == "search") ++beside.web_searches;
  }
}

}  // namespace

std::optional<Usage> read_usage(const json::Value& answer) {
  json::Value usage = field_of(answer, "usage");
  auto input = count_of(usage, "input_tokens"), output = count_of(usage, "output_tokens");
  if (!input || !output) return std::nullopt;
  json::Value details = field_of(usage, "input_tokens_details");
  std::int64_t fresh = *input, said = *output;
  Usage out;
  out.cache_read = take_part(fresh, count_of(details, "cached_tokens"));
  out.cache_write_5m = take_part(fresh, count_of(details, "cache_write_tokens"));
  out.audio_input = take_part(fresh, count_of(details, "audio_tokens"));
  out.input = {fresh};
  out.reasoning = take_part(said, count_of(field_of(usage, "output_tokens_details"), "reasoning_tokens"));
  out.output = {said};
  out.beside.image_input = {count_of(details, "image_tokens").value_or(0)};
  out.beside.tier = service_named(text_field(answer, "service_tier"));
  count_searches(answer, out.beside);
  return out;
}

void write_usage(json::Writer& out, const Usage& usage) {
  std::int64_t input = usage.all_input().count, output = usage.all_output().count;
  out.begin_object().member("input_tokens", input).key("input_tokens_details").begin_object();
  out.member("cached_tokens", usage.cache_read.count);
  Tokens written = usage.cache_write_5m + usage.cache_write_1h;
  if (written.count > 0) out.member("cache_write_tokens", written.count);
  out.end_object().member("output_tokens", output).key("output_tokens_details").begin_object();
  out.member("reasoning_tokens", usage.reasoning.count).end_object().member("total_tokens", input + output).end_object();
}

}  // namespace tollgate::openai_responses
