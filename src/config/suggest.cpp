#include "config/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate::config {
namespace {

const Type& without_optional(const Type& type) { return type.shape == Shape::optional ? *type.inner : type; }

std::vector<std::string> names_of(const Fields& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields.all()) names.emplace_back(field.name);
  return names;
}

std::string name_known_elsewhere(std::string_view word, const Fields& here) {
  for (const Field& field : here.all())
    if (std::ranges::find(field.foreign_names, word) != field.foreign_names.end()) return std::string(field.name);
  return {};
}

// Whether a group's own fields include the word.
bool group_knows(const Type& group, std::string_view word) {
  struct Search {
    const Type& group;
    std::string_view word;
    bool found = false;
  } search{group, word};
  group.with_default(
      [](void* context, void* value) {
        auto& in = *static_cast<Search*>(context);
        Fields fields;
        in.group.describe(fields, value);
        in.found = fields.find(in.word) != nullptr;
      },
      &search);
  return search.found;
}

// `max_body` at the root belongs under `server`.
std::string home_below(std::string_view word, const Fields& here) {
  for (const Field& field : here.all()) {
    if (!field.available() || without_optional(*field.type).shape != Shape::group) continue;
    if (group_knows(without_optional(*field.type), word)) return fmt::format("{}.{}", field.name, word);
  }
  return {};
}

// `fallback` inside a target belongs to its route.
std::string home_above(std::string_view word, std::span<const Enclosing> groups) {
  for (std::size_t i = groups.size(); i-- > 0;)
    if (groups[i].fields->find(word) != nullptr)
      return groups[i].setting.empty() ? std::string(word) : fmt::format("{}.{}", groups[i].setting, word);
  return {};
}

std::string without_blanks(std::string_view word) {
  std::string out;
  for (char c : word)
    if (c != ' ' && c != '_' && c != ',') out += c;
  return out;
}

// `0.8` -> `80%`; empty for all but a decimal below one.
std::string share_as_percent(std::string_view word) {
  if (!word.starts_with("0.") || word.size() < 3 || word.size() > 4) return {};
  std::string digits(word.substr(2));
  digits.resize(2, '0');
  if (digits[0] == '0') digits.erase(0, 1);
  return digits + "%";
}

bool reads(const Type& type, const std::string& word) {
  struct Attempt {
    const Type& type;
    const std::string& word;
    bool good = false;
  } attempt{type, word};
  type.with_default(
      [](void* context, void* value) {
        auto& at = *static_cast<Attempt*>(context);
        at.good = at.type.read(at.word, value);
      },
      &attempt);
  return attempt.good;
}

}  // namespace

std::string suggest_setting(std::string_view word, std::span<const Enclosing> groups) {
  const Fields& here = *groups.back().fields;
  for (const Field& field : here.all())
    if (field.is_prefix && field.name.substr(0, field.name.size() - 1) == word) return std::string(field.name) + "NAME";
  if (auto known = name_known_elsewhere(word, here); !known.empty()) return known;
  if (auto near = nearest(lower(word), names_of(here))) return *near;
  if (auto home = home_below(word, here); !home.empty()) return home;
  return home_above(word, groups.first(groups.size() - 1));
}

std::string suggest_value(std::string_view word, const Type& type) {
  std::string compact = without_blanks(word);
  if (type.scalar.secret || compact.empty() || compact.size() > 40) return {};
  if (type.scalar.json == "boolean") {
    std::string low = lower(compact);
    if (low == "yes" || low == "on" || low == "true" || low == "1") return "true";
    if (low == "no" || low == "off" || low == "false" || low == "0") return "false";
  }
  if (auto share = share_as_percent(compact); !share.empty() && reads(type, share) && !reads(type, compact))
    return share;
  std::vector<std::string> tries = {compact, lower(compact), compact + "%", compact + "s"};
  if (compact[0] == '$') tries.push_back(compact.substr(1));
  for (std::string_view ending :
       {"econds", "econd", "ec", "inutes", "inute", "in", "ours", "our", "ays", "ay", "USD", "usd"})
    if (compact.ends_with(ending)) tries.push_back(compact.substr(0, compact.size() - ending.size()));
  for (auto [wrong, right] : {std::pair{"K", "KiB"},
                              {"k", "KiB"},
                              {"M", "MiB"},
                              {"G", "GiB"},
                              {"Mb", "MB"},
                              {"mb", "MB"},
                              {"kb", "KB"},
                              {"gb", "GB"},
                              {"Mi", "MiB"},
                              {"Gi", "GiB"},
                              {"Ki", "KiB"}})
    if (compact.ends_with(wrong))
      tries.push_back(compact.substr(0, compact.size() - std::string_view(wrong).size()) + right);
  for (const std::string& attempt : tries)
    if (reads(type, attempt)) return attempt;
  return {};
}

std::string suggest_word(std::string_view word, const std::vector<std::string>& words) {
  constexpr std::size_t telling_letters = 2;
  if (auto near = nearest(lower(word), words)) return *near;
  std::string found;
  for (const std::string& choice : words) {
    if (word.size() < telling_letters || !choice.starts_with(word.substr(0, telling_letters))) continue;
    if (!found.empty()) return {};
    found = choice;
  }
  return found;
}

std::string suggest_secret(std::string_view word) {
  std::string_view name;
  if (word.starts_with("${") && word.ends_with('}'))
    name = word.substr(2, word.size() - 3);
  else if (word.starts_with('$'))
    name = word.substr(1);
  else if (word.starts_with("os.environ/"))
    name = word.substr(std::string_view("os.environ/").size());
  bool a_variable = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return a_variable ? fmt::format("env:{}", name) : std::string();
}

std::vector<std::string> allowed_words(const Type& type, const Field& field) {
  if (!field.allowed.empty()) return {field.allowed.begin(), field.allowed.end()};
  std::vector<std::string> words;
  for (std::string_view word : type.choices)
    if (std::ranges::find(field.allowed_later, word) == field.allowed_later.end()) words.emplace_back(word);
  return words;
}

std::string words_of_kind(const Type& type, const Field& field) {
  auto words = allowed_words(type, field);
  if (words.empty()) return std::string(type.scalar.words);
  if (words.size() == 1) return fmt::format("`{}`", words[0]);
  return fmt::format("one of `{}`", fmt::join(words, "`, `"));
}

}  // namespace tollgate::config
