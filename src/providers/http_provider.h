#pragma once
// The one Provider: every host is reached over HTTP, facts come from the target. One for each thread, with its own connections.

#include "net/http_client.h"
#include "ports/provider.h"
#include "providers/access_tokens.h"

namespace tollgate {

class HttpProvider final : public Provider {
 public:
  // Both outlive it.
  HttpProvider(Dialer& dialer, MemoryBudget& memory) : client_(dialer), memory_(memory), tokens_(client_, memory) {}

  Task<Result<std::unique_ptr<ProviderAnswer>>> ask(const ProviderCall& call, CallWaits waits, AttemptPhase& phase) override;

  // Connections that stand now.
  std::size_t connections() const;

 private:
  http::UpstreamPool& pool_of(const Upstream& upstream);

  http::Client client_;
  MemoryBudget& memory_;
  AccessTokens tokens_;
  std::vector<std::unique_ptr<http::UpstreamPool>> pools_;  // by Upstream::origin_id
};

}  // namespace tollgate
