#include "dialects/gemini/fields.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tollgate::gemini {
namespace {

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool is_snake_of(std::string_view snake, std::string_view camel) {
  std::size_t at = 0;
  for (char c : camel) {
    if (to_lower(c) != c && (at == snake.size() || snake[at++] != '_')) return false;
    if (at == snake.size() || snake[at++] != to_lower(c)) return false;
  }
  return at == snake.size();
}

}  // namespace

bool field_is(const json::Member& member, std::string_view camel) {
  if (member.key_is(camel)) return true;
  if (member.raw_key.find('\\') == std::string_view::npos) return is_snake_of(member.raw_key, camel);
  return is_snake_of(member.key(), camel);
}

json::Value field_of(const json::Value& object, std::string_view camel) {
  for (const json::Member& member : json::Members(object))
    if (field_is(member, camel)) return member.value;
  return {};
}

std::string text_of(const json::Value& object, std::string_view camel) {
  return field_of(object, camel).string().value_or("");
}

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = to_upper(c);
  return out;
}

std::unexpected<Error> bad_field(std::string_view path, std::string detail) {
  return fail(Fault::invalid_request, std::move(detail), std::string(path));
}

std::unexpected<Error> wrong_type(std::string_view path, std::string_view expected) {
  return bad_field(path, fmt::format("'{}' must be {}", path, expected));
}

}  // namespace tollgate::gemini
