#include "providers/types.h"

namespace tollgate {
namespace {

// Base URLs as each vendor's page for OpenAI clients gives them; local servers with their own default port.
// Host and path of groq, deepseek, xai, openrouter, together, perplexity, cerebras, voyage and vllm agree with recorded
// traffic (2023-2026). Fireworks, nvidia, sambanova, moonshot, zhipu (z.ai) and qwen (DashScope, international) are
// from the vendors' published base URLs and were not called from here.
// Three times what recorded calls had: 360 tokens of a model's file at Ollama, 160 at xAI, 290 behind OpenRouter. Makers of models, and servers
// that run what they are given, put none before.
constexpr int usual_host_prompt = 1'024;

constexpr ProviderType types[] = {
    {.name = "openai",
     .default_base_url = "https://api.openai.com/v1",
     .catalogue = "openai",
     .speaks_too = "openai_responses",
     .family = "openai",
     .legacy_max_tokens = false,
     .system_only = false,
     .batch_percent = 50},
    {.name = "anthropic",
     .default_base_url = "https://api.anthropic.com",
     .catalogue = "anthropic",
     .dialect = "anthropic_messages",
     .proof = Proof::x_api_key,
     .family = "anthropic"},
    {.name = "gemini",
     .default_base_url = "https://generativelanguage.googleapis.com",
     .catalogue = "gemini",
     .dialect = "gemini",
     .proof = Proof::x_goog_api_key,
     .family = "gemini",
     .api_path = "/v1beta"},
    // The base URL names project and place: https://REGION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/REGION
    {.name = "vertex",
     .default_base_url = "",
     .catalogue = "vertex",
     .dialect = "gemini",
     .proof = Proof::google,
     .family = "gemini",
     .api_path = "/publishers/google"},
    // The resource's own host; deployments are the models' names.
    {.name = "azure",
     .default_base_url = "",
     .catalogue = "azure",
     .speaks_too = "openai_responses",
     .proof = Proof::api_key,
     .family = "openai",
     .api_path = "/openai/v1",
     .legacy_max_tokens = false,
     .system_only = false,
     .batch_percent = 50},
    {.name = "mistral",
     .default_base_url = "https://api.mistral.ai/v1",
     .sends_usage_option = false,
     .catalogue = "mistral", .batch_percent = 50},
    {.name = "huggingface", .default_base_url = "https://router.huggingface.co/v1", .host_prompt = usual_host_prompt},
    {.name = "compatible", .default_base_url = "", .needs_key = false},
    {.name = "groq", .default_base_url = "https://api.groq.com/openai/v1", .catalogue = "groq", .batch_percent = 50, .host_prompt = usual_host_prompt},
    {.name = "deepseek", .default_base_url = "https://api.deepseek.com/v1", .catalogue = "deepseek"},
    {.name = "xai", .default_base_url = "https://api.x.ai/v1", .catalogue = "xai", .host_prompt = usual_host_prompt},
    {.name = "openrouter", .default_base_url = "https://openrouter.ai/api/v1", .catalogue = "openrouter", .host_prompt = usual_host_prompt},
    {.name = "together", .default_base_url = "https://api.together.xyz/v1", .catalogue = "together", .host_prompt = usual_host_prompt},
    {.name = "fireworks", .default_base_url = "https://api.fireworks.ai/inference/v1", .catalogue = "fireworks", .host_prompt = usual_host_prompt},
    // Sends its usage with every chunk and refuses options that it does not know.
    {.name = "perplexity",
     .default_base_url = "https://api.perplexity.ai",
     .sends_usage_option = false,
     .catalogue = "perplexity"},
    {.name = "cerebras", .default_base_url = "https://api.cerebras.ai/v1", .catalogue = "cerebras", .host_prompt = usual_host_prompt},
    {.name = "nvidia", .default_base_url = "https://integrate.api.nvidia.com/v1", .host_prompt = usual_host_prompt},
    {.name = "sambanova", .default_base_url = "https://api.sambanova.ai/v1", .host_prompt = usual_host_prompt},
    {.name = "moonshot", .default_base_url = "https://api.moonshot.ai/v1", .catalogue = "moonshot"},
    {.name = "zhipu", .default_base_url = "https://api.z.ai/api/paas/v4", .catalogue = "zhipu"},
    {.name = "qwen", .default_base_url = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"},
    {.name = "voyage", .default_base_url = "https://api.voyageai.com/v1", .catalogue = "voyage"},
    // Each customer has a host of their own.
    {.name = "databricks", .default_base_url = "", .catalogue = "databricks", .host_prompt = usual_host_prompt},
    {.name = "litellm", .default_base_url = "", .needs_key = false, .host_prompt = usual_host_prompt},
    {.name = "lmstudio", .default_base_url = "http://127.0.0.1:1234/v1", .needs_key = false, .host_prompt = usual_host_prompt},
    {.name = "vllm", .default_base_url = "http://127.0.0.1:8000/v1", .needs_key = false},
    {.name = "llamacpp", .default_base_url = "http://127.0.0.1:8080/v1", .needs_key = false},
    {.name = "tgi", .default_base_url = "http://127.0.0.1:3000/v1", .needs_key = false},
    // The base URL names the region: https://bedrock-runtime.REGION.amazonaws.com. Claude's thoughts are signed as Anthropic's are.
    {.name = "bedrock",
     .default_base_url = "",
     .catalogue = "bedrock",
     .dialect = "bedrock_converse",
     .proof = Proof::aws,
     .family = "anthropic"},
    {.name = "cohere", .default_base_url = "https://api.cohere.com", .catalogue = "cohere", .dialect = "cohere"},
    {.name = "ollama", .default_base_url = "http://127.0.0.1:11434", .needs_key = false, .dialect = "ollama", .host_prompt = usual_host_prompt},
    {.name = "ollama-openai", .default_base_url = "http://127.0.0.1:11434/v1", .needs_key = false, .host_prompt = usual_host_prompt},
};

}  // namespace

std::span<const ProviderType> provider_types() { return types; }

const ProviderType* find_provider_type(std::string_view name) {
  for (const ProviderType& type : types)
    if (type.name == name) return &type;
  return nullptr;
}

}  // namespace tollgate
