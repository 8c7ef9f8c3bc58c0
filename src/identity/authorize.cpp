#include "identity/authorize.h"

#include <algorithm>

#include "base/text.h"
#include "identity/credential.h"

namespace tollgate {

Result<void> check_caller(const VirtualKey& key, WallTime now, const IpAddress& peer) {
  if (key.revoked || (key.expires && now >= *key.expires)) return fail(invalid_key());
  auto holds_peer = [&](const Cidr& block) { return block.contains(peer); };
  if (!key.allow_from.empty() && std::none_of(key.allow_from.begin(), key.allow_from.end(), holds_peer))
    return fail(Fault::not_allowed, "this key may not be used from this address");
  return {};
}

bool may_ask_for(const VirtualKey& key, std::string_view model) {
  auto covers = [&](const std::string& pattern) { return matches(pattern, model); };
  return key.models.empty() || std::any_of(key.models.begin(), key.models.end(), covers);
}

Result<void> check_model(const VirtualKey& key, std::string_view model) {
  if (may_ask_for(key, model)) return {};
  return fail(Fault::not_allowed, "this key may not ask for this model", "model");
}

}  // namespace tollgate
