#pragma once
// Texts to vectors, and texts ranked against a question: the two model calls beside chat that several dialects have.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/chat_request.h"
#include "domain/usage.h"

namespace tollgate {

struct EmbeddingRequest {
  std::string dialect{};
  std::string model{};
  std::vector<std::string> inputs{};
  bool batch = false;                      // asked for as a list, though it may hold one (Gemini)
  std::string input_tokens{};              // JSON of token ids, where the caller sent those instead; only OpenAI's hosts take them
  std::optional<std::int64_t> dimensions{};
  std::string purpose{};                   // search_document search_query classification clustering; empty: not said
  std::string encoding{};                  // float base64; empty: float
  std::string user{};
  std::vector<ExtraField> extras{};
};

struct EmbeddingResponse {
  std::string model{};
  std::vector<std::string> vectors{};  // each the JSON array of its numbers, or a JSON string of base64 little-endian floats
  std::optional<Usage> usage{};
};

struct RerankRequest {
  std::string dialect{};
  std::string model{};
  std::string query{};
  std::vector<std::string> documents{};  // texts, or JSON objects as text where `objects`
  bool objects = false;
  std::optional<std::int64_t> top_n{};
  std::optional<bool> return_documents{};
  std::vector<ExtraField> extras{};
};

struct RerankResponse {
  struct Result {
    std::int64_t index = 0;
    std::string score{};  // JSON number
    std::string document{};  // JSON; empty: not asked for
  };
  std::string id{};
  std::string model{};
  std::vector<Result> results{};
  std::optional<Usage> usage{};
  std::int64_t search_units = 0;
};

}  // namespace tollgate
