#!/usr/bin/python3
"""What translation costs: CPU and heap allocations of the gateway for a call in OpenAI's chat to a provider of each language, beside the
same call to a provider that speaks OpenAI's too, whose bytes pass. The scripted provider answers all of them. Bodies of 4 KiB, which it
says again, plain and as streams of some thousand events.

    bench/languages.py [--rounds 5] [--seconds 1] [--name NAME]

Writes bench/results/DATE-NAME.md. Gateway and load have a core each; the provider shares the load's.
"""
import argparse
import datetime
import json
import os
import random
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from subjects import BENCH, HOST, KEY, LOAD, LOAD_CORE, PROXY_CORE, ROOT, TOLLGATE, free_port, machine, pinned, status_of

TARGETS = {"openai": "/v1", "anthropic": "", "gemini": "", "bedrock": "", "ollama": "", "cohere": ""}
BODY = 4096
CONNECTIONS = 8
WAYS = {"plain": [], "stream": ["--stream"]}
READY_TRIES = 2000
RUN_LIMIT_S = 60
AIM = {"plain": 2.5, "stream": 2.0}


def config(port, admin, mock):
    more = {"bedrock": ", access_key_id: AKIDEXAMPLE"}
    providers = "\n".join(f"  {name}: {{ type: {name}, base_url: http://{HOST}:{mock}{path}, region: us-east-1, keys: {{ main: {{ secret: env:STUB_KEY{more.get(name, '')} }} }} }}"
                          for name, path in TARGETS.items())
    routes = "\n".join(f"  on-{name}: {{ targets: [ {{ provider: {name}, model: gpt-4o-mini, price: bench }} ] }}" for name in TARGETS)
    return f"""
server: {{ listen: {HOST}:{port}, threads: 1 }}
admin: {{ listen: {HOST}:{admin}, token: env:TOLLGATE_ADMIN_TOKEN }}
ledger: {{ durability: process }}
providers:
{providers}
routes:
{routes}
prices:
  bench: {{ input: 0.15, output: 0.60 }}
keys:
  bench: {{ secret: env:BENCH_KEY }}
"""


def load(port, target, way, seconds, pid):
    command = [LOAD, "--to", f"{HOST}:{port}", "--connections", CONNECTIONS, "--key", KEY, "--model", f"on-{target}", "--body-bytes", BODY,
               "--seconds", seconds, "--warm", 0.3, "--sleep", "--json", "--pid", pid, *WAYS[way]]
    done = subprocess.run(pinned(LOAD_CORE, *command), capture_output=True, text=True, timeout=RUN_LIMIT_S)
    if not done.stdout: raise SystemExit(f"{target} {way}: {done.stderr}")
    result = json.loads(done.stdout)
    if result["errors"] or not result["requests"]: raise SystemExit(f"{target} {way}: {result}")
    return result


def counted(path): return struct.unpack("Q", path.read_bytes()[:8])[0]


def start(core, env, *command):
    return subprocess.Popen(pinned(core, *command), env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(options, folder):
    library, counter = folder / "count.so", folder / "count"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", BENCH / "count_allocations.c", "-o", library], check=True)
    port, admin, mock = free_port(), free_port(), free_port()
    (folder / "tollgate.yaml").write_text(config(port, admin, mock))
    env = {**os.environ, "BENCH_KEY": KEY, "STUB_KEY": "sk-stub", "TOLLGATE_ADMIN_TOKEN": "bench-admin"}
    provider = start(LOAD_CORE, env, TOLLGATE, "mock", "--listen", f"{HOST}:{mock}")
    gateway = start(PROXY_CORE, env | {"LD_PRELOAD": str(library), "TOLLGATE_COUNT_ALLOCATIONS": str(counter)},
                    TOLLGATE, "serve", "--config", folder / "tollgate.yaml", "--data", folder / "data")
    cells = [(target, way) for target in TARGETS for way in WAYS]
    cpu, taken = {cell: [] for cell in cells}, {cell: [] for cell in cells}
    try:
        if not any(status_of(port) == 200 for _ in range(READY_TRIES)): raise SystemExit("the gateway did not come up")
        for number in range(options.rounds):
            random.shuffle(cells)
            for cell in cells:
                load(port, *cell, 0.2, gateway.pid)
                before = counted(counter)
                result = load(port, *cell, options.seconds, gateway.pid)
                cpu[cell].append(result["cpu_us_per_request"])
                taken[cell].append((counted(counter) - before) / max(1, result["requests"]))
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    finally:
        for process in (gateway, provider):
            process.terminate()
            process.wait()
    return cpu, taken


def page(name, cpu, taken, options):
    facts = "\n".join(f"- {key}: {value}" for key, value in machine().items())
    lines = [f"# {name} {datetime.date.today()}\n", f"{datetime.datetime.now(datetime.UTC).isoformat(timespec='seconds')}, {options.rounds} shuffled rounds of {options.seconds} s;"
             f" medians, and the ratio to the call whose bytes pass (median of the ratios within a round). Bodies of {BODY} bytes.\n", facts, ""]
    for way in WAYS:
        lines += [f"## {way} (aim: at most {AIM[way]} times)\n", "| provider speaks | CPU us/request | ratio | allocations/request |", "| --- | --- | --- | --- |"]
        base = cpu["openai", way]
        for target in TARGETS:
            ratio = statistics.median(one / other for one, other in zip(cpu[target, way], base))
            lines.append(f"| {target} | {statistics.median(cpu[target, way]):.1f} | {ratio:.2f} | {statistics.median(taken[target, way]):.1f} |")
        lines.append("")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--name", default="languages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tollgate-languages-") as folder: cpu, taken = measure(options, Path(folder))
    path = ROOT / f"bench/results/{datetime.date.today()}-{options.name}.md"
    path.write_text(page(options.name, cpu, taken, options))
    print(path.read_text())


if __name__ == "__main__":
    main()
