#include "dialects/openai_chat/usage.h"

#include <algorithm>

namespace tollgate::openai_chat {
namespace {

// A count as the provider wrote it. Null is as good as absent.
struct Count {
  std::int64_t value = 0;
  bool present = false;
  bool absurd = false;

  bool usable() const { return present && !absurd; }
};

Count read_count(const json::Value& value) {
  if (value.is(json::Kind::null)) return {};
  auto number = value.integer();
  if (!number || *number < 0 || *number > max_sane_tokens) return {.present = true, .absurd = true};
  return {.value = *number, .present = true};
}

struct Counts {
  Count prompt, completion, total;
  Count cached, cached_flat, cache_write, cache_write_flat, audio_in, audio_in_flat;
  Count reasoning, reasoning_flat, audio_out;
  Count image_in, image_out, audio_seconds, searches;
};

void read_prompt_details(const json::Value& details, Counts& out) {
  for (const json::Member& member : json::Members(details)) {
    if (member.key_is("cached_tokens")) out.cached = read_count(member.value);
    if (member.key_is("cache_write_tokens")) out.cache_write = read_count(member.value);
    if (member.key_is("cache_creation_tokens")) out.cache_write = read_count(member.value);
    if (member.key_is("audio_tokens")) out.audio_in = read_count(member.value);
    if (member.key_is("image_tokens")) out.image_in = read_count(member.value);
  }
}

void read_completion_details(const json::Value& details, Counts& out) {
  for (const json::Member& member : json::Members(details)) {
    if (member.key_is("reasoning_tokens")) out.reasoning = read_count(member.value);
    if (member.key_is("audio_tokens")) out.audio_out = read_count(member.value);
    if (member.key_is("image_tokens")) out.image_out = read_count(member.value);
  }
}

void read_tool_use(const json::Value& tools, Counts& out) {
  for (const json::Member& member : json::Members(tools))
    if (member.key_is("web_search_requests")) out.searches = read_count(member.value);
}

// One pass; of a key that comes twice the last one counts, as in the clients' parsers.
Counts read_counts(const json::Value& usage) {
  Counts out;
  for (const json::Member& member : json::Members(usage)) {
    const json::Value& value = member.value;
    if (member.key_is("prompt_tokens"))
      out.prompt = read_count(value);
    else if (member.key_is("completion_tokens"))
      out.completion = read_count(value);
    else if (member.key_is("total_tokens"))
      out.total = read_count(value);
    else if (member.key_is("prompt_tokens_details"))
      read_prompt_details(value, out);
    else if (member.key_is("completion_tokens_details"))
      read_completion_details(value, out);
    else if (member.key_is("prompt_cache_hit_tokens"))
      out.cached_flat = read_count(value);  // DeepSeek
    else if (member.key_is("num_cached_tokens"))
      out.cached_flat = read_count(value);  // Mistral
    else if (member.key_is("cached_tokens"))
      out.cached_flat = read_count(value);  // Moonshot
    else if (member.key_is("cache_read_input_tokens"))
      out.cached_flat = read_count(value);  // Databricks
    else if (member.key_is("cache_creation_input_tokens"))
      out.cache_write_flat = read_count(value);
    else if (member.key_is("reasoning_tokens"))
      out.reasoning_flat = read_count(value);  // Azure, Together
    else if (member.key_is("audio_prompt_tokens"))
      out.audio_in_flat = read_count(value);  // Azure
    else if (member.key_is("prompt_audio_seconds"))
      out.audio_seconds = read_count(value);  // Mistral; {} where there is none
    else if (member.key_is("num_search_queries"))
      out.searches = read_count(value);  // Perplexity
    else if (member.key_is("server_tool_use"))
      read_tool_use(value, out);  // OpenRouter
  }
  return out;
}

bool any_absurd(const Counts& c) {
  const Count* all[] = {&c.prompt,         &c.completion,       &c.total,    &c.cached,        &c.cached_flat,
                        &c.cache_write,    &c.cache_write_flat, &c.audio_in, &c.audio_in_flat, &c.reasoning,
                        &c.reasoning_flat, &c.audio_out};
  return std::any_of(std::begin(all), std::end(all), [](const Count* count) { return count->absurd; });
}

// Prompt and completion where only the total came beside one of them, or alone (Voyage). False when there is nothing to
// count by.
bool complete(Counts& c) {
  if (c.prompt.absurd || c.completion.absurd) return false;
  if (!c.total.usable()) return c.prompt.present;
  if (!c.prompt.present)
    c.prompt = {.value = std::max<std::int64_t>(0, c.total.value - c.completion.value), .present = true};
  if (!c.completion.present) {
    c.completion = {.value = std::max<std::int64_t>(0, c.total.value - c.prompt.value), .present = true};
  }
  return true;
}

bool reasoning_is_outside(const Counts& c, std::int64_t reasoning, UsageQuirks quirks) {
  if (reasoning == 0) return false;
  if (!c.total.usable()) return quirks.reasoning_outside_completion;
  std::int64_t both = c.prompt.value + c.completion.value;
  if (c.total.value == both + reasoning) return true;
  return c.total.value != both && quirks.reasoning_outside_completion;
}

// The first of two names that told something, or 0.
std::int64_t told(const Count& count, const Count& flat) {
  const Count& first = count.usable() ? count : flat;
  return first.usable() ? first.value : 0;
}

// Takes a part out of what is left of the whole.
Tokens take_part(std::int64_t& left, std::int64_t part) {
  std::int64_t taken = std::min(left, part);
  left -= taken;
  return {taken};
}

bool audio_is_outside(const Counts& c, std::int64_t audio) {
  return audio > 0 && c.total.usable() && c.total.value == c.prompt.value + c.completion.value + audio;
}

void fill_input(const Counts& c, UsageQuirks quirks, Usage& usage) {
  std::int64_t left = c.prompt.value;
  std::int64_t cached = told(c.cached, c.cached_flat), audio = told(c.audio_in, c.audio_in_flat);
  usage.cache_read = take_part(left, cached);
  if (quirks.cached_beyond_prompt) usage.cache_read = {cached};
  usage.cache_write_5m = take_part(left, told(c.cache_write, c.cache_write_flat));
  if (audio_is_outside(c, audio)) {
    usage.audio_input = {audio};
  } else {
    usage.audio_input = take_part(left, audio);
  }
  usage.input = {left};
}

// What is told in other units than tokens, and parts of buckets. A number that cannot be counts as none.
void fill_beside(const Counts& c, BilledBeside& beside) {
  constexpr std::int64_t most_seconds = 366 * 86'400, most_searches = 1'000'000, ms_per_second = 1'000;
  auto sane = [](const Count& count, std::int64_t most) { return count.usable() && count.value <= most ? count.value : 0; };
  beside.image_input = {told(c.image_in, {})};
  beside.image_output = {told(c.image_out, {})};
  beside.audio_ms = sane(c.audio_seconds, most_seconds) * ms_per_second;
  beside.web_searches = sane(c.searches, most_searches);
}

void fill_output(const Counts& c, UsageQuirks quirks, Usage& usage) {
  std::int64_t left = c.completion.value;
  std::int64_t reasoning = told(c.reasoning, c.reasoning_flat);
  if (reasoning_is_outside(c, reasoning, quirks)) {
    usage.reasoning = {reasoning};
  } else {
    usage.reasoning = take_part(left, reasoning);
  }
  usage.audio_output = take_part(left, told(c.audio_out, {}));
  usage.output = {left};
  std::int64_t counted = c.prompt.value + usage.all_output().count;
  if (quirks.hidden_reasoning_in_total && c.total.usable() && c.total.value > counted) {
    usage.reasoning += {c.total.value - counted};
  }
}

}  // namespace

UsageReading read_usage(const json::Value& usage, UsageQuirks quirks) {
  UsageReading reading;
  if (!usage.is(json::Kind::object)) return {.usage = {}, .absurd = !usage.is(json::Kind::null)};
  Counts counts = read_counts(usage);
  reading.absurd = any_absurd(counts);
  if (!complete(counts)) return reading;
  reading.usage.emplace();
  fill_input(counts, quirks, *reading.usage);
  fill_output(counts, quirks, *reading.usage);
  fill_beside(counts, reading.usage->beside);
  return reading;
}

std::optional<json::Value> find_usage(const json::Value& root) {
  std::optional<json::Value> found;
  for (const json::Member& member : json::Members(root)) {
    if (member.key_is("usage") && !member.value.is(json::Kind::null)) found = member.value;
  }
  if (found) return found;
  auto groq = json::find_path(root, {"x_groq", "usage"});
  return groq && !groq->is(json::Kind::null) ? groq : std::nullopt;
}

}  // namespace tollgate::openai_chat
