#include "mock/sample.h"

#include <algorithm>

#include "json/write.h"

namespace tollgate::mock {
namespace {

using json::Kind;
using json::Value;

constexpr int depth_max = 16;
constexpr std::int64_t items_max = 16;
constexpr std::size_t bytes_max = 64 * 1024;  // what goes beyond is null

// What has been written, and its writer.
struct Sample {
  std::string& out;
  json::Writer writer{out};
  std::size_t began = out.size();
};

void write_sample(Sample& sample, const Value& schema, int depth);

bool is_required(const Value& schema, const json::Member& property) {
  auto required = json::find(schema, "required");
  if (!required) return false;
  for (const Value& name : json::Elements(*required)) {
    auto text = name.string();
    if (text && property.key_is(*text)) return true;
  }
  return false;
}

void write_object(Sample& sample, const Value& schema, int depth) {
  json::Writer& writer = sample.writer;
  writer.begin_object();
  auto properties = json::find(schema, "properties");
  for (const json::Member& property : json::Members(properties.value_or(Value{}))) {
    if (!is_required(schema, property)) continue;
    writer.key(property.key());
    write_sample(sample, property.value, depth + 1);
  }
  writer.end_object();
}

void write_array(Sample& sample, const Value& schema, int depth) {
  auto items = json::find(schema, "items"), least = json::find(schema, "minItems");
  std::int64_t count = least && items ? std::min(least->integer().value_or(0), items_max) : 0;
  sample.writer.begin_array();
  for (std::int64_t i = 0; i < count; ++i) write_sample(sample, *items, depth + 1);
  sample.writer.end_array();
}

// The word itself, or the first of a list of types.
std::string_view type_of_schema(const Value& schema) {
  auto type = json::find(schema, "type");
  if (!type) return "object";
  if (type->is(Kind::array)) {
    json::Elements types(*type);
    auto first = types.begin();
    return first == types.end() ? "null" : first->plain_string().value_or("null");
  }
  return type->plain_string().value_or("null");
}

// What the schema already says: a constant, or the first of several choices.
std::optional<Value> given_value(const Value& schema) {
  if (auto constant = json::find(schema, "const")) return constant;
  auto choices = json::find(schema, "enum");
  if (!choices) return std::nullopt;
  for (const Value& choice : json::Elements(*choices)) return choice;
  return std::nullopt;
}

std::optional<Value> first_alternative(const Value& schema) {
  for (std::string_view word : {"anyOf", "oneOf"}) {
    auto alternatives = json::find(schema, word);
    if (!alternatives) continue;
    for (const Value& alternative : json::Elements(*alternatives)) return alternative;
  }
  return std::nullopt;
}

void write_sample(Sample& sample, const Value& schema, int depth) {
  json::Writer& writer = sample.writer;
  if (depth > depth_max || sample.out.size() - sample.began > bytes_max) return void(writer.null());
  if (auto given = given_value(schema)) return void(writer.raw(*given));
  if (auto alternative = first_alternative(schema)) return write_sample(sample, *alternative, depth + 1);
  std::string_view type = type_of_schema(schema);
  if (type == "object") return write_object(sample, schema, depth);
  if (type == "array") return write_array(sample, schema, depth);
  if (type == "string") return void(writer.value("text"));
  if (type == "integer" || type == "number") return void(writer.value(1));
  if (type == "boolean") return void(writer.value(true));
  writer.null();
}

}  // namespace

void append_sample(std::string& out, const Value& schema) {
  Sample sample{out};
  write_sample(sample, schema, 0);
}

}  // namespace tollgate::mock
