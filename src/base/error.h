#pragma once
// What went wrong, whose fault it is, and what may be tried.
//
// Everything else follows from these three: the status code and envelope of the client (api/error_reply.cpp), whether another
// target is asked (routing/), what the circuit breaker counts, and who is blamed in metrics. Only bugs and start-up faults are
// exceptions; everything that traffic, peers or disks can cause is an Error inside a Result.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

// The class of a failure. One row for each in error.cpp: code, blame, HTTP status (docs/errors.md is made from it).
enum class Fault : std::uint8_t {
  // The caller's.
  invalid_request,      // body, parameter or header is wrong; `param` names it
  invalid_key,          // no, unknown, expired or revoked credential; every case has one text
  ambiguous_key,        // two different credentials in one request
  not_allowed,          // the key may not do this (model, address, attribution)
  model_not_found,      // no route of that name
  not_found,            // no such path or object
  method_not_allowed,
  unsupported_media_type,
  body_too_large,
  target_too_long,
  head_too_large,
  expectation_failed,
  request_timeout,      // head or body came too slowly
  rate_limited,         // one of our limits, resets soon
  budget_exceeded,      // one of our budgets, resets with its window
  pricing_unavailable,  // a budget applies and the model has no price
  client_gone,          // the client hung up; nobody is there to read the answer
  // The provider's.
  upstream_unreachable,   // refused, reset, no address, TLS
  upstream_timeout,       // no first byte, stalled, or 408
  upstream_protocol,      // broken HTTP, broken JSON, wrong type, redirect
  upstream_error,         // 5xx
  upstream_overloaded,    // 503, 529
  upstream_rate_limited,  // 429
  upstream_quota,         // 429 that means money
  upstream_credential,    // 401, 402, 403
  upstream_rejected,      // 400, 404, 405, 409, 413, 415, 422: the call itself is at fault
  upstream_truncated,     // a stream that ended without its terminal event
  // Ours.
  overloaded,    // a bound of ours is reached, or draining
  unavailable,   // journal, vault or audit cannot be written
  cancelled,     // an await was cancelled; never shown
  deadline,      // the request's own deadline passed
  internal,      // a bug
};

enum class Blame : std::uint8_t { caller, provider, gateway };

// What the attempt loop may do about it.
enum class Retry : std::uint8_t { never, next_target, next_credential, same_after_wait };

struct FaultInfo {
  std::string_view name;  // snake_case, as in metrics and rows (`error_class`)
  std::string_view code;  // what the client reads as `code`
  Blame blame;
  int http_status;
};

const FaultInfo& info(Fault fault);
constexpr int fault_count = static_cast<int>(Fault::internal) + 1;

struct Error {
  Fault fault = Fault::internal;
  Retry retry = Retry::never;
  std::string detail{};  // safe to show the caller: no keys, no prompt text, no host names
  std::string param{};   // the field at fault, as the caller wrote it; empty when there is none
  std::string code{};    // overrides info(fault).code when not empty
  int http_status = 0;   // what the provider answered, or an override of ours; 0: info(fault).http_status
  std::optional<std::chrono::milliseconds> retry_after{};

  std::string_view name() const { return info(fault).name; }
  std::string_view client_code() const { return code.empty() ? info(fault).code : std::string_view(code); }
};

}  // namespace tollgate
