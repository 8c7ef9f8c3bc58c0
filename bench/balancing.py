#!/usr/bin/python3
"""What one slow target among four costs the callers: p95 through `least_latency`, beside the same without the slow one, and beside turns.

    bench/balancing.py [--seconds 6] [--rounds 3] [--name NAME]

Three scripted providers answer after 20 ms, the fourth after 200. Writes bench/results/DATE-NAME.md.
"""
import argparse
import datetime
import http.client
import json
import os
import random
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from subjects import BENCH, HOST, KEY, TOLLGATE, free_port, machine

CALLERS, FAST_MS, SLOW_MS, AIM = 16, 20, 200, 1.3
WAYS = {"least_latency, without the slow one": ("least_latency", 3), "least_latency": ("least_latency", 4), "weighted (turns)": ("weighted", 4)}
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5})


def await_up(port, path):
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=1)
            connection.request("GET", path)
            if connection.getresponse().status == 200: return
        except OSError: time.sleep(0.05)
    raise SystemExit(f"nobody on port {port}")


def calls(port, seconds):
    took, lock, over = [], threading.Lock(), time.monotonic() + seconds
    warm = time.monotonic() + 1

    def caller():
        connection, mine = http.client.HTTPConnection(HOST, port, timeout=10), []
        while time.monotonic() < over:
            began = time.monotonic()
            connection.request("POST", "/v1/chat/completions", BODY, {"authorization": f"Bearer {KEY}", "content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            if began > warm: mine.append(1000 * (time.monotonic() - began))
        with lock: took.extend(mine)
    threads = [threading.Thread(target=caller) for _ in range(CALLERS)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return took


def run(way, seconds, folder):
    strategy, count = WAYS[way]
    started, ports = [], [free_port() for _ in range(count + 2)]
    try:
        for index in range(count):
            script = folder / f"{index}.json"
            script.write_text(json.dumps({"rules": [{"delay_ms": SLOW_MS if index == 3 else FAST_MS}]}))
            started.append(subprocess.Popen([str(TOLLGATE), "mock", "--listen", f"{HOST}:{ports[index]}", "--script", str(script)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        providers = {f"p{index}": {"type": "compatible", "base_url": f"http://{HOST}:{ports[index]}/v1", "keys": {"main": {"secret": "env:BENCH_KEY"}}} for index in range(count)}
        config = {"server": {"listen": f"{HOST}:{ports[-1]}", "threads": 1}, "admin": {"listen": f"{HOST}:{ports[-2]}", "token": "env:TOLLGATE_ADMIN_TOKEN"},
                  "providers": providers, "keys": {"bench": {"secret": "env:BENCH_KEY"}},
                  "routes": {"m": {"strategy": strategy, "targets": [{"provider": name, "model": "m"} for name in providers]}}}
        (folder / "tollgate.yaml").write_text(json.dumps(config))
        environment = {**os.environ, "TOLLGATE_ADMIN_TOKEN": "bench-admin-token-of-this-run", "BENCH_KEY": KEY}
        data = tempfile.mkdtemp(dir=folder)
        started.append(subprocess.Popen([str(TOLLGATE), "serve", "--config", str(folder / "tollgate.yaml"), "--data", data], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for index in range(count): await_up(ports[index], "/mock/bill")
        await_up(ports[-1], "/readyz")
        return calls(ports[-1], seconds)
    finally:
        for program in started: program.terminate()
        for program in started: program.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--name", default="balancing")
    options = parser.parse_args()
    p95 = {way: [] for way in WAYS}
    p50 = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="tollgate-balancing-") as folder:
        for _ in range(options.rounds):
            for way in random.sample(list(WAYS), len(WAYS)):
                took = sorted(run(way, options.seconds, Path(folder)))
                p95[way].append(took[len(took) * 95 // 100])
                p50[way].append(took[len(took) // 2])
    base = statistics.median(p95["least_latency, without the slow one"])
    lines = [f"| {way} | {statistics.median(p50[way]):.1f} | {statistics.median(p95[way]):.1f} | {statistics.median(p95[way]) / base:.2f} |" for way in WAYS]
    today = datetime.date.today().isoformat()
    about = "\n".join(f"- {name}: {value}" for name, value in machine().items())
    text = f"""# One slow target among four, {today}

`bench/balancing.py`, {options.rounds} shuffled rounds of {options.seconds:.0f} s, {CALLERS} callers; three targets answer after {FAST_MS} ms, the fourth after {SLOW_MS}.
Medians of the rounds; the first second of each is left out. Aim: `least_latency` at most {AIM} times the p95 without the slow one.

{about}

| | p50 ms | p95 ms | of the p95 without the slow one |
| --- | --- | --- | --- |
""" + "\n".join(lines) + "\n"
    path = BENCH / "results" / f"{today}-{options.name}.md"
    path.write_text(text)
    print(text)


if __name__ == "__main__": main()
