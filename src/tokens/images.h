#pragma once
// How many tokens OpenAI's models see in an image, by its size and the model.
//
//   tiles    scaled down into 2048 x 2048, then so that the shorter side is at most 768; a base, and a number for each tile of 512 x 512.
//            With detail "low" the base alone.
//   patches  a number for each patch of 32 x 32, at most 1,536 patches: a larger image is scaled down until it fits; times a factor of the
//            model. Detail changes nothing.
//
// Source: OpenAI, "Images and vision", "Calculating costs", read 2026-11-29. For gpt-5-mini and gpt-5-nano it says the factors 1.62 and 2.46,
// while the price calculator says 1.2 and 1.5 and bills show those; for gpt-5.2 and later it says none and bills show 1.2. Those that are
// billed stand here. Source: community.openai.com, threads 1344040, 1372291 and 1377015, read 2026-11-29.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate {

enum class ImageDetail : std::uint8_t { high, low };  // "auto" is high

// 0 for an image without a side. A model that we do not know counts like gpt-4o.
std::int64_t image_tokens(std::string_view model, std::int64_t width, std::int64_t height, ImageDetail detail);

// The same for models of other makers that say how they see images; nothing of those that do not.
//
//   Anthropic  scaled down until no side has more than 1,568 pixels (2,576 from Claude Opus 4.7 on); a token for 750 pixels, at most 1,568
//              (4,784). Source: platform.claude.com/docs/en/build-with-claude/vision, read 2026-11-29.
//   Google     258 where no side has more than 384 pixels; else 258 for each tile, whose side is two thirds of the shorter one, at least 256 and
//              at most 768. From Gemini 3 on at most 1,120 in all, by default. Source: ai.google.dev/gemini-api/docs, "Understand and count
//              tokens" and "Media resolution", read 2026-11-29.
std::optional<std::int64_t> picture_tokens(std::string_view model, std::int64_t width, std::int64_t height, ImageDetail detail);

}  // namespace tollgate
