#pragma once
// A whole answer as Google's clients read it, and the small answers beside it.

#include <span>
#include <string>
#include <string_view>

#include "base/tokens.h"
#include "dialects/dialect.h"

namespace tollgate::gemini {

void append_response(std::string& out, const ChatResponse& response, const AnswerFacts& facts);

// Of a countTokens call.
void append_token_count(std::string& out, Tokens total);
// What a provider answered to one; empty when it is no such answer.
std::optional<Tokens> read_token_count(std::string_view body);

// `GET /v1beta/models/{model}` and `GET /v1beta/models`. The names are ours: what a key may ask for.
struct ModelEntry {
  std::string_view name;
  bool embeds = false;  // makes vectors, and no answers
};
void append_model(std::string& out, const ModelEntry& model);
void append_model_list(std::string& out, std::span<const ModelEntry> models);

}  // namespace tollgate::gemini
