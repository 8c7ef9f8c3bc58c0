#include "dialects/openai_errors.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "dialects/provider_fault.h"
#include "dialects/refusal_body.h"
#include "dialects/safe_message.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::openai {
namespace {

constexpr std::size_t max_code_bytes = 64;
constexpr std::size_t max_param_bytes = 100;

using Words = std::span<const std::string_view>;

// What providers write into `code` and `type`, in lower case. Source: failures F3 and recorded answers.
constexpr std::string_view quota_words[] = {"insufficient_quota",
                                            "credit_balance_exhausted",
                                            "organization_spend_limit_exceeded",
                                            "project_spend_limit_exceeded",
                                            "organization_usage_limit_exceeded",
                                            "enforced_spend_limit_reached",
                                            "billing_hard_limit_reached",
                                            "billing_not_active",
                                            "exceeded_current_quota_error"};
constexpr std::string_view overload_words[] = {
    "server_is_overloaded", "slow_down",           "overloaded_error",
    "overloaded",           "model_overloaded",    "engine_overloaded_error",
    "unavailable",          "service_unavailable", "service_unavailable_error"};
constexpr std::string_view rate_words[] = {
    "rate_limit_exceeded",     "rate_limit_error",   "rate_limit_reached", "rate_limited", "too_many_requests",
    "too_many_requests_error", "resource_exhausted", "requests",           "tokens",       "rate_limit_reached_error"};
constexpr std::string_view credential_words[] = {"invalid_api_key",   "authentication_error", "permission_error",
                                                 "permission_denied", "unauthenticated",      "unauthorized"};
constexpr std::string_view timeout_words[] = {"timeout", "timeout_error", "deadline_exceeded", "request_timeout"};
constexpr std::string_view rejection_words[] = {"invalid_request_error",   "invalid_argument", "tool_use_failed",
                                                "context_length_exceeded", "content_filter",   "invalid_prompt"};

bool says(const RefusalBody& body, Words words) {
  auto among = [&](std::string_view text) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return iequals(word, text); });
  };
  return among(body.code) || among(body.type) || among(body.error_code);
}

// An error inside a 200 has only its words.
Fault fault_of_words(const RefusalBody& body) {
  if (says(body, rate_words)) return Fault::upstream_rate_limited;
  if (says(body, credential_words)) return Fault::upstream_credential;
  if (says(body, timeout_words)) return Fault::upstream_timeout;
  if (says(body, rejection_words)) return Fault::upstream_rejected;
  return Fault::upstream_error;
}

Fault fault_of(int status, const RefusalBody& body) {
  if (status != 0 && status < 400) return Fault::upstream_protocol;
  if (says(body, quota_words)) return Fault::upstream_quota;
  bool may_be_overload = status == 0 || status == 429 || status >= 500;
  if (may_be_overload && says(body, overload_words)) return Fault::upstream_overloaded;
  if (status != 0) return fault_of_status(status);
  return body.status != 0 ? fault_of_status(body.status) : fault_of_words(body);
}

// What the developer needs to mend the call. A wrong path or model of ours (404) is no business of the caller.
void tell_rejection(const RefusalBody& body, int status, Error& error) {
  error.http_status = status == 404 ? 502 : status == 413 ? 413 : 0;
  if (status == 404) {
    error.code = "upstream_error";
    error.detail = "the provider does not know the model or the path";
    return;
  }
  if (std::string text = safe_message(body.message); !text.empty()) error.detail = std::move(text);
  if (is_plain_word(body.param, max_param_bytes)) error.param = body.param;
  if (is_plain_word(body.code, max_code_bytes)) error.code = body.code;
  if (status == 413) error.code = "request_too_large";
}

Error to_error(int status, const RefusalBody& body) {
  Fault fault = fault_of(status, body);
  int told = status != 0 ? status : body.status;
  Error error{.fault = fault, .retry = retry_of(fault, told), .detail = std::string(plain_text(fault))};
  if (fault == Fault::upstream_rejected) tell_rejection(body, told, error);
  if (fault == Fault::upstream_error) {
    if (std::string text = safe_message(body.message); !text.empty()) error.detail = std::move(text);
  }
  if (waiting_helps(fault)) error.retry_after = body.retry_delay;
  return error;
}

// F2, column "OpenAI dialect".
std::string_view type_of(const Error& error) {
  switch (error.fault) {
    case Fault::not_allowed:
    case Fault::pricing_unavailable: return "permission_error";
    case Fault::rate_limited: return error.param == "tokens" ? "tokens" : "requests";
    case Fault::budget_exceeded:
    case Fault::upstream_quota: return "insufficient_quota";
    case Fault::upstream_rate_limited: return "upstream_rate_limited";
    case Fault::upstream_rejected: return error.http_status >= 500 ? "server_error" : "invalid_request_error";
    default: return info(error.fault).blame == Blame::caller ? "invalid_request_error" : "server_error";
  }
}

}  // namespace

void append_error(std::string& out, const Error& error) {
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object();
  writer.member("message",
                error.detail.empty() ? std::string_view(error.client_code()) : std::string_view(error.detail));
  writer.member("type", type_of(error));
  writer.key("param");
  if (error.param.empty()) {
    writer.null();
  } else {
    writer.value(error.param);
  }
  writer.member("code", error.client_code()).end_object().end_object();
}

void append_error_event(std::string& out, const Error& error) {
  out += "data: ";
  append_error(out, error);
  out += "\n\n";
}

Error read_refusal(const UpstreamRefusal& refusal, WallTime now) {
  // A status of 0 would read as "none known".
  Error error = to_error(std::max(refusal.status, 1), read_refusal_body(refusal.body));
  apply(refusal.hints.read(now), error);
  return error;
}

std::optional<json::Value> find_error(const json::Value& root) {
  auto error = json::find(root, "error");
  if (error && (error->is(json::Kind::object) || error->is(json::Kind::string))) return error;
  auto object = json::find(root, "object");
  if (object && object->plain_string() == "error") return root;
  return std::nullopt;
}

Error read_error_value(const json::Value& error) { return to_error(0, read_refusal_value(error)); }

Error read_error_text(std::string_view text) { return to_error(0, read_refusal_body(text)); }

}  // namespace tollgate::openai
