#include "dialects/provider_fault.h"

namespace tollgate {

Fault fault_of_status(int status) {
  switch (status) {
    case 401:
    case 402:
    case 403: return Fault::upstream_credential;
    case 408: return Fault::upstream_timeout;
    case 429: return Fault::upstream_rate_limited;
    case 503:
    case 529: return Fault::upstream_overloaded;
    case 400:
    case 404:
    case 405:
    case 409:
    case 410:
    case 413:
    case 414:
    case 415:
    case 422:
    case 424: return Fault::upstream_rejected;
    default: break;
  }
  // Other statuses of 4xx are no answer to a call of ours (418, 499): the provider's own trouble.
  if (status >= 400 && status <= 599) return Fault::upstream_error;
  return Fault::upstream_protocol;  // 000, 1xx, 3xx (never followed), 999
}

Retry retry_of(Fault fault, int status) {
  switch (fault) {
    case Fault::upstream_credential:
    case Fault::upstream_quota:
    case Fault::upstream_rate_limited: return Retry::next_credential;
    case Fault::upstream_rejected: return status == 404 || status == 409 ? Retry::next_target : Retry::never;
    default: return Retry::next_target;
  }
}

std::string_view plain_text(Fault fault) {
  switch (fault) {
    case Fault::upstream_credential: return "the provider refused the gateway's credential";
    case Fault::upstream_quota: return "the provider's quota or credit is used up";
    case Fault::upstream_rate_limited: return "the provider's rate limit is reached";
    case Fault::upstream_overloaded: return "the provider is overloaded";
    case Fault::upstream_timeout: return "the provider took too long";
    case Fault::upstream_protocol: return "the provider's answer could not be used";
    case Fault::upstream_rejected: return "the provider refused the request";
    default: return "the provider had an error";
  }
}

bool waiting_helps(Fault fault) {
  return fault == Fault::upstream_rate_limited || fault == Fault::upstream_overloaded || fault == Fault::upstream_error;
}

void apply(const RetryAdvice& advice, Error& error) {
  if (waiting_helps(error.fault) && (advice.wait || advice.over_cap)) error.retry_after = advice.wait;
  if (error.retry_after > default_retry_cap) error.retry_after.reset();
  if (!advice.should_retry) return;
  if (!*advice.should_retry) error.retry_after.reset();
  if (*advice.should_retry && error.fault == Fault::upstream_rejected && error.retry == Retry::never) {
    error.retry = Retry::same_after_wait;
  }
}

}  // namespace tollgate
