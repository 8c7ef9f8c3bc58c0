#include "app/commands/row_reader.h"

#include <algorithm>
#include <array>
#include <bitset>

#include <fmt/format.h>

#include "app/commands/beside_fields.h"
#include "json/scan.h"
#include "json/value.h"

namespace tollgate {
namespace {

constexpr int max_http_status = 999;
constexpr int max_attempts = 10'000;  // of one call
constexpr std::int64_t max_count = std::int64_t{1} << 53;  // of tokens, and of what else is counted

using json::Value;
// Why a value cannot be read; empty when it was.
using Wrong = std::string_view;
constexpr Wrong fine{};

std::unexpected<Error> bad(std::string_view field, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("{} {}", field, what), std::string(field));
}

Wrong read(Value value, std::string& text) {
  auto found = value.string();
  if (!found || found->size() > max_imported_text) return "must be a text of at most 1024 bytes";
  text = std::move(*found);
  return fine;
}

Wrong read(Value value, bool& yes) {
  auto found = value.boolean();
  if (!found) return "must be true or false";
  yes = *found;
  return fine;
}

Wrong read(Value value, WallTime& at) {
  auto text = value.string();
  if (!text || !parse_rfc3339(*text, at)) return "must be a time such as 2026-11-22T19:00:00.000Z";
  return fine;
}

Wrong read(Value value, RequestId& id) {
  auto text = value.string();
  auto found = text ? parse_request_id(*text) : std::nullopt;
  if (!found || found->empty()) return "must be the id of a request: req_ and 26 characters";
  id = *found;
  return fine;
}

Wrong read_count(Value value, std::int64_t& count, std::int64_t most) {
  auto found = value.integer();
  if (!found || *found < 0 || *found > most) return "must be a whole number, not below 0 and not absurd";
  count = *found;
  return fine;
}
Wrong read(Value value, Tokens& tokens) { return read_count(value, tokens.count, max_count); }
Wrong read(Value value, std::int64_t& count) { return read_count(value, count, max_count); }
Wrong read(Value value, int& number, int most) {
  std::int64_t wide = 0;
  Wrong wrong = read_count(value, wide, most);
  number = static_cast<int>(wide);
  return wrong;
}

// A whole number of any sign.
Wrong read(Value value, Money& money) {
  auto found = value.integer();
  if (!found) return "must be a whole number of nano-USD";
  money.nano_usd = *found;
  return fine;
}

// -1 stands for null.
Wrong read_optional(Value value, std::int64_t& count) {
  if (!value.is(json::Kind::null)) return read(value, count);
  count = -1;
  return fine;
}

Wrong read(Value value, Tags& tags) {
  if (!value.is(json::Kind::object)) return "must be an object of texts";
  for (const json::Member& member : json::Members(value)) {
    std::string text;
    if (!read(member.value, text).empty() || member.key().empty() || member.key().size() > max_imported_text)
      return "must be an object of texts, each of at most 1024 bytes";
    if (tags.size() == max_imported_tags) return "has more than 64 tags";
    tags.emplace_back(member.key(), std::move(text));
  }
  return fine;
}

// One of the first `count` values of an enumeration, by name.
template <class E>
Wrong read_name(Value value, E& into, E last) {
  auto text = value.string();
  for (int i = 0; text && i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<E>(i)) != *text) continue;
    into = static_cast<E>(i);
    return fine;
  }
  return "is not one of the words that are known here";
}

template <class Row>
struct Field {
  std::string_view name;
  Wrong (*read)(Value, Row&);
  bool needed = false;
};

