#include "config/walk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "config/suggest.h"

namespace tollgate::config {
namespace {

// Characters that may stand unquoted anywhere in a word here; others get quotes, which are never wrong.
bool plain_in_yaml(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '/' ||
         c == '_' || c == '-' || c == '%' || c == ':' || c == ' ';
}

std::string scalar_text(const Type& type, const void* value) { return yaml_word(type.write(value)); }

std::string list_text(const Type& list, void* value) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < list.size(value); ++i) {
    if (list.inner->shape != Shape::scalar) return {};
    words.push_back(scalar_text(*list.inner, list.at(value, i)));
  }
  return fmt::format("[{}]", fmt::join(words, ", "));
}

const Type& innermost(const Type& type) { return type.inner == nullptr ? type : innermost(*type.inner); }

std::string short_words(const Type& type) {
  std::string_view words = type.scalar.words.substr(0, type.scalar.words.find(" such as"));
  if (words.ends_with(',')) words.remove_suffix(1);
  return std::string(words);
}

}  // namespace

std::string default_text(const Field& field) {
  const Type& type = *field.type;
  if (field.is_required) return {};
  if (type.shape == Shape::scalar) return type.write(field.value).empty() ? "" : scalar_text(type, field.value);
  if (type.shape == Shape::optional && type.size(field.value) == 0) return std::string(field.empty_word);
  if (type.shape == Shape::optional && type.inner->shape == Shape::scalar)
    return scalar_text(*type.inner, type.at(field.value, 0));
  if (type.shape == Shape::list && type.size(field.value) + !field.must_hold_something > 0)
    return list_text(type, field.value);
  return {};
}

std::string yaml_word(std::string_view text) {
  // YAML 1.1 readers take these for truth values.
  for (std::string_view word : {"yes", "no", "on", "off", "y", "n"})
    if (text == word) return fmt::format("\"{}\"", text);
  bool plain = !text.empty() && std::ranges::all_of(text, plain_in_yaml) && text.front() != '-' &&
               text.front() != '%' && text.front() != ':' && text.front() != ' ' && text.back() != ':' &&
               text.back() != ' ' && text.find(": ") == std::string_view::npos && text != "~" && text != "null";
  return plain ? std::string(text) : fmt::format("\"{}\"", text);
}

std::string range_text(const Field& field) {
  if (!field.has_range) return {};
  const Type& type = innermost(*field.type);
  if (type.number == nullptr) return fmt::format("at most {} bytes", field.max);
  return fmt::format("{} to {}", type.write_number(field.min), type.write_number(field.max));
}

std::string kind_text(const Field& field) {
  const Type& type = written_type(field.is_prefix ? *field.type->inner : *field.type);
  const Type& inner = innermost(type);
  std::string words;
  if (inner.shape == Shape::group)
    words = "settings";
  else if (auto allowed = allowed_words(inner, field); !allowed.empty())
    words = fmt::format("`{}`", fmt::join(allowed, "` `"));
  else
    words = short_words(inner);
  if (auto range = range_text(field); !range.empty()) words += ", " + range;
  if (!field.empty_word.empty()) words += fmt::format(", or `{}`", field.empty_word);
  if (type.shape == Shape::list) return "list: " + words;
  if (type.shape == Shape::map) return "map of names: " + words;
  return words;
}

}  // namespace tollgate::config
