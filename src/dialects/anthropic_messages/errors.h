#pragma once
// Errors of the Messages API, both ways: {"type":"error","error":{"type","message"},"request_id"}. Callers find our code and the field
// beside them, as `code` and `param`.
//
// Source of types and statuses: docs.claude.com, "Errors", read 2026-11-27; design "failures" F2, F3.

#include "dialects/dialect.h"

namespace tollgate::anthropic_messages {

void append_error(std::string& out, const Error& error, RequestId id);
// The value alone, for events.
void append_error_value(std::string& out, const Error& error);

Error read_refusal(const Refused& refused, WallTime now);
// Of an answer or event: {"type":"error","error":{…}}.
Error read_error_value(const json::Value& root);

}  // namespace tollgate::anthropic_messages
