#include "api/error_reply.h"


namespace tollgate {
namespace {

// Whether the same call can do better later. Official clients retry 408, 409, 429 and 5xx by themselves: they are told when
// that is of no use. Others obey the status.
bool retry_is_useless(const Error& error) {
  switch (error.fault) {
    case Fault::budget_exceeded:
    case Fault::upstream_quota:
    case Fault::upstream_credential:
    case Fault::request_timeout:
    case Fault::deadline:
    case Fault::internal: return true;
    case Fault::upstream_protocol: return error.retry == Retry::never;
    default: return false;
  }
}

std::optional<milliseconds> wait_of(const Error& error) {
  if (error.retry_after) return error.retry_after;
  bool overload = error.fault == Fault::overloaded || error.fault == Fault::unavailable ||
                  error.fault == Fault::upstream_overloaded || error.fault == Fault::upstream_rate_limited;
  return overload ? std::optional(milliseconds(1000)) : std::nullopt;
}

}  // namespace

int status_of(const Error& error) { return error.http_status != 0 ? error.http_status : info(error.fault).http_status; }

Error error_of(const http::Refusal& refusal) {
  Fault fault = Fault::invalid_request;
  switch (refusal.status) {
    case 404: fault = Fault::not_found; break;
    case 405: fault = Fault::method_not_allowed; break;
    case 408: fault = Fault::request_timeout; break;
    case 413: fault = Fault::body_too_large; break;
    case 414: fault = Fault::target_too_long; break;
    case 417: fault = Fault::expectation_failed; break;
    case 431: fault = Fault::head_too_large; break;
    default: break;
  }
  return {.fault = fault, .detail = std::string(refusal.what), .http_status = refusal.status};
}

Task<void> reply_error(http::ServerExchange& exchange, const Error& error, RequestId id, const RequestRow* row,
                       const Dialect& dialect, MoreFields more) {
  if (exchange.answered() || error.fault == Fault::client_gone) co_return;
  std::string body;
  dialect.write_error(error, id, body);
  AnswerFields fields;
  fields.add("content-type", "application/json");
  if (!id.empty()) add_request_id(fields, id);
  if (dialect.name() == "anthropic_messages" && !id.empty()) fields.add_copy("request-id", to_string(id));
  if (std::string_view type = dialect.error_type(error); !type.empty()) fields.add("x-amzn-errortype", type);
  if (row != nullptr) add_story(fields, *row);
  if (auto wait = wait_of(error)) {
    fields.add_number("retry-after", (wait->count() + 999) / 1000);
    fields.add_number("retry-after-ms", wait->count());
  }
  if (more) more(fields);
  if (retry_is_useless(error)) fields.add("x-should-retry", "false");
  if (error.fault == Fault::method_not_allowed && !error.param.empty()) fields.add("allow", error.param);
  std::string_view parts[] = {body};
  int own_status = dialect.error_status(error);
  http::AnswerHead head{.status = own_status != 0 ? own_status : status_of(error), .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(head, parts);
}

}  // namespace tollgate
