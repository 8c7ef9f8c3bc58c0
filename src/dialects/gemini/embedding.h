#pragma once
// Texts to vectors: embedContent for one text, batchEmbedContents for several.
//
// The settings of a batch stand in each of its requests; the middle form has them once, so requests that differ in them are refused,
// and so are pictures. A batch answers in the order of its requests.

#include <string>
#include <string_view>

#include "dialects/dialect.h"

namespace tollgate::gemini {

enum class EmbeddingForm : unsigned char { single, batch };

// Which of the two calls it is.
EmbeddingForm form_of(const CallView& view);

// REQUIRES: `view` came from view_call, of embeddings. Errors: invalid_request.
Result<EmbeddingRequest> read_embedding_request(const CallView& view);

// One text goes to embedContent, several to batchEmbedContents. Errors: invalid_request for token ids.
Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways);

// Of either form. Errors: upstream_protocol, or the error that an answer of status 200 holds.
Result<EmbeddingResponse> read_embedding_response(std::string_view body);

// The vectors as lists of numbers, also where they came as base64. A single form holds the first one.
void append_embedding_response(std::string& out, const EmbeddingResponse& response, EmbeddingForm form);

}  // namespace tollgate::gemini
