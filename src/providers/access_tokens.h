#pragma once
// Access tokens of one thread: each is fetched when it is first needed and again five minutes before it ends, by one call, while the
// others go on with the old one.

#include <memory>
#include <vector>

#include "net/http_client.h"
#include "providers/token_grant.h"

namespace tollgate {

class AccessTokens {
 public:
  // Both outlive it.
  AccessTokens(http::Client& client, MemoryBudget& memory) : client_(client), memory_(memory) {}

  // Valid until the next call. Errors: upstream_credential, upstream_unreachable, upstream_protocol, `deadline`, `cancelled`.
  Task<Result<std::string>> token(std::shared_ptr<const TokenGrant> grant, Wait wait);

 private:
  struct Entry {
    std::shared_ptr<const TokenGrant> grant;  // holds it, so that its address names it
    http::UpstreamPool pool;
    Secret token{};
    Instant ends{};
    bool refreshing = false;
    explicit Entry(std::shared_ptr<const TokenGrant> its) : grant(std::move(its)), pool(grant->origin) {}
  };
  static constexpr std::size_t entries_max = 256;

  std::shared_ptr<Entry> entry_of(std::shared_ptr<const TokenGrant> grant);
  Task<Result<void>> fetch(std::shared_ptr<Entry> entry, Wait wait);

  http::Client& client_;
  MemoryBudget& memory_;
  std::vector<std::shared_ptr<Entry>> entries_;
};

}  // namespace tollgate
