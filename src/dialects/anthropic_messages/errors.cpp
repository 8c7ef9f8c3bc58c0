#include "dialects/anthropic_messages/errors.h"

#include "dialects/fields.h"
#include "dialects/safe_message.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::anthropic_messages {
namespace {

using json::Kind;
using json::Value;

std::string_view type_of(const Error& error) {
  switch (error.fault) {
    case Fault::invalid_key: return "authentication_error";
    case Fault::not_allowed: return "permission_error";
    case Fault::model_not_found:
    case Fault::not_found: return "not_found_error";
    case Fault::body_too_large: return "request_too_large";
    case Fault::rate_limited:
    case Fault::budget_exceeded:
    case Fault::upstream_rate_limited:
    case Fault::upstream_quota: return "rate_limit_error";
    case Fault::overloaded:
    case Fault::unavailable:
    case Fault::upstream_overloaded: return "overloaded_error";
    case Fault::request_timeout:
    case Fault::deadline:
    case Fault::upstream_timeout: return "timeout_error";
    case Fault::upstream_rejected: return error.http_status == 413 ? "request_too_large" : error.http_status == 404 ? "not_found_error" : "invalid_request_error";
    default: return info(error.fault).blame == Blame::caller ? "invalid_request_error" : "api_error";
  }
}

struct Class {
  Fault fault;
  Retry retry;
};

Class class_of_status(int status) {
  switch (status) {
    case 401:
    case 403: return {Fault::upstream_credential, Retry::next_credential};
    case 402: return {Fault::upstream_quota, Retry::next_credential};
    case 408:
    case 504: return {Fault::upstream_timeout, Retry::next_target};
    case 429: return {Fault::upstream_rate_limited, Retry::next_credential};
    case 503:
    case 529: return {Fault::upstream_overloaded, Retry::next_target};
    default: break;
  }
  if (status >= 500) return {Fault::upstream_error, Retry::next_target};
  return {Fault::upstream_rejected, Retry::never};
}

Class class_of_type(std::string_view type) {
  if (type == "overloaded_error") return {Fault::upstream_overloaded, Retry::next_target};
  if (type == "rate_limit_error") return {Fault::upstream_rate_limited, Retry::next_credential};
  if (type == "timeout_error") return {Fault::upstream_timeout, Retry::next_target};
  if (type == "authentication_error" || type == "permission_error") return {Fault::upstream_credential, Retry::next_credential};
  if (type == "billing_error") return {Fault::upstream_quota, Retry::next_credential};
  if (type == "invalid_request_error" || type == "not_found_error" || type == "request_too_large") return {Fault::upstream_rejected, Retry::never};
  return {Fault::upstream_error, Retry::next_target};
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string_view plain_words(Fault fault) {
  switch (fault) {
    case Fault::upstream_credential: return "the provider refused the gateway's credential";
    case Fault::upstream_quota: return "the provider's quota is used up";
    case Fault::upstream_rate_limited: return "the provider's rate limit is reached";
    case Fault::upstream_overloaded: return "the provider is overloaded";
    case Fault::upstream_timeout: return "the provider took too long";
    case Fault::upstream_rejected: return "the provider refused the request";
    default: return "the provider failed";
  }
}

// Messages about credentials, money and rates are never shown: they name keys and organisations.
void add_words(Error& error, const std::string& message) {
  bool may_show = error.fault == Fault::upstream_rejected || error.fault == Fault::upstream_error;
  if (may_show) error.detail = safe_message(message);
  if (error.detail.empty()) error.detail = plain_words(error.fault);
}

void judge_rejection(Error& error, const std::string& message, int status) {
  if (error.fault != Fault::upstream_rejected) return;
  bool too_long = holds(message, "prompt is too long") || holds(message, "exceed context limit") || holds(message, "context window");
  if (too_long) {
    error.code = "context_length_exceeded";
    error.retry = Retry::next_target;
  }
  if (holds(message, "credit balance is too low")) {
    error.fault = Fault::upstream_quota;
    error.retry = Retry::next_credential;
  }
  if (status == 404) error.http_status = 502;  // a model or path of ours is no business of the caller
  if (status == 413) error.http_status = status;
  if (status == 404) error.retry = Retry::next_target;
}

}  // namespace

void append_error_value(std::string& out, const Error& error) {
  json::Writer writer(out);
  writer.begin_object().member("type", type_of(error)).member("message", error.detail);
  if (!error.client_code().empty()) writer.member("code", error.client_code());
  if (!error.param.empty()) writer.member("param", error.param);
  writer.end_object();
}

void append_error(std::string& out, const Error& error, RequestId id) {
  std::string value;
  append_error_value(value, error);
  json::Writer writer(out);
  writer.begin_object().member("type", "error").key("error").raw(value);
  if (!id.empty()) writer.member("request_id", to_string(id));
  writer.end_object();
}

Error read_refusal(const Refused& refused, WallTime now) {
  auto [fault, retry] = class_of_status(refused.status);
  Error error{.fault = fault, .retry = retry};
  std::string message;
  auto root = json::scan(refused.body, {.refuse_duplicates = false});
  if (root && root->is(Kind::object)) {
    Value inner = field_of(*root, "error");
    message = inner.is(Kind::object) ? text_field(inner, "message") : text_field(*root, "message");
  }
  judge_rejection(error, message, refused.status);
  add_words(error, message);
  RetryAdvice advice = refused.hints.read(now);
  if (advice.wait && *advice.wait > milliseconds(0)) error.retry_after = advice.wait;
  if (advice.should_retry == false && error.retry == Retry::same_after_wait) error.retry = Retry::next_target;
  return error;
}

Error read_error_value(const Value& root) {
  Value inner = field_of(root, "error");
  const Value& told = inner.is(Kind::object) ? inner : root;
  auto [fault, retry] = class_of_type(text_field(told, "type"));
  Error error{.fault = fault, .retry = retry};
  std::string message = text_field(told, "message");
  judge_rejection(error, message, 400);
  add_words(error, message);
  return error;
}

}  // namespace tollgate::anthropic_messages
