#pragma once
// What answers without messages say that they used: images, transcriptions, pages.
//
//   images          usage: { input_tokens, input_tokens_details: { image_tokens }, output_tokens, output_tokens_details: { image_tokens } }
//   transcriptions  usage: { type: tokens, input_tokens, input_token_details: { audio_tokens }, output_tokens }
//                   usage: { type: duration, seconds }, or `duration` of the verbose form
//                   usage: { prompt_audio_seconds, prompt_tokens, completion_tokens } (Mistral)
//   pages           usage_info: { pages_processed } (Mistral's OCR)
//
// Source: OpenAI's and Mistral's API references, read 2026-11-29.

#include <optional>

#include "domain/usage.h"
#include "json/value.h"

namespace tollgate {

// Of the first two and the last; empty: it says nothing, or it holds messages.
std::optional<Usage> read_plain_usage(const json::Value& root);

// Of any answer with a `usage` in the words of OpenAI's chat.
std::optional<Usage> read_reported_usage(const json::Value& root);

// Milliseconds of a decimal number of seconds, rounded up; empty: it is none, or longer than a year.
std::optional<std::int64_t> ms_of_seconds(std::string_view seconds);

}  // namespace tollgate
