#include "dialects/gemini/usage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/gemini/fields.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Value;

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

// Kinds of tokens, with the numbers that clients get who ask for enums as integers (quirk 69). A document is billed as pictures.
enum class Modality : std::uint8_t { image = 2, video = 3, audio = 4, document = 5 };

std::optional<Modality> modality_of(const Value& value) {
  constexpr std::pair<std::string_view, Modality> names[] = {
      {"IMAGE", Modality::image}, {"VIDEO", Modality::video}, {"AUDIO", Modality::audio}, {"DOCUMENT", Modality::document}};
  auto word = value.plain_string();
  auto number = value.integer();
  for (auto [name, modality] : names)
    if ((word && iequals(*word, name)) || number == static_cast<std::int64_t>(modality)) return modality;
  return std::nullopt;
}

struct Details {
  Count audio, image, video;
};

Details read_details(const Value& details) {
  Details out;
  for (const Value& detail : json::Elements(details)) {
    auto modality = modality_of(field_of(detail, "modality"));
    if (!modality) continue;
    Count count = read_count(field_of(detail, "tokenCount"));
    Count& sum = *modality == Modality::audio ? out.audio : *modality == Modality::video ? out.video : out.image;
    sum.absurd |= count.absurd;
    sum.value = std::min(sum.value + count.value, max_sane_tokens);
  }
  return out;
}

struct Counts {
  Count prompt, cached, tools, output, thoughts, total;
  Details in, from_cache, of_tools, out;
  std::string_view tier{};
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
    if (field_is(member, "promptTokensDetails")) out.in = read_details(value);
    if (field_is(member, "promptTokenDetails")) out.in = read_details(value);  // of embeddings
    if (field_is(member, "cacheTokensDetails")) out.from_cache = read_details(value);
    if (field_is(member, "toolUsePromptTokensDetails")) out.of_tools = read_details(value);
    if (field_is(member, "serviceTier")) out.tier = value.plain_string().value_or("");
    if (field_is(member, "candidatesTokensDetails")) out.out = read_details(value);
  }
  return out;
}

bool any_absurd(const Counts& c) {
  const Count* all[] = {&c.prompt, &c.cached,   &c.tools,            &c.output,         &c.thoughts,
                        &c.total,  &c.in.audio, &c.from_cache.audio, &c.of_tools.audio, &c.out.audio};
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
  std::int64_t fresh_audio = std::max<std::int64_t>(0, c.in.audio.value - c.from_cache.audio.value);
  usage.audio_input = {take_part(left, fresh_audio)};
  usage.audio_input += {take_part(tools, c.of_tools.audio.value)};
  usage.input = {left + tools};
}

// Parts of buckets that may have prices of their own. What the cache gave is in the details of the prompt too.
void fill_beside(const Counts& c, BilledBeside& beside) {
  auto fresh = [](const Count& all, const Count& cached, const Count& tools) {
    return Tokens{std::max<std::int64_t>(0, all.value - cached.value) + tools.value};
  };
  beside.image_input = fresh(c.in.image, c.from_cache.image, c.of_tools.image);
  beside.video_input = fresh(c.in.video, c.from_cache.video, c.of_tools.video);
  beside.cached_audio = {c.from_cache.audio.value};
  beside.cached_image = {c.from_cache.image.value};
  beside.image_output = {c.out.image.value};
  beside.video_output = {c.out.video.value};
  std::string tier = lower(c.tier);
  std::string_view word = tier;
  constexpr std::string_view enum_name = "service_tier_";
  if (word.starts_with(enum_name)) word.remove_prefix(enum_name.size());
  beside.tier = service_named(word);
}

void fill_output(const Counts& c, Usage& usage) {
  std::int64_t left = c.output.value;
  usage.audio_output = {take_part(left, c.out.audio.value)};
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
  fill_beside(counts, reading.usage->beside);
  return reading;
}

// Before Gemini 3 a prompt that was grounded is billed once, from then on each query.
// Source: Gemini API pricing, "Grounding with Google Search", read 2026-11-29.
std::int64_t searches_in(const Value& answer) {
  std::int64_t queries = 0;
  for (const Value& candidate : json::Elements(field_of(answer, "candidates")))
    for (const Value& query : json::Elements(field_of(field_of(candidate, "groundingMetadata"), "webSearchQueries")))
      queries += query.is(json::Kind::string) ? 1 : 0;
  auto model = field_of(answer, "modelVersion").plain_string().value_or("");
  bool by_prompt = model.starts_with("gemini-1") || model.starts_with("gemini-2");
  return by_prompt ? std::min<std::int64_t>(queries, 1) : queries;
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
