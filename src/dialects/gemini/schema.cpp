#include "dialects/gemini/schema.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/gemini/fields.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Member;
using json::Value;
using json::Writer;

constexpr std::array<std::string_view, 6> counts = {"maxItems",  "minItems",  "maxProperties",
                                                    "minProperties", "maxLength", "minLength"};
// The words whose snake_case form Google takes for them.
constexpr std::array<std::string_view, 9> words = {"maxItems",      "minItems",  "maxProperties", "minProperties",   "maxLength",
                                                   "minLength", "anyOf",     "propertyOrdering", "additionalProperties"};

void write_schema(const Value& schema, Writer& writer);

void write_named(const Value& schemas, Writer& writer) {
  writer.begin_object();
  for (const Member& member : json::Members(schemas)) write_schema(member.value, writer.key(member.key()));
  writer.end_object();
}

void write_list(const Value& schemas, Writer& writer) {
  writer.begin_array();
  for (const Value& schema : json::Elements(schemas)) write_schema(schema, writer);
  writer.end_array();
}

// STRING, or with `nullable` ["string", "null"].
void write_type(const Value& type, bool nullable, Writer& writer) {
  // Clients may ask for enums as numbers (quirk 69).
  constexpr std::array<std::string_view, 8> by_number = {"", "string", "number", "integer", "boolean", "array", "object", "null"};
  auto word = type.plain_string();
  if (auto number = type.integer(); number && *number > 0 && *number < std::ssize(by_number)) word = by_number[static_cast<std::size_t>(*number)];
  if (!word) {
    writer.raw(type);
    return;
  }
  if (!nullable) {
    writer.value(lower(*word));
    return;
  }
  writer.begin_array().value(lower(*word)).value("null").end_array();
}

// "3" is 3.
void write_count(const Value& count, Writer& writer) {
  auto digits = count.plain_string();
  if (digits && parse_u64(*digits)) {
    writer.value(*parse_u64(*digits));
  } else {
    writer.raw(count);
  }
}

std::string word_of(const Member& member) {
  auto found = std::find_if(words.begin(), words.end(), [&](std::string_view word) { return field_is(member, word); });
  return found != words.end() ? std::string(*found) : member.key();
}

void write_member(const Member& member, bool nullable, Writer& writer) {
  std::string word = word_of(member);
  writer.key(word);
  const Value& value = member.value;
  if (word == "type") {
    write_type(value, nullable, writer);
  } else if (word == "properties" && value.is(Kind::object)) {
    write_named(value, writer);
  } else if ((word == "$defs" || word == "defs") && value.is(Kind::object)) {
    write_named(value, writer);
  } else if ((word == "anyOf" || word == "oneOf" || word == "allOf") && value.is(Kind::array)) {
    write_list(value, writer);
  } else if (word == "items" || word == "additionalProperties") {
    write_schema(value, writer);
  } else if (std::find(counts.begin(), counts.end(), word) != counts.end()) {
    write_count(value, writer);
  } else {
    writer.raw(value);
  }
}

void write_schema(const Value& schema, Writer& writer) {
  if (!schema.is(Kind::object)) {
    writer.raw(schema);
    return;
  }
  auto said = json::find(schema, "nullable"), type = json::find(schema, "type");
  bool nullable = said && said->boolean() == true && type && type->plain_string();
  writer.begin_object();
  for (const Member& member : json::Members(schema)) {
    if (nullable && member.key_is("nullable")) continue;
    write_member(member, nullable, writer);
  }
  writer.end_object();
}

}  // namespace

std::string json_schema_of(const Value& google_schema) {
  std::string out;
  Writer writer(out);
  write_schema(google_schema, writer);
  return out;
}

}  // namespace tollgate::gemini
