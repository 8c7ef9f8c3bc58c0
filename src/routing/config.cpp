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
  fields.later("weight", "Its share under `strategy: weighted`.");
  fields.later("max_in_flight", "Most calls to it at once.");
  fields.later("tier", "`cheap` or `capable`, for `strategy: difficulty`.");
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
      .later_choices({"weighted", "least_latency", "least_busy", "cheapest", "difficulty"})
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
  fields.later("breaker", "Stop asking a target that keeps failing.");
  fields.later("queue", "Wait when every target is busy.");
  fields.later("hedge", "Ask a second target when the first is slow.");
  fields.later("single_flight", "Equal requests in flight share one call.");
  fields.later("continue", "Continue a broken stream elsewhere.");
  fields.later("difficulty", "Choose the cheap or the capable tier by the question.");
  fields.later("on_hangup", "Read on for a while when the client left.");
  fields.later("heartbeat", "Comments on a silent stream.");
  fields.later("affinity", "Keep a session or prefix on one target.");
  fields.later("cascade", "Ask the cheap tier first and judge its answer.");
  fields.later("shadow", "Send a share to another target too, for comparison.");
  fields.later("split", "Send a share elsewhere.");
  fields.later("priority", "Who goes first when capacity is short.");
}

}  // namespace tollgate
