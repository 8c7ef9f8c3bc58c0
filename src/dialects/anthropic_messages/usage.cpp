#include "dialects/anthropic_messages/usage.h"

#include <algorithm>

#include "dialects/fields.h"

namespace tollgate::anthropic_messages {
namespace {

constexpr std::int64_t most_searches = 1'000'000;
constexpr std::int64_t most_sane_tokens = 1'000'000'000'000;

void take_number(const json::Value& object, std::string_view name, std::optional<std::int64_t>& into) {
  auto number = field_of(object, name).integer();
  if (number && *number >= 0 && *number <= most_sane_tokens) into = *number;
}

}  // namespace

void UsageReader::take(const json::Value& usage) {
  if (!usage.is(json::Kind::object)) return;
  take_number(usage, "input_tokens", input_);
  take_number(usage, "output_tokens", output_);
  take_number(usage, "cache_read_input_tokens", read_);
  take_number(usage, "cache_creation_input_tokens", written_);
  json::Value split = field_of(usage, "cache_creation");
  take_number(split, "ephemeral_5m_input_tokens", written_5m_);
  take_number(split, "ephemeral_1h_input_tokens", written_1h_);
  take_number(field_of(usage, "output_tokens_details"), "thinking_tokens", thinking_);
  take_number(field_of(usage, "server_tool_use"), "web_search_requests", searches_);
  if (std::string tier = text_field(usage, "service_tier"); !tier.empty()) tier_ = service_named(tier);
  if (text_field(usage, "speed") == "fast") tier_ = ServiceTier::fast;
}

std::optional<Usage> UsageReader::usage() const {
  if (!input_ && !output_) return std::nullopt;
  Usage usage{.input = {input_.value_or(0)}, .cache_read = {read_.value_or(0)}};
  std::int64_t one_hour = written_1h_.value_or(0), written = written_.value_or(written_5m_.value_or(0) + one_hour);
  one_hour = std::min(one_hour, written);
  usage.cache_write_1h = {one_hour};
  usage.cache_write_5m = {written - one_hour};
  std::int64_t output = output_.value_or(0), thinking = std::min(thinking_.value_or(0), output);
  usage.output = {output - thinking};
  usage.reasoning = {thinking};
  usage.beside.web_searches = std::min(searches_.value_or(0), most_searches);
  usage.beside.tier = tier_;
  return usage;
}

void write_usage(json::Writer& out, const Usage& usage) {
  out.begin_object().member("input_tokens", (usage.input + usage.audio_input).count);
  out.member("cache_creation_input_tokens", (usage.cache_write_5m + usage.cache_write_1h).count);
  out.member("cache_read_input_tokens", usage.cache_read.count);
  out.key("cache_creation").begin_object().member("ephemeral_5m_input_tokens", usage.cache_write_5m.count);
  out.member("ephemeral_1h_input_tokens", usage.cache_write_1h.count).end_object();
  out.member("output_tokens", usage.all_output().count);
  if (usage.reasoning.count > 0) out.key("output_tokens_details").begin_object().member("thinking_tokens", usage.reasoning.count).end_object();
  out.end_object();
}

}  // namespace tollgate::anthropic_messages
