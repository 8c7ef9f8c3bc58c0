#include "base/error.h"

#include <array>

namespace tollgate {
namespace {

using enum Blame;

// In the order of Fault. Source of status and code: docs/errors.md, table "what the client sees".
constexpr std::array<FaultInfo, fault_count> table = {{
    {"invalid_request", "invalid_request", caller, 400},
    {"invalid_key", "invalid_api_key", caller, 401},
    {"ambiguous_key", "ambiguous_credentials", caller, 400},
    {"not_allowed", "permission_denied", caller, 403},
    {"model_not_found", "model_not_found", caller, 404},
    {"not_found", "not_found", caller, 404},
    {"method_not_allowed", "method_not_allowed", caller, 405},
    {"unsupported_media_type", "unsupported_media_type", caller, 415},
    {"body_too_large", "request_too_large", caller, 413},
    {"target_too_long", "request_too_large", caller, 414},
    {"head_too_large", "request_too_large", caller, 431},
    {"expectation_failed", "expectation_failed", caller, 417},
    {"request_timeout", "request_timeout", caller, 408},
    {"rate_limited", "rate_limit_exceeded", caller, 429},
    {"budget_exceeded", "budget_exceeded", caller, 429},
    {"pricing_unavailable", "budget_pricing_unavailable", caller, 403},
    {"client_gone", "client_gone", caller, 499},
    {"upstream_unreachable", "upstream_error", provider, 502},
    {"upstream_timeout", "upstream_timeout", provider, 504},
    {"upstream_protocol", "upstream_error", provider, 502},
    {"upstream_error", "upstream_error", provider, 502},
    {"upstream_overloaded", "upstream_overloaded", provider, 503},
    {"upstream_rate_limited", "upstream_rate_limited", provider, 429},
    {"upstream_quota", "upstream_quota_exhausted", provider, 429},
    {"upstream_credential", "upstream_credentials_exhausted", provider, 502},
    {"upstream_rejected", "upstream_rejected", caller, 400},
    {"upstream_truncated", "upstream_error", provider, 502},
    {"overloaded", "overloaded", gateway, 503},
    {"unavailable", "unavailable", gateway, 503},
    {"cancelled", "cancelled", gateway, 499},
    {"deadline", "upstream_timeout", gateway, 504},
    {"internal", "internal", gateway, 500},
}};

}  // namespace

const FaultInfo& info(Fault fault) { return table[static_cast<std::size_t>(fault)]; }

}  // namespace tollgate
