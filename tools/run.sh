#!/usr/bin/env bash
# `./dev run`: the gateway on embedded defaults, before a scripted provider (or before OpenAI when OPENAI_API_KEY is set).
# Everything it writes is in .tools/run/. Ctrl-C stops all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

home=.tools/run
tollgate=build/release/tollgate
started=()

say() { printf '%s\n' "$*"; }
stop_all() { kill "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true; }
trap stop_all EXIT
trap 'exit 130' INT TERM

# The first port from $1 on that nobody listens on.
free_port() {
  local port=$1
  while (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

# Waits at most 10 s for GET $1 to answer 200, while process $2 lives.
await() {
  local tries=0
  until curl -fsS -o /dev/null "$1" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$2" 2>/dev/null; then say "not up: $1; see $home/*.log"; tail -n 20 "$home"/*.log; exit 1; fi
    sleep 0.1
  done
}

provider() {
  if [ -n "${OPENAI_API_KEY:-}" ]; then
    printf '  openai: { type: openai, keys: { main: { secret: env:OPENAI_API_KEY } } }\n'
  else
    printf '  %s: { type: openai, base_url: http://127.0.0.1:%s/v1, keys: { main: { secret: env:TOLLGATE_MOCK_KEY } } }\n' openai "$mock_port" spare "$spare_port"
  fi
}

# A second account for the demonstration; the real provider has none.
targets() {
  printf '{ provider: openai, model: %s }' "$1"
  [ -n "${OPENAI_API_KEY:-}" ] || printf ', { provider: spare, model: %s }' "$1"
}

write_config() {
  cat > "$home/tollgate.yaml" <<YAML
# Written anew by each ./dev run.
server: { listen: [127.0.0.1:$port] }
admin: { listen: 127.0.0.1:$admin_port, token: env:TOLLGATE_ADMIN_TOKEN }
data: $home/data
providers:
$(provider)
routes:
  gpt-4o: { targets: [ $(targets gpt-4o) ], fallback: [gpt-4o-mini] }
  gpt-4o-mini: { targets: [ $(targets gpt-4o-mini) ] }
limits:
  everyone: { match: { key: "*" }, usd: 5, every: day }
YAML
}

[ -d "$home/data" ] || rm -f "$home/key"  # the key went with the data
mkdir -p "$home/data"
chmod 700 "$home"
export TOLLGATE_ADMIN_TOKEN=${TOLLGATE_ADMIN_TOKEN:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')}
export TOLLGATE_MOCK_KEY=sk-scripted-provider
port=$(free_port 8080)
admin_port=$(free_port $((port + 1)))
mock_port=$(free_port 8090)
spare_port=$(free_port $((mock_port + 1)))
rm -f "$home/demo.json"
write_config

if [ -z "${OPENAI_API_KEY:-}" ]; then
  "$tollgate" mock --listen "127.0.0.1:$mock_port" > "$home/mock.log" 2>&1 &
  first=$!
  "$tollgate" mock --listen "127.0.0.1:$spare_port" > "$home/spare.log" 2>&1 &
  started+=("$first" $!)
  say "provider   http://127.0.0.1:$mock_port/v1 (scripted, costs nothing)"
else
  say "provider   OpenAI, with the key of OPENAI_API_KEY: calls cost money"
fi
if [ ! -s "$home/key" ]; then
  (umask 077 && "$tollgate" keys create dev --data "$home/data" > "$home/key")
fi
key=$(cat "$home/key")
"$tollgate" serve --config "$home/tollgate.yaml" --data "$home/data" > "$home/serve.log" 2>&1 &
gateway=$!
started+=("$gateway")
await "http://127.0.0.1:$port/readyz" "$gateway"
if [ -z "${OPENAI_API_KEY:-}" ]; then
  (umask 077 && printf '{"url": "http://127.0.0.1:%s/v1", "admin": "http://127.0.0.1:%s", "key": "%s", "provider": %s}\n' "$port" "$admin_port" "$key" "$first" > "$home/demo.json")
fi

cat <<TEXT
gateway    http://127.0.0.1:$port/v1
dashboard  http://127.0.0.1:$admin_port/   token $TOLLGATE_ADMIN_TOKEN
key        $key
logs       $home/serve.log, $home/mock.log

Three things to try:
  curl http://127.0.0.1:$port/v1/chat/completions -H 'authorization: Bearer $key' -H 'content-type: application/json' \\
    -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}'
  curl -N http://127.0.0.1:$port/v1/chat/completions -H 'authorization: Bearer $key' -H 'content-type: application/json' \\
    -d '{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Count to ten"}]}'
  curl http://127.0.0.1:$port/v1/usage -H 'authorization: Bearer $key'

The same question in other languages, answered by the same model:
  curl http://127.0.0.1:$port/v1/messages -H 'x-api-key: $key' -H 'content-type: application/json' \\
    -d '{"model":"gpt-4o-mini","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}'
  curl http://127.0.0.1:$port/v1beta/models/gpt-4o-mini:generateContent -H 'x-goog-api-key: $key' -H 'content-type: application/json' \\
    -d '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'
  curl http://127.0.0.1:$port/v1/responses -H 'authorization: Bearer $key' -H 'content-type: application/json' \\
    -d '{"model":"gpt-4o-mini","input":"Hello"}'

Kill a provider while calls run, and watch not one of them fail (in another terminal): tools/demo.py

Ctrl-C stops all.
TEXT
wait "$gateway"
