#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "config/suggest.h"

namespace tollgate::config {
namespace {

std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "empty";
    case Node::Kind::scalar: return "a single value";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map of names";
  }
  return "";
}

// Walks node and type side by side. `setting_` is the path of the value at hand, as people write it.
class Loader {
 public:
  Loader(const LoadOptions& options, Faults& faults) : options_(options), faults_(faults) {}

  void group(const Node& node, const Type& type, void* target);

 private:
  void field(const Node& key, const Node& node, const Field& field);
  void value(const Node& node, const Type& type, const Field& field, void* target);
  void scalar(const Node& node, const Type& type, const Field& field, void* target);
  void optional(const Node& node, const Type& type, const Field& field, void* target);
  void list(const Node& node, const Type& type, const Field& field, void* target);
  void map(const Node& node, const Type& type, const Field& field, void* target);
  void entry(const Node& key, const Node& node, const Type& map, const Field& field, void* target);

  void missing(const Node& node, const Fields& fields, const std::vector<std::string>& meant);
  std::string unknown(const Node& key);
  bool in_range(const Node& node, const Type& type, const Field& field, const void* target);
  bool listed(const Node& node, const Type& type, const Field& field);
  bool good_secret(const Node& node, const SecretRef& secret);
  bool holds_something(const Node& node, const Field& field);
  void no_item_twice(const Node& node);
  void wrong(const Node& node, std::string what, std::string suggestion = {}) {
    faults_.add(node.place, setting_, std::move(what), std::move(suggestion));
  }

  // Appends a step to the path for the time of one call.
  template <class Walk>
  void inside(std::string step, Walk walk) {
    std::size_t length = setting_.size();
    setting_ += step;
    walk();
    setting_.resize(length);
  }
  template <class Walk>
  void inside_name(std::string_view name, Walk walk) {
    inside(fmt::format("{}{}", setting_.empty() ? "" : ".", name), walk);
  }

  const LoadOptions& options_;
  Faults& faults_;
  std::string setting_;
  std::vector<Enclosing> groups_;  // those we are inside of, outermost first
};

void Loader::group(const Node& node, const Type& type, void* target) {
  if (node.kind == Node::Kind::scalar || node.kind == Node::Kind::list)
    return wrong(node, fmt::format("this takes settings with names, not {}", kind_name(node)));
  Fields fields;
  type.describe(fields, target);
  groups_.push_back({&fields, setting_});
  std::vector<std::string> meant;  // names that unknown ones were probably meant to be
  for (std::size_t i = 0; i < node.keys.size() && !faults_.full(); ++i) {
    const Node& key = node.keys[i];
    const Field* known = fields.find(key.text);
    if (known == nullptr)
      meant.push_back(unknown(key));
    else if (!known->available())
      faults_.add(key.place, setting_, fmt::format("{} is not yet available", shown(key.text)));
    else
      inside_name(key.text, [&] { field(key, node.items[i], *known); });
  }
  missing(node, fields, meant);
  groups_.pop_back();
}

void Loader::missing(const Node& node, const Fields& fields, const std::vector<std::string>& meant) {
  for (const Field& field : fields.all()) {
    bool misspelt = std::ranges::find(meant, field.name) != meant.end();
    if (field.is_required && !misspelt && node.find(field.name) == nullptr)
      wrong(node, fmt::format("{} is missing", shown(field.name)));
  }
}

std::string Loader::unknown(const Node& key) {
  std::string meant = suggest_setting(key.text, groups_);
  faults_.add(key.place, setting_, fmt::format("there is no setting {}", shown(key.text)), meant);
  return meant;
}

void Loader::field(const Node& key, const Node& node, const Field& field) {
  if (!field.is_prefix) return value(node, *field.type, field, field.value);
  Node rest = key;
  rest.text.erase(0, field.name.size());
  entry(rest, node, *field.type, field, field.value);
}

void Loader::value(const Node& node, const Type& type, const Field& field, void* target) {
  switch (type.shape) {
    case Shape::scalar: return scalar(node, type, field, target);
    case Shape::optional: return optional(node, type, field, target);
    case Shape::list: return list(node, type, field, target);
    case Shape::map: return map(node, type, field, target);
    case Shape::group: return group(node, type, target);
  }
}

void Loader::scalar(const Node& node, const Type& type, const Field& field, void* target) {
  if (node.kind == Node::Kind::null) return wrong(node, "has no value");
  if (node.kind != Node::Kind::scalar)
    return wrong(node, fmt::format("this must be {}, not {}", words_of_kind(type, field), kind_name(node)));
  if (node.quoted && type.scalar.unquoted)
    return wrong(node, fmt::format("this must be {}, not a text in quotes", type.scalar.words));
  if (!listed(node, type, field)) return;
  if (!type.read(node.text, target)) {
    std::string what = fmt::format("this must be {}", words_of_kind(type, field));
    if (!type.scalar.secret) what += node.text.empty() ? ", not empty" : fmt::format(", not {}", shown(node.text));
    return wrong(node, what, suggest_value(node.text, type));
  }
  if (type.scalar.secret && !good_secret(node, *static_cast<const SecretRef*>(target))) return;
  in_range(node, type, field, target);
}

