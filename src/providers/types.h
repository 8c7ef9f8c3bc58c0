#pragma once
// The types of providers that this build knows: a word for `providers.NAME.type` and what follows from it. One row each
// in types.cpp; adding an OpenAI-compatible host is adding its row.

#include <span>
#include <string_view>

namespace tollgate {

// How a call shows its credential.
enum class Proof : unsigned char {
  bearer,      // Authorization: Bearer KEY
  x_api_key,   // Anthropic
  x_goog_api_key,
  api_key,     // Azure; with tenant and client_id a token of Entra
  aws,         // Signature Version 4 over the whole request
  google,      // an access token that a service account's key is exchanged for
};

struct ProviderType {
  std::string_view name;
  std::string_view default_base_url;  // as the vendor's own SDK takes it; empty: the configuration must say
  bool needs_key = true;              // its own host answers nobody without a credential
  bool sends_usage_option = true;     // understands `stream_options.include_usage`
  std::string_view catalogue = {};    // its name in the price catalogue; empty: the catalogue knows no prices of it
  std::string_view dialect = "openai_chat";  // its own language
  std::string_view speaks_too = {};   // another one that it understands natively
  Proof proof = Proof::bearer;
  std::string_view family = {};       // whose signed reasoning it takes back
  std::string_view api_path = {};     // what stands between the base URL and a dialect's path
  // Calls that are translated for it are written with what every host of the family understands, unless it is OpenAI's own:
  bool legacy_max_tokens = true;      // `max_tokens`, not `max_completion_tokens`
  bool system_only = true;            // no role `developer`
  int batch_percent = 100;            // of its prices, what calls of a batch cost
  int host_prompt = 0;                // most tokens of a prompt that it puts before others' (docs/token-counting.md, "The bound")
};

std::span<const ProviderType> provider_types();
// Null when there is none of that name.
const ProviderType* find_provider_type(std::string_view name);

}  // namespace tollgate
