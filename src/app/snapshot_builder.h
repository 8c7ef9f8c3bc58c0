#pragma once
// From a loaded configuration to the Snapshot that requests use: secrets resolved, names turned into pointers, prices found.

#include <mutex>

#include "app/config.h"
#include "app/tokenizer_shelf.h"
#include "gateway/snapshot.h"
#include "limits/zone.h"
#include "providers/upstream.h"
#include "storage/keys/key_store.h"
#include "storage/limits/limit_store.h"

namespace tollgate {

// What lives longer than any snapshot.
struct SnapshotSources {
  const crypto::Key& pepper;
  const KeyStore& stored_keys;
  const LimitStore& stored_limits;
  Counters& counters;
  HealthBook& health;
  config::SecretSources secrets;
};

class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(SnapshotSources sources) : sources_(std::move(sources)) {}

  // Error: invalid_request, with words for an operator, when something that the configuration names cannot be had.
  Result<std::shared_ptr<const Snapshot>> build(const Config& config);

 private:
  Result<std::shared_ptr<const KeyTable>> build_keys(const Config& config) const;
  Result<std::shared_ptr<const Policy>> build_limits(const Config& config);
  Result<std::vector<Upstream>> build_upstreams(const Config& config);
  Result<void> add_target(const Config& config, const std::vector<Upstream>& upstreams, const TargetConfig& wanted,
                          Route& route, Snapshot& snapshot) const;
  Result<void> add_trials(const Config& config, const std::vector<Upstream>& upstreams, const RouteConfig& wanted, Route& route,
                          Snapshot& snapshot) const;
  Result<void> add_passthrough(const Config& config, const std::vector<Upstream>& upstreams, Snapshot& snapshot) const;
  Result<void> add_open_routes(const Config& config, const std::vector<Upstream>& upstreams, Snapshot& snapshot) const;
  Result<void> add_routes(const Config& config, const std::vector<Upstream>& upstreams, Snapshot& snapshot) const;
  Result<Secret> secret(const SecretRef& ref, std::string_view what) const;
  std::size_t id_of(const Origin& origin);

  SnapshotSources sources_;
  std::vector<Origin> origins_;  // by Upstream::origin_id; only grows
  TokenizerShelf tokenizers_;
  std::uint64_t version_ = 0;
};

}  // namespace tollgate
