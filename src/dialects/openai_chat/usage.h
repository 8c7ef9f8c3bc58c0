#pragma once
// The one usage extractor of the OpenAI wire family (chat, completions, embeddings), for whole answers and for stream
// chunks.
//
// The family's convention: `prompt_tokens` holds cached, written and audio tokens, `completion_tokens` holds reasoning
// and audio tokens; the details are parts and are never added twice. Here they become disjoint buckets whose sum is
// what the provider bills. Details larger than what they are part of are cut down to it, in the order cache read, cache
// write, audio. Where total_tokens shows that reasoning (xAI) or audio (Mistral) stands beside its whole and not
// inside, it is added.
//
//   missing, null, {}                  no usage: the caller counts
//   explicit 0                         stays 0
//   negative, 1.5, "9", above 10^12    absurd: a flag, and no usage; a detail that is absurd only counts as 0
//
// Source: recorded answers of some twenty hosts (wire-quirks 1-4, 35-38, 93), read 2026-11-22.

#include <cstdint>
#include <optional>

#include "domain/usage.h"
#include "json/value.h"

namespace tollgate::openai_chat {

// A number of tokens above it is no number of tokens.
constexpr std::int64_t max_sane_tokens = 1'000'000'000'000;

// What a provider counts in its own way; a row of providers/ sets these.
struct UsageQuirks {
  // xAI: reasoning stands beside completion_tokens. Where total_tokens tells, it decides; this decides where it does
  // not.
  bool reasoning_outside_completion = false;
  // Gemini's compatible endpoint: hidden thoughts show only in total_tokens (quirk 36); the difference is reasoning.
  bool hidden_reasoning_in_total = false;
  // xAI: cached_tokens may exceed prompt_tokens, since they hold a hidden system prompt, and all of them are billed, at
  // the cached price. Recorded: prompt 551, cached 1025, completion 18, and a bill of exactly 1025 cached and 18 output
  // tokens.
  bool cached_beyond_prompt = false;
};

struct UsageReading {
  std::optional<Usage> usage;  // empty: none that can be used
  bool absurd = false;         // some number was impossible: count it, and raise an alarm
};

// `usage` is the object itself; anything else reads as none.
UsageReading read_usage(const json::Value& usage, UsageQuirks quirks = {});

// The usage object of an answer or a chunk: `usage`, else `x_groq.usage`. Empty when there is none or it is null.
std::optional<json::Value> find_usage(const json::Value& root);

}  // namespace tollgate::openai_chat
