#pragma once
// A model in another company's house: what of path and body differs there from the model's own API.

#include <string>
#include <string_view>

namespace tollgate {

// Azure's deployments, as they were before its path /openai/v1: `path` is OpenAI's (/chat/completions).
std::string azure_deployment_path(std::string_view path, std::string_view deployment, std::string_view api_version);

// Anthropic's models at Vertex: the model stands in the path, the version of the API in the body.
std::string vertex_anthropic_path(std::string_view model, bool stream);
// REQUIRES: an object that was scanned.
std::string vertex_anthropic_body(std::string_view body);

}  // namespace tollgate
