#include "storage/vault/tagged_lines.h"

#include <fmt/format.h>

#include "base/text.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::int64_t format_version = 1;
constexpr std::size_t tag_bytes = 32;

std::unexpected<Error> broken(std::string what) { return fail(Fault::unavailable, std::move(what)); }
std::unexpected<Error> broken_field(std::string_view field) {
  return broken(fmt::format("field `{}` is missing or wrong", field));
}

Result<json::Value> read_line(std::string_view line, std::size_t number) {
  auto value = json::scan(line);
  if (!value || !value->is(json::Kind::object)) return broken(fmt::format("line {} is damaged", number));
  return *value;
}

Result<std::uint64_t> read_header(json::Value header, std::string_view format) {
  TG_TRY(name, text_of(header, "format"));
  if (name != format) return broken(fmt::format("is no `{}` file", format));
  TG_TRY(version, number_of(header, "version"));
  if (version != format_version)
    return broken(fmt::format("has format version {}; this program reads {}", version, format_version));
  return number_of(header, "generation");
}

}  // namespace

std::string tagged_header(std::string_view format, std::uint64_t generation) {
  std::string line;
  json::Writer(line)
      .begin_object()
      .member("format", format)
      .member("version", format_version)
      .member("generation", generation)
      .end_object();
  return line + "\n";
}

Result<TaggedLines> split_tagged_lines(std::string_view text, std::string_view format) {
  TaggedLines lines;
  std::vector<json::Value> all;
  for (std::string_view rest = text; !rest.empty();) {
    std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return broken("its end is torn");
    TG_TRY(value, read_line(rest.substr(0, end), all.size() + 1));
    all.push_back(value);
    rest.remove_prefix(end + 1);
  }
  if (all.size() < 2) return broken("its end is torn");
  TG_TRY(generation, read_header(all.front(), format));
  lines.generation = generation;
  lines.last = all.back();
  lines.rows.assign(all.begin() + 1, all.end() - 1);
  lines.covered = text.substr(0, text.rfind('\n', text.size() - 2) + 1);
  TG_TRY(tag, bytes_of_hex(lines.last, "tag"));
  if (tag.size() != tag_bytes) return broken_field("tag");
  lines.tag = std::move(tag);
  return lines;
}

Result<std::optional<std::string>> optional_text_of(json::Value row, std::string_view field) {
  auto value = json::find(row, field);
  if (!value) return std::nullopt;
  auto text = value->string();
  if (!text) return broken_field(field);
  return text;
}

Result<std::string> text_of(json::Value row, std::string_view field) {
  TG_TRY(text, optional_text_of(row, field));
  if (!text) return broken_field(field);
  return std::move(*text);
}

Result<std::uint64_t> number_of(json::Value row, std::string_view field) {
  auto value = json::find(row, field);
  auto number = value ? value->integer() : std::nullopt;
  if (!number || *number < 0) return broken_field(field);
  return static_cast<std::uint64_t>(*number);
}

Result<std::optional<WallTime>> optional_time_of(json::Value row, std::string_view field) {
  TG_TRY(text, optional_text_of(row, field));
  if (!text) return std::nullopt;
  WallTime at;
  if (!parse_rfc3339(*text, at)) return broken_field(field);
  return std::optional(at);
}

Result<WallTime> time_of(json::Value row, std::string_view field) {
  TG_TRY(at, optional_time_of(row, field));
  if (!at) return broken_field(field);
  return *at;
}

Result<std::string> bytes_of_hex(json::Value row, std::string_view field) {
  TG_TRY(text, text_of(row, field));
  auto bytes = unhex(text);
  // Upper case would be a second way to write the same bytes.
  if (!bytes || hex(*bytes) != text) return broken_field(field);
  return std::move(*bytes);
}

}  // namespace tollgate
