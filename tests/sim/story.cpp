#include "sim/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tollgate::sim {

std::string_view to_string(CallEnd end) {
  constexpr std::string_view names[] = {"open",   "whole",   "refused",   "error_event",
                                        "broken", "hung_up", "impatient", "no_connection"};
  return names[static_cast<std::size_t>(end)];
}

void Story::note(Instant at, std::string_view words) {
  fmt::format_to(std::back_inserter(trace), "{:>12.6f} {}\n", static_cast<double>(at.ns) / 1e9, words);
}

bool Story::out_between(Instant from, Instant to) const {
  return std::any_of(outages.begin(), outages.end(),
                     [&](const Outage& outage) { return outage.began <= to && from <= outage.ended; });
}

}  // namespace tollgate::sim
