#pragma once
// The types of providers that this build knows: a word for `providers.NAME.type` and what follows from it. One row each
// in types.cpp; adding an OpenAI-compatible host is adding its row.

#include <span>
#include <string_view>

namespace tollgate {

struct ProviderType {
  std::string_view name;
  std::string_view default_base_url;  // as the vendor's own SDK takes it; empty: the configuration must say
  bool needs_key = true;              // its own host answers nobody without a credential
  bool sends_usage_option = true;     // understands `stream_options.include_usage`
  std::string_view catalogue = {};    // its name in the price catalogue; empty: the catalogue knows no prices of it
};

std::span<const ProviderType> provider_types();
// Null when there is none of that name.
const ProviderType* find_provider_type(std::string_view name);

// Types of the manual that this version does not have yet.
std::span<const std::string_view> later_provider_types();

}  // namespace tollgate
