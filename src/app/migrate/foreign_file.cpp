#include "app/migrate/foreign_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/scalar.h"
#include "base/text.h"
#include "config/fault.h"

namespace tollgate {
namespace {

using config::Node;

constexpr std::string_view environment_mark = "os.environ/";

std::string snake_case(std::string_view name) {
  std::string out;
  for (char c : name) {
    bool capital = c >= 'A' && c <= 'Z';
    if (capital && !out.empty()) out += '_';
    out += capital ? to_lower(c) : c;
  }
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> whole(std::string_view text) {
  auto value = parse_u64(text);
  if (!value || *value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

}  // namespace

std::string Remarks::text(std::string_view file) const {
  std::vector<const Remark*> sorted;
  for (const Remark& remark : all_) sorted.push_back(&remark);
  std::ranges::stable_sort(sorted, {}, [](const Remark* remark) { return std::pair(remark->place.line, remark->place.column); });
  std::string out;
  for (const Remark* remark : sorted)
    out += fmt::format("{}:{}:{}: {}: {}\n", file, remark->place.line, remark->place.column, remark->field, remark->what);
  return out;
}

ForeignFields::ForeignFields(const Node* node, std::string path, Remarks& remarks)
    : node_(node != nullptr && node->kind == Node::Kind::map ? node : nullptr), path_(std::move(path)), remarks_(remarks) {
  bool odd = node != nullptr && node_ == nullptr && node->kind != Node::Kind::null;
  if (odd) remarks_.add(node->place, path_, "is no map of fields, and was left out");
  if (node_ != nullptr) read_.resize(node_->items.size());
}

std::optional<std::size_t> ForeignFields::position(std::string_view name) const {
  if (node_ == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < node_->keys.size(); ++i)
    if (node_->keys[i].text == name || snake_case(node_->keys[i].text) == name) return i;
  return std::nullopt;
}

const Node* ForeignFields::take(std::string_view name) {
  auto at = position(name);
  if (!at) return nullptr;
  read_[*at] = true;
  return node_->items[*at].kind == Node::Kind::null ? nullptr : &node_->items[*at];
}

std::string ForeignFields::text(std::string_view name) {
  const Node* value = take(name);
  if (value == nullptr) return {};
  if (value->kind == Node::Kind::scalar) return value->text;
  remarks_.add(value->place, path(name), "is no single value, and was left out");
  return {};
}

bool ForeignFields::flag(std::string_view name) {
  std::string word = lower(text(name));
  return word == "true" || word == "yes" || word == "on" || word == "1";
}

std::optional<std::int64_t> ForeignFields::number(std::string_view name) {
  std::string value = text(name);
  if (value.empty()) return std::nullopt;
  if (auto number = whole(value)) return number;
  remark(name, "is no whole number, and was left out");
  return std::nullopt;
}

void ForeignFields::remark(std::string_view name, std::string what) {
  auto at = position(name);
  if (at) read_[*at] = true;
  remarks_.add(at ? node_->keys[*at].place : place(), path(name), std::move(what));
}

void ForeignFields::none(std::initializer_list<std::string_view> names, const std::string& what) {
  for (std::string_view name : names)
    if (has(name)) remark(name, what);
}

void ForeignFields::rest(const std::string& what) {
  if (node_ == nullptr) return;
  for (std::size_t i = 0; i < read_.size(); ++i)
    if (!read_[i]) remarks_.add(node_->keys[i].place, path(node_->keys[i].text), what);
  std::fill(read_.begin(), read_.end(), true);
}

std::string_view variable_of(std::string_view text) {
  return text.starts_with(environment_mark) ? text.substr(environment_mark.size()) : std::string_view();
}

std::string as_variable(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out += letter ? static_cast<char>(c & ~0x20) : is_digit(c) ? c : '_';
  }
  if (out.empty() || is_digit(out.front())) out.insert(0, "K");
  return out;
}

std::string ForeignSecrets::reference(std::string_view text, std::string wanted, config::Place place, const std::string& field) {
  if (auto name = variable_of(text); !name.empty()) return "env:" + std::string(name);
  auto known = std::ranges::find(literal_, text, &Named::text);
  if (known == literal_.end()) {
    wanted = as_variable(wanted);
    auto is_taken = [&](const std::string& name) { return std::ranges::find(literal_, name, &Named::variable) != literal_.end(); };
    std::string variable = wanted;
    for (int number = 2; is_taken(variable); ++number) variable = fmt::format("{}_{}", wanted, number);
    literal_.push_back({std::string(text), std::move(variable)});
    known = literal_.end() - 1;
  }
  remarks_.add(place, field, fmt::format("a secret stands in the file itself; it is not copied: put it into the environment as {}", known->variable));
  return "env:" + known->variable;
}

std::optional<std::string> shifted_decimal(std::string_view text, int places) {
  constexpr int places_max = 40;
  std::string digits;
  int point = -1, exponent = 0;
  std::size_t i = text.starts_with('+') ? 1 : 0;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && point < 0)); ++i) {
    if (text[i] == '.')
      point = static_cast<int>(digits.size());
    else
      digits += text[i];
  }
  if (digits.empty() || digits.size() > places_max) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    bool negative = i + 1 < text.size() && text[i + 1] == '-';
    std::string_view rest = text.substr(i + 1);
    if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
    auto value = parse_u64(rest);
    if (!value || *value > places_max) return std::nullopt;
    exponent = negative ? -static_cast<int>(*value) : static_cast<int>(*value);
    i = text.size();
  }
  if (i != text.size()) return std::nullopt;
  int at = (point < 0 ? static_cast<int>(digits.size()) : point) + exponent + places;
  if (at > static_cast<int>(digits.size())) digits.append(static_cast<std::size_t>(at) - digits.size(), '0');
  if (at < 1) {
    digits.insert(0, static_cast<std::size_t>(1 - at), '0');
    at = 1;
  }
  std::string whole_part = digits.substr(0, static_cast<std::size_t>(at)), fraction = digits.substr(static_cast<std::size_t>(at));
  whole_part.erase(0, std::min(whole_part.find_first_not_of('0'), whole_part.size() - 1));
  while (fraction.ends_with('0')) fraction.pop_back();
  return fraction.empty() ? whole_part : whole_part + "." + fraction;
}

std::optional<std::string> duration_of_seconds(std::string_view text) {
  auto ms = shifted_decimal(text, 3);
  if (!ms) return std::nullopt;
  auto count = whole(std::string_view(*ms).substr(0, ms->find('.')));
  constexpr std::int64_t most_ms = 400LL * 86'400 * 1000;
  if (!count || *count == 0 || *count > most_ms) return std::nullopt;
  return format_duration(milliseconds(*count));
}

std::optional<std::string> window_of_length(std::string_view text) {
  for (auto [length, window] : {std::pair("1d", "day"), {"24h", "day"}, {"7d", "week"}, {"1w", "week"}, {"30d", "month"}, {"1mo", "month"}, {"1h", "hour"}, {"60m", "hour"}, {"1m", "minute"}, {"60s", "minute"}})
    if (text == length) return fmt::format("every: {}", window);
  std::string_view unit = text.substr(std::min(text.find_first_not_of("0123456789"), text.size()));
  auto count = whole(text.substr(0, text.size() - unit.size()));
  if (!count || *count == 0 || *count > 400) return std::nullopt;
  if (unit == "s" || unit == "m" || unit == "h" || unit == "d") return fmt::format("rolling: {}", text);
  return unit == "w" ? std::optional(fmt::format("rolling: {}d", *count * 7)) : std::nullopt;
}

}  // namespace tollgate