// What rows and attempts have in common.
template <class Row>
constexpr std::array usage_fields = {
    Field<Row>{"input_tokens", [](Value v, Row& r) { return read(v, r.usage.input); }},
    Field<Row>{"cache_read_tokens", [](Value v, Row& r) { return read(v, r.usage.cache_read); }},
    Field<Row>{"cache_write_5m_tokens", [](Value v, Row& r) { return read(v, r.usage.cache_write_5m); }},
    Field<Row>{"cache_write_1h_tokens", [](Value v, Row& r) { return read(v, r.usage.cache_write_1h); }},
    Field<Row>{"output_tokens", [](Value v, Row& r) { return read(v, r.usage.output); }},
    Field<Row>{"reasoning_tokens", [](Value v, Row& r) { return read(v, r.usage.reasoning); }},
    Field<Row>{"audio_input_tokens", [](Value v, Row& r) { return read(v, r.usage.audio_input); }},
    Field<Row>{"audio_output_tokens", [](Value v, Row& r) { return read(v, r.usage.audio_output); }},
    Field<Row>{"image_count", [](Value v, Row& r) { return read(v, r.usage.image_count); }},
    Field<Row>{"usage_source", [](Value v, Row& r) { return read_name(v, r.usage_source, UsageSource::estimated); }},
    Field<Row>{"cost_nano_usd", [](Value v, Row& r) { return read(v, r.cost); }},
    Field<Row>{"price_id", [](Value v, Row& r) { return read(v, r.price_id); }},
    Field<Row>{"provider", [](Value v, Row& r) { return read(v, r.provider); }},
    Field<Row>{"model", [](Value v, Row& r) { return read(v, r.model); }},
    Field<Row>{"key", [](Value v, Row& r) { return read(v, r.key); }},
    Field<Row>{"region", [](Value v, Row& r) { return read(v, r.region); }},
    Field<Row>{"http_status", [](Value v, Row& r) { return read(v, r.http_status, max_http_status); }},
    Field<Row>{"first_token_ms", [](Value v, Row& r) { return read_optional(v, r.first_token_ms); }},
    Field<Row>{"duration_ms", [](Value v, Row& r) { return read(v, r.duration_ms); }}};

using R = LedgerRow;
constexpr Field<R> row_fields[] = {
    {"id", [](Value v, R& r) { return read(v, r.id); }, true},
    {"at", [](Value v, R& r) { return read(v, r.at); }, true},
    {"status", [](Value v, R& r) { return read_name(v, r.status, RowStatus::aborted); }, true},
    {"finished_at", [](Value v, R& r) { return read(v, r.finished_at); }},
    {"team", [](Value v, R& r) { return read(v, r.attribution.team); }},
    {"user", [](Value v, R& r) { return read(v, r.attribution.user); }},
    {"feature", [](Value v, R& r) { return read(v, r.attribution.feature); }},
    {"tags", [](Value v, R& r) { return read(v, r.attribution.tags); }},
    {"route", [](Value v, R& r) { return read(v, r.route); }},
    {"endpoint", [](Value v, R& r) { return read(v, r.endpoint); }},
    {"dialect", [](Value v, R& r) { return read(v, r.dialect); }},
    {"stream", [](Value v, R& r) { return read(v, r.stream); }},
    {"error_code", [](Value v, R& r) { return read(v, r.error_code); }},
    {"attempts", [](Value v, R& r) { return read(v, r.attempts, max_attempts); }},
    {"saved_nano_usd", [](Value v, R& r) { return read(v, r.saved); }},
    {"cache", [](Value v, R& r) { return read_name(v, r.cache, CacheResult::semantic); }},
    {"imported", [](Value v, R&) { return v.boolean() ? fine : Wrong("must be true or false"); }},
    {"corrects", [](Value v, R& r) {
       if (v.raw == "\"\"" || v.is(json::Kind::null)) return fine;
       r.origin = RowOrigin::correction;
       return read(v, r.corrects);
     }}};

Wrong read_beside(Value value, BilledBeside& beside) {
  if (!value.is(json::Kind::object)) return "must be an object";
  for (const json::Member& member : json::Members(value)) {
    if (member.key_is("service_tier")) {
      if (Wrong wrong = read_name(member.value, beside.tier, ServiceTier::batch); !wrong.empty()) return wrong;
      continue;
    }
    auto fields = beside_fields();
    auto field = std::ranges::find_if(fields, [&](const BesideField& one) { return member.key_is(one.name); });
    std::int64_t count = 0;
    if (field == fields.end() || !read_count(member.value, count, UINT32_MAX).empty()) return "has a name or a number that is not known here";
    field->write(beside, count);
  }
  return fine;
}

