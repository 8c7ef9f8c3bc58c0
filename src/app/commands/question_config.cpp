#include "app/commands/question_config.h"

#include "limits/zone.h"
#include "pricing/catalogue.h"

namespace tollgate {
namespace {

// Long enough for any secret, and each its own.
std::string stand_in(std::string_view kind, std::string_view name) {
  std::string text = "stand-in-for-";
  text.append(kind).append(1, '-');
  for (char c : name) text += c > ' ' && c <= '~' ? c : '_';
  return text;
}

}  // namespace

Result<LoadedConfig> load_for_question(const std::string& file, ConfigOptions options) {
  options.zone_exists = [](std::string_view name) { return Zone::load(name).has_value(); };
  auto catalogue = Catalogue::load(Catalogue::shipped());
  if (catalogue) options.catalogue_has_price = [&catalogue](std::string_view name) { return catalogue->find_named(name) != nullptr; };
  auto loaded = load_config_file(file, options);
  if (loaded) return std::move(*loaded);
  std::string faults;
  for (const ConfigFault& fault : loaded.error()) faults += (faults.empty() ? "" : "\n") + to_string(fault);
  return fail(Fault::invalid_request, std::move(faults));
}

config::SecretSources with_stand_ins(config::SecretSources real) {
  config::SecretSources sources;
  sources.env = [env = real.env](std::string_view name) {
    auto value = env ? env(name) : std::nullopt;
    return value && !value->empty() ? value : std::optional(stand_in("env", name));
  };
  sources.file = [file = real.file](const std::string& path) {
    auto text = file ? file(path) : std::nullopt;
    return text ? text : std::optional(stand_in("file", path));
  };
  sources.vault = [vault = real.vault](std::string_view name) {
    auto secret = vault ? vault(name) : std::nullopt;
    return secret ? std::move(secret) : std::optional(Secret(stand_in("vault", name)));
  };
  return sources;
}

}  // namespace tollgate
