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

  Tokens all_input() const { return input + cache_read + cache_write_5m + cache_write_1h + audio_input; }
  Tokens all_output() const { return output + reasoning + audio_output; }
  bool nothing() const { return all_input().count == 0 && all_output().count == 0 && image_count == 0; }
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
