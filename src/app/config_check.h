#pragma once
// Checks between settings: names that lead nowhere, values that exclude each other, policies that can never act. One
// file for each part of the configuration; each finds all of its faults.

#include <string>
#include <vector>

#include "app/config.h"
#include "config/fault.h"
#include "config/node.h"

namespace tollgate {

// REQUIRES: the config was loaded from `root` without faults.
void check_config(const Config& config, const config::Node& root, const ConfigOptions& options, config::Faults& faults);

// What every check needs. Places are found by the path of a setting.
struct Checking {
  const Config& config;
  const config::Node& root;
  const ConfigOptions& options;
  config::Faults& faults;

  void error(const config::Path& at, std::string what, std::string suggestion = {}) const {
    faults.add(config::place_of(root, at), config::to_text(at), std::move(what), std::move(suggestion));
  }
  void warn(const config::Path& at, std::string what, std::string suggestion = {}) const {
    faults.warn(config::place_of(root, at), config::to_text(at), std::move(what), std::move(suggestion));
  }
  // Whether the file says it, rather than a default.
  bool written(const config::Path& at) const { return config::find(root, at) != nullptr; }
  // The secret where it can be had; a missing one was reported when it was read.
  std::optional<Secret> secret(const SecretRef& ref) const;
  // A file that a setting names must be readable.
  void readable(const config::Path& at, const std::string& file) const;

  bool leaves_this_machine(const std::vector<ListenAddress>& listen) const;
};

config::Path operator/(config::Path path, config::Step step);

void check_servers(const Checking& checking);    // server, admin
void check_providers(const Checking& checking);  // providers
void check_routes(const Checking& checking);     // routes, prices
void check_keys(const Checking& checking);       // keys, and that no two secrets are the same
void check_limits(const Checking& checking);     // limits, and those of the keys
void check_tokenizers(const Checking& checking);  // tokenizers, and that their files can be used

// One limit of its own; `at` is where it stands.
void check_limit(const Checking& checking, const config::Path& at, const LimitConfig& limit);

// Whether some name fits both patterns (each a literal, or with a trailing `*`).
bool overlap(std::string_view a, std::string_view b);
// Faults of patterns that name routes: none exists, or `*` inside.
void check_route_patterns(const Checking& checking, const config::Path& at, const std::vector<std::string>& patterns);

// Shorter secrets can be guessed; they are only accepted where nobody else can reach the port.
constexpr std::size_t min_secret_bytes = 16;

}  // namespace tollgate
