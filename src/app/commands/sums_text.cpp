#include "app/commands/sums_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/commands/csv.h"
#include "app/commands/table.h"
#include "json/write.h"

namespace tollgate {
namespace {

// The numbers of a sum in the order of the fields. `always`: in tables also when all are zero.
struct Figure {
  std::string_view name;
  std::int64_t (*of)(const Sum& sum);
  bool always = false;
  bool of_charges = false;  // there only when charges were asked for
};
constexpr Figure figures[] = {
    {"requests", [](const Sum& sum) { return sum.requests; }, true},
    {"refused", [](const Sum& sum) { return sum.refused; }},
    {"input_tokens", [](const Sum& sum) { return sum.usage.input.count; }, true},
    {"cached_tokens", [](const Sum& sum) { return sum.usage.cache_read.count; }},
    {"cache_write_5m_tokens", [](const Sum& sum) { return sum.usage.cache_write_5m.count; }},
    {"cache_write_1h_tokens", [](const Sum& sum) { return sum.usage.cache_write_1h.count; }},
    {"output_tokens", [](const Sum& sum) { return sum.usage.output.count; }, true},
    {"reasoning_tokens", [](const Sum& sum) { return sum.usage.reasoning.count; }},
    {"audio_input_tokens", [](const Sum& sum) { return sum.usage.audio_input.count; }},
    {"audio_output_tokens", [](const Sum& sum) { return sum.usage.audio_output.count; }},
    {"image_count", [](const Sum& sum) { return sum.usage.image_count; }},
    {"cost_nano_usd", [](const Sum& sum) { return sum.cost.nano_usd; }, true},
    {"markup_nano_usd", [](const Sum& sum) { return (sum.charged - sum.cost).nano_usd; }, true, true},
    {"charged_nano_usd", [](const Sum& sum) { return sum.charged.nano_usd; }, true, true},
    {"saved_nano_usd", [](const Sum& sum) { return sum.saved.nano_usd; }},
};
constexpr std::string_view money_unit = "_nano_usd";

enum class Charges : std::uint8_t { left_out, shown };
Charges charges_of(const Sums& sums) { return sums.charged ? Charges::shown : Charges::left_out; }

void append_figures(json::Writer& out, const Sum& sum, Charges charges) {
  for (const Figure& figure : figures)
    if (!figure.of_charges || charges == Charges::shown) out.member(figure.name, figure.of(sum));
}

void append_row(json::Writer& out, const SumQuery& query, const SumRow& row, Charges charges) {
  out.begin_object();
  for (std::size_t i = 0; i < query.by.size(); ++i) out.member(query.by[i], row.by[i]);
  if (query.bucket != SumBucket::none) out.member("bucket", row.bucket);
  append_figures(out, row.sum, charges);
  out.end_object();
}

std::string row_json(const SumQuery& query, const SumRow& row, Charges charges) {
  std::string text;
  json::Writer out(text);
  append_row(out, query, row, charges);
  return text;
}

std::vector<const Figure*> shown_figures(const Sums& sums) {
  std::vector<const Figure*> shown;
  for (const Figure& figure : figures) {
    if (figure.of_charges && !sums.charged) continue;
    if (figure.always || figure.of(sums.total) != 0) shown.push_back(&figure);
  }
  return shown;
}

std::string title_of(const Figure& figure) {
  if (!figure.name.ends_with(money_unit)) return std::string(figure.name);
  return std::string(figure.name.substr(0, figure.name.size() - money_unit.size())) + "_usd";
}

void append_cells(std::vector<std::string>& cells, const std::vector<const Figure*>& shown, const Sum& sum) {
  for (const Figure* figure : shown) {
    std::int64_t number = figure->of(sum);
    cells.push_back(figure->name.ends_with(money_unit) ? format_usd({number}) : fmt::format("{}", number));
  }
}

Table empty_table(const SumQuery& query, const std::vector<const Figure*>& shown) {
  std::vector<Table::Column> columns;
  for (const std::string& name : query.by) columns.push_back({for_terminal(name)});
  if (query.bucket != SumBucket::none) columns.push_back({"bucket"});
  for (const Figure* figure : shown) columns.push_back({title_of(*figure), Align::right});
  return Table(std::move(columns));
}

}  // namespace

std::string sums_json(const SumQuery& query, const Sums& sums) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("rows").begin_array();
  for (const SumRow& row : sums.rows) append_row(out, query, row, charges_of(sums));
  out.end_array().key("total").begin_object();
  append_figures(out, sums.total, charges_of(sums));
  out.end_object().end_object();
  return text += '\n';
}

std::string sums_csv(const SumQuery& query, const Sums& sums) {
  std::string out;
  append_csv_header(out, row_json(query, {std::vector<std::string>(query.by.size()), "", {}}, charges_of(sums)));
  for (const SumRow& row : sums.rows) append_csv_line(out, row_json(query, row, charges_of(sums)));
  return out;
}

std::string sums_table(const SumQuery& query, const Sums& sums) {
  auto shown = shown_figures(sums);
  Table table = empty_table(query, shown);
  bool bucketed = query.bucket != SumBucket::none;
  for (const SumRow& row : sums.rows) {
    std::vector<std::string> cells = row.by;
    if (bucketed) cells.push_back(row.bucket);
    append_cells(cells, shown, row.sum);
    table.add(std::move(cells));
  }
  std::vector<std::string> total(query.by.size() + bucketed);
  if (total.empty()) return sums.rows.empty() ? "no requests\n" : table.text();
  total.front() = "total";
  append_cells(total, shown, sums.total);
  table.add(std::move(total));
  return table.text();
}

}  // namespace tollgate
