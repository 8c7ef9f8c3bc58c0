#include "app/commands/surface.h"

#include "dialects/door.h"

namespace tollgate {
namespace {

constexpr DescribedEndpoint others[] = {
    {"model", "any", "/passthrough/{provider}/*", "key", "Any other path of a provider, with its key, metered by what the answer reports."},
    {"model", "GET", "/v1/models", "key", "The routes that the key may use."},
    {"model", "GET", "/v1/models/*", "key", "One of them."},
    {"model", "GET", "/v1beta/models", "key", "The same in Gemini's form."},
    {"model", "GET", "/api/tags", "key", "The same in Ollama's form."},
    {"model", "GET", "/v1/usage", "key",
     "What the key used and what its limits leave; ?request=ID: that request's row."},
    {"model", "GET", "/v1/responses/*", "key", "A stored response, or its input_items, from the provider that issued it."},
    {"model", "DELETE", "/v1/responses/*", "key", "Deletes a stored response where it is."},
    {"model", "POST", "/v1/responses/*", "key", "`{id}/cancel`: ends a response in the background."},
    {"model", "POST", "/v1/files", "key", "Gives a file to the account of a provider; the header x-tollgate-provider names one of several."},
    {"model", "GET", "/v1/files", "key", "The team's own files."},
    {"model", "GET", "/v1/files/*", "key", "One of them, or its content."},
    {"model", "DELETE", "/v1/files/*", "key", "Deletes one of them."},
    {"model", "POST", "/v1/batches", "key", "Begins a batch where its input file is, if the limits have room for all of it."},
    {"model", "GET", "/v1/batches", "key", "The team's own batches."},
    {"model", "GET", "/v1/batches/*", "key", "One of them; once it is over, what it used is charged."},
    {"model", "POST", "/v1/batches/*", "key", "`{id}/cancel`: ends it early."},
    {"model", "GET", "/livez", "none", "The program runs."},
    {"model", "GET", "/readyz", "none", "It takes calls; else 503 with the reason."},
    {"admin", "GET", "/", "admin token", "A page about this gateway."},
    {"admin", "GET", "/metrics", "none, or admin token", "Prometheus; see the setting admin.metrics."},
    {"admin", "GET", "/livez", "none", "The program runs."},
    {"admin", "GET", "/readyz", "none", "It takes calls; else 503 with the reason."},
    {"admin", "GET", "/api/v1/keys", "admin token", "Virtual keys by name: ?limit=&after=NAME."},
    {"admin", "POST", "/api/v1/keys", "admin token", "Makes one: {\"name\", …} with the names of `keys:`; its secret is in the answer, this once."},
    {"admin", "GET", "/api/v1/keys/*", "admin token", "One of them, without its secret."},
    {"admin", "PATCH", "/api/v1/keys/*", "admin token", "Changes what it may do (RFC 7396); obeys if-match, as all changes here."},
    {"admin", "DELETE", "/api/v1/keys/*", "admin token", "Ends it at once; ?keep_name=true keeps its name from being taken."},
    {"admin", "POST", "/api/v1/keys/*", "admin token", "`{name}/rotate`: a new secret; {\"keep_old\": \"24h\"} leaves the old one good so long."},
    {"admin", "GET", "/api/v1/secrets", "admin token", "Names of what the vault holds, never a value."},
    {"admin", "GET", "/api/v1/secrets/*", "admin token", "One of them."},
    {"admin", "PUT", "/api/v1/secrets/*", "admin token", "Keeps one: {\"value\"}."},
    {"admin", "DELETE", "/api/v1/secrets/*", "admin token", "Deletes one that the configuration does not need."},
    {"admin", "POST", "/api/v1/secrets/rotate-master", "admin token", "Seals the vault under a new master key."},
    {"admin", "GET", "/api/v1/limits", "admin token", "Limits by name, those of the configuration too: ?limit=&after=NAME."},
    {"admin", "POST", "/api/v1/limits", "admin token", "Makes one: {\"name\", …} with the names of `limits:`."},
    {"admin", "GET", "/api/v1/limits/*", "admin token", "One of them."},
    {"admin", "PATCH", "/api/v1/limits/*", "admin token", "Changes it (RFC 7396); what was used stays."},
    {"admin", "DELETE", "/api/v1/limits/*", "admin token", "Deletes it."},
    {"admin", "GET", "/api/v1/limits/state", "admin token", "Used, reserved and left of every counter of the limits."},
    {"admin", "GET", "/api/v1/prices", "admin token", "Prices in force, by provider and model: ?model=&provider=&limit=&after=."},
    {"admin", "GET", "/api/v1/config", "admin token", "The configuration in force, without secrets."},
    {"admin", "POST", "/api/v1/config/check", "admin token", "What is wrong with the configuration in the body (YAML); nothing is changed."},
    {"admin", "GET", "/api/v1/targets", "admin token", "Breakers, calls under way, latency and keys of every target."},
    {"admin", "GET", "/api/v1/usage", "admin token", "Sums of the ledger: ?by=team,feature&from=&to=&month=&bucket=hour|day|week|month&timezone=&key=&team=&user=&format=json|csv"
     "; with &markup=15%25&discount=, or &charged=1 (by `showback`), also what is charged."},
    {"admin", "GET", "/api/v1/requests", "admin token", "Rows, newest first: ?from=&to=&key=&team=&user=&limit=&before=ID."},
    {"admin", "GET", "/api/v1/requests/*", "admin token", "One row with its attempts."},
    {"admin", "GET", "/api/v1/audit", "admin token", "Events of the audit log, newest first: ?since=&until=&key=&user=&kind=&limit=&before=NUMBER&format=json|csv."},
    {"admin", "GET", "/api/v1/audit/verify", "admin token", "Proves the audit log; the first fault, if there is one."},
    {"admin", "POST", "/api/v1/explain", "admin token", "What a call would meet, without sending it: {\"key\", \"dialect\", \"body\"}."},
    {"admin", "POST", "/api/v1/count", "admin token", "Tokens of texts or of a whole call: {\"model\", \"text\" | \"texts\" | \"body\", \"dialect\"}."},
    {"admin", "POST", "/api/v1/config/reload", "admin token", "Reads the configuration again, all or nothing."},
};

std::string_view help_of(Operation operation) {
  switch (operation) {
    case Operation::chat: return "A chat answer, whole or as a stream.";
    case Operation::completions: return "A text completion, whole or as a stream.";
    case Operation::embeddings: return "Embeddings of texts.";
    case Operation::rerank: return "Texts ranked against a question.";
    case Operation::passthrough: return "Passed on as it came, to the route of its model.";
    case Operation::count_tokens: return "How many input tokens a call would have.";
  }
  return {};
}

}  // namespace

std::vector<DescribedEndpoint> described_endpoints() {
  std::vector<DescribedEndpoint> all;
  for (const DoorPath& door : door_paths()) all.push_back({"model", "POST", door.endpoint, "key", help_of(door.operation)});
  all.insert(all.end(), std::begin(others), std::end(others));
  return all;
}

}  // namespace tollgate
