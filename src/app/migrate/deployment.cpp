#include "app/migrate/deployment.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/fault.h"

namespace tollgate {

using config::Node;

struct DeploymentReader::Reading {
  ForeignFields entry, params, credential, info;
  std::string group, model;  // the model without its provider

  // What the deployment says, else the credential that it names.
  std::string text(std::string_view name) {
    std::string own = params.text(name);
    return own.empty() ? credential.text(name) : own;
  }
  config::Place place_of(std::string_view name) {
    const Node* own = params.has(name) ? params.take(name) : credential.take(name);
    return own == nullptr ? entry.place() : own->place;
  }
};

namespace {

constexpr std::string_view not_copied = "has no equivalent, and was left out";
constexpr std::string_view no_body_fields = "the gateway sets no fields of the body yet: let the caller say it";

struct Rate {
  std::string_view theirs, ours;
};
constexpr Rate rates[] = {{"input_cost_per_token", "input"},
                          {"output_cost_per_token", "output"},
                          {"cache_read_input_token_cost", "cached_input"},
                          {"cache_creation_input_token_cost", "cache_write_5m"},
                          {"input_cost_per_audio_token", "audio_input"},
                          {"output_cost_per_audio_token", "audio_output"},
                          {"output_cost_per_reasoning_token", "reasoning"}};
constexpr int places_to_a_million = 6;

bool means_no_key(std::string_view text) {
  for (std::string_view word : {"none", "None", "EMPTY", "dummy", "anything", "not-needed", "no-key"})
    if (text == word) return true;
  return false;
}

}  // namespace

void DeploymentReader::credentials(const Node* list) {
  if (list == nullptr || list->kind != Node::Kind::list) return;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    std::string at = fmt::format("credential_list[{}]", i);
    ForeignFields fields(&list->items[i], at, remarks_);
    std::string name = fields.text("credential_name");
    if (const Node* values = fields.take("credential_values"); values != nullptr && !name.empty()) credentials_[name] = values;
    fields.take("credential_info");
    fields.rest(std::string(not_copied));
  }
}

// An address may stand in a variable, which is no secret: then it is read now, since ours are written out.
std::string DeploymentReader::address(Reading& reading, std::string_view name) {
  std::string text = reading.text(name);
  auto variable = variable_of(text);
  if (variable.empty()) return text;
  auto value = world_.env ? world_.env(variable) : std::nullopt;
  if (value && !value->empty()) return *value;
  remarks_.add(reading.place_of(name), reading.params.path(name), fmt::format("is needed as it is, not as a variable: set {} and import again", variable));
  return {};
}

const ForeignProvider* DeploymentReader::provider_of(Reading& reading) {
  std::string& model = reading.model;
  std::string named = reading.text("custom_llm_provider");
  std::size_t slash = model.find('/');
  const ForeignProvider* provider = named.empty() ? nullptr : find_foreign_provider(named);
  const ForeignProvider* prefix = slash == std::string::npos ? nullptr : find_foreign_provider(model.substr(0, slash));
  if (prefix != nullptr && (provider == nullptr || prefix == provider)) {
    model.erase(0, slash + 1);
    return prefix;
  }
  return provider != nullptr ? provider : provider_of_model(model);
}

bool DeploymentReader::fill_address(Reading& reading, DraftProvider& provider) {
  std::string base = address(reading, reading.params.has("api_base") || reading.credential.has("api_base") ? "api_base" : "base_url");
  bool elsewhere = !base.empty();
  if (provider.type == "bedrock") {
    provider.region = address(reading, "aws_region_name");
    if (provider.region.empty()) {
      reading.params.remark("model", "Bedrock needs aws_region_name: the deployment was left out");
      return false;
    }
    if (!elsewhere) provider.base_url = bedrock_url(provider.region);
    for (std::string_view way : {"converse/", "invoke/", "converse_like/"})
      if (reading.model.starts_with(way)) reading.model.erase(0, way.size());
  } else if (provider.type == "vertex") {
    std::string project = address(reading, "vertex_project"), location = address(reading, "vertex_location");
    if (!elsewhere && (project.empty() || location.empty())) {
      reading.params.remark("model", "Vertex needs vertex_project and vertex_location: the deployment was left out");
      return false;
    }
    if (!elsewhere) provider.base_url = vertex_url(project, location);
  }
  if (elsewhere && provider.type == "openai" && base.find("api.openai.com") == std::string::npos) provider.type = provider.name = "compatible";
  if (elsewhere) provider.base_url = base_url_for(provider.type, base);
  provider.api_version = address(reading, "api_version");
  if (provider.type != "azure" && !provider.api_version.empty()) {
    reading.params.remark("api_version", "only Azure has one: it was left out");
    provider.api_version.clear();
  }
  bool nowhere = provider.base_url.empty() && (provider.type == "azure" || provider.type == "compatible" || provider.type == "databricks" || provider.type == "litellm");
  if (nowhere) reading.params.remark("model", "api_base is missing: the deployment was left out");
  return !nowhere;
}

