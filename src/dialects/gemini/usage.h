#pragma once
// The one usage extractor of this dialect, for whole answers, stream chunks and embeddings.
//
// Google's convention: `promptTokenCount` holds cached tokens; `toolUsePromptTokenCount` stands beside it (what server-side tools
// put in front of the model); `thoughtsTokenCount` stands beside `candidatesTokenCount`. Details by modality are parts of their
// whole and never added to it; of these only AUDIO has a bucket, the others are told beside. Pictures that are made are told in the answer's parts, not here: the reader
// counts them.
//
//   missing, null, only trafficType     no usage yet
//   explicit 0                          stays 0
//   negative, 1.5, "9", above 10^12     absurd: a flag, and no usage; a part that is absurd only counts as 0
//
// Source: the API's description, schema `UsageMetadata`, revision 20251218; wire-quirks 70, 71.

#include <optional>
#include <string>

#include "domain/usage.h"
#include "json/value.h"

namespace tollgate::gemini {

// A number of tokens above it is no number of tokens.
constexpr std::int64_t max_sane_tokens = 1'000'000'000'000;

struct UsageReading {
  std::optional<Usage> usage{};  // empty: none that can be used
  bool absurd = false;           // some number was impossible
};

// `metadata` is the usageMetadata object; anything else reads as none.
UsageReading read_usage(const json::Value& metadata);

// How many searches of the web the grounding of an answer, or of a piece of one, is billed for.
std::int64_t searches_in(const json::Value& answer);

// Appends the usageMetadata object that Google's clients read.
void append_usage(std::string& out, const Usage& usage);

}  // namespace tollgate::gemini
