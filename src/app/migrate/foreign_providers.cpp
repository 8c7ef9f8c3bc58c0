#include "app/migrate/foreign_providers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tollgate {
namespace {

// Source: LiteLLM's documentation, "Providers" (prefixes and variables); Portkey's gateway, `src/globals.ts` (names); both read
// 2026-11-29.
constexpr ForeignProvider known[] = {
    {"openai", "openai", "OPENAI_API_KEY"},
    {"text-completion-openai", "openai", "OPENAI_API_KEY"},
    {"custom_openai", "compatible", ""},
    {"openai_like", "compatible", ""},
    {"azure", "azure", "AZURE_API_KEY"},
    {"azure_text", "azure", "AZURE_API_KEY"},
    {"azure-openai", "azure", "AZURE_API_KEY"},
    {"anthropic", "anthropic", "ANTHROPIC_API_KEY"},
    {"gemini", "gemini", "GEMINI_API_KEY"},
    {"google", "gemini", "GEMINI_API_KEY"},
    {"vertex_ai", "vertex", ""},
    {"vertex_ai_beta", "vertex", ""},
    {"vertex-ai", "vertex", ""},
    {"bedrock", "bedrock", "AWS_SECRET_ACCESS_KEY"},
    {"bedrock_converse", "bedrock", "AWS_SECRET_ACCESS_KEY"},
    {"mistral", "mistral", "MISTRAL_API_KEY"},
    {"mistral-ai", "mistral", "MISTRAL_API_KEY"},
    {"groq", "groq", "GROQ_API_KEY"},
    {"deepseek", "deepseek", "DEEPSEEK_API_KEY"},
    {"xai", "xai", "XAI_API_KEY"},
    {"x-ai", "xai", "XAI_API_KEY"},
    {"openrouter", "openrouter", "OPENROUTER_API_KEY"},
    {"together_ai", "together", "TOGETHERAI_API_KEY"},
    {"together-ai", "together", "TOGETHERAI_API_KEY"},
    {"fireworks_ai", "fireworks", "FIREWORKS_AI_API_KEY"},
    {"fireworks-ai", "fireworks", "FIREWORKS_AI_API_KEY"},
    {"perplexity", "perplexity", "PERPLEXITYAI_API_KEY"},
    {"perplexity-ai", "perplexity", "PERPLEXITYAI_API_KEY"},
    {"cerebras", "cerebras", "CEREBRAS_API_KEY"},
    {"nvidia_nim", "nvidia", "NVIDIA_NIM_API_KEY"},
    {"sambanova", "sambanova", "SAMBANOVA_API_KEY"},
    {"moonshot", "moonshot", "MOONSHOT_API_KEY"},
    {"zai", "zhipu", "ZAI_API_KEY"},
    {"zhipu", "zhipu", "ZHIPU_API_KEY"},
    {"dashscope", "qwen", "DASHSCOPE_API_KEY"},
    {"voyage", "voyage", "VOYAGE_API_KEY"},
    {"databricks", "databricks", "DATABRICKS_API_KEY"},
    {"litellm_proxy", "litellm", "LITELLM_PROXY_API_KEY"},
    {"lm_studio", "lmstudio", ""},
    {"lmstudio", "lmstudio", ""},
    {"hosted_vllm", "vllm", ""},
    {"vllm", "vllm", ""},
    {"huggingface", "huggingface", "HUGGINGFACE_API_KEY"},
    {"cohere", "cohere", "COHERE_API_KEY"},
    {"cohere_chat", "cohere", "COHERE_API_KEY"},
    {"ollama", "ollama", ""},
    {"ollama_chat", "ollama", ""},
    {"xinference", "compatible", ""},
    {"infinity", "compatible", ""},
};

struct Family {
  std::string_view begin, provider;
};
constexpr Family families[] = {
    {"gpt-", "openai"},     {"chatgpt-", "openai"},        {"o1", "openai"},          {"o3", "openai"},        {"o4", "openai"},
    {"dall-e", "openai"},   {"text-embedding-", "openai"}, {"whisper", "openai"},     {"tts-", "openai"},      {"claude", "anthropic"},
    {"gemini", "vertex_ai"}, {"command", "cohere"},        {"embed-", "cohere"},      {"rerank-", "cohere"},
};

}  // namespace

const ForeignProvider* find_foreign_provider(std::string_view name) {
  auto found = std::ranges::find(known, name, &ForeignProvider::name);
  return found == std::end(known) ? nullptr : found;
}

const ForeignProvider* provider_of_model(std::string_view model) {
  for (const Family& family : families)
    if (model.starts_with(family.begin)) return find_foreign_provider(family.provider);
  return nullptr;
}

std::string base_url_for(std::string_view type, std::string_view url) {
  std::string text(url);
  auto drop = [&](std::string_view end) {
    while (text.ends_with('/')) text.pop_back();
    if (text.ends_with(end)) text.resize(text.size() - end.size());
  };
  for (std::string_view end : {"/chat/completions", "/embeddings", "/messages", "/api/generate", "/api/chat"}) drop(end);
  bool host_alone = type == "anthropic" || type == "gemini" || type == "cohere" || type == "ollama" || type == "azure" || type == "bedrock";
  if (host_alone)
    for (std::string_view end : {"/v1beta", "/v1", "/v2", "/openai"}) drop(end);
  drop("/");
  return text;
}

std::string bedrock_url(std::string_view region) { return fmt::format("https://bedrock-runtime.{}.amazonaws.com", region); }

std::string vertex_url(std::string_view project, std::string_view location) {
  std::string host = location == "global" ? "aiplatform.googleapis.com" : fmt::format("{}-aiplatform.googleapis.com", location);
  return fmt::format("https://{}/v1/projects/{}/locations/{}", host, project, location);
}

}  // namespace tollgate
