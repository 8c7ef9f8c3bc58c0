#include "mock/script.h"

#include <fmt/format.h>

#include <span>

#include "json/scan.h"
#include "mock/script_fields.h"

namespace tollgate::mock {
namespace {

constexpr int max_status = 999;

template <auto member>
bool text(const Value& value, Rule& rule) {
  return read_text(value, rule.*member);
}
template <auto member>
bool flag(const Value& value, Rule& rule) {
  return read_flag(value, rule.*member);
}
template <auto member>
bool ms(const Value& value, Rule& rule) {
  return read_ms(value, rule.*member);
}
template <auto member, std::int64_t least, std::int64_t most>
bool count(const Value& value, Rule& rule) {
  return read_count(value, least, most, rule.*member);
}

constexpr std::string_view a_text = "must be a text";
constexpr std::string_view a_flag = "must be true or false";
constexpr std::string_view some_ms = "must be a number of milliseconds, at most a day";
constexpr std::string_view a_point = "must be a number of events, true for none, or an object (docs/mock.md)";

constexpr ScriptField<Rule> rule_fields[] = {
    {"model", text<&Rule::model>, a_text},
    {"path", text<&Rule::path>, a_text},
    {"says", text<&Rule::says>, a_text},
    {"stream", [](const Value& value, Rule& rule) { return read_flag(value, rule.stream.emplace()); }, a_flag},
    {"header", [](const Value& value, Rule& rule) { return read_pairs(value, rule.header); },
     "must be an object of names and patterns"},
    {"times", count<&Rule::times, 0, max_count>, "must be a number of calls"},
    {"every", count<&Rule::every, 1, max_count>, "must be 1 or more"},
    {"chance", count<&Rule::chance, 0, 100>, "must be a whole percentage"},
    {"delay_ms", ms<&Rule::delay>, some_ms},
    {"first_token_ms", ms<&Rule::first_token>, some_ms},
    {"chunk_ms", ms<&Rule::chunk>, some_ms},
    {"jitter_ms", ms<&Rule::jitter>, some_ms},
    {"slow_drip", read_drip, "must be milliseconds, or an object of every_ms and bytes"},
    {"text", [](const Value& value, Rule& rule) { return read_text(value, rule.text.emplace()); }, a_text},
    {"tokens",
     [](const Value& value, Rule& rule) { return read_count(value, 0, max_answer_tokens, rule.tokens.emplace()); },
     "must be at most a million tokens"},
    {"chunks", [](const Value& value, Rule& rule) { return read_count(value, 1, max_chunks, rule.chunks.emplace()); },
     "must be from 1 to 100000"},
    {"cached_tokens", count<&Rule::cached_tokens, 0, max_count>, "must be a number of tokens"},
    {"reasoning_tokens", count<&Rule::reasoning_tokens, 0, max_answer_tokens>, "must be a number of tokens"},
    {"usage", [](const Value& value, Rule& rule) { return rule.usage = std::string(value.raw), true; }, ""},
    {"no_usage", flag<&Rule::no_usage>, a_flag},
    {"no_done", flag<&Rule::no_done>, a_flag},
    {"status",
     [](const Value& value, Rule& rule) {
       std::int64_t status = 0;
       bool well = read_count(value, 200, max_status, status);
       rule.status = static_cast<int>(status);
       return well;
     },
     "must be from 200 to 999 (others: raw)"},
    {"headers", read_headers, "must be an object of fields that may stand in a head; framing is ours (else: raw)"},
    {"body", read_body, ""},
    {"html", flag<&Rule::html>, a_flag},
    {"raw", read_raw, "must be a text, {\"base64\": …} or a list of steps"},
    {"cut", read_cut, a_point},
    {"stall", read_stall, a_point},
    {"error_event", read_error_event, a_point},
    {"garbage", read_garbage, a_point},
    {"truncate_chunked", read_truncate, "must be true or a number of events"},
    {"close", flag<&Rule::close>, a_flag},
    {"hang_up", flag<&Rule::hang_up>, a_flag},
};

bool read_rules(const Value& value, Script& script);  // only that there are not too many

constexpr ScriptField<Script> script_fields[] = {
    {"seed", [](const Value& value, Script& script) { return read_count(value, 0, max_count, script.seed); },
     "must be a number"},
    {"keys", [](const Value& value, Script& script) { return read_texts(value, script.keys); },
     "must be a list of texts"},
    {"models", [](const Value& value, Script& script) { return read_texts(value, script.models); },
     "must be a list of texts"},
    {"keep_requests",
     [](const Value& value, Script& script) {
       return read_count(value, 0, static_cast<std::int64_t>(max_kept_requests), script.keep_requests);
     },
     "must be from 0 to 1000"},
    {"idle_ms", [](const Value& value, Script& script) { return read_ms(value, script.idle); }, some_ms},
    {"rules", read_rules, "must be a list of at most 1000 rules"},
};

bool read_rules(const Value& value, Script& script) {
  if (!value.is(Kind::array)) return false;
  std::size_t size = 0;
  for ([[maybe_unused]] const Value& rule : json::Elements(value)) ++size;
  script.rules.resize(size);
  return size <= max_rules;
}

std::unexpected<Error> wrong(std::string place, std::string_view what) {
  std::string detail = fmt::format("{}: {}", place, what);
  return fail(Fault::invalid_request, std::move(detail), std::move(place));
}

template <class T>
Result<void> read_object(const Value& object, std::string_view place, std::span<const ScriptField<T>> fields, T& out) {
  if (!object.is(Kind::object)) return wrong(std::string(place), "must be an object");
  for (const json::Member& member : json::Members(object)) {
    std::string where = fmt::format("{}{}{}", place, place.empty() ? "" : ".", member.key());
    const ScriptField<T>* found = nullptr;
    for (const ScriptField<T>& field : fields)
      if (member.key_is(field.name)) found = &field;
    if (found == nullptr) return wrong(std::move(where), "there is no such word");
    if (!found->read(member.value, out)) return wrong(std::move(where), found->expected);
  }
  return {};
}

}  // namespace

Result<Script> read_script(std::string_view text) {
  auto scanned = json::scan(text);
  if (!scanned) {
    return fail(Fault::invalid_request,
                fmt::format("the script is not JSON: {} at byte {}", scanned.error().what, scanned.error().offset));
  }
  Script script;
  TG_TRY_VOID(read_object<Script>(*scanned, "", script_fields, script));
  auto rules = json::find(*scanned, "rules");
  if (!rules) return script;
  std::size_t index = 0;
  for (const Value& rule : json::Elements(*rules)) {
    TG_TRY_VOID(read_object<Rule>(rule, fmt::format("rules[{}]", index), rule_fields, script.rules[index]));
    ++index;
  }
  return script;
}

}  // namespace tollgate::mock
