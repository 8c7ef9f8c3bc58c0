#pragma once
// Fields of a body: reading them, and saying what is wrong with one. Errors are Fault::invalid_request with `param` the field as the
// caller wrote it; no text of the body is echoed.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace tollgate {

// A number of tokens that a caller may ask for at most.
constexpr std::int64_t max_asked_tokens = 1'000'000'000;
constexpr std::size_t max_model_name_bytes = 256;

std::unexpected<Error> bad_field(std::string_view field, std::string_view code, std::string detail);
std::unexpected<Error> wrong_type(std::string_view field, std::string_view expected);
std::unexpected<Error> missing_field(std::string_view field);

// The member of that name; a null where it is missing.
json::Value field_of(const json::Value& object, std::string_view name);
// Its text; empty when it is missing or no string.
std::string text_field(const json::Value& object, std::string_view name);
// Its JSON; empty when it is missing or null.
std::string raw_field(const json::Value& object, std::string_view name);

// A tool call's arguments where only an object has a place: as they are, {} for none, {"input": …} for what is no JSON object (a custom
// tool's free text, a text that was cut).
std::string object_of_arguments(std::string_view arguments);

Result<std::int64_t> check_integer(std::string_view field, const json::Value& value, std::int64_t least, std::int64_t most);
Result<bool> check_boolean(std::string_view field, const json::Value& value);
Result<void> check_string(std::string_view field, const json::Value& value, std::size_t max_bytes);
Result<void> check_number(std::string_view field, const json::Value& value);
// From `least` to `most`.
Result<void> check_range(std::string_view field, const json::Value& value, double least, double most);

// The scanned body: an object without duplicate keys, of a bounded depth.
Result<json::Value> scan_body(std::string_view body);

}  // namespace tollgate
