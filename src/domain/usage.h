#pragma once
// What one call used, in buckets that never overlap and are never negative, whatever the provider's own way of counting.
//
//   input         fresh text input: without cached, written and audio tokens
//   output        visible output;  output + reasoning + audio_output is what the provider bills as output
//
// Each wire format has one extractor that maps its own convention to these (dialects/<name>/usage.h).

#include <cstdint>
#include <string_view>

#include "base/tokens.h"

namespace tollgate {

// How a provider served a call, where that has a price of its own.
enum class ServiceTier : std::uint8_t { untold, standard, flex, priority, fast, batch };
constexpr std::string_view to_string(ServiceTier tier) {
  constexpr std::string_view names[] = {"untold", "standard", "flex", "priority", "fast", "batch"};
  return names[static_cast<std::size_t>(tier)];
}
// What providers and price lists call it. No word is untold; one that we do not know (`default`, `on_demand`) has no price of its own.
constexpr ServiceTier service_named(std::string_view word) {
  for (ServiceTier tier : {ServiceTier::flex, ServiceTier::priority, ServiceTier::fast, ServiceTier::batch})
    if (word == to_string(tier)) return tier;
  return word.empty() ? ServiceTier::untold : ServiceTier::standard;
}

// What is billed beside the buckets, or at another price than the bucket that it is part of. It decides the cost; attempts keep it,
// rows the cost alone.
struct BilledBeside {
  Tokens image_input{}, video_input{};    // part of `input`
  Tokens cached_audio{}, cached_image{};  // part of `cache_read`
  Tokens image_output{}, video_output{};  // part of `output`
  std::int64_t audio_ms = 0;              // audio that is billed by its length
  std::int64_t characters = 0;            // of a text that is spoken
  std::int64_t pages = 0, annotated_pages = 0;
  std::int64_t web_searches = 0, file_searches = 0;
  ServiceTier tier = ServiceTier::untold;

  bool any() const { return *this != BilledBeside{.tier = tier}; }
  BilledBeside& operator+=(const BilledBeside& other) {
    image_input += other.image_input;
    video_input += other.video_input;
    cached_audio += other.cached_audio;
    cached_image += other.cached_image;
    image_output += other.image_output;
    video_output += other.video_output;
    audio_ms += other.audio_ms;
    characters += other.characters;
    pages += other.pages;
    annotated_pages += other.annotated_pages;
    web_searches += other.web_searches;
    file_searches += other.file_searches;
    if (tier == ServiceTier::untold) tier = other.tier;
    return *this;
  }
  friend bool operator==(const BilledBeside&, const BilledBeside&) = default;
};

struct Usage {
  Tokens input{};
  Tokens cache_read{};
  Tokens cache_write_5m{};
  Tokens cache_write_1h{};
  Tokens audio_input{};
  Tokens output{};
  Tokens reasoning{};
  Tokens audio_output{};
  std::int64_t image_count = 0;
  BilledBeside beside{};

  Tokens all_input() const { return input + cache_read + cache_write_5m + cache_write_1h + audio_input; }
  Tokens all_output() const { return output + reasoning + audio_output; }
  bool nothing() const { return all_input().count == 0 && all_output().count == 0 && image_count == 0 && !beside.any(); }
  Usage& operator+=(const Usage& other) {
    input += other.input;
    cache_read += other.cache_read;
    cache_write_5m += other.cache_write_5m;
    cache_write_1h += other.cache_write_1h;
    audio_input += other.audio_input;
    output += other.output;
    reasoning += other.reasoning;
    audio_output += other.audio_output;
    image_count += other.image_count;
    beside += other.beside;
    return *this;
  }
  friend bool operator==(const Usage&, const Usage&) = default;
};

// Who says so.
enum class UsageSource : std::uint8_t {
  provider,   // the provider's own numbers
  counted,    // our exact count
  estimated,  // our estimate: no number came, or it was absurd
};
constexpr std::string_view to_string(UsageSource source) {
  constexpr std::string_view names[] = {"provider", "counted", "estimated"};
  return names[static_cast<std::size_t>(source)];
}

}  // namespace tollgate
