#include <fmt/format.h>

#include <algorithm>

#include "app/config_check.h"

namespace tollgate {
namespace {

// A secret by what tells it from others: its characters where they can be had, else where they come from.
struct Owned {
  std::string identity;
  config::Path at;
};

std::string identity_of(const Checking& checking, const SecretRef& ref) {
  auto secret = checking.secret(ref);
  return secret ? "=" + std::string(secret->reveal()) : format_secret_ref(ref);
}

std::vector<Owned> all_secrets(const Checking& checking) {
  const AdminConfig& admin = checking.config.admin;
  std::vector<Owned> owned;
  owned.reserve(1 + admin.tokens.size() + checking.config.keys.size());  // a secret that moved could not be wiped
  owned.push_back({identity_of(checking, admin.token), {"admin", "token"}});
  for (const auto& [name, token] : admin.tokens)
    owned.push_back({identity_of(checking, token.secret), {"admin", "tokens", name, "secret"}});
  for (const auto& [name, entry] : checking.config.keys)
    owned.push_back({identity_of(checking, entry.key.secret), {"keys", name, "secret"}});
  return owned;
}

// Two holders of one secret: nobody could say who calls.
void check_secrets_differ(const Checking& checking) {
  auto owned = all_secrets(checking);
  std::vector<Owned*> sorted;
  for (Owned& one : owned) sorted.push_back(&one);
  std::ranges::stable_sort(sorted, {}, [](const Owned* one) -> const std::string& { return one->identity; });
  const Owned* first = nullptr;
  for (Owned* one : sorted) {
    if (first == nullptr || first->identity != one->identity)
      first = one;
    else
      checking.error(one->at, fmt::format("this is the secret of {} too", config::to_text(first->at)));
  }
  for (Owned& one : owned) wipe(one.identity.data(), one.identity.size());
}

void check_length(const Checking& checking, const config::Path& at, const SecretRef& ref) {
  auto secret = checking.secret(ref);
  if (!secret || secret->reveal().size() >= min_secret_bytes) return;
  std::string what = fmt::format("a secret of fewer than {} characters can be guessed", min_secret_bytes);
  if (checking.leaves_this_machine(checking.config.server.listen))
    checking.error(at, what + ", and others can reach server.listen");
  else
    checking.warn(at, what);
}

}  // namespace

void check_keys(const Checking& checking) {
  for (const auto& [name, entry] : checking.config.keys) {
    config::Path at{"keys", name};
    check_length(checking, at / "secret", entry.key.secret);
    check_route_patterns(checking, at / "models", entry.key.models);
    if (entry.key.expires && checking.options.now && *entry.key.expires <= *checking.options.now)
      checking.warn(at / "expires", "this key has ended");
  }
  check_secrets_differ(checking);
}

}  // namespace tollgate
