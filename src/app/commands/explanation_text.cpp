#include "app/commands/explanation_text.h"

#include <fmt/format.h>

#include "base/money.h"
#include "json/value.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

Value at(const Value& object, std::string_view name) { return json::find(object, name).value_or(Value{}); }

// A value as it is read: texts without their quotes.
std::string word(const Value& value) { return value.is(Kind::string) ? value.string().value_or("") : std::string(value.raw); }
std::string word(const Value& object, std::string_view name) { return word(at(object, name)); }

std::string dollars(const Value& nano) { return nano.is(Kind::number) ? "$" + format_usd(Money{nano.integer().value_or(0)}) : "unknown"; }

// Name and value of each member that has one.
std::string pairs(const Value& object) {
  std::string out;
  for (const json::Member& member : json::Members(object)) {
    std::string text = member.value.is(Kind::object) ? pairs(member.value) : word(member.value);
    if (!text.empty()) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", member.key(), text);
  }
  return out;
}

std::string plan_text(const Value& plan) {
  std::string out;
  int number = 0;
  for (const Value& target : json::Elements(plan)) {
    bool skipped = at(target, "skipped").is(Kind::string);
    out += skipped ? "  -  " : fmt::format("  {}. ", ++number);
    out += fmt::format("{} {}", word(target, "provider"), word(target, "model"));
    if (at(target, "key").is(Kind::string)) out += fmt::format(", key {}", word(target, "key"));
    out += fmt::format(": {}", skipped ? "left alone: " + word(target, "skipped") : word(target, "reason"));
    out += '\n';
  }
  return out;
}

std::string until_of(const Value& limit) { return at(limit, "resets_at").is(Kind::string) ? " until " + word(limit, "resets_at") : ""; }

std::string limits_text(const Value& limits) {
  std::string out;
  for (const Value& limit : json::Elements(limits)) {
    std::string each = pairs(at(limit, "each"));
    out += fmt::format("  {}{}: {} of {} {} left{}{}\n", word(limit, "limit"), each.empty() ? "" : " (" + each + ")", word(limit, "left"),
                       word(limit, "amount"), word(limit, "measure"), until_of(limit), at(limit, "admits").boolean() == true ? "" : "; NO ROOM");
  }
  return out;
}

std::string list(const Value& values) {
  std::string out;
  for (const Value& value : json::Elements(values)) out += (out.empty() ? "" : ", ") + word(value);
  return out;
}

}  // namespace

bool is_allowed(std::string_view json) { return word({json, Kind::object}, "verdict") == "allowed"; }

std::string explanation_text(std::string_view json) {
  Value root{json, Kind::object};
  std::string out = word(root, "verdict");
  if (Value error = at(root, "error"); error.is(Kind::object)) out += fmt::format(": {} ({})", word(error, "code"), word(error, "message"));
  out += fmt::format("\ncaller: {}\n", pairs(at(root, "caller")));
  if (at(root, "route").is(Kind::string)) out += fmt::format("route: {}, strategy {}\n", word(root, "route"), word(root, "strategy"));
  if (Value tokens = at(root, "tokens"); tokens.is(Kind::object))
    out += fmt::format("tokens: {} in ({}), at most {} out\n", word(tokens, "input"), at(tokens, "exact").boolean() == true ? "exact" : "estimated",
                       at(tokens, "output_max").is(Kind::number) ? word(tokens, "output_max") : "unknown");
  if (Value cost = at(root, "cost_nano_usd"); cost.is(Kind::object))
    out += fmt::format("cost: {} expected, {} at most, by {}\n", dollars(at(cost, "expected")), dollars(at(cost, "worst")), word(cost, "price_id"));
  if (Value verdict = at(root, "difficulty"); verdict.is(Kind::object))
    out += fmt::format("difficulty: {} against {}: {} ({})\n", word(verdict, "score"), word(verdict, "threshold"), word(verdict, "choice"), list(at(verdict, "reasons")));
  std::string plan = plan_text(at(root, "plan")), limits = limits_text(at(root, "limits")), dropped = list(at(root, "dropped"));
  if (!plan.empty()) out += "plan:\n" + plan;
  if (!limits.empty()) out += "limits:\n" + limits;
  if (!dropped.empty()) out += fmt::format("dropped: {}\n", dropped);
  return out;
}

}  // namespace tollgate
