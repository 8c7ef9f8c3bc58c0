#pragma once
// All settings of `tollgate.yaml` in one struct, and the one way to it: text -> tree -> struct -> checks between
// settings.
//
// Loading is all or nothing: either a Config in which every name leads somewhere, or the list of everything that is
// wrong. Warnings are about what works as written and is probably not meant.

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/config.h"
#include "base/describe.h"
#include "config/fault.h"
#include "config/secrets.h"
#include "identity/config.h"
#include "limits/config.h"
#include "net/config.h"
#include "pricing/config.h"
#include "pricing/showback.h"
#include "providers/config.h"
#include "routing/config.h"
#include "storage/config.h"
#include "telemetry/config.h"
#include "tokens/config.h"

namespace tollgate {

using config::ConfigFault;

// A virtual key and the limits that it carries: the same objects as under `limits:`, matching this key.
struct KeyEntry {
  KeyConfig key{};
  std::vector<LimitConfig> limits{};
};
void describe(Fields& fields, KeyEntry& entry);

struct Config {
  ServerConfig server{};
  AdminConfig admin{};
  std::string digest{};  // SHA-256 of the text that it was read from; empty: none was read
  std::string data = "./tollgate-data";
  LedgerConfig ledger{};
  std::optional<AuditConfig> audit = AuditConfig{};
  StoreKind store = StoreKind::embedded;
  Named<ProviderConfig> providers{};
  Named<RouteConfig> routes{};
  Named<PriceConfig> prices{};
  PricingConfig pricing{};
  BillingConfig billing{};
  ShowbackConfig showback{};
  Named<KeyEntry> keys{};
  ResponsesConfig responses{};
  Named<LimitConfig> limits{};
  Named<TokenizerConfig> tokenizers{};
  TelemetryConfig telemetry{};
};
void describe(Fields& fields, Config& config);

// What checking may ask the world. A question that is not set is not asked.
struct ConfigOptions {
  config::SecretSources secrets = config::SecretSources::of_process();
  bool allow_plain_secrets = false;                             // `--allow-plain-secrets`
  std::function<bool(std::string_view)> catalogue_has_price{};  // by model name, any provider
  std::function<bool(std::string_view)> zone_exists{};          // by IANA name
  std::function<std::optional<std::string>(const std::string& path)> tokenizer_fault{};  // why a tokenizer's file cannot be used
  std::optional<WallTime> now{};                                // to warn of keys that have ended
};

struct LoadedConfig {
  Config config{};
  std::vector<ConfigFault> warnings{};
};
using ConfigResult = std::expected<LoadedConfig, std::vector<ConfigFault>>;

// `file` is only the name that faults carry. An empty text is refused.
ConfigResult load_config(std::string_view text, const std::string& file, const ConfigOptions& options);

// A single fault of Severity::unreadable when the file is missing, a directory, or too large.
ConfigResult load_config_file(const std::string& path, const ConfigOptions& options);

// Without any file: loopback only, no provider.
ConfigResult default_config(const ConfigOptions& options);

// All limits: those under `limits:` as they are, then those of the keys with `match.key` set, each under the name
// `keys.NAME.MEASURE.WINDOW`, which stays the same when others of the key come and go.
Named<LimitConfig> all_limits(const Config& config);
std::string own_limit_name(std::string_view key, const LimitConfig& limit);

// The route that stands for a model name: the one of that very name, else the pattern with the longest beginning. Null:
// none.
const Named<RouteConfig>::Entry* find_route(const Config& config, std::string_view model);

}  // namespace tollgate
