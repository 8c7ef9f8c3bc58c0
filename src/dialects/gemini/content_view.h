#pragma once
// The contents of a call in front: what is refused before it costs anything, and how much input they may be.

#include <string_view>

#include "base/result.h"
#include "base/tokens.h"
#include "json/value.h"

namespace tollgate::gemini {

// Upper bounds for what counts as tokens but is no text. They are generous: a reserve may be too large, never too small.
//
// An image is 258 tokens for each tile of 768 x 768, or up to 2,240 at the highest media resolution; larger ones are scaled.
constexpr std::int64_t max_image_tokens = 8'192;
// 32 tokens a second against 750 bytes a second of the thinnest codec, 1,000 in base64.
constexpr std::int64_t audio_bytes_per_token = 30;
// 300 tokens a second against 4,000 bytes of base64 a second of the thinnest video.
constexpr std::int64_t video_bytes_per_token = 12;
// What is only named (a file, a cache, a video's address) may fill the largest context on offer.
constexpr std::int64_t max_context_tokens = 1 << 20;
// What a model's own template adds for each content.
constexpr std::int64_t template_tokens = 16;

// `path` is the field's, as the caller wrote it: "contents".
Result<Tokens> check_contents(std::string_view path, const json::Value& contents);

// One content: "content", "systemInstruction". `system` may be a bare string.
Result<Tokens> check_content(std::string_view path, const json::Value& content);

}  // namespace tollgate::gemini
