#pragma once
// /api/embed, both ways.

#include "dialects/dialect.h"

namespace tollgate::ollama {

EmbeddingRequest read_embedding(const CallView& view);
Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways);
Result<EmbeddingResponse> read_embeddings(std::string_view body);
void write_embeddings(const EmbeddingResponse& response, const AnswerFacts& facts, std::string& out);

}  // namespace tollgate::ollama
