#!/usr/bin/python3
"""Runs a command against a gateway of its own: `tests/clients/with_gateway.py -- node --test 'tests/clients/node/*.test.mjs'`.

Starts, on free ports and in a temporary folder: the scripted provider (`tollgate mock`), the upstream of upstream.py, a public
mock of another project where Node has it, and `tollgate serve` before all three. The command finds them by environment:

    TOLLGATE_URL, TOLLGATE_ADMIN_URL, UPSTREAM_URL, PUBLIC_MOCK_URL (empty: not there)
    KEY_MAIN all routes     KEY_NARROW only gpt-4o-mini     KEY_BROKE no money left
"""
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import upstream

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from lib.programs import HOST, ROOT, TOLLGATE, Started, free_port  # noqa: E402

PUBLIC_MOCK = HERE / "node/node_modules/@copilotkit/aimock/dist/cli.js"
NODE = ROOT / ".tools/node/bin/node"
SCRIPTED = ("echo", "tools", "overloaded-once", "slow", "drip", "denied", "text-embedding-3-small")
KEYS = ("main", "narrow", "broke")
# Each provider's own language, spoken by the scripted provider: type, path of the base URL, what its key needs beside the secret.
TARGETS = {"openai": ("/v1", ""), "anthropic": ("", ""), "gemini": ("", ""), "ollama": ("", ""), "cohere": ("", ""), "bedrock": ("", ", access_key_id: AKIDEXAMPLE")}


def variable(name): return "KEY_" + name.replace("-", "_").upper()


def config(ports):
    scripted = "\n".join(f"  {name}: {{ targets: [ {{ provider: scripted, model: {name} }} ], retry: {{ attempts: 0 }} }}" for name in SCRIPTED)
    public = f"  public: {{ type: compatible, base_url: http://{HOST}:{ports['public']}/v1, keys: {{ main: {{ secret: env:PROVIDER_KEY }} }} }}"
    mock = f"http://{HOST}:{ports['mock']}"
    aimock = f"http://{HOST}:{ports['public']}"
    spoken = TARGETS if ports["public"] else {}
    public_languages = "\n".join(f"  public-{name}: {{ type: {name}, base_url: {aimock}{path}, region: us-east-1, keys: {{ main: {{ secret: env:PROVIDER_KEY{more} }} }} }}"
                                 for name, (path, more) in spoken.items())
    public_routes = "\n".join(f"  public-{name}: {{ targets: [ {{ provider: public-{name}, model: a-model }} ], retry: {{ attempts: 0 }} }}" for name in spoken)
    languages = "\n".join(f"  as-{name}: {{ type: {name}, base_url: {mock}{path}, region: us-east-1, keys: {{ main: {{ secret: env:PROVIDER_KEY{more} }} }} }}"
                          for name, (path, more) in TARGETS.items())
    routes = "\n".join(f"  on-{name}: {{ targets: [ {{ provider: as-{name}, model: gpt-4o-mini, price: gpt-4o-mini }} ], retry: {{ attempts: 0 }} }}" for name in TARGETS)
    return f"""
server: {{ listen: [{HOST}:{ports['model']}] }}
admin: {{ listen: {HOST}:{ports['admin']}, token: env:TOLLGATE_ADMIN_TOKEN }}
providers:
  mock: {{ type: openai, base_url: http://{HOST}:{ports['mock']}/v1, keys: {{ main: {{ secret: env:PROVIDER_KEY }} }} }}
  scripted: {{ type: compatible, base_url: http://{HOST}:{ports['upstream']}/v1, keys: {{ main: {{ secret: env:PROVIDER_KEY }} }} }}
{public if ports['public'] else ''}
{languages}
{public_languages}
routes:
  gpt-4o-mini: {{ targets: [ {{ provider: mock, model: gpt-4o-mini }} ] }}
{'  public-mock: { targets: [ { provider: public, model: gpt-4o-mini } ] }' if ports['public'] else ''}
{'  painter: { targets: [ { provider: public, model: gpt-image-1, price: painter } ] }' if ports['public'] else ''}
{'  voice: { targets: [ { provider: public, model: tts-1 } ] }' if ports['public'] else ''}
{'  ear: { targets: [ { provider: public, model: whisper-1 } ] }' if ports['public'] else ''}
{'  omni-moderation-latest: { targets: [ { provider: public, model: omni-moderation-latest } ] }' if ports['public'] else ''}
{scripted}
{routes}
{public_routes}
prices:
  gpt-4o-mini: {{ input: 0.15, cached_input: 0.075, output: 0.60 }}
  echo: {{ input: 1.00, output: 2.00 }}
  painter: {{ input: 1.00, output: 2.00, image: 0.04 }}
keys:
  main: {{ secret: env:KEY_MAIN, may_set: [user, feature, tags] }}
  narrow: {{ secret: env:KEY_NARROW, models: [gpt-4o-mini] }}
  broke: {{ secret: env:KEY_BROKE, limits: [ {{ usd: 0.000001, every: month }} ] }}
"""


def main():
    command = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else []
    if not command: raise SystemExit(__doc__)
    upstream_port, stop_upstream = upstream.serve()
    has_public = PUBLIC_MOCK.exists() and NODE.exists()
    ports = {"upstream": upstream_port, "model": free_port(), "admin": free_port(), "mock": free_port(),
             "public": free_port() if has_public else None}
    env = {**os.environ, "PROVIDER_KEY": "sk-provider-secret", "TOLLGATE_ADMIN_TOKEN": secrets.token_hex(16),
           **{variable(name): f"sk-test-{name}-{secrets.token_hex(16)}" for name in KEYS}}
    with tempfile.TemporaryDirectory(prefix="tollgate-clients-") as folder:
        Path(folder, "tollgate.yaml").write_text(config(ports))
        started = Started(folder, env)
        code = 1
        try:
            started.start("mock", f"http://{HOST}:{ports['mock']}/v1/models", TOLLGATE, "mock", "--listen", f"{HOST}:{ports['mock']}")
            if has_public:
                started.start("public-mock", f"http://{HOST}:{ports['public']}/health", NODE, PUBLIC_MOCK, "--port", ports["public"],
                              "--fixtures", HERE / "public_mock", "--log-level", "warn")
            started.start("gateway", f"http://{HOST}:{ports['model']}/readyz", TOLLGATE, "serve", "--config", f"{folder}/tollgate.yaml",
                          "--data", f"{folder}/data")
            addresses = {"TOLLGATE_URL": f"http://{HOST}:{ports['model']}/v1", "TOLLGATE_ADMIN_URL": f"http://{HOST}:{ports['admin']}",
                         "UPSTREAM_URL": f"http://{HOST}:{upstream_port}",
                         "PUBLIC_MOCK_URL": f"http://{HOST}:{ports['public']}/v1" if has_public else ""}
            code = subprocess.run(command, env={**env, **addresses}, check=False).returncode
        finally:
            faults = started.stop()
            stop_upstream()
            if code or faults: print(f"died or would not stop: {faults or 'none'}\n{started.log_of('gateway') if len(started.programs) > 1 else ''}")
    return 1 if faults else code


if __name__ == "__main__":
    sys.exit(main())
