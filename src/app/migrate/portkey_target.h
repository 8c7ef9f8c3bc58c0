#pragma once
// One target of a Portkey config: who is asked there, with which key and model.

#include <map>

#include "app/migrate/portkey.h"

namespace tollgate {

// What a strategy says for all that is under it.
struct PortkeyInherited {
  std::optional<std::int64_t> retries{};
  std::string total{};  // of an attempt
  std::string breaker{};
};

struct PortkeyTarget {
  std::string provider{};  // ours
  std::string model{};     // empty: the caller's
};

class PortkeyTargets {
 public:
  PortkeyTargets(Draft& draft, const ForeignWorld& world, Remarks& remarks) : draft_(draft), world_(world), remarks_(remarks), secrets_(remarks) {}

  // Adds its provider to the draft. Empty where nothing here is like it.
  std::optional<PortkeyTarget> read(ForeignFields& fields, const PortkeyInherited& inherited);

 private:
  bool fill_place(ForeignFields& fields, DraftProvider& provider, PortkeyTarget& made);
  void fill_key(ForeignFields& fields, std::string_view variable, DraftProvider& provider);
  std::string secret(ForeignFields& fields, std::string_view name, const std::string& variable);

  Draft& draft_;
  const ForeignWorld& world_;
  Remarks& remarks_;
  ForeignSecrets secrets_;
};

// What stands beside targets and strategies alike: retry, request_timeout, cache and the rest.
PortkeyInherited read_portkey_ways(ForeignFields& fields, PortkeyInherited above, Remarks& remarks);

}  // namespace tollgate
