#pragma once
// OpenAI's files: POST and GET /v1/files, GET and DELETE /v1/files/{id}, GET …/content. A file belongs to the team that gave it, and stays
// with the account that took it. No row: files cost nothing; what a batch's input asks for is read and remembered.

#include "api/http_incoming.h"
#include "gateway/worker.h"

namespace tollgate {

// `rest` is what stands behind /v1/files, with its slash.
Task<void> serve_files(http::ServerExchange& exchange, std::string_view rest, std::string_view query, Worker& worker, RequestId id);

// The account that new files go to and lists are read from: of the provider in the header x-tollgate-provider, else of the only one that
// speaks OpenAI's language, or the only one of type openai or azure. Error: invalid_request.
Result<ProviderObject> account_for(const HttpIncoming& incoming, const Snapshot& snapshot, std::string tenant, Instant now);

// Answers with the account's list of `path` with nothing in it but what is this tenant's. REQUIRES: nothing was answered yet.
struct OwnList {
  std::string_view path;  // /files
  ObjectKind kind = ObjectKind::file;
  std::string tenant;
};
Task<Result<void>> serve_own_list(http::ServerExchange& exchange, HttpIncoming& incoming, Worker& worker, OwnList wanted, RequestId id);

}  // namespace tollgate
