#pragma once
// Probabilities of tokens: a candidate's logprobsResult, and OpenAI's list in which the middle form keeps them.

#include <string>
#include <string_view>

#include "json/value.h"

namespace tollgate::gemini {

// The JSON array of tokens as OpenAI writes it; empty where the result holds none.
std::string openai_logprobs(const json::Value& logprobs_result);

// The logprobsResult of OpenAI's {"content":[…]} or […]; empty where that holds none.
std::string gemini_logprobs(std::string_view openai);

}  // namespace tollgate::gemini
