#include "dialects/openai_chat/request_checks.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Functions need a name; other kinds of tools (custom, provider-side) are the provider's business. Some clients leave
// `type` out.
Result<void> check_tool(const Value& tool, std::size_t index) {
  auto type = json::find(tool, "type");
  if (!tool.is(Kind::object)) return wrong_type(fmt::format("tools[{}]", index), "an object");
  if (type && !type->is(Kind::string)) return wrong_type(fmt::format("tools[{}].type", index), "a string");
  if (type && type->plain_string() != "function") return {};
  auto function = json::find(tool, "function");
  if (!function || !function->is(Kind::object))
    return wrong_type(fmt::format("tools[{}].function", index), "an object");
  auto name = json::find_path(*function, {"name"});
  auto text = name ? name->plain_string() : std::nullopt;
  if (!text || text->empty() || text->size() > max_tool_name_bytes ||
      !std::all_of(text->begin(), text->end(), is_name_char)) {
    return bad_field(fmt::format("tools[{}].function.name", index), "invalid_value",
                     fmt::format("a function's name has 1 to {} letters, digits, _ or -", max_tool_name_bytes));
  }
  return {};
}

Result<void> check_bias(const json::Member& member) {
  bool token = !member.raw_key.empty() &&
               std::all_of(member.raw_key.begin(), member.raw_key.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!token) return bad_field("logit_bias", "invalid_value", "the keys of logit_bias are token ids");
  return check_number("logit_bias", member.value, -10'000, 10'000);
}

}  // namespace

std::unexpected<Error> bad_field(std::string_view field, std::string_view code, std::string detail) {
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = std::move(detail),
                    .param = std::string(field),
                    .code = std::string(code)});
}

std::unexpected<Error> wrong_type(std::string_view field, std::string_view expected) {
  return bad_field(field, "invalid_type", fmt::format("'{}' must be {}", field, expected));
}

Result<std::int64_t> check_integer(std::string_view field, const Value& value, std::int64_t least, std::int64_t most) {
  auto number = value.integer();
  if (!value.is(Kind::number)) return wrong_type(field, "an integer");
  if (!number)
    return bad_field(field, "invalid_value", fmt::format("'{}' must be an integer of at most 64 bits", field));
  if (*number < least)
    return bad_field(field, "integer_below_min_value", fmt::format("'{}' must be at least {}", field, least));
  if (*number > most)
    return bad_field(field, "integer_above_max_value", fmt::format("'{}' must be at most {}", field, most));
  return *number;
}

Result<bool> check_boolean(std::string_view field, const Value& value) {
  auto yes = value.boolean();
  if (!yes) return wrong_type(field, "true or false");
  return *yes;
}

Result<void> check_number(std::string_view field, const Value& value, int least_hundredths, int most_hundredths) {
  if (!value.is(Kind::number)) return wrong_type(field, "a number");
  double number = 0;
  auto [end, fault] = std::from_chars(value.raw.data(), value.raw.data() + value.raw.size(), number);
  // A number too small for a double is zero; the scanner refused those that are too large.
  if (fault == std::errc::result_out_of_range) number = 0;
  if (number * 100 < least_hundredths)
    return bad_field(field, "decimal_below_min_value", fmt::format("'{}' is too small", field));
  if (number * 100 > most_hundredths)
    return bad_field(field, "decimal_above_max_value", fmt::format("'{}' is too large", field));
  return {};
}

Result<void> check_string(std::string_view field, const Value& value, std::size_t max_bytes) {
  if (!value.is(Kind::string)) return wrong_type(field, "a string");
  // Compared as written: escapes only make it longer.
  if (value.raw.size() - 2 > max_bytes) {
    return bad_field(field, "string_above_max_length", fmt::format("'{}' is longer than {} bytes", field, max_bytes));
  }
  return {};
}

Result<void> check_tools(const Value& tools) {
  if (!tools.is(Kind::array)) return wrong_type("tools", "an array");
  std::size_t index = 0;
  for (const Value& tool : json::Elements(tools)) {
    if (index == max_tools)
      return bad_field("tools", "array_above_max_length", fmt::format("more than {} tools", max_tools));
    TG_TRY_VOID(check_tool(tool, index++));
  }
  return {};
}

// "any" is Mistral's word for "required".
Result<void> check_tool_choice(const Value& choice) {
  constexpr std::array<std::string_view, 4> words = {"none", "auto", "required", "any"};
  if (choice.is(Kind::object)) return {};
  auto word = choice.plain_string();
  if (word && std::find(words.begin(), words.end(), *word) != words.end()) return {};
  return bad_field("tool_choice", "invalid_value", "'tool_choice' must be none, auto, required or an object");
}

Result<void> check_response_format(const Value& format) {
  if (!format.is(Kind::object)) return wrong_type("response_format", "an object");
  auto type = json::find(format, "type");
  if (!type || !type->is(Kind::string)) return wrong_type("response_format.type", "a string");
  if (type->plain_string() != "json_schema") return {};
  auto schema = json::find(format, "json_schema");
  if (!schema || !schema->is(Kind::object)) return wrong_type("response_format.json_schema", "an object");
  return {};
}

Result<void> check_stop(const Value& stop) {
  if (stop.is(Kind::string)) return {};
  if (!stop.is(Kind::array)) return wrong_type("stop", "a string or an array of strings");
  std::size_t count = 0;
  for (const Value& sequence : json::Elements(stop)) {
    if (!sequence.is(Kind::string)) return wrong_type("stop", "a string or an array of strings");
    if (++count > max_stop_sequences) {
      return bad_field("stop", "array_above_max_length",
                       fmt::format("more than {} stop sequences", max_stop_sequences));
    }
  }
  return {};
}

Result<void> check_metadata(const Value& metadata) {
  if (!metadata.is(Kind::object)) return wrong_type("metadata", "an object");
  std::size_t count = 0;
  for (const json::Member& member : json::Members(metadata)) {
    if (++count > max_metadata_pairs)
      return bad_field("metadata", "object_above_max_properties", "'metadata' has too many pairs");
    if (member.raw_key.size() > max_metadata_key_bytes) {
      return bad_field("metadata", "string_above_max_length", "a key of 'metadata' is too long");
    }
    TG_TRY_VOID(check_string("metadata", member.value, max_metadata_value_bytes));
  }
  return {};
}

Result<void> check_logit_bias(const Value& bias) {
  if (!bias.is(Kind::object)) return wrong_type("logit_bias", "an object");
  for (const json::Member& member : json::Members(bias)) TG_TRY_VOID(check_bias(member));
  return {};
}

}  // namespace tollgate::openai_chat
