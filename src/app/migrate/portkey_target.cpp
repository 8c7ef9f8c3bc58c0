#include "app/migrate/portkey_target.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/migrate/foreign_providers.h"
#include "base/settings.h"

namespace tollgate {
namespace {

using config::Node;

constexpr std::string_view not_copied = "has no equivalent, and was left out";
constexpr std::int64_t retries_max = 10;
constexpr std::int64_t timeout_ms_max = 86'400'000;

std::optional<std::string> duration_of_ms(std::optional<std::int64_t> ms) {
  return ms && *ms > 0 && *ms <= timeout_ms_max ? std::optional(format_duration(milliseconds(*ms))) : std::nullopt;
}

// A stored credential is named by its slug; the provider often begins it: `openai-prod-9f3`.
const ForeignProvider* provider_of_slug(std::string_view slug) {
  if (slug.starts_with('@')) slug.remove_prefix(1);
  for (std::size_t end = slug.size(); end != std::string_view::npos && end > 0; end = slug.rfind('-', end - 1))
    if (const ForeignProvider* found = find_foreign_provider(slug.substr(0, end))) return found;
  return nullptr;
}

}  // namespace

PortkeyInherited read_portkey_ways(ForeignFields& fields, PortkeyInherited above, Remarks& remarks) {
  ForeignFields retry(fields.take("retry"), fields.path("retry"), remarks);
  if (auto attempts = retry.number("attempts")) above.retries = std::min(*attempts, retries_max);
  retry.none({"on_status_codes", "use_retry_after_header"}, "is decided by the kind of failure: what may do better in a moment is tried again, and a provider's Retry-After is heeded");
  retry.rest(std::string(not_copied));
  if (auto total = duration_of_ms(fields.number("request_timeout"))) above.total = *total;
  ForeignFields breaker(fields.take("cb_config"), fields.path("cb_config"), remarks);
  auto failures = breaker.number("failure_threshold"), share = breaker.number("failure_threshold_percentage"), least = breaker.number("minimum_requests");
  auto rest = duration_of_ms(breaker.number("cooldown_interval"));
  std::vector<std::string> parts;
  if (failures || least) parts.push_back(fmt::format("failures: {}", std::clamp<std::int64_t>(failures.value_or(least.value_or(1)), 1, 1000)));
  if (share) parts.push_back(fmt::format("share: {}%", std::clamp<std::int64_t>(*share, 1, 100)));
  if (rest) parts.push_back("open_for: " + *rest);
  if (!parts.empty()) above.breaker = fmt::format("{{ {} }}", fmt::join(parts, ", "));
  breaker.rest(std::string(not_copied));
  fields.none({"cache"}, "there is no cache of answers yet");
  fields.none({"input_guardrails", "output_guardrails", "before_request_hooks", "after_request_hooks"}, "there are no guardrails yet");
  return above;
}

std::string PortkeyTargets::secret(ForeignFields& fields, std::string_view name, const std::string& variable) {
  const Node* node = fields.take(name);
  if (node == nullptr || node->kind != Node::Kind::scalar || node->text.empty()) return {};
  return secrets_.reference(node->text, variable, node->place, fields.path(name));
}

bool PortkeyTargets::fill_place(ForeignFields& fields, DraftProvider& provider, PortkeyTarget& made) {
  std::string host = fields.text("custom_host");
  if (!host.empty()) {
    if (provider.type == "openai") provider.type = provider.name = "compatible";
    provider.base_url = base_url_for(provider.type, host);
  }
  auto either = [&](std::string_view one, std::string_view other) {
    std::string text = fields.text(one);
    return text.empty() ? fields.text(other) : text;
  };
  if (provider.type == "azure") {
    std::string resource = either("azure_resource_name", "resource_name"), deployment = either("azure_deployment_id", "deployment_id");
    provider.api_version = either("azure_api_version", "api_version");
    fields.none({"azure_model_name"}, "the deployment's name stands for it");
    if (host.empty() && !resource.empty()) provider.base_url = fmt::format("https://{}.openai.azure.com", resource);
    if (!deployment.empty()) made.model = deployment;
  } else if (provider.type == "bedrock") {
    provider.region = fields.text("aws_region");
    if (host.empty() && !provider.region.empty()) provider.base_url = bedrock_url(provider.region);
  } else if (provider.type == "vertex") {
    std::string project = fields.text("vertex_project_id"), region = fields.text("vertex_region");
    if (host.empty() && !project.empty() && !region.empty()) provider.base_url = vertex_url(project, region);
  }
  bool needs_one = provider.type == "azure" || provider.type == "bedrock" || provider.type == "vertex" || provider.type == "compatible" || provider.type == "databricks";
  bool nowhere = needs_one && provider.base_url.empty();
  bool no_region = provider.type == "bedrock" && provider.region.empty();
  if (nowhere || no_region) remarks_.add(fields.place(), fields.path("provider"), "the provider's address (resource, region or project) is kept by Portkey, not in the file: the target was left out");
  return !nowhere && !no_region;
}

void PortkeyTargets::fill_key(ForeignFields& fields, std::string_view variable, DraftProvider& provider) {
  DraftKey key;
  std::string usual = variable.empty() ? as_variable(provider.name) + "_API_KEY" : std::string(variable);
  std::string slug = fields.text("virtual_key");
  if (provider.type == "bedrock") {
    key.access_key_id = fields.text("aws_access_key_id");
    if (key.access_key_id.empty() && world_.env) key.access_key_id = world_.env("AWS_ACCESS_KEY_ID").value_or("");
    key.secret = secret(fields, "aws_secret_access_key", "AWS_SECRET_ACCESS_KEY");
    key.session_token = secret(fields, "aws_session_token", "AWS_SESSION_TOKEN");
    if (key.secret.empty()) key.secret = "env:AWS_SECRET_ACCESS_KEY";
  } else {
    key.secret = secret(fields, "api_key", usual);
  }
  if (key.secret.empty() && !slug.empty()) {
    key.secret = fmt::format("env:{}", as_variable(slug.starts_with('@') ? slug.substr(1) : slug));
    fields.remark("virtual_key", fmt::format("its secret is kept by Portkey: put it into the environment as {}", key.secret.substr(4)));
  }
  if (key.secret.empty() && provider.type == "vertex") key.secret = "file:service-account.json";
  if (key.secret.empty() && !variable.empty()) key.secret = "env:" + usual;
  if (!key.secret.empty()) provider.key = key;
}

std::optional<PortkeyTarget> PortkeyTargets::read(ForeignFields& fields, const PortkeyInherited& inherited) {
  PortkeyTarget made;
  ForeignFields params(fields.take("override_params"), fields.path("override_params"), remarks_);
  made.model = params.text("model");
  std::string slug = fields.text("provider");
  if (made.model.starts_with('@')) {  // @slug/model
    std::size_t slash = made.model.find('/');
    slug = made.model.substr(0, slash);
    made.model = slash == std::string::npos ? std::string() : made.model.substr(slash + 1);
  }
  if (slug.empty()) slug = "@" + fields.text("virtual_key");
  bool stored = slug.starts_with('@');
  const ForeignProvider* foreign = stored ? provider_of_slug(slug) : find_foreign_provider(slug);
  if (foreign == nullptr) {
    remarks_.add(fields.place(), fields.path("provider"), "names no provider that is known here: the target was left out");
    return std::nullopt;
  }
  DraftProvider provider{.name = std::string(foreign->type), .type = std::string(foreign->type), .total = inherited.total};
  if (!fill_place(fields, provider, made)) return std::nullopt;
  bool kept = stored && !fields.has("api_key") && !fields.has("virtual_key");
  std::string variable = kept ? as_variable(slug.substr(1)) : std::string(foreign->variable);
  if (kept) fields.remark("provider", fmt::format("{} is kept by Portkey: put its secret into the environment as {}", slug, variable));
  fill_key(fields, variable, provider);
  if (provider.type == "bedrock" && provider.key->access_key_id.empty()) {
    remarks_.add(fields.place(), fields.path("provider"), "Bedrock needs an access key's id: set AWS_ACCESS_KEY_ID and import again; the target was left out");
    return std::nullopt;
  }
  params.rest("the gateway sets no fields of the body yet: let the caller say it");
  fields.none({"forward_headers"}, "write `forward_headers` under the provider");
  made.provider = draft_.provider_like(std::move(provider));
  return made;
}

}  // namespace tollgate
