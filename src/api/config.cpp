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

}  // namespace tollgate
