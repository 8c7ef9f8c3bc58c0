#pragma once
// What other gateways call the providers, and the variables in which their SDKs look for a key.

#include <string>
#include <string_view>

namespace tollgate {

struct ForeignProvider {
  std::string_view name;      // as LiteLLM's prefixes and Portkey's `provider` have it
  std::string_view type;      // ours
  std::string_view variable;  // of its key; empty: it asks for none
};

// Null where nothing here is like it.
const ForeignProvider* find_foreign_provider(std::string_view name);

// Of a model that is named without its provider: gpt-4o, claude-sonnet-4-5. Null: nobody knows.
const ForeignProvider* provider_of_model(std::string_view model);

// A base URL as our types take it (what the vendor's own SDK takes): without a slash at its end, and without a version or
// endpoint where the type wants the host alone.
std::string base_url_for(std::string_view type, std::string_view url);

// Where a region's Bedrock is, and a project's Vertex.
std::string bedrock_url(std::string_view region);
std::string vertex_url(std::string_view project, std::string_view location);

}  // namespace tollgate
