#include "routing/config.h"

namespace tollgate {

void describe(Fields& fields, TargetConfig& target) {
  fields.add("provider", target.provider, "Name of one of `providers`.").required().max_length(128).example("openai");
  fields.add("model", target.model, "The provider's own name of the model.")
      .required()
      .max_length(256)
      .example("gpt-4o")
      .known_as({"deployment", "model_name"});
  fields.add("price", target.price, "Name of a price, where the model's own name is not that of its price.")
      .max_length(256)
      .otherwise("the model's own")
      .example("gpt-4o");
  fields.add("weight", target.weight, "Its share under `strategy: weighted`; 0: only when the others are out of reach.").range(0, 1000);
  fields.add("max_in_flight", target.max_in_flight, "Most calls to it at once; then the next target is asked, or the call waits in `queue`.")
      .range(1, 1'000'000)
      .empty("off")
      .example("200")
      .known_as({"max_parallel_requests", "max_concurrent"});
  fields.add("adaptive", target.adaptive, "The bound on calls at once follows the target: fewer while its answers slow down or it says that it is overloaded; never more than `max_in_flight`.");
  fields.add("lacks", target.lacks, "What the model cannot do: calls that need it are sent to the route's other targets.").at_most(4);
  fields.add("tier", target.tier, "Under `strategy: difficulty`: who answers easy questions, who hard ones.").alternative().example("cheap");
  fields.later("defaults", "Body fields where the caller set none.");
  fields.later("set", "Body fields, whatever the caller set.");
}

void describe(Fields& fields, RetryConfig& retry) {
  fields.add("attempts", retry.attempts, "Further attempts after the first; 0 for none.")
      .range(0, 10)
      .known_as({"num_retries", "max_retries", "retries"});
  fields.add("backoff", retry.backoff, "Wait before the first of them on the same credential; it doubles.")
      .range(milliseconds(1), seconds(60));
  fields.add("max_backoff", retry.max_backoff, "Longest wait.").range(milliseconds(1), seconds(600));
  fields.add("budget", retry.budget, "Most repeats at a target that the call has asked already, as a share of the route's calls of the last 10 s; three are always allowed.")
      .range(percent(0), percent(1000))
      .empty("off");
}

void describe(Fields& fields, BreakerConfig& breaker) {
  fields.add("failures", breaker.failures, "So many failures within the window open it, when they are also `share` of the calls.").range(1, 1000).known_as({"allowed_fails", "consecutive_5xx"});
  fields.add("share", breaker.share, "The least share of failures that opens it.").range(percent(1), percent(100));
  fields.add("window", breaker.window, "How far back calls count.").range(seconds(1), seconds(3600));
  fields.add("open_for", breaker.open_for, "Until one call may find out whether the target is back; then as long again until all pass.")
      .range(milliseconds(100), seconds(3600))
      .known_as({"cooldown_time", "cooldown"});
  fields.add("slow", breaker.slow, "A first token that takes longer counts as a failure.").range(milliseconds(1), seconds(3600)).empty("off").example("30s");
}

void describe(Fields& fields, QueueConfig& queue) {
  fields.add("size", queue.size, "Most calls that wait.").range(1, 1'000'000);
  fields.add("wait", queue.wait, "Longest wait; then 503.").range(milliseconds(1), seconds(600));
}

void describe(Fields& fields, HedgeConfig& hedge) {
  fields.add("after", hedge.after, "How long the first try has to its first token; `p95`: longer than 95 of 100 calls of late took there.")
      .range(milliseconds(1), seconds(600))
      .empty("p95")
      .example("2s");
  fields.add("budget", hedge.budget, "Most second tries, as a share of the route's calls of the last 10 s; one is always allowed.").range(percent(0), percent(100));
}

void describe(Fields& fields, CascadeConfig& cascade) {
  fields.add("when", cascade.when,
             "What makes an answer one that will not do: no content; a short refusal or `I do not know`; stopped at the maximum of tokens; not the JSON that was asked for; a call of no known tool, or with arguments that are no JSON.")
      .not_empty()
      .at_most(5);
}

void describe(Fields& fields, SplitConfig& split) {
  fields.add("to", split.to, "Name of the other route.").required().max_length(128).example("gpt-4o-next");
  fields.add("share", split.share, "How many of them.").range(percent(0), percent(100));
}

void describe(Fields& fields, ShadowConfig& shadow) {
  fields.add("target", shadow.target, "The candidate.").required();
  fields.add("share", shadow.share, "How many of the calls.").range(percent(0), percent(100));
  fields.add("budget", shadow.budget, "USD a day (UTC) that may be spent on it; when it is used up there are no more of them that day.").required().example("5");
}

void describe(Fields& fields, PriorityConfig& priority) {
  fields.add("high", priority.high, "Who goes first: `team:search`, `key:nightly-*`, `user:alice` or `feature:chat`.").at_most(64);
  fields.add("low", priority.low, "Who goes last, likewise; those make way when the queue is full.").at_most(64);
}

void describe(Fields& fields, DifficultyConfig& difficulty) {
  fields.add("quality", difficulty.quality,
             "Share of what the capable tier is better that is to be kept: 0 asks the cheap one only, 1 the capable one only (docs/difficulty-report.md).");
  fields.add("always_capable", difficulty.always_capable, "Calls with one of these go to the capable tier, whatever their text.").at_most(4);
}

void describe(Fields& fields, RequestTimeouts& timeouts) {
  fields
      .add("total", timeouts.total,
           "The whole request, all attempts together; `x-tollgate-timeout-ms` can only shorten it.")
      .range(milliseconds(10), seconds(86'400))
      .known_as({"timeout", "request_timeout"});
}

void describe(Fields& fields, RouteConfig& route) {
  fields.add("strategy", route.strategy, "How the first target is chosen: `ordered` takes them as written.")
      .known_as({"routing_strategy", "mode"});
  fields.add("targets", route.targets, "Who may answer, in order.")
      .required()
      .not_empty()
      .at_most(64)
      .known_as({"providers", "deployments", "models", "litellm_params"});
  fields.add("fallback", route.fallback, "Other routes that are asked when all targets failed, in order.")
      .at_most(16)
      .known_as({"fallbacks", "default_fallbacks"});
  fields.add("fallback_on", route.fallback_on, "What sends a call on to the next target or route.")
      .not_empty()
      .at_most(7)
      .known_as({"on_status_codes"});
  fields.add("retry", route.retry, "Further attempts.").known_as({"num_retries", "retries", "max_retries"});
  fields.add("timeouts", route.timeouts, "Bounds of the whole request.").known_as({"timeout", "request_timeout"});
  fields.add("breaker", route.breaker, "Stop asking a target that keeps failing, and a key that was refused; `off`: ask always.")
      .empty("off")
      .known_as({"circuit_breaker", "cooldown"});
  fields.add("queue", route.queue, "Wait when every target is at `max_in_flight`.").empty("off");
  fields.add("hedge", route.hedge, "Ask the route's next target as well when the first is slow; the first content wins, the caller pays for one.").empty("off").alternative();
  fields.add("single_flight", route.single_flight, "Equal requests of one team that are in flight at once share one call; the first is charged.");
  fields.add("continue", route.goes_on, "A stream that breaks after content is gone on with at the next target that can (Anthropic, Gemini, Bedrock, Ollama), from the text so far; both are paid.");
  fields.add("difficulty", route.difficulty, "Under `strategy: difficulty`: which questions go to the capable tier.").alternative();
  fields.later("on_hangup", "Read on for a while when the client left.");
  fields.add("heartbeat", route.heartbeat, "A comment (Anthropic: a ping) on a stream that is silent for so long.")
      .range(milliseconds(10), seconds(600))
      .empty("off");
  fields.add("affinity", route.affinity, "Keeps a conversation on one target and key, so that its provider's prompt cache stays warm: by `x-tollgate-session`, or by what the prompt begins with.");
  fields.add("cascade", route.cascade, "Look at the first target's answer before the client gets any of it, and ask the next one (the capable tier, where targets have one) when it will not do. Both are paid.").empty("off").alternative();
  fields.add("shadow", route.shadow, "Make a share of the calls once more at a candidate, behind the callers' backs: nobody gets its answers or pays for them, the ledger has them beside the others (phase `shadow`).").empty("off");
  fields.add("split", route.split, "Send a share of the callers to another route, each of them always to the same: by user, else by session, else by key.").empty("off").alternative();
  fields.add("priority", route.priority, "Whose calls get room first in `queue`; among equals the teams take turns.");
}

}  // namespace tollgate
