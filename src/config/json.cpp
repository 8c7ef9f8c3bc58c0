#include "config/json.h"

#include <algorithm>

namespace tollgate::config {
namespace {

constexpr std::string_view hidden = "***";

Node node_of(const json::Value& value, const char* begin) {
  Node node;
  node.place = {1, static_cast<int>(value.raw.data() - begin) + 1};
  switch (value.kind) {
    case json::Kind::null: return node;
    case json::Kind::array:
      node.kind = Node::Kind::list;
      for (const json::Value& element : json::Elements(value)) node.items.push_back(node_of(element, begin));
      return node;
    case json::Kind::object:
      node.kind = Node::Kind::map;
      for (const json::Member& member : json::Members(value)) {
        Node key;
        key.kind = Node::Kind::scalar;
        key.place = {1, static_cast<int>(member.raw_key.data() - begin)};
        key.text = member.key();
        node.keys.push_back(std::move(key));
        node.items.push_back(node_of(member.value, begin));
      }
      node.index_names();
      return node;
    case json::Kind::string:
      node.kind = Node::Kind::scalar;
      node.quoted = true;
      node.text = value.string().value_or("");
      return node;
    case json::Kind::number:
    case json::Kind::boolean: break;
  }
  node.kind = Node::Kind::scalar;
  node.text = value.raw;
  return node;
}

class Shower {
 public:
  Shower(json::Writer& out, std::span<const std::string_view> masked) : out_(out), masked_(masked) {}

  void members(const Type& group, void* value) {
    Fields fields;
    group.describe(fields, value);
    for (const Field& field : fields.all())
      if (field.available()) member(field);
  }

 private:
  void member(const Field& field) {
    if (field.is_prefix) return prefixed(field);
    const Type& type = *field.type;
    if (type.shape == Shape::optional && type.size(field.value) == 0) {
      if (!field.empty_word.empty()) out_.member(field.name, field.empty_word);
      return;
    }
    bool hide = hide_ || std::ranges::find(masked_, field.name) != masked_.end();
    bool holds_nothing = (type.shape == Shape::list || type.shape == Shape::map) && type.size(field.value) == 0;
    if (holds_nothing || (type.shape == Shape::scalar && type.write(field.value).empty())) return;
    std::swap(hide, hide_);
    out_.key(field.name);
    show(type, field.value);
    std::swap(hide, hide_);
  }

  // `tags.NAME` for each entry.
  void prefixed(const Field& field) {
    const Type& map = *field.type;
    for (std::size_t i = 0; i < map.size(field.value); ++i) {
      out_.key(std::string(field.name) + std::string(map.name_at(field.value, i)));
      show(*map.inner, map.at(field.value, i));
    }
  }

  void show(const Type& type, void* value) {
    switch (type.shape) {
      case Shape::scalar: return scalar(type, value);
      case Shape::optional: return show(*type.inner, type.at(value, 0));
      case Shape::list:
        out_.begin_array();
        for (std::size_t i = 0; i < type.size(value); ++i) show(*type.inner, type.at(value, i));
        out_.end_array();
        return;
      case Shape::map:
        out_.begin_object();
        for (std::size_t i = 0; i < type.size(value); ++i) {
          out_.key(type.name_at(value, i));
          show(*type.inner, type.at(value, i));
        }
        out_.end_object();
        return;
      case Shape::group:
        out_.begin_object();
        members(type, value);
        out_.end_object();
    }
  }

  void scalar(const Type& type, const void* value) {
    const std::string text = type.write(value);
    if (hide_)
      out_.value(hidden);
    else if (type.scalar.unquoted || type.scalar.json.starts_with("number"))
      out_.raw(text);
    else
      out_.value(text);
  }

  json::Writer& out_;
  std::span<const std::string_view> masked_;
  bool hide_ = false;
};

void merge(json::Writer& out, const json::Value& target, const json::Value& patch) {
  out.begin_object();
  for (const json::Member& old : json::Members(target)) {
    auto said = json::find(patch, old.key());
    if (said && said->is(json::Kind::null)) continue;
    out.key(old.key());
    if (!said)
      out.raw(old.value);
    else if (said->is(json::Kind::object))
      merge(out, old.value, *said);
    else
      out.raw(*said);
  }
  for (const json::Member& fresh : json::Members(patch)) {
    if (json::find(target, fresh.key()) || fresh.value.is(json::Kind::null)) continue;
    out.key(fresh.key());
    if (fresh.value.is(json::Kind::object))
      merge(out, {}, fresh.value);
    else
      out.raw(fresh.value);
  }
  out.end_object();
}

}  // namespace

std::expected<Node, json::Fault> parse_json(std::string_view text) {
  auto value = json::scan(text, {.max_depth = 32});
  if (!value) return std::unexpected(value.error());
  if (!value->is(json::Kind::object)) return std::unexpected(json::Fault{.what = "no object", .offset = 0});
  return node_of(*value, text.data());
}

void append_members(json::Writer& out, const Type& group, void* value, std::span<const std::string_view> masked) {
  Shower(out, masked).members(group, value);
}

std::string merge_patch(json::Value target, json::Value patch) {
  std::string text;
  json::Writer out(text);
  merge(out, target, patch);
  return text;
}

}  // namespace tollgate::config
