#!/usr/bin/python3
"""What a limiter costs: our reserve + settle under five limits beside a script in Redis that does the same, on this machine.

    ninja -C build/release limits_reservation_bench
    bench/limiter.py [--rounds 7] [--name limiter]

Redis (Debian's redis-server, nothing written to disk) is asked over a unix socket by redis-benchmark: EVALSHA of a script that reserves on five
fixed-window counters, all or none, and of one that settles them. Unpipelined: one connection that waits for each answer, as a call waits for its
admission. Pipelined: 50 connections with 16 requests each on the way, the most that it can do. In each round all are measured, in another
order. Writes bench/results/DATE-NAME.md.
"""
import argparse
import csv
import datetime
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from subjects import ROOT, machine

OURS = ROOT / "build/release/src/limits/limits_reservation_bench"
KEYS = [f"limit{number}:alice@example.com:2026-11-29" for number in range(5)]
LIMIT, ESTIMATE, USED, WINDOW_S = 10**15, 1000, 10, 86400
RESERVE = """for i = 1, #KEYS do
  if tonumber(redis.call('GET', KEYS[i]) or '0') + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return i end
end
for i = 1, #KEYS do
  if redis.call('INCRBY', KEYS[i], ARGV[1]) == tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[i], ARGV[3]) end
end
return 0"""
SETTLE = "for i = 1, #KEYS do redis.call('INCRBY', KEYS[i], ARGV[1]) end return 0"
WAYS = {"Redis, unpipelined": (1, 1, 20_000), "Redis, pipelined": (50, 16, 200_000)}  # connections, requests on the way, requests
READY_LIMIT_S, RUN_LIMIT_S = 10, 300
FACTS = ("processor", "memory_gib", "kernel", "compiler", "commit")


class Redis:
    def __init__(self, folder):
        self.socket = f"{folder}/redis.sock"
        self.process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no", "--dir", folder],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        end = time.monotonic() + READY_LIMIT_S
        while not self._is_ready():
            if time.monotonic() > end: raise SystemExit("redis-server does not answer")
            time.sleep(0.05)
        self.reserve, self.settle = self.ask("SCRIPT", "LOAD", RESERVE), self.ask("SCRIPT", "LOAD", SETTLE)
        if self.ask("EVALSHA", self.reserve, "5", *KEYS, ESTIMATE, LIMIT, WINDOW_S) != "0" or self.ask("EVALSHA", self.settle, "5", *KEYS, USED - ESTIMATE) != "0":
            raise SystemExit("the scripts do not work")
        if self.ask("GET", KEYS[0]) != str(USED): raise SystemExit("the scripts count wrong")

    def _is_ready(self): return Path(self.socket).exists() and self.ask("PING") == "PONG"

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *map(str, words)], capture_output=True, text=True, timeout=RUN_LIMIT_S, check=False).stdout.strip()

    def cpu_s(self):
        told = dict(line.split(":") for line in self.ask("INFO", "cpu").splitlines() if ":" in line)
        return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])

    def _each_second(self, way, *words):
        connections, on_the_way, requests = WAYS[way]
        done = subprocess.run(["redis-benchmark", "-s", self.socket, "-c", str(connections), "-P", str(on_the_way), "-n", str(requests), "--csv", *map(str, words)],
                              capture_output=True, text=True, timeout=RUN_LIMIT_S, check=True)
        return float(list(csv.DictReader(done.stdout.splitlines()))[0]["rps"])

    def measure(self, way):
        """Of one reserve and one settle."""
        before = self.cpu_s()
        reserves = self._each_second(way, "EVALSHA", self.reserve, "5", *KEYS, ESTIMATE, LIMIT, WINDOW_S)
        settles = self._each_second(way, "EVALSHA", self.settle, "5", *KEYS, USED - ESTIMATE)
        return {"each_second": 1 / (1 / reserves + 1 / settles), "cpu_ns": (self.cpu_s() - before) / WAYS[way][2] * 1e9}

    def close(self):
        self.process.terminate()
        self.process.wait(READY_LIMIT_S)


def ours(): return json.loads(subprocess.run([OURS, "--json"], capture_output=True, text=True, timeout=RUN_LIMIT_S, check=True).stdout)


def table(results, rounds):
    lines = ["| limiter | reserve + settle a second | CPU of the limiter, ns | ours on one thread does |", "| --- | --- | --- | --- |"]
    base = results["one thread"]
    for name, found in results.items():
        rate, cpu = (statistics.median(one[what] for one in found) for what in ("each_second", "cpu_ns"))
        ratio = statistics.median(a["each_second"] / b["each_second"] for a, b in zip(base, found))
        is_redis = name.startswith("Redis")
        lines.append(f"| {name if is_redis else 'Tollgate, ' + name} | {rate:,.0f} | {cpu:,.0f} | {f'{ratio:,.0f} times as many' if is_redis else ''} |")
    taken = max(one["allocations"] for name, found in results.items() if not name.startswith("Redis") for one in found)
    version = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, timeout=READY_LIMIT_S, check=True).stdout.split()[2]
    facts = "\n".join(f"- {key}: {value}" for key, value in machine().items() if key in FACTS)
    return f"{rounds} rounds in changing order, medians; ratios are medians of the ratios within a round. Ours took {taken:.4f} allocations a call.\n\n{facts}\n- redis: {version}\n\n" + "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--name", default="limiter")
    options = parser.parse_args()
    missing = [name for name in ("redis-server", "redis-cli", "redis-benchmark") if shutil.which(name) is None]
    if missing: raise SystemExit(f"{', '.join(missing)} missing: apt-get install redis-server (group bench of tools/packages.txt)")
    if not OURS.exists(): raise SystemExit(f"{OURS} missing: ninja -C build/release limits_reservation_bench")
    results = {}
    with tempfile.TemporaryDirectory(prefix="tollgate-limiter-") as folder:
        redis = Redis(folder)
        try:
            for number in range(options.rounds):
                order = ["ours", *WAYS]
                random.shuffle(order)
                for one in order:
                    found = ours() if one == "ours" else {one: redis.measure(one)}
                    for name, measured in found.items(): results.setdefault(name, []).append(measured)
                print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
        finally:
            redis.close()
    ordered = {name: results[name] for name in sorted(results, key=lambda name: name.startswith("Redis"))}
    path = ROOT / f"bench/results/{datetime.date.today()}-{options.name}.md"
    path.write_text(f"# Limiters, {datetime.date.today()}\n\n{table(ordered, options.rounds)}\n")
    print(path.read_text())


if __name__ == "__main__":
    main()
