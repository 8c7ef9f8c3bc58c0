#include "app/commands/csv.h"

#include "json/value.h"

namespace tollgate {
namespace {

constexpr std::string_view starts_formula = "=+-@\t\r";
// A semicolon separates fields where the comma is a decimal point.
constexpr std::string_view needs_quotes = ",;\"\n\r\t";

json::Members members_of(std::string_view row) { return json::Members({.raw = row, .kind = json::Kind::object}); }

void append_value(std::string& out, const json::Value& value) {
  switch (value.kind) {
    case json::Kind::string: return append_csv_text(out, value.string().value_or(""));
    case json::Kind::null: return;
    case json::Kind::object:
    case json::Kind::array:
      if (value.raw.size() > 2) append_csv_text(out, value.raw);
      return;
    case json::Kind::number:
    case json::Kind::boolean: out += value.raw;
  }
}

}  // namespace

void append_csv_text(std::string& out, std::string_view text) {
  bool formula = !text.empty() && starts_formula.find(text.front()) != std::string_view::npos;
  bool quoted = text.find_first_of(needs_quotes) != std::string_view::npos;
  if (quoted) out += '"';
  if (formula) out += '\'';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

void append_csv_header(std::string& out, std::string_view row) {
  bool first = true;
  for (const json::Member& member : members_of(row)) {
    if (!first) out += ',';
    first = false;
    append_csv_text(out, member.key());
  }
  out += '\n';
}

void append_csv_line(std::string& out, std::string_view row) {
  bool first = true;
  for (const json::Member& member : members_of(row)) {
    if (!first) out += ',';
    first = false;
    append_value(out, member.value);
  }
  out += '\n';
}

}  // namespace tollgate
