// The plain CSV: a head that names the columns, then a line for each day, key and model. Quotes as in RFC 4180, but no line
// end within them.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "base/time.h"
#include "reporting/export_readers.h"

namespace tollgate {
namespace {

enum class Column : std::uint8_t { day, key, model, input_tokens, cached_tokens, output_tokens, cost_usd };
constexpr std::string_view column_names[] = {"day",           "key",           "model",   "input_tokens",
                                             "cached_tokens", "output_tokens", "cost_usd"};
constexpr std::size_t needed_columns = 3;

// The cells of one line; empty when a quote does not end.
std::optional<std::vector<std::string>> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"')
      cells.back() += line[++i];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  if (quoted) return std::nullopt;
  return cells;
}

Result<std::vector<Column>> columns_of(const std::vector<std::string>& names) {
  std::vector<Column> columns;
  for (const auto& name : names) {
    auto found = std::ranges::find(column_names, trimmed(name));
    if (found == std::end(column_names))
      return bad_export("line 1", fmt::format("there is no column `{}`; known are {}", name, fmt::join(column_names, ",")));
    auto column = static_cast<Column>(found - std::begin(column_names));
    if (std::ranges::find(columns, column) != columns.end())
      return bad_export("line 1", fmt::format("the column `{}` stands there twice", name));
    columns.push_back(column);
  }
  for (std::size_t i = 0; i < needed_columns; ++i)
    if (std::ranges::find(columns, static_cast<Column>(i)) == columns.end())
      return bad_export("line 1", fmt::format("the column `{}` is missing", column_names[i]));
  if (columns.size() == needed_columns) return bad_export("line 1", "no column tells of tokens or of a cost");
  return columns;
}

std::optional<std::int64_t> count_of(std::string_view cell) {
  auto count = parse_u64(cell);
  if (!count || *count > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(*count);
}

// Why a cell cannot be read; empty when it can.
std::string_view read_cell(Column column, std::string_view cell, ExportLine& line) {
  constexpr std::string_view no_count = "must be a whole number, not below 0";
  if (column == Column::day) {
    WallTime at;
    if (!parse_rfc3339(cell, at)) return "must be a date such as 2026-11-22";
    line.day = at.unix_seconds() / seconds_per_day;
  } else if (column == Column::key) {
    line.key = cell;
  } else if (column == Column::model) {
    line.model = cell;
  } else if (column == Column::cost_usd) {
    auto amount = parse_amount(cell, nano_per_usd);
    if (!amount) return "must be a number of dollars such as 12.5";
    line.sums.cost_nano_usd = amount->nano_usd;
  } else {
    auto count = count_of(cell);
    if (!count) return no_count;
    (column == Column::input_tokens    ? line.sums.input_tokens
     : column == Column::cached_tokens ? line.sums.cached_tokens
                                       : line.sums.output_tokens) = *count;
  }
  return {};
}

Result<ExportLine> read_line(const std::vector<Column>& columns, std::string_view text, std::size_t number) {
  std::string place = fmt::format("line {}", number);
  auto cells = cells_of(text);
  if (!cells) return bad_export(place, "a quote does not end");
  if (cells->size() != columns.size())
    return bad_export(place, fmt::format("has {} cells, the head {}", cells->size(), columns.size()));
  ExportLine line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string_view name = column_names[static_cast<std::size_t>(columns[i])];
    auto wrong = read_cell(columns[i], trimmed((*cells)[i]), line);
    if (!wrong.empty()) return bad_export(place, fmt::format("{} {}", name, wrong));
  }
  return line;
}

}  // namespace

Result<ProviderExport> read_csv_export(std::string_view text) {
  ProviderExport all{.format = "csv"};
  std::vector<Column> columns;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trimmed(line).empty()) continue;
    if (columns.empty()) {
      auto names = cells_of(line);
      if (!names) return bad_export(fmt::format("line {}", number), "a quote does not end");
      TG_TRY(found, columns_of(*names));
      columns = std::move(found);
      continue;
    }
    TG_TRY(read, read_line(columns, line, number));
    TG_TRY_VOID(add_export_line(all, std::move(read)));
  }
  for (Column column : columns)
    if (static_cast<std::size_t>(column) >= needed_columns)
      all.measures.push_back(static_cast<ExportMeasure>(static_cast<std::size_t>(column) - needed_columns));
  std::ranges::sort(all.measures);
  return all;
}

}  // namespace tollgate
