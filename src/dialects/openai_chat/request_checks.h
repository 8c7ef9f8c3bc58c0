#pragma once
// What is refused before a call costs anything, and how much input it may be. Used by request.cpp only.
//
// Each check takes the value of one field (never null: null means absent) and answers nothing, or the error that names
// the field. Bounds are OpenAI's where it states one, unless recorded traffic of compatible hosts needs more.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace tollgate::openai_chat {

constexpr std::int64_t max_n = 128;
constexpr std::int64_t max_output_tokens = 1'000'000'000;
constexpr std::size_t max_model_bytes = 256;
constexpr std::size_t max_tools = 1024;
constexpr std::size_t max_tool_name_bytes = 64;
constexpr std::size_t max_stop_sequences = 16;
constexpr std::size_t max_metadata_pairs = 16;
constexpr std::size_t max_metadata_key_bytes = 64;
constexpr std::size_t max_metadata_value_bytes = 512;
constexpr std::size_t max_inputs = 2048;  // prompts or texts to embed in one call

// Makes the error. `code` is OpenAI's word for it.
std::unexpected<Error> bad_field(std::string_view field, std::string_view code, std::string detail);
std::unexpected<Error> wrong_type(std::string_view field, std::string_view expected);

Result<std::int64_t> check_integer(std::string_view field, const json::Value& value, std::int64_t least,
                                   std::int64_t most);
Result<bool> check_boolean(std::string_view field, const json::Value& value);
// A number within the bounds, written in hundredths so that a bound of 1.5 is 150.
Result<void> check_number(std::string_view field, const json::Value& value, int least_hundredths, int most_hundredths);
Result<void> check_string(std::string_view field, const json::Value& value, std::size_t max_bytes);

Result<void> check_tools(const json::Value& tools);
Result<void> check_tool_choice(const json::Value& choice);
Result<void> check_response_format(const json::Value& format);
Result<void> check_stop(const json::Value& stop);
Result<void> check_metadata(const json::Value& metadata);
Result<void> check_logit_bias(const json::Value& bias);

}  // namespace tollgate::openai_chat
