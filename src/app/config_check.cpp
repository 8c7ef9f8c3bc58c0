#include "app/config_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate {

config::Path operator/(config::Path path, config::Step step) {
  path.push_back(step);
  return path;
}

std::optional<Secret> Checking::secret(const SecretRef& ref) const {
  return config::resolve(ref, options.secrets).value_or(std::nullopt);
}

void Checking::readable(const config::Path& at, const std::string& file) const {
  if (file.empty() || !options.secrets.file || options.secrets.file(file)) return;
  error(at, fmt::format("the file {} cannot be read", config::shown(file)));
}

bool Checking::leaves_this_machine(const std::vector<ListenAddress>& listen) const {
  return !std::ranges::all_of(listen, [](const ListenAddress& address) { return address.ip.is_loopback(); });
}

bool overlap(std::string_view a, std::string_view b) {
  bool open_a = a.ends_with('*'), open_b = b.ends_with('*');
  if (!open_a) return matches(b, a);
  if (!open_b) return matches(a, b);
  a.remove_suffix(1);
  b.remove_suffix(1);
  return a.starts_with(b) || b.starts_with(a);
}

void check_route_patterns(const Checking& checking, const config::Path& at, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return;
  std::vector<std::string> names;
  for (const auto& route : checking.config.routes) names.push_back(route.name);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const std::string& pattern = patterns[i];
    bool open = checking.config.server.open_routes && pattern.find('/') != std::string::npos;
    if (pattern == "*" || open) continue;
    if (std::ranges::any_of(names, [&](const std::string& name) { return overlap(pattern, name); })) continue;
    checking.error(at / i, fmt::format("there is no route {}", config::shown(pattern)),
                   nearest(pattern, names).value_or(""));
  }
}

void check_config(const Config& config, const config::Node& root, const ConfigOptions& options,
                  config::Faults& faults) {
  Checking checking{config, root, options, faults};
  check_servers(checking);
  check_providers(checking);
  check_routes(checking);
  check_keys(checking);
  check_limits(checking);
  check_tokenizers(checking);
}

}  // namespace tollgate