// Whether the text is one of the words that the field takes, where it takes only some.
bool Loader::listed(const Node& node, const Type& type, const Field& field) {
  if (std::ranges::find(field.allowed_later, node.text) != field.allowed_later.end()) {
    wrong(node, fmt::format("{} is not yet available", shown(node.text)));
    return false;
  }
  auto words = allowed_words(type, field);
  if (words.empty() || std::ranges::find(words, node.text) != words.end()) return true;
  wrong(node, fmt::format("this must be {}, not {}", words_of_kind(type, field), shown(node.text)),
        suggest_word(node.text, words));
  return false;
}

bool Loader::in_range(const Node& node, const Type& type, const Field& field, const void* target) {
  if (!field.has_range) return true;
  bool is_text = type.number == nullptr;
  std::int64_t number = is_text ? static_cast<std::int64_t>(node.text.size()) : type.number(target);
  if (number >= field.min && number <= field.max) return true;
  if (is_text)
    wrong(node, fmt::format("this may be at most {} bytes long", field.max));
  else if (number < field.min)
    wrong(node, fmt::format("{} is too small; the least is {}", shown(node.text), type.write_number(field.min)));
  else
    wrong(node, fmt::format("{} is too large; the most is {}", shown(node.text), type.write_number(field.max)));
  return false;
}

bool Loader::good_secret(const Node& node, const SecretRef& secret) {
  if (secret.from == SecretRef::From::plain && !options_.allow_plain_secrets) {
    wrong(node, "a secret does not stand in the file: write env:NAME, file:PATH or vault:NAME",
          suggest_secret(node.text));
    return false;
  }
  if (!options_.secret_fault) return true;
  auto fault = options_.secret_fault(secret);
  if (fault) wrong(node, *fault);
  return !fault;
}

void Loader::optional(const Node& node, const Type& type, const Field& field, void* target) {
  if (node.kind == Node::Kind::null) return wrong(node, "has no value");
  type.clear(target);
  if (node.kind == Node::Kind::scalar && !field.empty_word.empty() && node.text == field.empty_word) return;
  value(node, *type.inner, field, type.grow(target, {}));
}

bool Loader::holds_something(const Node& node, const Field& field) {
  if (!node.items.empty() || !field.must_hold_something) return true;
  wrong(node, field.default_words.empty()
                  ? "this may not be empty"
                  : fmt::format("this may not be empty; left out it means {}", field.default_words));
  return false;
}

void Loader::no_item_twice(const Node& node) {
  std::unordered_set<std::string_view> seen;
  for (const Node& item : node.items)
    if (item.kind == Node::Kind::scalar && !seen.insert(item.text).second)
      faults_.add(item.place, setting_, fmt::format("{} is listed twice", shown(item.text)));
}

void Loader::list(const Node& node, const Type& type, const Field& field, void* target) {
  if (node.kind == Node::Kind::null) return wrong(node, "has no value; write [] for none");
  type.clear(target);
  if (node.kind != Node::Kind::list) {
    if (node.kind == Node::Kind::map && type.inner->shape != Shape::group)
      return wrong(node, "this is a list, not a map of names");
    return value(node, *type.inner, field, type.grow(target, {}));
  }
  if (!holds_something(node, field)) return;
  if (node.items.size() > field.max_items)
    return wrong(node, fmt::format("this holds {} values; the most is {}", node.items.size(), field.max_items));
  for (std::size_t i = 0; i < node.items.size() && !faults_.full(); ++i)
    inside(fmt::format("[{}]", i), [&] { value(node.items[i], *type.inner, field, type.grow(target, {})); });
  if (type.inner->shape == Shape::scalar && !type.inner->scalar.secret) no_item_twice(node);
}

void Loader::map(const Node& node, const Type& type, const Field& field, void* target) {
  if (node.kind == Node::Kind::scalar || node.kind == Node::Kind::list)
    return wrong(node, fmt::format("this is a map of names, not {}", kind_name(node)));
  type.clear(target);
  if (!holds_something(node, field)) return;
  if (node.items.size() > field.max_items)
    return wrong(node, fmt::format("this holds {} names; the most is {}", node.items.size(), field.max_items));
  for (std::size_t i = 0; i < node.keys.size() && !faults_.full(); ++i)
    inside_name(node.keys[i].text, [&] { entry(node.keys[i], node.items[i], type, field, target); });
}

void Loader::entry(const Node& key, const Node& node, const Type& map, const Field& field, void* target) {
  if (!follows(field.name_rule, key.text))
    return faults_.add(key.place, setting_,
                       fmt::format("{} is no name: {}", shown(key.text), words_of(field.name_rule)));
  if (node.kind == Node::Kind::null) return faults_.add(key.place, setting_, "has no value");
  value(node, *map.inner, field, map.grow(target, key.text));
}

}  // namespace

void load(const Node& root, const Type& type, void* target, const LoadOptions& options, Faults& faults) {
  Loader(options, faults).group(root, type, target);
}

}  // namespace tollgate::config