using A = AttemptRow;
constexpr Field<A> attempt_fields[] = {
    {"request_id", [](Value v, A& r) { return read(v, r.request_id); }, true},
    {"n", [](Value v, A& r) { return read(v, r.n, max_attempts); }, true},
    {"billed_beside", [](Value v, A& r) { return read_beside(v, r.usage.beside); }},
    {"phase", [](Value v, A& r) { return read_name(v, r.phase, AttemptPhase::shadow); }, true},
    {"started_at", [](Value v, A& r) { return read(v, r.started_at); }, true},
    {"error_class", [](Value v, A& r) { return read(v, r.error_class); }},
    {"status", [](Value v, A&) { return v.string() ? fine : Wrong("must be a text"); }}};  // follows from the others

template <class Row, std::size_t count>
Result<void> read_fields(std::string_view line, const Field<Row> (&own)[count], Row& row) {
  auto object = json::scan(line);
  if (!object) return fail(Fault::invalid_request, fmt::format("no JSON: {}", object.error().what));
  if (!object->is(json::Kind::object)) return fail(Fault::invalid_request, "must be an object");
  std::bitset<count> seen;
  auto read_member = [&](const json::Member& member) -> Result<void> {
    for (std::size_t i = 0; i < count; ++i) {
      if (!member.key_is(own[i].name)) continue;
      seen.set(i);
      Wrong wrong = own[i].read(member.value, row);
      return wrong.empty() ? Result<void>() : bad(own[i].name, wrong);
    }
    for (const Field<Row>& field : usage_fields<Row>) {
      if (!member.key_is(field.name)) continue;
      Wrong wrong = field.read(member.value, row);
      return wrong.empty() ? Result<void>() : bad(field.name, wrong);
    }
    return bad(member.key(), "is no field of it");
  };
  for (const json::Member& member : json::Members(*object)) TG_TRY_VOID(read_member(member));
  for (std::size_t i = 0; i < count; ++i)
    if (own[i].needed && !seen.test(i)) return bad(own[i].name, "is missing");
  return {};
}

// What a row of ours never says.
Result<void> check(const LedgerRow& row) {
  bool correction = row.origin == RowOrigin::correction;
  if (row.finished_at < row.at) return bad("finished_at", "is before `at`");
  if (row.saved.nano_usd < 0) return bad("saved_nano_usd", "is below 0");
  if (!correction && row.cost.nano_usd < 0) return bad("cost_nano_usd", "is below 0, and the row corrects nothing");
  if (correction && row.corrects == row.id) return bad("corrects", "names the row itself");
  if (correction && (row.attempts != 0 || !row.usage.nothing()))
    return bad("corrects", "stands in a row with attempts or tokens: a correction has a cost alone");
  if (row.status == RowStatus::refused && !correction && (row.attempts != 0 || row.cost.nano_usd != 0))
    return bad("status", "is refused, but the row was tried or charged");
  return {};
}

}  // namespace

Result<LedgerRow> read_row_line(std::string_view line) {
  LedgerRow row;
  row.origin = RowOrigin::import;
  row.finished_at = {INT64_MIN};
  TG_TRY_VOID(read_fields(line, row_fields, row));
  if (row.finished_at.ns == INT64_MIN) row.finished_at = row.at;
  TG_TRY_VOID(check(row));
  return row;
}

Result<AttemptRow> read_attempt_line(std::string_view line) {
  AttemptRow attempt;
  TG_TRY_VOID(read_fields(line, attempt_fields, attempt));
  if (attempt.n < 1) return bad("n", "must be 1 or more");
  if (attempt.cost.nano_usd < 0) return bad("cost_nano_usd", "is below 0");
  return attempt;
}

}  // namespace tollgate
