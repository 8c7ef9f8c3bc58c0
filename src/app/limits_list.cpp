#include "app/limits_list.h"

#include <algorithm>

#include "json/write.h"
#include "limits/state.h"

namespace tollgate {
namespace {

constexpr std::size_t counters_max = 10'000;

void write_counter(json::Writer& out, const LimitState& state) {
  out.begin_object().member("limit", state.limit).key("each").begin_object();
  for (const auto& [attribute, value] : state.each) out.member(attribute, value);
  out.end_object();
  if (!state.tenant.empty()) out.member("tenant", state.tenant);
  out.member("measure", to_string(state.measure));
  out.key("amount").raw(to_text(state.measure, state.amount));
  out.key("used").raw(to_text(state.measure, state.used));
  out.key("reserved").raw(to_text(state.measure, state.reserved));
  out.key("left").raw(to_text(state.measure, state.left));
  out.key("resets_at").raw(state.resets_json()).end_object();
}

// A counter of this team's calls alone.
bool is_of(const LimitState& state, std::string_view team) {
  if (team.empty() || state.tenant == team) return true;
  return std::ranges::any_of(state.each, [&](const auto& each) { return each.first == "team" && each.second == team; });
}

}  // namespace

std::string limits_json(const Snapshot& snapshot, WallTime now, std::string_view team) {
  auto states = all_states(*snapshot.limits, now, counters_max);
  std::string text;
  json::Writer out(text);
  out.begin_object().key("counters").begin_array();
  for (const LimitState& state : states)
    if (is_of(state, team)) write_counter(out, state);
  out.end_array().member("truncated", states.size() == counters_max).end_object();
  return text;
}

}  // namespace tollgate
