#pragma once
// Upper bounds for what counts as tokens but is no text. They are generous: a reserve may be too large, never too
// small.

#include <cstdint>

namespace tollgate::openai {

// The dearest image: gpt-4o-mini, 2833 + 8 tiles of 5667 tokens (at most 2048 x 768 after scaling). Others: gpt-4o
// 1,445; models that count patches at most 1536 x 2.46 = 3,779. Source: OpenAI's rules as public calculators of image
// tokens (imagetoken, openai-image-token-counter) state them, read 2026-11-22.
constexpr std::int64_t max_image_tokens = 48'169;

// Base64 bytes of audio for one token: 10 tokens a second (OpenAI) against 750 bytes a second of the thinnest codec,
// 1,000 in base64.
constexpr std::int64_t audio_bytes_per_token = 100;

// A file by reference (`file_id`, a URL) is as large as the model's context at worst, which is not known here; a file
// in the body counts its bytes, and one image for each began_file_bytes of it, for pages are shown to the model as
// images too.
constexpr std::int64_t file_bytes_per_image = 32 * 1024;

}  // namespace tollgate::openai
