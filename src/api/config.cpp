#include "api/config.h"

namespace tollgate {

void describe(Fields& fields, AdminTokenConfig& token) {
  fields.add("secret", token.secret, "The token.").required().example("env:FINANCE_TOKEN");
  fields.add("role", token.role, "What it may do: all; all but secrets and roles; read; read of one team.")
      .required()
      .example("auditor");
  fields.add("team", token.team, "The team whose numbers a token of role `team` may read.")
      .max_length(256)
      .alternative()
      .example("finance");
}

void describe(Fields& fields, AdminConfig& admin) {
  fields.add("listen", admin.listen, "Addresses of dashboard, admin API and metrics.").not_empty().at_most(16);
  fields
      .add("token", admin.token,
           "Token of role `admin`. Where none is set, one is made at start and printed; that needs a loopback address.")
      .known_as({"master_key", "password", "api_key"});
  fields.add("tokens", admin.tokens, "More tokens, each with a role.").entry("finance").at_most(1000);
  fields.add("metrics", admin.metrics, "Whether `/metrics` asks for a token.");
}

void describe(Fields& fields, ResponsesConfig& responses) {
  fields.add("store", responses.store,
             "Conversations of `/v1/responses` whose target keeps nothing are kept here, so that `previous_response_id` works; "
             "`false` refuses it there.");
  fields.add("max_bytes", responses.max_bytes, "Memory for them; a team takes at most a quarter, and the oldest is forgotten.")
      .range(mib(1), gib(64));
}

}  // namespace tollgate
