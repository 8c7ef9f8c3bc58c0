#include "base/describe.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::size_t max_name_bytes = 128;
constexpr std::size_t max_visible_name_bytes = 256;

bool plain_name_character(char c) {
  char low = to_lower(c);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/' || c == ':' ||
         c == '-';
}

}  // namespace

bool follows(NameRule rule, std::string_view name) {
  if (rule == NameRule::visible)
    return !name.empty() && name.size() <= max_visible_name_bytes &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~'; });
  if (name.empty() || name.size() > max_name_bytes) return false;
  if (rule == NameRule::pattern && name.ends_with('*')) name.remove_suffix(1);
  return std::ranges::all_of(name, plain_name_character);
}

std::string_view words_of(NameRule rule) {
  switch (rule) {
    case NameRule::plain: return "a name has 1 to 128 letters, digits and . _ / : -";
    case NameRule::pattern: return "a name has 1 to 128 letters, digits and . _ / : - and may end in *";
    case NameRule::visible: return "a name has 1 to 256 visible ASCII characters";
  }
  return "";
}

const Field* Fields::find(std::string_view name) const {
  for (const Field& field : all_)
    if (field.is_prefix ? name.starts_with(field.name) && name.size() > field.name.size() : name == field.name)
      return &field;
  return nullptr;
}

int describing::place_of(std::string_view text, std::span<const std::string_view> names) {
  auto found = std::ranges::find(names, text);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

}  // namespace tollgate