bool DeploymentReader::fill_key(Reading& reading, const ForeignProvider& foreign, DraftProvider& provider) {
  DraftKey key;
  auto secret = [&](std::string_view name, std::string_view variable) {
    std::string text = reading.text(name);
    return text.empty() || means_no_key(text) ? std::string() : secrets_.reference(text, std::string(variable), reading.place_of(name), reading.params.path(name));
  };
  if (provider.type == "bedrock") {
    key.access_key_id = address(reading, "aws_access_key_id");
    if (key.access_key_id.empty()) key.access_key_id = world_.env ? world_.env("AWS_ACCESS_KEY_ID").value_or("") : "";
    if (key.access_key_id.empty()) {
      reading.params.remark("model", "Bedrock needs an access key's id: set AWS_ACCESS_KEY_ID and import again; the deployment was left out");
      return false;
    }
    key.secret = secret("aws_secret_access_key", foreign.variable);
    if (key.secret.empty()) key.secret = "env:" + std::string(foreign.variable);
    key.session_token = secret("aws_session_token", "AWS_SESSION_TOKEN");
    provider.key = key;
    return true;
  }
  if (provider.type == "vertex") {
    std::string file = reading.text("vertex_credentials");
    if (auto variable = variable_of(file); !variable.empty()) file = "env:" + std::string(variable);
    else if (file.starts_with('{')) file = secrets_.reference(file, "VERTEX_CREDENTIALS", reading.place_of("vertex_credentials"), reading.params.path("vertex_credentials"));
    else file = "file:" + (file.empty() ? "service-account.json" : file);
    key.secret = file;
    provider.key = key;
    return true;
  }
  key.secret = secret("api_key", fmt::format("{}_API_KEY", as_variable(provider.name)));
  if (key.secret.empty() && reading.text("tenant_id").empty()) {
    if (!foreign.variable.empty() && provider.type != "compatible") key.secret = "env:" + std::string(foreign.variable);
  } else if (key.secret.empty()) {
    key.tenant = address(reading, "tenant_id");
    key.client_id = address(reading, "client_id");
    key.secret = secret("client_secret", "AZURE_CLIENT_SECRET");
  }
  if (!key.secret.empty()) provider.key = key;
  return true;
}

void DeploymentReader::fill_headers(Reading& reading, DraftProvider& provider) {
  if (const Node* headers = reading.params.take("extra_headers"); headers != nullptr && headers->kind == Node::Kind::map)
    for (std::size_t i = 0; i < headers->items.size(); ++i) {
      const std::string &name = headers->keys[i].text, &value = headers->items[i].text;
      bool secret = !variable_of(value).empty() || name.find("key") != std::string::npos || name.find("uth") != std::string::npos;
      if (secret || headers->items[i].kind != Node::Kind::scalar)
        remarks_.add(headers->keys[i].place, reading.params.path("extra_headers." + name), "a header that holds a secret cannot be written, and was left out");
      else
        provider.headers.emplace_back(name, value);
    }
  std::string organization = reading.params.text("organization");
  if (!organization.empty() && variable_of(organization).empty()) provider.headers.emplace_back("openai-organization", organization);
  if (!variable_of(organization).empty()) reading.params.remark("organization", "is needed as it is, not as a variable: write it under the provider's headers");
}

void DeploymentReader::fill_price(Reading& reading, Deployment& made) {
  DraftPrice price{.name = made.group + "-price", .rates = {}};
  bool whole[2] = {};
  for (const Rate& rate : rates) {
    ForeignFields& from = reading.params.has(rate.theirs) ? reading.params : reading.info;
    if (!from.has(rate.theirs)) continue;
    auto per_million = shifted_decimal(from.text(rate.theirs), places_to_a_million);
    if (!per_million) {
      from.remark(rate.theirs, "is no price for a token, and was left out");
      continue;
    }
    whole[0] = whole[0] || rate.ours == "input";
    whole[1] = whole[1] || rate.ours == "output";
    price.rates.emplace_back(rate.ours, *per_million);
  }
  if (price.rates.empty()) {
    std::string base = reading.info.text("base_model");
    std::string_view name = std::string_view(base).substr(base.find('/') == std::string::npos ? 0 : base.find('/') + 1);
    if (base.empty()) return;
    bool known = world_.has_price && world_.has_price(name);
    if (known)
      made.target.price = name;
    else
      reading.info.remark("base_model", "the catalogue has no such model: give the price under `prices:`");
    return;
  }
  if (!whole[0] || !whole[1]) {
    reading.entry.remark("litellm_params", "a price needs both input_cost_per_token and output_cost_per_token: it was left out");
    return;
  }
  auto same = std::ranges::find(draft_.prices, price.rates, &DraftPrice::rates);
  if (same != draft_.prices.end()) {
    price.name = same->name;
  } else {
    for (int number = 2; std::ranges::find(draft_.prices, price.name, &DraftPrice::name) != draft_.prices.end(); ++number) price.name = fmt::format("{}-price-{}", made.group, number);
    draft_.prices.push_back(price);
  }
  made.target.price = price.name;
}

