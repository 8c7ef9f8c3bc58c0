#pragma once
// /v2/embed, both ways.

#include "dialects/dialect.h"

namespace tollgate::cohere {

Result<EmbeddingRequest> read_embedding(const CallView& view);
Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways);
Result<EmbeddingResponse> read_embeddings(std::string_view body);
void write_embeddings(const EmbeddingResponse& response, const EmbeddingRequest& request, const AnswerFacts& facts, std::string& out);

}  // namespace tollgate::cohere
