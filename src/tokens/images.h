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
#include <string_view>

namespace tollgate {

enum class ImageDetail : std::uint8_t { high, low };  // "auto" is high

// 0 for an image without a side. A model that we do not know counts like gpt-4o.
std::int64_t image_tokens(std::string_view model, std::int64_t width, std::int64_t height, ImageDetail detail);

}  // namespace tollgate
