#pragma once
// Questions about what a provider keeps for a caller (gateway/provider_objects.h), asked with the account that has it. They cost nothing
// and leave no row.

#include "api/http_incoming.h"
#include "gateway/worker.h"

namespace tollgate {

struct AccountCall {
  std::string_view path;                     // behind the base URL; outlives the answer
  std::string_view content_type{};           // empty: no body
  std::span<const std::string_view> body{};
  std::string_view language = "openai_chat";  // whose refusals are understood
};

// An answer of status below 400. Errors: not_found where the provider or its object is gone, and what the provider said.
Task<Result<std::unique_ptr<ProviderAnswer>>> ask_account(HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker,
                                                          const ProviderObject& object, const AccountCall& call);

// Its whole body, bounded.
Task<Result<std::string_view>> whole_body(ProviderAnswer& answer, HttpIncoming& incoming, Worker& worker);

// Answers the caller with what the provider answered.
Task<void> pass_on(http::ServerExchange& exchange, const ProviderAnswer& answer, std::string_view body, RequestId id);
// The same with a JSON text of ours.
Task<void> reply_json(http::ServerExchange& exchange, std::string_view body, RequestId id);

}  // namespace tollgate
