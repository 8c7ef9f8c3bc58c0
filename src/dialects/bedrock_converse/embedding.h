#pragma once
// Embeddings on Bedrock. Converse has none: the model is invoked in its maker's own words, Amazon Titan's or Cohere's.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html, …/model-parameters-embed.html
// How many tokens went in stands in Titan's body; Cohere's stands in the header x-amzn-bedrock-input-token-count alone.

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

// Errors: invalid_request, for token ids, for several texts at a Titan, which takes one a call, and for makers that are not known.
Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways);
Result<EmbeddingResponse> read_embeddings(std::string_view body);

}  // namespace tollgate::bedrock_converse
