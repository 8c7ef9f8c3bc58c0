#pragma once
// All that a request needs of the configuration, compiled and immutable. A request holds the snapshot it began with to its end;
// a reload makes a new one beside it.

#include <memory>
#include <vector>

#include "dialects/dialect.h"
#include "dialects/openai_chat/usage.h"
#include "identity/key_table.h"
#include "limits/policy.h"
#include "pricing/catalogue.h"
#include "pricing/config.h"
#include "pricing/terms.h"
#include "routing/plan.h"
#include "tokens/calibration.h"
#include "tokens/overrun.h"

namespace tollgate {

class TokenizerFile;
class ModelTokenizers;

// Whose house the target's model is in, where its API differs from the model's own.
enum class Hosting : std::uint8_t { own, azure_deployment, vertex_anthropic };

// What the gateway knows of a target beyond what routing needs.
struct TargetFacts {
  const Model* priced = nullptr;  // null: no price
  std::string_view catalogue{};   // of an open target: where the price of the model that the caller names is looked up
  std::vector<const Dialect*> spoken{};  // by the target; never empty, its own language first
  TargetWays ways{};                     // but for the model's name
  openai_chat::UsageQuirks quirks;
  Hosting hosting = Hosting::own;
  std::string api_version{};             // of azure_deployment
  std::shared_ptr<Calibration> calibration{};  // of estimates of its input; null: its tokens are counted, or nobody learns
  std::shared_ptr<const TokenizerFile> tokenizer{};  // the operator's; null: none
  std::int64_t host_prompt = 0;          // most tokens of one that its host puts before others'
  std::shared_ptr<Overrun> overrun{};    // what was seen above bounds; null: nobody learns
  int batch_percent = 100;               // of its prices, what calls of a batch cost where no list says it
  std::vector<ModelTerms> terms{};       // that may concern it, in the order of the configuration
  std::vector<std::string> forward_headers;  // of the client, beside those that every provider gets
};

struct Snapshot {
  std::uint64_t version = 0;
  std::string config_digest{};  // of the configuration's text, its first digits
  std::shared_ptr<const KeyTable> keys;
  std::shared_ptr<const Catalogue> catalogue;
  RouteTable routes;
  TextMap<Route> passthrough;      // by the provider's name: one target, whose model the caller names
  TextMap<Route> shadows;          // by the name of the route that has one: its candidate
  std::shared_ptr<const ModelTokenizers> tokenizers{};  // for models that callers name themselves; null: none is configured
  std::vector<TargetFacts> facts;  // by Target::index
  std::shared_ptr<const void> upstreams;  // what Target::upstream points into
  std::shared_ptr<const Policy> limits;
  Unpriced unpriced = Unpriced::refuse;
  LostAnswer lost = LostAnswer::input;
  std::vector<Cidr> trusted_proxies;
  std::size_t max_body = 64 * 1024 * 1024;
};

// The snapshot of one worker. Each worker holds its own counter of users, so that requests of different threads do not share
// a cache line by it.
class CurrentSnapshot {
 public:
  using Held = std::shared_ptr<const std::shared_ptr<const Snapshot>>;
  void publish(std::shared_ptr<const Snapshot> snapshot) {
    held_ = std::make_shared<const std::shared_ptr<const Snapshot>>(std::move(snapshot));
  }
  Held get() const { return held_; }

 private:
  Held held_;
};

}  // namespace tollgate
