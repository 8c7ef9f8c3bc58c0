#include "gateway/own_headers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::string_view ours = "x-tollgate-";
constexpr std::uint64_t timeout_ms_max = 86'400'000;

// Portkey, Helicone, Cloudflare, Bifrost and LiteLLM; read in their documentation on 2026-11-22.
constexpr std::string_view refused[] = {
    "x-portkey-config",       "x-portkey-custom-host",    "x-portkey-provider",        "x-portkey-virtual-key",
    "x-portkey-forward-headers", "helicone-target-url",   "helicone-openai-api-base",  "helicone-model-override",
    "helicone-ratelimit-policy", "cf-aig-custom-cost",    "x-bf-cache-threshold",      "x-litellm-api-base",
    "x-litellm-model-id",
};

bool may_be_foreign(std::string_view name) {
  char first = to_lower(name.front());
  return first == 'x' || first == 'h' || first == 'c';
}

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("{} {}", name, what), std::string(name));
}

Result<void> read_timeout(std::string_view name, std::string_view value, Wishes& wishes) {
  auto ms = parse_u64(value);
  if (!ms || *ms == 0 || *ms > timeout_ms_max) return wrong(name, "must be a number of milliseconds from 1 to 86400000");
  wishes.timeout = milliseconds(*ms);
  return {};
}

Result<void> read_session(std::string_view name, std::string_view value, Wishes& wishes) {
  constexpr std::size_t session_bytes_max = 256;
  if (value.empty() || value.size() > session_bytes_max) return wrong(name, "must be 1 to 256 bytes long");
  wishes.session = value;
  return {};
}

Result<void> read_idempotency(std::string_view name, std::string_view value, Wishes& wishes) {
  constexpr std::size_t idempotency_bytes_max = 255;
  if (value.empty() || value.size() > idempotency_bytes_max) return wrong(name, "must be 1 to 255 bytes long");
  wishes.idempotency = value;
  return {};
}

Result<void> one_of(std::string_view name, std::string_view value, std::initializer_list<std::string_view> choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  return wrong(name, fmt::format("must be one of: {}", fmt::join(choices, ", ")));
}

}  // namespace

Result<void> take_wish(std::string_view name, std::string_view value, Wishes& wishes) {
  if (iequals(name, "idempotency-key")) return read_idempotency(name, value, wishes);
  if (name.empty() || !may_be_foreign(name)) return {};
  if (name.size() > ours.size() && iequals(name.substr(0, ours.size()), ours)) {
    std::string_view wish = name.substr(ours.size());
    if (iequals(wish, "timeout-ms")) return read_timeout(name, value, wishes);
    if (iequals(wish, "session")) return read_session(name, value, wishes);
    if (iequals(wish, "cache")) return one_of(name, value, {"off", "refresh", "exact"});
    if (iequals(wish, "route-hint")) {
      wishes.hint = value == "cheap" ? ModelTier::cheap : ModelTier::capable;
      return one_of(name, value, {"cheap", "capable"});
    }
    if (iequals(wish, "strict")) {
      wishes.strict = value == "1";
      return one_of(name, value, {"0", "1"});
    }
    if (iequals(wish, "dry-run")) {
      wishes.dry_run = value == "1";
      return one_of(name, value, {"0", "1"});
    }
    return {};
  }
  for (std::string_view foreign : refused)
    if (iequals(name, foreign)) return wrong(name, "has no effect here and is refused: routes and prices are the operator's");
  return {};
}

}  // namespace tollgate
