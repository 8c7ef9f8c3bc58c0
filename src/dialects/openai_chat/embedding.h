#pragma once
// OpenAI's embeddings, both ways. Vectors come as arrays of numbers or as base64 of little-endian 32-bit floats; a caller gets them in
// the form asked for, whichever the host gave.

#include "dialects/dialect.h"

namespace tollgate::openai_chat {

Result<EmbeddingRequest> read_embedding(const CallView& view);
Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways);
Result<EmbeddingResponse> read_embeddings(std::string_view body);
void write_embeddings(const EmbeddingResponse& response, const EmbeddingRequest& request, const AnswerFacts& facts,
                      std::string& out);

}  // namespace tollgate::openai_chat
