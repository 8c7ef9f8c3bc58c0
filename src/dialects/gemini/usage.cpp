#include "dialects/gemini/usage.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/gemini/fields.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Value;

constexpr std::int64_t audio_modality = 4;  // of clients that ask for enums as integers (quirk 69)

struct Count {
  std::int64_t value = 0;
  bool present = false;
  bool absurd = false;
};

Count read_count(const Value& value) {
  if (value.is(json::Kind::null)) return {};
  auto number = value.integer();
  if (!number || *number < 0 || *number > max_sane_tokens) return {.present = true, .absurd = true};
  return {.value = *number, .present = true};
}

Count read_audio(const Value& details) {
  Count sum;
  for (const Value& detail : json::Elements(details)) {
    Value modality = field_of(detail, "modality");
    auto word = modality.plain_string();
    if (!(word && iequals(*word, "AUDIO")) && modality.integer() != audio_modality) continue;
    Count count = read_count(field_of(detail, "tokenCount"));
    sum.absurd |= count.absurd;
    sum.value = std::min(sum.value + count.value, max_sane_tokens);
  }
  return sum;
}

struct Counts {
  Count prompt, cached, tools, output, thoughts, total;
  Count audio_in, audio_cached, audio_tools, audio_out;
};

Counts read_counts(const Value& metadata) {
  Counts out;
  for (const json::Member& member : json::Members(metadata)) {
    const Value& value = member.value;
    if (field_is(member, "promptTokenCount")) out.prompt = read_count(value);
    if (field_is(member, "cachedContentTokenCount")) out.cached = read_count(value);
    if (field_is(member, "toolUsePromptTokenCount")) out.tools = read_count(value);
    if (field_is(member, "candidatesTokenCount")) out.output = read_count(value);
    if (field_is(member, "thoughtsTokenCount")) out.thoughts = read_count(value);
    if (field_is(member, "totalTokenCount")) out.total = read_count(value);
    if (field_is(member, "promptTokensDetails")) out.audio_in = read_audio(value);
    if (field_is(member, "promptTokenDetails")) out.audio_in = read_audio(value);  // of embeddings
    if (field_is(member, "cacheTokensDetails")) out.audio_cached = read_audio(value);
    if (field_is(member, "toolUsePromptTokensDetails")) out.audio_tools = read_audio(value);
    if (field_is(member, "candidatesTokensDetails")) out.audio_out = read_audio(value);
  }
  return out;
}

bool any_absurd(const Counts& c) {
  const Count* all[] = {&c.prompt, &c.cached,   &c.tools,        &c.output,      &c.thoughts,
                        &c.total,  &c.audio_in, &c.audio_cached, &c.audio_tools, &c.audio_out};
  return std::any_of(std::begin(all), std::end(all), [](const Count* count) { return count->absurd; });
}

std::int64_t take_part(std::int64_t& left, std::int64_t part) {
  std::int64_t taken = std::min(left, part);
  left -= taken;
  return taken;
}

void fill_input(const Counts& c, Usage& usage) {
  std::int64_t left = c.prompt.value, tools = c.tools.value;
  usage.cache_read = {take_part(left, c.cached.value)};
  std::int64_t fresh_audio = std::max<std::int64_t>(0, c.audio_in.value - c.audio_cached.value);
  usage.audio_input = {take_part(left, fresh_audio)};
  usage.audio_input += {take_part(tools, c.audio_tools.value)};
  usage.input = {left + tools};
}

void fill_output(const Counts& c, Usage& usage) {
  std::int64_t left = c.output.value;
  usage.audio_output = {take_part(left, c.audio_out.value)};
  usage.output = {left};
  usage.reasoning = {c.thoughts.value};
}

void add_count(json::Writer& writer, std::string_view name, Tokens tokens) {
  if (tokens.count > 0) writer.member(name, tokens.count);
}

void add_details(json::Writer& writer, std::string_view name, Tokens text, Tokens audio) {
  if (audio.count == 0) return;
  writer.key(name).begin_array();
  if (text.count > 0) writer.begin_object().member("modality", "TEXT").member("tokenCount", text.count).end_object();
  writer.begin_object().member("modality", "AUDIO").member("tokenCount", audio.count).end_object();
  writer.end_array();
}

}  // namespace

UsageReading read_usage(const Value& metadata) {
  if (!metadata.is(json::Kind::object)) return {.usage = {}, .absurd = !metadata.is(json::Kind::null)};
  Counts counts = read_counts(metadata);
  UsageReading reading{.usage = {}, .absurd = any_absurd(counts)};
  bool told = counts.prompt.present || counts.output.present || counts.thoughts.present || counts.tools.present;
  if (!told || counts.prompt.absurd || counts.output.absurd) return reading;
  reading.usage.emplace();
  fill_input(counts, *reading.usage);
  fill_output(counts, *reading.usage);
  return reading;
}

// Written tokens of a cache have no place of their own here: they are prompt.
void append_usage(std::string& out, const Usage& usage) {
  json::Writer writer(out);
  Tokens visible = usage.output + usage.audio_output;
  writer.begin_object().member("promptTokenCount", usage.all_input().count);
  add_count(writer, "cachedContentTokenCount", usage.cache_read);
  writer.member("candidatesTokenCount", visible.count);
  add_count(writer, "thoughtsTokenCount", usage.reasoning);
  writer.member("totalTokenCount", (usage.all_input() + usage.all_output()).count);
  add_details(writer, "promptTokensDetails", usage.all_input() - usage.audio_input, usage.audio_input);
  add_details(writer, "candidatesTokensDetails", usage.output, usage.audio_output);
  writer.end_object();
}

}  // namespace tollgate::gemini
