#include "app/audit_answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/commands/csv.h"
#include "app/commands/row_options.h"
#include "json/scan.h"
#include "json/write.h"
#include "net/http1/target.h"
#include "storage/audit/personal.h"

namespace tollgate {
namespace {

constexpr std::uint64_t largest_page = 1'000;
constexpr std::string_view kinds[] = {"request", "shadow", "stranger", "change", "log"};
constexpr std::string_view parameters[] = {"since", "until", "key", "user", "kind", "limit", "before", "format"};
// Of every kind; what a line does not have stays empty.
constexpr std::string_view columns[] = {
    "seq", "at", "kind", "id", "admitted_at", "started_at", "key", "team", "feature", "route", "endpoint", "dialect", "stream", "provider", "model", "credential", "region",
    "asked", "decisions", "status", "http_status", "error_code", "error_class", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens",
    "cache_write_1h_tokens", "output_tokens", "reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "image_count", "usage_source", "cost_nano_usd",
    "saved_nano_usd", "price_id", "cache", "bytes_in", "bytes_out", "first_token_ms", "duration_ms", "config", "door", "reason", "untold", "actor", "role", "action",
    "object", "before", "after", "outcome", "left", "event", "person", "of_seq", "personal", "hash"};

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("{} {}", name, what), std::string(name));
}

Result<void> read_time(const CommandLine& line, std::string_view option, std::optional<WallTime>& at) {
  auto text = line.value(option);
  WallTime time;
  if (!text) return {};
  if (!parse_rfc3339(*text, time)) return wrong(option, "is no time such as 2026-11-22 or 2026-11-22T19:00:00Z");
  at = time;
  return {};
}

Result<void> read_number(const CommandLine& line, std::string_view option, std::uint64_t& number) {
  auto text = line.value(option);
  if (!text) return {};
  auto read = parse_u64(*text);
  if (!read) return wrong(option, "must be a whole number");
  number = *read;
  return {};
}

Result<CommandLine> line_of(std::string_view query) {
  std::vector<std::string> words;
  for (std::string_view pair : split(query, '&')) {
    if (pair.empty()) continue;
    std::string_view name = pair.substr(0, pair.find('='));
    if (std::ranges::find(parameters, name) == std::end(parameters)) return wrong(name, "is no parameter of this path");
    auto sent = http::find_parameter(query, name);
    std::string room(sent ? sent->size() : 0, '\0');
    auto value = sent ? http::decode_parameter(*sent, room) : std::nullopt;
    if (!value) return wrong(name, "cannot be read");
    words.push_back(fmt::format("--{}={}", name, *value));
  }
  CommandLine line;
  constexpr auto value = Option::value;
  if (auto bad = line.read(words, {{"since", value}, {"until", value}, {"key", value}, {"user", value}, {"kind", value}, {"limit", value}, {"before", value}, {"format", value}}))
    return wrong("query", *bad);
  return line;
}

// One object with all columns, for csv.h.
std::string with_all_columns(std::string_view line) {
  std::string text;
  auto object = json::scan(line);
  json::Writer out(text);
  out.begin_object();
  for (std::string_view column : columns) {
    auto value = object ? json::find(*object, column) : std::nullopt;
    out.key(column);
    value ? out.raw(*value) : out.null();
  }
  out.end_object();
  return text;
}

}  // namespace

Result<AuditFilter> audit_filter_of(const CommandLine& line, const Dictionary* names) {
  AuditFilter filter;
  TG_TRY_VOID(read_time(line, "since", filter.since));
  TG_TRY_VOID(read_time(line, "until", filter.until));
  TG_TRY_VOID(read_number(line, "before", filter.before_seq));
  std::uint64_t limit = filter.limit;
  TG_TRY_VOID(read_number(line, "limit", limit));
  filter.limit = limit;
  filter.key = line.value("key").value_or("");
  filter.kind = line.value("kind").value_or("");
  if (!filter.kind.empty() && std::ranges::find(kinds, filter.kind) == std::end(kinds))
    return wrong("kind", "must be request, shadow, stranger, change or log");
  if (auto user = line.value("user")) filter.persons = names == nullptr ? std::vector<std::uint64_t>{} : names->persons_named(*user);
  return filter;
}

void append_audit_csv_header(std::string& out) { append_csv_header(out, with_all_columns("{}")); }
void append_audit_csv_line(std::string& out, std::string_view readable) { append_csv_line(out, with_all_columns(readable)); }

Result<AdminAnswer> audit_rows_answer(Disk& disk, const Dictionary& names, ValueSealer& sealer, std::string_view query) {
  TG_TRY(line, line_of(query));
  TG_TRY(filter, audit_filter_of(line, &names));
  const std::size_t page = filter.limit;
  if (page < 1 || page > largest_page) return wrong("limit", "must be from 1 to 1000");
  filter.limit = page + 1;
  TG_TRY(rows, read_audit_rows(disk, filter));
  const std::string format = line.value("format").value_or("json");
  if (format != "json" && format != "csv") return wrong("format", "must be json or csv");
  if (format == "csv") {
    AdminAnswer table;
    table.content_type = "text/csv; charset=utf-8";
    append_audit_csv_header(table.body);
    for (std::size_t i = 0; i < std::min(rows.size(), page); ++i) append_audit_csv_line(table.body, readable_audit_line(rows[i].line, sealer));
    return table;
  }
  AdminAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("events").begin_array();
  for (std::size_t i = 0; i < std::min(rows.size(), page); ++i) out.raw(readable_audit_line(rows[i].line, sealer));
  out.end_array().key("next");
  if (rows.size() > page)
    out.value(rows[page - 1].seq);
  else
    out.null();
  out.end_object();
  return answer;
}

Result<AdminAnswer> audit_verify_answer(Disk& disk, const crypto::PublicKey& key) {
  TG_TRY(report, verify_audit(disk, {.keys = std::span(&key, 1)}));
  return AdminAnswer{.body = audit_report_json(report)};
}

std::string audit_report_json(const AuditVerifyReport& report) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("good", report.good()).member("segments", report.segments).member("lines", report.lines);
  out.member("first_seq", report.first_seq).member("last_seq", report.head.seq).member("signed_seq", report.signed_seq);
  out.member("torn_bytes", report.torn_bytes).member("left_events", report.left_events).key("fault");
  if (report.fault) {
    const FoundFault& found = report.fault->found;
    out.begin_object().member("file", report.fault->file).member("line", report.fault->line).member("seq", found.seq);
    out.member("fault", to_string(found.fault)).member("words", found.words).end_object();
  } else {
    out.null();
  }
  out.end_object();
  return text += '\n';
}

std::string audit_report_text(const AuditVerifyReport& report) {
  if (report.fault) {
    const FoundFault& found = report.fault->found;
    std::string place = report.fault->file;
    if (report.fault->line > 0) place += fmt::format(":{}", report.fault->line);
    return fmt::format("{}: {}: {}\nbroken: {} lines before it are good\n", place, to_string(found.fault), found.words, report.lines);
  }
  return fmt::format("good: lines {} to {} in {} files, signed up to line {}\n", report.first_seq, report.head.seq, report.segments,
                     report.signed_seq);
}

}  // namespace tollgate
