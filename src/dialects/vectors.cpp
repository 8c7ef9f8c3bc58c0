#include "dialects/vectors.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "base/base64.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate {
namespace {

static_assert(std::endian::native == std::endian::little);

std::string to_base64(const json::Value& numbers) {
  std::string bytes;
  for (const json::Value& number : json::Elements(numbers)) {
    float value = 0;
    std::from_chars(number.raw.data(), number.raw.data() + number.raw.size(), value);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.append(raw, sizeof value);
  }
  std::string text, out;
  append_base64(text, bytes);
  json::append_quoted(out, text);
  return out;
}

std::string to_numbers(const std::string& bytes) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    char text[32];
    auto end = std::to_chars(text, text + sizeof text, value);  // the shortest that reads back the same
    bool finite = value - value == 0;
    writer.raw(finite ? std::string_view(text, static_cast<std::size_t>(end.ptr - text)) : std::string_view("0"));
  }
  writer.end_array();
  return out;
}

}  // namespace

std::string vector_as(std::string_view json, VectorForm form) {
  json::Value value{json, json.starts_with('"') ? json::Kind::string : json::Kind::array};
  if (form == VectorForm::base64 && value.is(json::Kind::array)) return to_base64(value);
  if (form == VectorForm::base64 || !value.is(json::Kind::string)) return std::string(json);
  auto bytes = decode_base64(value.string().value_or(""));
  return bytes ? to_numbers(*bytes) : std::string(json);
}

}  // namespace tollgate
