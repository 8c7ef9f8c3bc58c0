#!/usr/bin/python3
"""Runs a command against a gateway of its own: `tests/clients/with_gateway.py -- node --test 'tests/clients/node/*.test.mjs'`.

Starts, on free ports and in a temporary folder: the scripted provider (`tollgate mock`), the upstream of upstream.py, a public
mock of another project where Node has it, and `tollgate serve` before all three. The command finds them by environment:

    TOLLGATE_URL, TOLLGATE_ADMIN_URL, UPSTREAM_URL, PUBLIC_MOCK_URL (empty: not there)
    KEY_MAIN all routes     KEY_NARROW only gpt-4o-mini     KEY_ONE_CALL one request a month     KEY_BROKE no money left
"""
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import upstream

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOLLGATE = ROOT / "build/release/tollgate"
PUBLIC_MOCK = HERE / "node/node_modules/@copilotkit/aimock/dist/cli.js"
NODE = ROOT / ".tools/node/bin/node"
READY_LIMIT_S = 10
STOP_LIMIT_S = 5
HOST = "127.0.0.1"
SCRIPTED = ("echo", "tools", "overloaded-once", "slow", "drip", "denied", "text-embedding-3-small")
KEYS = ("main", "narrow", "one-call", "broke")


def variable(name): return "KEY_" + name.replace("-", "_").upper()


def config(ports):
    scripted = "\n".join(f"  {name}: {{ targets: [ {{ provider: scripted, model: {name} }} ], retry: {{ attempts: 0 }} }}" for name in SCRIPTED)
    public = f"  public: {{ type: compatible, base_url: http://{HOST}:{ports['public']}/v1, keys: {{ main: {{ secret: env:PROVIDER_KEY }} }} }}"
    return f"""
server: {{ listen: [{HOST}:{ports['model']}] }}
admin: {{ listen: {HOST}:{ports['admin']}, token: env:TOLLGATE_ADMIN_TOKEN }}
providers:
  mock: {{ type: openai, base_url: http://{HOST}:{ports['mock']}/v1, keys: {{ main: {{ secret: env:PROVIDER_KEY }} }} }}
  scripted: {{ type: compatible, base_url: http://{HOST}:{ports['upstream']}/v1, keys: {{ main: {{ secret: env:PROVIDER_KEY }} }} }}
{public if ports['public'] else ''}
routes:
  gpt-4o-mini: {{ targets: [ {{ provider: mock, model: gpt-4o-mini }} ] }}
{'  public-mock: { targets: [ { provider: public, model: gpt-4o-mini } ] }' if ports['public'] else ''}
{scripted}
prices:
  gpt-4o-mini: {{ input: 0.15, cached_input: 0.075, output: 0.60 }}
  echo: {{ input: 1.00, output: 2.00 }}
keys:
  main: {{ secret: env:KEY_MAIN, may_set: [user, feature, tags] }}
  narrow: {{ secret: env:KEY_NARROW, models: [gpt-4o-mini] }}
  one-call: {{ secret: env:KEY_ONE_CALL, limits: [ {{ requests: 1, every: month }} ] }}
  broke: {{ secret: env:KEY_BROKE, limits: [ {{ usd: 0.000001, every: month }} ] }}
"""


def free_port():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return taken.getsockname()[1]


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=1).close()
        return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


class Started:
    """Programs that were started and will be stopped, the last first."""

    def __init__(self, folder, env):
        self.folder, self.env, self.programs = folder, env, []

    def start(self, name, url, *command):
        log = open(f"{self.folder}/{name}.log", "wb")
        program = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=self.env)
        self.programs.append((name, program, log))
        end = time.monotonic() + READY_LIMIT_S
        while not answers(url):
            if program.poll() is not None or time.monotonic() > end: raise SystemExit(f"{name} did not come up:\n{self.log_of(name)}")
            time.sleep(0.01)

    def log_of(self, name): return Path(self.folder, f"{name}.log").read_text(errors="replace")[-4000:]

    def stop(self):
        """Returns names of programs that had died or would not stop."""
        faults = []
        for name, program, log in reversed(self.programs):
            if program.poll() is not None: faults.append(name)
            program.terminate()
            try:
                program.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                program.kill()
                faults.append(name)
            log.close()
        return faults


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
