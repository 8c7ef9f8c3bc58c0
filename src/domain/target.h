#pragma once
// A target: one provider's model with the credentials that may be used for it. Plain facts, made at load, shared by all threads
// for as long as their snapshot lives.

#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace tollgate {

struct TokenGrant;    // providers/token_grant.h
struct TargetHealth;  // routing/health.h
class KeyHealth;

// One of a provider's keys.
struct ProviderKey {
  std::string name;
  Secret secret;
  int weight = 1;
  std::string account{};     // whose secret it is, where that is said apart: AWS's access key id, Entra's client id
  std::string tenant{};      // Entra's
  Secret session_token{};    // AWS's, of temporary credentials
  std::shared_ptr<const TokenGrant> grant{};  // where the secret is exchanged for an access token; null: it is shown as it is
  KeyHealth* for_model = nullptr;    // how it fares with this target's model; null: nobody remembers
  KeyHealth* credential = nullptr;   // and in general
};

// Of one attempt. `first_token` lasts until the first content; for a plain call until the answer's body begins.
struct Timeouts {
  Duration connect = seconds(5);
  Duration first_token = seconds(60);
  Duration idle = seconds(60);
  Duration total = seconds(600);
};

// Where and how a provider is called; only providers/ looks inside.
struct Upstream;

struct Target {
  std::size_t index = 0;     // dense, within its snapshot
  const Upstream* upstream = nullptr;
  std::string provider{};      // its name in the configuration
  std::string type{};          // openai, compatible, groq, …
  std::string model{};         // the provider's own name for it; empty: the caller's word (open routes)
  std::string region{};
  std::vector<ProviderKey> keys{};  // empty: the provider asks for none
  Timeouts timeouts{};
  int weight = 1;              // its share, where calls are shared out
  int max_in_flight = 0;       // 0: no bound
  bool adaptive = false;       // and that bound follows how it fares
  bool capable = false;        // of the capable tier, where a route chooses by difficulty
  std::int64_t context = 0;    // most tokens of input and output; 0: unknown
  TargetHealth* health = nullptr;  // null: nobody remembers
};

}  // namespace tollgate
