#include <fmt/format.h>

#include "config/reference.h"
#include "config/suggest.h"
#include "config/walk.h"
#include "json/write.h"

namespace tollgate::config {
namespace {

std::string_view name_pattern(NameRule rule) {
  switch (rule) {
    case NameRule::plain: return "^[A-Za-z0-9._/:-]{1,128}$";
    case NameRule::pattern: return "^[A-Za-z0-9._/:-]{1,127}[*A-Za-z0-9._/:-]$|^[*A-Za-z0-9._/:-]$";
    case NameRule::visible: return "^[!-~]{1,256}$";
  }
  return "";
}

// A list of one may be written without its brackets.
bool may_be_bare(const Type& list) { return list.inner->shape == Shape::scalar || list.inner->shape == Shape::group; }

class Schema {
 public:
  explicit Schema(json::Writer& out) : out_(out) {}

  void members_of_group(const Type& type) {
    with_fields(type, [&](const Fields& fields) {
      out_.member("type", "object").member("additionalProperties", false);
      out_.key("properties").begin_object();
      for (const Field& field : fields.all())
        if (field.available() && !field.is_prefix) property(field);
      out_.end_object();
      prefixed(fields);
      required(fields);
    });
  }

 private:
  void property(const Field& field) {
    out_.key(field.name).begin_object().member("description", field.help);
    if (auto text = default_text(field); !text.empty()) default_value(field, text);
    value(*field.type, field);
    out_.end_object();
  }

  // Defaults are given as they would be written in the file.
  void default_value(const Field& field, const std::string& text) {
    out_.key("default");
    const Type& type = written_type(*field.type);
    bool number = type.shape == Shape::scalar && (type.scalar.json == "boolean" || type.scalar.json == "integer");
    if (number && text != field.empty_word)
      out_.raw(text);
    else if (type.shape == Shape::list)
      default_list(type, field.value);
    else
      out_.value(text.starts_with('"') ? text.substr(1, text.size() - 2) : text);
  }

  void default_list(const Type& list, void* value) {
    out_.begin_array();
    for (std::size_t i = 0; i < list.size(value); ++i) out_.value(list.inner->write(list.at(value, i)));
    out_.end_array();
  }

  void prefixed(const Fields& fields) {
    for (const Field& field : fields.all()) {
      if (!field.is_prefix) continue;
      std::string pattern = fmt::format("^{}[.]", field.name.substr(0, field.name.size() - 1));
      out_.key("patternProperties").begin_object().key(pattern).begin_object().member("description", field.help);
      value(*field.type->inner, field);
      out_.end_object().end_object();
    }
  }

  void required(const Fields& fields) {
    bool any = false;
    for (const Field& field : fields.all()) any |= field.is_required;
    if (!any) return;
    out_.key("required").begin_array();
    for (const Field& field : fields.all())
      if (field.is_required) out_.value(field.name);
    out_.end_array();
  }

  void value(const Type& type, const Field& field) {
    switch (type.shape) {
      case Shape::scalar: return scalar(type, field);
      case Shape::optional: return optional(type, field);
      case Shape::list: return list(type, field);
      case Shape::map: return map(type, field);
      case Shape::group: return members_of_group(type);
    }
  }

  void optional(const Type& type, const Field& field) {
    if (field.empty_word.empty()) return value(*type.inner, field);
    out_.key("anyOf").begin_array();
    out_.begin_object().member("const", field.empty_word).end_object();
    out_.begin_object();
    value(*type.inner, field);
    out_.end_object().end_array();
  }

  void scalar(const Type& type, const Field& field) {
    if (auto words = allowed_words(type, field); !words.empty()) {
      out_.key("enum").begin_array();
      for (const std::string& word : words) out_.value(word);
      out_.end_array();
      return;
    }
    types(type.scalar.json);
    if (!type.scalar.pattern.empty()) out_.member("pattern", type.scalar.pattern);
    if (!field.has_range) return;
    if (type.scalar.json == "integer") out_.member("minimum", field.min).member("maximum", field.max);
    if (type.number == nullptr) out_.member("minLength", 1).member("maxLength", field.max);
  }

  // "string or integer" is two types.
  void types(std::string_view words) {
    std::size_t gap = words.find(" or ");
    if (gap == std::string_view::npos) {
      out_.member("type", words);
      return;
    }
    out_.key("type").begin_array().value(words.substr(0, gap)).value(words.substr(gap + 4)).end_array();
  }

  void list(const Type& type, const Field& field) {
    if (!may_be_bare(type)) return array(type, field);
    out_.key("anyOf").begin_array();
    out_.begin_object();
    value(*type.inner, field);
    out_.end_object().begin_object();
    array(type, field);
    out_.end_object().end_array();
  }

  void array(const Type& type, const Field& field) {
    out_.member("type", "array").member("maxItems", field.max_items);
    if (field.must_hold_something) out_.member("minItems", 1);
    out_.key("items").begin_object();
    value(*type.inner, field);
    out_.end_object();
  }

  void map(const Type& type, const Field& field) {
    out_.member("type", "object");
    out_.key("propertyNames").begin_object().member("pattern", name_pattern(field.name_rule)).end_object();
    out_.key("additionalProperties").begin_object();
    value(*type.inner, field);
    out_.end_object();
  }

  json::Writer& out_;
};

// Line breaks and two blanks a level, so that a change of the committed file reads as a change of a setting.
std::string indented(std::string_view compact) {
  std::string out;
  int depth = 0;
  bool in_text = false;
  auto new_line = [&] { out.append("\n").append(static_cast<std::size_t>(depth) * 2, ' '); };
  for (std::size_t i = 0; i < compact.size(); ++i) {
    char c = compact[i];
    if (in_text) {
      out += c;
      if (c == '\\') out += compact[++i];
      in_text = c != '"';
      continue;
    }
    in_text = c == '"';
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    bool empty = opens && i + 1 < compact.size() && (compact[i + 1] == '}' || compact[i + 1] == ']');
    if (empty) {
      out.append({c, compact[++i]});
      continue;
    }
    if (closes) --depth, new_line();
    out += c;
    if (opens) ++depth;
    if (opens || c == ',') new_line();
    if (c == ':') out += ' ';
  }
  return out + "\n";
}

}  // namespace

std::string json_schema(const Type& root, std::string_view title, std::string_view id) {
  std::string compact;
  json::Writer out(compact);
  out.begin_object().member("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.member("$id", id).member("title", title);
  Schema(out).members_of_group(root);
  out.end_object();
  return indented(compact);
}

}  // namespace tollgate::config
