#include "app/ledger_answers.h"

#include <algorithm>
#include <array>

#include "app/commands/attempt_line.h"
#include "app/commands/charges.h"
#include "app/commands/ledger_line.h"
#include "app/commands/row_options.h"
#include "app/commands/sums_text.h"
#include "json/write.h"
#include "net/http1/target.h"

namespace tollgate {
namespace {

constexpr std::uint64_t usual_page = 100, largest_page = 1'000;

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return fail(Fault::invalid_request, "'" + std::string(name) + "' " + std::string(what), std::string(name));
}

// The query as the words of the command that asks the same.
Result<CommandLine> line_of(std::string_view query, std::initializer_list<std::string_view> known) {
  std::vector<std::string> words;
  for (std::string_view name : known) {
    auto sent = http::find_parameter(query, name);
    if (!sent) continue;
    std::string room(sent->size(), '\0');
    auto value = http::decode_parameter(*sent, room);
    if (!value) return wrong(name, "cannot be read");
    if (name == "charged") {
      if (*value != "1" && *value != "true") return wrong(name, "must be 1");
      words.push_back("--charged");
      continue;
    }
    words.push_back("--" + std::string(name) + "=" + std::string(*value));
  }
  for (std::string_view pair : split(query, '&')) {
    std::string_view name = pair.substr(0, pair.find('='));
    if (!pair.empty() && std::find(known.begin(), known.end(), name) == known.end()) return wrong(name, "is no parameter of this path");
  }
  CommandLine line;
  constexpr auto value = Option::value;
  auto bad = line.read(words, {{"by", value}, {"from", value}, {"to", value}, {"bucket", value}, {"key", value}, {"team", value}, {"user", value},
                               {"format", value}, {"limit", value}, {"before", value}, {"timezone", value}, {"month", value},
                               {"markup", value}, {"discount", value}, {"charged", Option::flag}});
  if (bad) return wrong("query", *bad);
  return line;
}

// An error of the command's words, in those of a query.
Error without_dashes(Error error) {
  if (error.detail.starts_with("--")) error.detail = "'" + error.param + "'" + error.detail.substr(std::min(error.detail.find(' '), error.detail.size()));
  for (std::size_t at = error.detail.find("--"); at != std::string::npos; at = error.detail.find("--")) error.detail.erase(at, 2);
  return error;
}

}  // namespace

Result<LedgerAnswer> usage_answer(LedgerQueries& queries, std::string_view query, const ShowbackConfig& configured) {
  TG_TRY(line, line_of(query, {"by", "from", "to", "bucket", "key", "team", "user", "format", "timezone", "month", "markup", "discount", "charged"}));
  std::string format = line.value("format").value_or("json");
  if (format != "json" && format != "csv") return wrong("format", "must be json or csv");
  auto asked = sum_query_of(line);
  if (!asked) return fail(without_dashes(asked.error()));
  auto showback = showback_of(line, &configured);
  if (!showback) return fail(without_dashes(showback.error()));
  auto sums = sum_rows(queries, *asked);
  if (!sums) return fail(without_dashes(sums.error()));
  auto charging = *showback ? charge_for(*sums, *asked, **showback) : Result<void>();
  if (!charging) return fail(without_dashes(charging.error()));
  if (format == "csv") return LedgerAnswer{"text/csv; charset=utf-8", sums_csv(*asked, *sums)};
  return LedgerAnswer{.body = sums_json(*asked, *sums)};
}

Result<LedgerAnswer> requests_answer(LedgerQueries& queries, std::string_view query) {
  TG_TRY(line, line_of(query, {"from", "to", "key", "team", "user", "limit", "before"}));
  auto filter = row_filter_of(line);
  if (!filter) return fail(without_dashes(filter.error()));
  std::uint64_t page = line.has("limit") ? filter->limit : usual_page;
  if (page < 1 || page > largest_page) return wrong("limit", "must be from 1 to 1000");
  filter->order = RowOrder::newest_first;
  filter->limit = page + 1;
  if (auto before = line.value("before")) {
    filter->before = parse_request_id(*before);
    if (!filter->before) return wrong("before", "is no id of a request");
  }
  std::vector<std::string> rows;
  std::string last;
  TG_TRY_VOID(queries.rows(*filter, [&](const LedgerRow& row) {
    if (rows.size() < page) last = to_string(row.id);
    rows.push_back(ledger_row_json(row));
    return true;
  }));
  LedgerAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("requests").begin_array();
  for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), page); ++i) out.raw(rows[i]);
  out.end_array().key("next");
  if (rows.size() > page)
    out.value(last);
  else
    out.null();
  out.end_object();
  return answer;
}

Result<LedgerAnswer> request_answer(LedgerQueries& queries, std::string_view id, std::string_view team) {
  auto wanted = parse_request_id(id);
  if (!wanted) return fail(Fault::not_found, "there is no such request", "id");
  TG_TRY(found, queries.find(*wanted));
  const bool seen = found && (team.empty() || found->row.attribution.team == team);
  if (!seen) return fail(Fault::not_found, "there is no such request", "id");
  LedgerAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("request").raw(ledger_row_json(found->row)).key("attempts").begin_array();
  for (const AttemptRow& attempt : found->attempts) {
    std::string json;
    append_attempt_json(json, attempt);
    out.raw(json);
  }
  out.end_array().end_object();
  return answer;
}

}  // namespace tollgate
