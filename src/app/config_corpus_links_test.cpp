// Settings files whose parts do not fit together: names that lead nowhere, values that exclude each other.

#include "app/config_corpus.h"

namespace tollgate {
namespace {

// Settings that lead nowhere or exclude each other.
constexpr WrongConfig settings_that_lead_nowhere_or_exclude_each_other[] = {
    {"1:19", "is also opened by admin.listen[0] (`127.0.0.1:8081`)", "server: { listen: 0.0.0.0:8081 }\n"},
    {"1:34", "is also opened by server.listen[0]", "server: { listen: [0.0.0.0:9000, 127.0.0.1:9000] }\n"},
    {"1:21", "can never act", "server: { max_head: 4KiB }\n"},
    {"1:19", "holds no body of 64MiB", "server: { memory: 16MiB }\n"},
    {"1:24", "`missing.pem` cannot be read", "server: { tls: { cert: missing.pem, key: k.pem } }\n"},
    {"1:18", "needs admin.token", "admin: { listen: 0.0.0.0:9000 }\n"},
    {"1:39", "can be guessed", "admin: { listen: 0.0.0.0:9000, token: env:SHORT }\n"},
    {"1:46", "needs `team: NAME`", "admin: { tokens: { f: { secret: env:F, role: team } } }\n"},
    {"1:61", "can never act", "admin: { tokens: { f: { secret: env:F, role: auditor, team: a } } }\n"},
    {"1:68", "the secret of admin.tokens.f.secret too",
     "admin: { tokens: { f: { secret: env:F, role: admin }, g: { secret: env:F, role: auditor } } }\n"},
    {"1:44", "the secret of keys.a.secret too", "keys: { a: { secret: env:A }, b: { secret: env:A } }\n"},
    {"1:51", "the secret of keys.a.secret too", "keys: { a: { secret: env:SAME_ONE }, b: { secret: env:SAME_TWO } }\n"},
    {"1:46", "the secret of keys.a.secret too", "keys: { a: { secret: vault:A }, b: { secret: vault:A } }\n"},
    {"1:18", "must be udp://HOST:PORT", "audit: { syslog: logs.example }\n"},
    {"1:19", "the address", "audit: { webhook: siem.example }\n"},
    {"1:26", "there is no webhook", "audit: { webhook_secret: env:A }\n"},
    {"2:22", "the secret of admin.token too", "admin: { token: env:A }\nkeys: { a: { secret: env:A } }\n"},
    {"2:22", "can be guessed", "server: { listen: 0.0.0.0:9000 }\nkeys: { a: { secret: env:SHORT } }\n"},
    {"1:38", "there is no route `gpt-4o`", "keys: { a: { secret: env:A, models: [gpt-4o] } }\n"},
    {"1:41", "there is no route `claude-*`", "keys: { a: { secret: env:A, models: [r, \"claude-*\"] } }\n"},
    {"1:38", "there is no route `p/gpt-4o`", "keys: { a: { secret: env:A, models: [p/gpt-4o] } }\n"},
    {"1:39", "no measure", "keys: { a: { secret: env:A, limits: [ { every: day } ] } }\n"},
    {"1:39", "no window", "keys: { a: { secret: env:A, limits: [ { usd: 1 } ] } }\n"},
    {"1:63", "two limits",
     "keys: { a: { secret: env:A, limits: [ { usd: 1, every: day }, { usd: 2, every: day } ] } }\n"},
    {"1:75", "for this key and no other",
     "keys: { a: { secret: env:A, limits: [ { usd: 1, every: day, match: { key: b } } ] } }\n"},
    {"1:11", "the name of a limit of the key `a`",
     "limits: { keys.a.usd.day: { usd: 1, every: day } }\nkeys: { a: { secret: env:A, limits: [ { usd: 1, every: day } "
     "] } }\n"},
    {"1:11", "no measure", "limits: { l: { every: day } }\n"},
    {"1:11", "no window", "limits: { l: { usd: 1 } }\n"},
    {"1:45", "exclude each other", "limits: { l: { usd: 1, every: day, rolling: 5h } }\n"},
    {"1:47", "a rolling window has no calendar", "limits: { l: { usd: 1, rolling: 5h, timezone: Europe/Berlin } }\n"},
    {"1:46", "no time zone `Europe/Berlni`", "limits: { l: { usd: 1, every: day, timezone: Europe/Berlni } }\n"},
    {"1:43", "`person` cannot be had", "limits: { l: { usd: 1, every: day, each: [person] } }\n"},
    {"1:43", "did you mean `user`?", "limits: { l: { usd: 1, every: day, each: [usr] } }\n"},
    {"1:43", "`tags.` cannot be had", "limits: { l: { usd: 1, every: day, each: [tags.] } }\n"},
    {"1:52", "there is no route `gpt`", "limits: { l: { usd: 1, every: day, match: { model: gpt } } }\n"},
    {"1:55", "there is no provider `azure`", "limits: { l: { usd: 1, every: day, match: { provider: azure } } }\n"},
    {"1:59", "did you mean `p`?", "limits: { l: { usd: 1, every: day, match: { provider: [p, pp] } } }\n"},
    {"1:43", "only at the end", "tokenizers: { t: { file: a.json, models: [\"a*b\"] } }\n"},
    {"1:80", "`t` has this pattern too", "tokenizers: { t: { file: a.json, models: [a] }, u: { file: b.json, models: [b, a] } }\n"},
    {"1:51", "only at the end", "limits: { l: { usd: 1, every: day, match: { team: \"a*b\" } } }\n"},
    {"1:55", "only at the end", "limits: { l: { usd: 1, every: day, match: { tags.env: \"*x\" } } }\n"},
    {"1:11", "sets no price", "prices: { gpt-4o: {} }\n"},
    {"1:11", "`output` is missing", "prices: { my-model: { input: 1 } }\n"},
    {"1:11", "`input` is missing", "prices: { my-model: { output: 1 } }\n"},
    {"1:11", "`input` is missing", "prices: { my-model: { tiers: [ { above: 5, input: 1 } ] } }\n"},
    {"1:53", "tiers must grow", "prices: { gpt-4o: { tiers: [ { above: 5 }, { above: 5 } ] } }\n"},
    {"1:21", "either `discount` or `surcharge`", "pricing: { terms: { a: {} } }\n"},
    {"1:50", "there is no provider `azure`", "pricing: { terms: { a: { discount: 1%, provider: azure } } }\n"},
    {"1:48", "no provider is in a region `eu`", "pricing: { terms: { a: { discount: 1%, region: eu } } }\n"},
};

// Providers and routes that cannot work.
constexpr WrongConfig providers_and_routes_that_cannot_work[] = {
    {"1:14", "answers nobody without a key", "providers: { p: { type: openai } }\n"},
    {"1:14", "base_url is missing", "providers: { p: { type: compatible } }\n"},
    {"1:14", "base_url is missing", "providers: { p: { type: databricks, keys: { a: { secret: env:A } } } }\n"},
    {"1:47", "does not start with https://", "providers: { p: { type: compatible, base_url: api.example.com/v1 } }\n"},
    {"1:47", "has no host", "providers: { p: { type: compatible, base_url: \"https://\" } }\n"},
    {"1:47", "user name or password",
     "providers: { p: { type: compatible, base_url: \"https://u:p@example.com\" } }\n"},
    {"1:47", "has a query", "providers: { p: { type: compatible, base_url: \"https://example.com/v1?key=1\" } }\n"},
    {"1:47", "no valid port", "providers: { p: { type: compatible, base_url: \"https://example.com:0\" } }\n"},
    {"1:47", "did you mean `https://example.com/v1`?",
     "providers: { p: { type: compatible, base_url: https://example.com/v1/chat/completions } }\n"},
    {"1:31", "the address is not https", "providers: { p: { type: vllm, tls: { ca: ca.pem } } }\n"},
    {"1:33", "belong together",
     "providers: { p: { type: openai, tls: { cert: c.pem }, keys: { a: { secret: env:A } } } }\n"},
    {"1:44", "cannot be read",
     "providers: { p: { type: openai, tls: { ca: missing.pem }, keys: { a: { secret: env:A } } } }\n"},
    {"1:63", "the secret of `a` too",
     "providers: { p: { type: openai, keys: { a: { secret: env:A }, b: { secret: env:A } } } }\n"},
    {"1:83", "idle can never act",
     "providers: { p: { type: openai, keys: { a: { secret: env:A } }, timeouts: { idle: 2m, total: 1m } } }\n"},
    {"1:90", "first_token can never act",
     "providers: { p: { type: openai, keys: { a: { secret: env:A } }, timeouts: { first_token: 11m } } }\n"},
    {"1:91", "written by the gateway",
     "providers: { p: { type: openai, keys: { a: { secret: env:A } }, headers: { authorization: x } } }\n"},
    {"1:83", "no name of a header field",
     "providers: { p: { type: openai, keys: { a: { secret: env:A } }, headers: { \"a:b\": x } } }\n"},
    {"1:83", "written by the gateway",
     "providers: { p: { type: openai, keys: { a: { secret: env:A } }, forward_headers: [Cookie] } }\n"},
    {"1:37", "there is no provider `openai`", "routes: { r: { targets: { provider: openai, model: m } } }\n"},
    {"5:21", "did you mean `p`?",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes:\n  r:\n    targets:\n      - { "
     "provider: pp, model: m }\n"},
    {"2:54", "targets[0] once more",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: [ { provider: p, "
     "model: m }, { provider: p, model: m } ] } }\n"},
    {"2:57", "no price `gpt-5000`",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: { provider: p, "
     "model: m, price: gpt-5000 } } }\n"},
    {"3:52", "a limit meets a route by its own name",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { \"gpt-*\": { targets: { provider: p, "
     "model: m } } }\nlimits: { l: { usd: 1, every: day, match: { model: gpt-4o } } }\n"},
    {"2:63", "there is no route `s`",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: { provider: p, "
     "model: m }, fallback: [s] } }\n"},
    {"2:63", "fall back to itself",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: { provider: p, "
     "model: m }, fallback: [r] } }\n"},
    {"4:55", "in a circle",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes:\n  a: { targets: { provider: p, "
     "model: m }, fallback: [b] }\n  b: { targets: { provider: p, model: n }, fallback: [a] }\n"},
    {"5:55", "in a circle",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes:\n  a: { targets: { provider: p, "
     "model: m }, fallback: [b] }\n  b: { targets: { provider: p, model: n }, fallback: [c] }\n  c: { targets: { "
     "provider: p, model: o }, fallback: [b] }\n"},
    {"1:48", "the limit does not count output", "limits: { l: { requests: 1, every: day, clamp: true } }\n"},
    {"1:60", "on_limit is alert", "limits: { l: { usd: 1, every: day, on_limit: alert, clamp: true } }\n"},
    {"2:52", "can never act",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: { provider: p, "
     "model: m }, fallback_on: [timeout] } }\n"},
    {"2:52", "can never act",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: { provider: p, "
     "model: m }, retry: { attempts: 0, backoff: 1s } } }\n"},
    {"2:70", "longer than max_backoff",
     "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: { provider: p, "
     "model: m }, retry: { backoff: 10s } } }\n"},
};

TEST(ConfigCorpus, RefusesSettingsThatLeadNowhereOrExcludeEachOther) {
  refuses_all(settings_that_lead_nowhere_or_exclude_each_other, provider_and_route);
}
TEST(ConfigCorpus, RefusesProvidersAndRoutesThatCannotWork) { refuses_all(providers_and_routes_that_cannot_work, ""); }

}  // namespace
}  // namespace tollgate
