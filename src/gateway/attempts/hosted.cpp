#include "gateway/attempts/hosted.h"

#include "dialects/anthropic_messages/hosted_body.h"

namespace tollgate {

std::string azure_deployment_path(std::string_view path, std::string_view deployment, std::string_view api_version) {
  std::string out = "/openai";
  bool of_a_deployment = path != "/responses" && path != "/responses/input_tokens";
  if (of_a_deployment) out.append("/deployments/").append(deployment);
  return out.append(path).append("?api-version=").append(api_version);
}

std::string vertex_anthropic_path(std::string_view model, bool stream) {
  return std::string("/publishers/anthropic/models/").append(model).append(stream ? ":streamRawPredict" : ":rawPredict");
}

std::string vertex_anthropic_body(std::string_view body) { return anthropic_messages::hosted_body(body, "vertex-2023-10-16"); }

}  // namespace tollgate
