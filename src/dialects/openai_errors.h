#pragma once
// Errors on the OpenAI wire, both ways.
//
//   out   our Error as the envelope that OpenAI's clients parse, as a body or as an event of a stream
//   in    a provider's refusal, by status, headers and body or by an error object inside a 200, as our Error
//
// Inbound text is never trusted. What of the provider's message may be shown is decided in safe_message.h; messages
// about credentials, quotas and rates are never shown (they name keys and organisations). `param` and `code` pass when
// they are short plain words. Error.http_status is set only where the client must see another status than the fault's
// own (404, 413).
//
// Source of the classes: design "failures" F2 and F3; shapes: wire-quirks 21, 94-106.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "dialects/retry_after.h"
#include "json/value.h"

namespace tollgate::openai {

// Appends {"error":{"message","type","param","code"}}. A rate-limited error whose `param` is "tokens" has that type.
void append_error(std::string& out, const Error& error);
// The same as an event: `data: {…}` and a blank line.
void append_error_event(std::string& out, const Error& error);

// A complete refusal: any status but 2xx.
struct UpstreamRefusal {
  int status = 0;
  std::string_view body;
  RetryHints hints;
};
Error read_refusal(const UpstreamRefusal& refusal, WallTime now);

// The error that an object of a 2xx answer or event carries: `error` (object or string), or {"object":"error", …}.
// Empty when it carries none.
std::optional<json::Value> find_error(const json::Value& root);
// Reads what find_error found, or the data of an `error` event. There is no status to go by but the one inside.
Error read_error_value(const json::Value& error);
// The same for text that may not be JSON.
Error read_error_text(std::string_view text);

}  // namespace tollgate::openai
