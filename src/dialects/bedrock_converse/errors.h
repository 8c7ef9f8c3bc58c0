#pragma once
// Errors of AWS, both ways: a type in the header x-amzn-errortype or a stream's :exception-type, a message in the body (quirk 99).

#include <string>
#include <string_view>

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

// ValidationException, ThrottlingException, …
std::string_view type_of(const Error& error);
void append_error(std::string& out, const Error& error);

Error read_refusal(const Refused& refused, WallTime now);
// An exception amid a stream.
Error read_exception(std::string_view type, std::string_view payload);

}  // namespace tollgate::bedrock_converse
