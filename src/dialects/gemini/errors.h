#pragma once
// Errors on Google's wire, both ways.
//
//   out   {"error":{"code","message","status","details"}}, as google.rpc.Status in JSON: a wait goes into a RetryInfo, the field at
//         fault into a BadRequest, our code into an ErrorInfo, the id of the request into a RequestInfo
//   in    a refusal by status and body, or an error object inside a 200, as our Error; the body may be a list of one (streams
//         without alt=sse)
//
// Inbound text is never trusted (safe_message.h). A wrong key comes as 400 with reason API_KEY_INVALID; a daily quota as a 429 whose
// QuotaFailure names it; waits only in details or text (quirk 104).
//
// Source of the classes: design "failures" F2 and F3.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "dialects/dialect.h"
#include "json/value.h"

namespace tollgate::gemini {

// Appends the envelope. An empty id is left out.
void append_error(std::string& out, const Error& error, RequestId id);

Error read_refusal(const Refused& refused, WallTime now);

// The error object that a body or an event of status 200 carries, also as the only element of a list. Empty when it carries none.
std::optional<json::Value> find_error(const json::Value& root);
// Reads what find_error found.
Error read_error_value(const json::Value& error);

// The provider's answer or event is no answer of this dialect.
Error broken_answer(std::string_view why);

}  // namespace tollgate::gemini
