#include "identity/config.h"

#include "domain/caller.h"
#include "identity/virtual_key.h"

namespace tollgate {

void describe(Fields& fields, KeyConfig& key) {
  fields.add("secret", key.secret, "What callers send.")
      .required()
      .example("env:SEARCH_DEV_KEY")
      .known_as({"key", "api_key", "token", "value"});
  fields.add("team", key.team, "To whom its calls are charged.")
      .max_length(max_attribution_bytes)
      .example("search")
      .known_as({"team_id", "organization", "org"});
  fields.add("user", key.user, "Who calls, where one person holds it.")
      .max_length(max_attribution_bytes)
      .example("alice")
      .known_as({"user_id", "owner"});
  fields.add("feature", key.feature, "What part of your product calls.")
      .max_length(max_attribution_bytes)
      .example("autocomplete")
      .known_as({"app", "project"});
  fields.add("tags", key.tags, "More names and values for reports and limits.")
      .max_length(max_attribution_bytes)
      .at_most(max_tags)
      .entry("env")
      .example("dev")
      .known_as({"metadata", "labels"});
  fields.add("models", key.models, "Routes it may ask for, with a trailing `*`.")
      .not_empty()
      .at_most(max_key_models)
      .otherwise("all")
      .example("[gpt-4o, \"gpt-*\"]")
      .known_as({"routes", "allowed_models", "model"});
  fields.add("may_set", key.may_set, "What the request itself may say instead.")
      .at_most(3)
      .example("[user, feature, tags]");
  fields.add("expires", key.expires, "When it ends: a date (midnight in UTC) or a time.")
      .otherwise("never")
      .example("2027-01-01")
      .known_as({"expires_at", "duration", "expiry"});
  fields.add("allow_from", key.allow_from, "Addresses it may be used from.")
      .not_empty()
      .at_most(max_key_addresses)
      .otherwise("anywhere")
      .example("[10.0.0.0/8]")
      .known_as({"allowed_ips", "ip_whitelist"});
}

}  // namespace tollgate