void DeploymentReader::fill_budget(Reading& reading, const Deployment& made) {
  std::string budget = reading.params.text("max_budget"), length = reading.params.text("budget_duration");
  if (budget.empty()) return;
  auto amount = shifted_decimal(budget, 0);
  auto window = window_of_length(length);
  if (!amount || !window) return reading.params.remark("max_budget", "needs a budget_duration such as 1d or 30d: it was left out");
  draft_.add_limit({.name = made.group + "-budget", .providers = {made.target.provider}, .model = made.group, .measure = "usd", .amount = *amount, .window = *window});
}

// Every model of a provider, by its own name.
void DeploymentReader::open(Reading& reading, const ForeignProvider& foreign, DraftProvider provider) {
  std::string wanted(foreign.name);
  provider.name = wanted;
  const std::string& name = draft_.provider_like(std::move(provider));
  draft_.open_routes = true;
  providers_[wanted].push_back(name);
  reading.entry.remark("model_name", fmt::format("callers may ask for {}/MODEL: `open_routes` opens every provider of the file so; keys can say `models`", name));
}

std::optional<Deployment> DeploymentReader::read(const Node& entry, std::size_t index) {
  std::string at = fmt::format("model_list[{}]", index);
  ForeignFields whole(&entry, at, remarks_);
  ForeignFields params(whole.take("litellm_params"), at + ".litellm_params", remarks_), info(whole.take("model_info"), at + ".model_info", remarks_);
  auto named = credentials_.find(params.text("litellm_credential_name"));
  ForeignFields credential(named == credentials_.end() ? nullptr : named->second, "credential_list." + (named == credentials_.end() ? std::string() : named->first), remarks_);
  Reading reading{std::move(whole), std::move(params), std::move(credential), std::move(info), {}, {}};
  reading.group = reading.entry.text("model_name");
  reading.model = reading.params.text("model");
  if (reading.group.empty() || reading.model.empty()) {
    reading.entry.remark("model_name", "model_name or litellm_params.model is missing: the deployment was left out");
    return std::nullopt;
  }
  const ForeignProvider* foreign = provider_of(reading);
  if (foreign == nullptr) {
    reading.params.remark("model", fmt::format("no provider here is like that of {}: the deployment was left out", config::shown(reading.model)));
    return std::nullopt;
  }
  DraftProvider provider{.name = std::string(foreign->type), .type = std::string(foreign->type)};
  auto timeout = reading.params.text("timeout");
  provider.total = timeout.empty() ? total_ : duration_of_seconds(timeout).value_or(total_);
  if (!fill_address(reading, provider) || !fill_key(reading, *foreign, provider)) return std::nullopt;
  fill_headers(reading, provider);

  Deployment made{.group = reading.group, .target = {.model = reading.model}, .place = reading.entry.place()};
  made.weight = reading.params.number("weight");
  made.rpm = reading.params.number("rpm");
  made.tpm = reading.params.number("tpm");
  made.order = reading.params.number("order");
  made.retries = reading.params.has("num_retries") ? reading.params.number("num_retries") : reading.params.number("max_retries");
  made.target.max_in_flight = reading.params.number("max_parallel_requests").value_or(0);
  bool wild = reading.model.ends_with('*');
  bool own_names = reading.model == "*" && (reading.group == std::string(foreign->name) + "/*");
  if (wild && own_names) {
    open(reading, *foreign, std::move(provider));
    return std::nullopt;
  }
  if (wild || reading.group.find('*') < reading.group.size() - 1) {
    reading.entry.remark("model_name", "only a `*` at the end of the name, and one model behind it, or `PROVIDER/*` for `PROVIDER/*`, can be had: the deployment was left out");
    return std::nullopt;
  }
  made.target.provider = draft_.provider_like(std::move(provider));
  auto& ours = providers_[std::string(foreign->name)];
  if (std::ranges::find(ours, made.target.provider) == ours.end()) ours.push_back(made.target.provider);
  fill_price(reading, made);
  fill_budget(reading, made);
  reading.params.none({"temperature", "max_tokens", "top_p", "seed", "n", "stop", "presence_penalty", "frequency_penalty", "response_format", "reasoning_effort", "extra_body"}, std::string(no_body_fields));
  reading.params.none({"stream_timeout"}, "has no equivalent: write `timeouts: { first_token: … }` under the provider");
  reading.params.rest(std::string(not_copied));
  reading.info.rest("says nothing to this gateway, and was left out");
  reading.entry.rest(std::string(not_copied));
  return made;
}

}  // namespace tollgate
