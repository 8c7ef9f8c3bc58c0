#include "app/commands/comparison_text.h"

#include <fmt/format.h>

#include "app/commands/csv.h"
#include "app/commands/table.h"
#include "json/write.h"

namespace tollgate {
namespace {

using json::Writer;

Money difference_of(const BothSums& sums) { return sums.would.cost - sums.was.cost; }

void append_side(Writer& out, std::string_view name, const SideSum& side) {
  out.key(name).begin_object().member("requests", side.requests).member("ok", side.ok).member("refused", side.refused);
  out.member("other", side.other).member("cost_nano_usd", side.cost.nano_usd).end_object();
}

void append_sums(Writer& out, const BothSums& sums) {
  append_side(out, "was", sums.was);
  append_side(out, "would", sums.would);
  out.member("difference_nano_usd", difference_of(sums).nano_usd);
}

void append_names(Writer& out, const Comparison::Names& names, const Comparison::Names& values) {
  for (std::size_t i = 0; i < names.size(); ++i) out.member(names[i], values[i]);
}

std::string flat_row(const Comparison::Names& names, const Comparison::Names& values, const BothSums& sums) {
  std::string text;
  Writer out(text);
  out.begin_object();
  append_names(out, names, values);
  for (auto [side, sum] : {std::pair("was", &sums.was), std::pair("would", &sums.would)}) {
    out.member(fmt::format("{}_requests", side), sum->requests).member(fmt::format("{}_ok", side), sum->ok);
    out.member(fmt::format("{}_refused", side), sum->refused).member(fmt::format("{}_other", side), sum->other);
    out.member(fmt::format("{}_cost_nano_usd", side), sum->cost.nano_usd);
  }
  out.member("difference_nano_usd", difference_of(sums).nano_usd).end_object();
  return text;
}

std::string number(std::int64_t count) { return fmt::format("{}", count); }
std::string change(std::int64_t was, std::int64_t would) { return was == would ? "0" : fmt::format("{:+}", would - was); }
std::string change(Money by) { return by > Money{} ? "+" + format_usd(by) : format_usd(by); }

std::string total_table(const BothSums& total) {
  Table table({{""}, {"was", Align::right}, {"would", Align::right}, {"difference", Align::right}});
  auto counts = [&](std::string name, std::int64_t was, std::int64_t would) {
    table.add({std::move(name), number(was), number(would), change(was, would)});
  };
  counts("requests", total.was.requests, total.would.requests);
  counts("ok", total.was.ok, total.would.ok);
  counts("refused", total.was.refused, total.would.refused);
  counts("other", total.was.other, total.would.other);
  table.add({"cost_usd", format_usd(total.was.cost), format_usd(total.would.cost), change(difference_of(total))});
  return table.text();
}

std::string group_table(const Comparison& comparison) {
  std::vector<Table::Column> columns;
  for (const std::string& name : comparison.names()) columns.push_back({name});
  for (const char* title : {"requests", "would", "refused", "would", "cost_usd", "would", "difference"}) columns.push_back({title, Align::right});
  Table table(std::move(columns));
  for (const auto& [names, sums] : comparison.groups()) {
    std::vector<std::string> cells = names;
    cells.insert(cells.end(), {number(sums.was.requests), number(sums.would.requests), number(sums.was.refused), number(sums.would.refused),
                               format_usd(sums.was.cost), format_usd(sums.would.cost), change(difference_of(sums))});
    table.add(std::move(cells));
  }
  return table.text();
}

std::string refusal_table(const Comparison& comparison) {
  Table table({{"refused"}, {"limit"}, {"was", Align::right}, {"would", Align::right}});
  for (const auto& [name, count] : comparison.refusals()) table.add({name.first, name.second, number(count.was), number(count.would)});
  return table.text();
}

std::string move_table(const Comparison& comparison) {
  Table table({{"moved from"}, {"to"}, {"requests", Align::right}, {"cost_usd", Align::right}, {"would", Align::right}});
  for (const auto& [targets, move] : comparison.moves())
    table.add({targets.first, targets.second, number(move.requests), format_usd(move.was), format_usd(move.would)});
  return table.text();
}

void append_outcome(Writer& out, std::string_view name, const Outcome& side) {
  out.key(name).begin_object().member("status", to_string(side.status)).member("team", side.who.team).member("route", side.route);
  out.member("provider", side.provider).member("model", side.model).member("cost_nano_usd", side.cost.nano_usd);
  out.member("error_code", side.error_code).member("limit", side.limit).end_object();
}

}  // namespace

std::string comparison_table(const Comparison& comparison, const Assumptions& assumptions) {
  if (comparison.total().was.requests == 0) return "no requests\n";
  std::string text = total_table(comparison.total());
  if (!comparison.groups().empty()) text += '\n' + group_table(comparison);
  if (!comparison.refusals().empty()) text += '\n' + refusal_table(comparison);
  if (!comparison.moves().empty()) text += '\n' + move_table(comparison);
  text += '\n';
  for (const std::string& assumption : assumptions) text += "- " + assumption + '\n';
  return text;
}

std::string comparison_json(const Comparison& comparison, const Assumptions& assumptions) {
  std::string text;
  Writer out(text);
  out.begin_object().key("total").begin_object();
  append_sums(out, comparison.total());
  out.end_object().key("rows").begin_array();
  for (const auto& [names, sums] : comparison.groups()) {
    out.begin_object();
    append_names(out, comparison.names(), names);
    append_sums(out, sums);
    out.end_object();
  }
  out.end_array().key("refusals").begin_array();
  for (const auto& [name, count] : comparison.refusals()) {
    out.begin_object().member("error_code", name.first).member("limit", name.second);
    out.member("was", count.was).member("would", count.would).end_object();
  }
  out.end_array().key("moves").begin_array();
  for (const auto& [targets, move] : comparison.moves()) {
    out.begin_object().member("from", targets.first).member("to", targets.second).member("requests", move.requests);
    out.member("was_cost_nano_usd", move.was.nano_usd).member("would_cost_nano_usd", move.would.nano_usd).end_object();
  }
  out.end_array().key("assumptions").begin_array();
  for (const std::string& assumption : assumptions) out.value(assumption);
  out.end_array().end_object();
  return text += '\n';
}

std::string comparison_csv(const Comparison& comparison, const Assumptions&) {
  std::string out;
  append_csv_header(out, flat_row(comparison.names(), Comparison::Names(comparison.names().size()), {}));
  for (const auto& [names, sums] : comparison.groups()) append_csv_line(out, flat_row(comparison.names(), names, sums));
  if (comparison.names().empty()) append_csv_line(out, flat_row({}, {}, comparison.total()));
  return out;
}

std::string compared_row(const RequestRow& row, const Outcome& would) {
  std::string text;
  Writer out(text);
  out.begin_object().member("id", to_string(row.id)).member("at", rfc3339(row.at)).member("key", row.key);
  append_outcome(out, "was", outcome_of(row));
  append_outcome(out, "would", would);
  out.end_object();
  return text += '\n';
}

}  // namespace tollgate
