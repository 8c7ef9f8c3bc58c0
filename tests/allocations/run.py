#!/usr/bin/python3
"""Counts what the worker threads take from the heap for a request in steady state, plain and streamed.

Starts the gateway under bench/count_allocations.c (LD_PRELOAD) before the stub of tollgate_load, warms it up, and divides what was
counted meanwhile by the requests that were served. A figure, not a time: it does not depend on the machine.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
HOST = "127.0.0.1"
ALLOWED = 2.0  # for a request, stream or not; the goal is 0
UP_WITHIN_S = 10

CONFIG = """
server: {{ listen: {host}:{port}, threads: 1 }}
admin: {{ listen: {host}:0 }}
ledger: {{ durability: process }}
providers:
  stub: {{ type: compatible, base_url: http://{host}:{stub}/v1, keys: {{ main: {{ secret: env:STUB_KEY }} }} }}
routes:
  bench-model: {{ targets: [ {{ provider: stub, model: bench-model }} ] }}
prices:
  bench-model: {{ input: 0.15, output: 0.60 }}
keys:
  bench: {{ secret: env:BENCH_KEY, team: bench, user: load, limits: [ {{ usd: 1000000, every: month }} ] }}
"""
KEY = "sk-counting-allocations-0123456789"


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def await_up(port, gateway):
    end = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < end and gateway.poll() is None:
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=1).close()
            return
        except OSError:
            pass
    raise SystemExit("the gateway did not come up")


def load(port, stub, *more):
    command = [BUILD / "bench/tollgate_load", "--to", f"{HOST}:{port}", "--stub", f"{HOST}:{stub}", "--connections", "8", "--key", KEY,
               "--model", "bench-model", "--seconds", "1", "--warm", "0", "--sleep", "--json", *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def counted(path): return struct.unpack("Q", path.read_bytes()[:8])[0]


def measure(name, port, stub, counter, *more):
    load(port, stub, *more)  # buffers, names and pools grow
    before = counted(counter)
    done = load(port, stub, *more)
    each = (counted(counter) - before) / max(1, done["requests"])
    good = done["requests"] > 0 and done["errors"] == 0 and each <= ALLOWED
    print(f"{'ok' if good else 'FAILED'}: {name}: {each:.3f} allocations for each of {done['requests']} requests, {done['errors']} errors")
    return good


def main():
    subprocess.run(["ninja", "-C", BUILD, "--quiet", "tollgate_load"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        library = folder / "count.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", ROOT / "bench/count_allocations.c", "-o", library], check=True)
        port, stub, counter = free_port(), free_port(), folder / "count"
        (folder / "tollgate.yaml").write_text(CONFIG.format(host=HOST, port=port, stub=stub))
        environment = {**os.environ, "BENCH_KEY": KEY, "STUB_KEY": "sk-stub", "LD_PRELOAD": str(library), "TOLLGATE_COUNT_ALLOCATIONS": str(counter)}
        gateway = subprocess.Popen([BUILD / "tollgate", "serve", "--config", folder / "tollgate.yaml", "--data", folder / "data"],
                                   env=environment, stderr=subprocess.DEVNULL)
        try:
            await_up(port, gateway)
            results = [measure("plain", port, stub, counter), measure("stream", port, stub, counter, "--stream")]
        finally:
            gateway.terminate()
            gateway.wait()
    print(f"{sum(results)} passed, {results.count(False)} failed, 0 skipped")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
