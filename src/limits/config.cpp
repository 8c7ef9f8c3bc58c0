#include "limits/config.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr std::size_t max_patterns = 256;

}  // namespace

void describe(Fields& fields, MatchConfig& match) {
  fields.add("key", match.key, "Names of virtual keys; not in a key's own limit.")
      .not_empty()
      .at_most(max_patterns)
      .alternative()
      .example("search-dev");
  fields.add("team", match.team, "Teams.").not_empty().at_most(max_patterns).example("search").known_as({"team_id"});
  fields.add("user", match.user, "Users.").not_empty().at_most(max_patterns).example("\"*\"").known_as({"user_id"});
  fields.add("feature", match.feature, "Features.").not_empty().at_most(max_patterns).example("[autocomplete, faq]");
  fields.add("model", match.model, "Routes that were asked for.")
      .not_empty()
      .at_most(max_patterns)
      .example("\"gpt-*\"")
      .known_as({"route", "routes", "models"});
  fields.add("provider", match.provider, "Providers.").not_empty().at_most(max_patterns).example("openai");
  fields.add_prefix("tags.", match.tags, "Values of a tag.")
      .not_empty()
      .at_most(max_patterns)
      .entry("env")
      .example("dev");
}

void describe(Fields& fields, LimitConfig& limit) {
  fields.add("match", limit.match, "Whom it is for: a value or a list, with a trailing `*`; all parts must match.")
      .known_as({"when", "conditions", "subjects"});
  fields
      .add("each", limit.each, "One counter for each value of key, team, user, feature, model, provider or tags.NAME.")
      .at_most(8)
      .otherwise("one counter for all")
      .example("[user]")
      .known_as({"group_by", "per", "limit_by", "by", "counter-key"});
  fields.add("usd", limit.usd, "US dollars for each window.")
      .range(Money{1}, usd(1'000'000'000))
      .example("50")
      .known_as({"max_budget", "budget", "max_limit", "credit_limit", "cost", "limit", "limit_to"});
  constexpr std::int64_t most = 1'000'000'000'000'000;
  fields.add("tokens", limit.tokens, "Tokens of input and output for each window.").range(1, most).alternative().example("2000000").known_as({"tpm", "tpm_limit", "token_limit", "max_tokens"});
  fields.add("input_tokens", limit.input_tokens, "Tokens of input for each window, cached ones too.").range(1, most).alternative().example("1000000");
  fields.add("output_tokens", limit.output_tokens, "Tokens of output for each window, reasoning too.").range(1, most).alternative().example("200000");
  fields.add("requests", limit.requests, "Calls for each window; those that we refuse do not count.").range(1, most).alternative().example("600").known_as({"rpm", "rpm_limit", "count", "rate", "max_requests"});
  fields.add("concurrent", limit.concurrent, "Calls at once, streams until they end; it has no window.").range(1, 1'000'000).alternative().example("20").known_as({"max_parallel_requests", "parallel_requests", "max_concurrent"});
  fields.add("every", limit.every, "The window, by the calendar.")
      .example("month")
      .known_as({"budget_duration", "reset_duration", "window", "period", "duration", "periodic_reset", "time_window",
                 "per"});
  fields.add("rolling", limit.rolling, "The window, by the last so much time.")
      .range(Window::shortest_roll, Window::longest_roll)
      .alternative()
      .example("5h")
      .known_as({"window_size", "sliding"});
  fields.add("timezone", limit.timezone, "Where the calendar's day begins.")
      .max_length(64)
      .example("Europe/Berlin")
      .known_as({"tz", "time_zone"});
  fields.add("on_limit", limit.on_limit, "What a call gets that does not fit; `alert` counts, tells, and lets it pass.");
  fields.add("wait", limit.wait, "Under `on_limit: queue`: how long a call waits for room.").range(milliseconds(1), seconds(600)).otherwise("5s").alternative().example("5s");
  fields.add("to", limit.to, "Under `on_limit: downgrade`: the route that is taken instead.").max_length(128).alternative().example("gpt-4o-mini");
  fields.add("alert_at", limit.alert_at, "Shares of the limit that are reported when they are reached.")
      .at_most(10)
      .range(percent(1), percent(100))
      .example("[80%, 100%]")
      .known_as({"soft_budget", "alert_threshold"});
  fields.add("clamp", limit.clamp, "Where the caller set no maximum, the answer gets the one that the limit can pay.");
}

std::vector<std::pair<Measure, std::int64_t>> amounts_of(const LimitConfig& limit) {
  std::vector<std::pair<Measure, std::int64_t>> out;
  if (limit.usd) out.emplace_back(Measure::usd, limit.usd->nano_usd);
  if (limit.tokens) out.emplace_back(Measure::tokens, *limit.tokens);
  if (limit.input_tokens) out.emplace_back(Measure::input_tokens, *limit.input_tokens);
  if (limit.output_tokens) out.emplace_back(Measure::output_tokens, *limit.output_tokens);
  if (limit.requests) out.emplace_back(Measure::requests, *limit.requests);
  if (limit.concurrent) out.emplace_back(Measure::concurrent, *limit.concurrent);
  return out;
}

bool counts_by(std::string_view what) {
  constexpr std::string_view words[] = {"key", "team", "user", "feature", "model", "provider"};
  constexpr std::string_view tag = "tags.";
  if (what.starts_with(tag)) return follows(NameRule::plain, what.substr(tag.size()));
  return std::ranges::find(words, what) != std::end(words);
}

}  // namespace tollgate
