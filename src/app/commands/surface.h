#pragma once
// What clients can reach and in which language, as data for `tollgate describe`. The tables that serve are in api/; a
// test compares.

#include <string_view>

#include "base/error.h"

namespace tollgate {

constexpr std::string_view to_string(Blame blame) {
  constexpr std::string_view names[] = {"caller", "provider", "gateway"};
  return names[static_cast<std::size_t>(blame)];
}

struct DescribedEndpoint {
  std::string_view port;  // model or admin
  std::string_view method;
  std::string_view path;  // a trailing `*` stands for one segment or more
  std::string_view credential;
  std::string_view help;
};

inline constexpr DescribedEndpoint described_endpoints[] = {
    {"model", "POST", "/v1/chat/completions", "key", "A chat answer, whole or as a stream."},
    {"model", "POST", "/v1/completions", "key", "A text completion, whole or as a stream."},
    {"model", "POST", "/v1/embeddings", "key", "Embeddings of texts."},
    {"model", "GET", "/v1/models", "key", "The routes that the key may use."},
    {"model", "GET", "/v1/models/*", "key", "One of them."},
    {"model", "GET", "/v1/usage", "key",
     "What the key used and what its limits leave; ?request=ID: that request's row."},
    {"model", "GET", "/livez", "none", "The program runs."},
    {"model", "GET", "/readyz", "none", "It takes calls; else 503 with the reason."},
    {"admin", "GET", "/", "admin token", "A page about this gateway."},
    {"admin", "GET", "/metrics", "none, or admin token", "Prometheus; see the setting admin.metrics."},
    {"admin", "GET", "/livez", "none", "The program runs."},
    {"admin", "GET", "/readyz", "none", "It takes calls; else 503 with the reason."},
    {"admin", "POST", "/api/v1/config/reload", "admin token", "Reads the configuration again, all or nothing."},
};

struct DescribedDialect {
  std::string_view name;  // as in rows
  bool available;
};

inline constexpr DescribedDialect described_dialects[] = {
    {"openai_chat", true},
    {"openai_responses", false},
    {"anthropic_messages", false},
    {"gemini", false},
    {"bedrock_converse", false},
    {"ollama", false},
    {"cohere", false},
    {"plain", false},
};

}  // namespace tollgate
