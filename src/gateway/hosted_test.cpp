#include "gateway/attempts/hosted.h"

#include <gtest/gtest.h>


namespace tollgate {
namespace {

TEST(Hosted, AzureNamesTheDeploymentAndTheVersion) {
  EXPECT_EQ(azure_deployment_path("/chat/completions", "gpt-4o-prod", "2024-10-21"),
            "/openai/deployments/gpt-4o-prod/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(azure_deployment_path("/responses", "gpt-4o-prod", "2025-03-01-preview"), "/openai/responses?api-version=2025-03-01-preview");
}

TEST(Hosted, VertexHasTheModelInThePath) {
  EXPECT_EQ(vertex_anthropic_path("claude-haiku-4-5@20251001", false), "/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict");
  EXPECT_EQ(vertex_anthropic_path("claude", true), "/publishers/anthropic/models/claude:streamRawPredict");
  EXPECT_EQ(vertex_anthropic_body(R"({"model":"claude","max_tokens":1,"messages":[ {"a": 1} ]})"),
            R"({"anthropic_version":"vertex-2023-10-16","max_tokens":1,"messages":[ {"a": 1} ]})");
}

}  // namespace
}  // namespace tollgate
