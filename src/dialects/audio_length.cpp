#include "dialects/audio_length.h"

#include <optional>

namespace tollgate {
namespace {

constexpr std::int64_t likely_bytes_per_second = 4'000;  // 32 kbit/s
constexpr std::int64_t least_bytes_per_second = 750;     // 6 kbit/s: the least that Opus, AAC and MP3 are made for
constexpr std::int64_t ms_per_second = 1'000;

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::int64_t ms_of(std::size_t bytes, std::int64_t per_second) {
  return (static_cast<std::int64_t>(bytes) * ms_per_second + per_second - 1) / per_second;
}

// Bytes of a second of samples that are not compressed; empty for any other file.
// Source: RIFF WAVE, chunk `fmt `: format, channels, rate (4), bytes a second (4), bytes a frame, bits a sample; read 2026-11-29.
std::optional<std::int64_t> wav_bytes_per_second(std::string_view file) {
  constexpr std::size_t head = 12, fmt_chunk = 24;
  constexpr std::uint32_t pcm = 1, floating = 3;
  if (file.size() < head + fmt_chunk || !file.starts_with("RIFF") || file.substr(8, 4) != "WAVE" || file.substr(head, 4) != "fmt ")
    return std::nullopt;
  std::uint32_t format = little_endian(file, 20, 2), rate = little_endian(file, 24, 4), frame = little_endian(file, 32, 2);
  if ((format != pcm && format != floating) || rate == 0 || frame == 0) return std::nullopt;
  std::int64_t per_second = std::int64_t{rate} * frame;
  return per_second < likely_bytes_per_second ? std::nullopt : std::optional(per_second);
}

}  // namespace

AudioLength audio_length(std::string_view file) {
  if (auto exact = wav_bytes_per_second(file)) return {ms_of(file.size(), *exact), ms_of(file.size(), *exact)};
  return {ms_of(file.size(), likely_bytes_per_second), ms_of(file.size(), least_bytes_per_second)};
}

}  // namespace tollgate
