#pragma once
// From a reference to the secret itself. The sources are functions, so that checking a file needs neither the real
// environment nor a vault.

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/settings.h"

namespace tollgate::config {

struct SecretSources {
  std::function<std::optional<std::string>(std::string_view name)> env{};  // not set: no variable has a value
  std::function<std::optional<std::string>(const std::string& path)>
      file{};                                                           // its contents; empty when it cannot be read
  std::function<std::optional<Secret>(std::string_view name)> vault{};  // not set: the vault cannot be asked here

  // The environment and files of this process, no vault.
  static SecretSources of_process();
};

constexpr std::size_t max_secret_bytes = 16 * 1024;

// The secret; empty when its source cannot be asked here (a vault that is not open). Fails when it is missing, empty,
// too long, or cannot stand in a header field and is no JSON document; the error is a sentence without the secret. Of a file, line ends at its
// end are dropped.
std::expected<std::optional<Secret>, std::string> resolve(const SecretRef& ref, const SecretSources& sources);

// The contents of a file of at most `max_bytes`, or empty.
std::optional<std::string> read_file(const std::string& path, std::size_t max_bytes);

}  // namespace tollgate::config
