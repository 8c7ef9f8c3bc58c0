#include "dialects/fields.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

}  // namespace

std::unexpected<Error> bad_field(std::string_view field, std::string_view code, std::string detail) {
  return fail(Error{.fault = Fault::invalid_request, .detail = std::move(detail), .param = std::string(field), .code = std::string(code)});
}

std::unexpected<Error> wrong_type(std::string_view field, std::string_view expected) {
  return bad_field(field, "invalid_type", fmt::format("'{}' must be {}", field, expected));
}

std::unexpected<Error> missing_field(std::string_view field) {
  return bad_field(field, "missing_required_parameter", fmt::format("'{}' is required", field));
}

Value field_of(const Value& object, std::string_view name) { return json::find(object, name).value_or(Value{}); }

std::string text_field(const Value& object, std::string_view name) { return field_of(object, name).string().value_or(""); }

std::string raw_field(const Value& object, std::string_view name) {
  Value value = field_of(object, name);
  return value.is(Kind::null) ? std::string() : std::string(value.raw);
}

std::string object_of_arguments(std::string_view arguments) {
  if (arguments.empty() || arguments == "null") return "{}";
  auto value = json::scan(arguments, {.refuse_duplicates = false});
  if (value && value->is(Kind::object)) return std::string(arguments);
  std::string out;
  json::Writer(out).begin_object().member("input", arguments).end_object();
  return out;
}

Result<std::int64_t> check_integer(std::string_view field, const Value& value, std::int64_t least, std::int64_t most) {
  auto number = value.integer();
  if (!number) return wrong_type(field, "a whole number");
  if (*number < least || *number > most)
    return bad_field(field, "invalid_value", fmt::format("'{}' must be from {} to {}", field, least, most));
  return *number;
}

Result<bool> check_boolean(std::string_view field, const Value& value) {
  auto yes = value.boolean();
  if (!yes) return wrong_type(field, "true or false");
  return *yes;
}

Result<void> check_string(std::string_view field, const Value& value, std::size_t max_bytes) {
  if (!value.is(Kind::string)) return wrong_type(field, "a string");
  if (value.raw.size() - 2 > max_bytes) return bad_field(field, "string_above_max_length", fmt::format("'{}' is longer than {} bytes", field, max_bytes));
  return {};
}

Result<void> check_number(std::string_view field, const Value& value) {
  if (!value.is(Kind::number)) return wrong_type(field, "a number");
  return {};
}

Result<void> check_range(std::string_view field, const Value& value, double least, double most) {
  TG_TRY_VOID(check_number(field, value));
  double number = 0;
  auto [end, fault] = std::from_chars(value.raw.data(), value.raw.data() + value.raw.size(), number);
  if (fault != std::errc() || number < least || number > most)
    return bad_field(field, "invalid_value", fmt::format("'{}' must be from {} to {}", field, least, most));
  return {};
}

Result<Value> scan_body(std::string_view body) {
  std::array<json::Member, 1> none;
  std::size_t count = 0;
  auto root = json::scan_object(body, {}, std::span(none).first(0), count);
  if (!root)
    return fail(Error{.fault = Fault::invalid_request,
                      .detail = fmt::format("the body is not valid JSON: {} at byte {}", root.error().what, root.error().offset),
                      .code = "invalid_json"});
  return *root;
}

}  // namespace tollgate
