#!/usr/bin/python3
"""Compares Tollgate with nginx on this machine, in the same minutes, and writes bench/results/DATE-NAME.md and .json.

Client and stub spin on core 0 (tollgate_load), the proxy has core 1 for itself. Every cell is measured in each of several
rounds, in an order that is shuffled anew; the tables give medians, and ratios to nginx that are medians of the ratios within a
round. A round in which the run without a proxy moved by more than a tenth from the median is left out of them; when fewer than
half would be left, all are kept and the page says so.

    bench/run.py [CELL…] [--rungs process,power] [--rounds 5] [--seconds 2] [--name NAME]
"""
import argparse
import datetime
import json
import random
import statistics
import subprocess
import sys
import time

from report import write_report
from subjects import BENCH, HOST, KEY, LOAD, LOAD_CORE, ROOT, TOLLGATE, Direct, Nginx, Rung, free_port, machine, pinned, status_of

DRIFT_MAX = 0.10
IDLE_CONNECTIONS = 5000
IDLE_STREAMS = 1000
START_UPS = 7
RUN_LIMIT_S = 60

# name: arguments of tollgate_load, what it is
CELLS = {
    "single": (["--connections", 1], "one connection, closed loop: added latency"),
    "c16": (["--connections", 16], "16 connections, saturated"),
    "c64": (["--connections", 64], "64 connections, saturated"),
    "c256": (["--connections", 256], "256 connections, saturated"),
    "rate": (["--connections", 256, "--rate", 8000], "8,000 requests a second, open loop"),
    "think": (["--connections", 1024, "--rate", 5000, "--delay-us", 20000], "5,000 a second, some half of saturation; upstream thinks 20 ms"),
    "paced": (["--connections", 512, "--stream", "--rate", 300, "--pace-us", 5000], "300 streams a second, 50 events each 5 ms"),
    "large": (["--connections", 16, "--body-bytes", 200 * 1024], "16 connections, bodies of 200 KiB"),
    "fast": (["--connections", 64, "--stream"], "64 streams at a time, events as fast as they are taken"),
}
EXTRAS = {
    "idle": f"memory of {IDLE_CONNECTIONS} idle connections and {IDLE_STREAMS} waiting streams",
    "start": "from the start of the process to its first answer",
}


def load_command(subject, arguments, stub, pids=()):
    port = subject.stream_port if "--stream" in arguments else subject.port
    command = [LOAD, "--to", f"{HOST}:{port}", "--stub", stub, "--key", KEY, *arguments]
    return pinned(LOAD_CORE, *command, *(["--pid", ",".join(map(str, pids))] if pids else []))


def measure(subject, arguments, stub, seconds):
    command = load_command(subject, arguments, stub, subject.pids()) + ["--seconds", str(seconds), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_LIMIT_S)
    if not done.stdout: raise SystemExit(f"{subject.name} {arguments}: {done.stderr}")
    return json.loads(done.stdout)


def run_cells(cells, subjects, stub, options):
    """Returns {cell: {subject: [one result a round]}}."""
    results = {cell: {subject.name: [] for subject in subjects} for cell in cells}
    for number in range(options.rounds):
        order = [(cell, subject) for cell in cells for subject in subjects]
        random.shuffle(order)
        for cell, subject in order:
            result = measure(subject, CELLS[cell][0], stub, options.seconds)
            results[cell][subject.name].append(result)
            if result["errors"]: print(f"  {cell} {subject.name}: {result['errors']} errors: {result}", file=sys.stderr)
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    return results


def kept_rounds(by_subject):
    """Numbers of the rounds whose control did not drift; all of them when that is less than half."""
    control = [result["requests_per_second"] for result in by_subject["direct"]]
    middle = statistics.median(control)
    steady = [number for number, rate in enumerate(control) if abs(rate - middle) <= DRIFT_MAX * middle]
    return steady if len(steady) * 2 > len(control) else list(range(len(control)))


def drifted(by_subject):
    """How far the run without a proxy moved, as a share of its median."""
    control = [result["requests_per_second"] for result in by_subject["direct"]]
    return (max(control) - min(control)) / statistics.median(control)


def held_memory(subject, arguments, count, stub):
    """KiB for each of `count` held connections: resident memory and what the process itself allocated; then gives them back."""
    before = subject.memory_kib()
    command = load_command(subject, ["--hold", "--connections", count, *arguments], stub)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        said = load.stdout.readline().strip()
        after = subject.memory_kib()
        load.stdin.close()
        load.wait(timeout=RUN_LIMIT_S)
    if said != f"held {count}": raise SystemExit(f"{subject.name}: {said} instead of {count}")
    return {"resident_kib_each": (after[0] - before[0]) / count, "own_kib_each": (after[1] - before[1]) / count,
            "resident_kib_before": before[0]}


def run_idle(makers, stub):
    """Memory at rest, for each idle connection and for each waiting stream."""
    found = {}
    for name, make in makers.items():
        found[name] = {"connections": held_by_fresh(make, [], IDLE_CONNECTIONS, stub),
                       "streams": held_by_fresh(make, ["--stream", "--pace-us", 3600_000_000], IDLE_STREAMS, stub)}
    return found


def held_by_fresh(make, arguments, count, stub):
    """A process of its own, warmed by one short run, so that only what is held is counted."""
    subject = make()
    subject.start()
    try:
        subject.await_ready()
        start = subject.memory_kib()[0]
        measure(subject, ["--connections", 50, *(["--stream"] if arguments else [])], stub, 0.5)
        return {"start_kib": start, **held_memory(subject, arguments, count, stub)}
    finally:
        subject.stop()


def run_start(makers):
    """Milliseconds from starting the process to a 200 of its readiness, medians."""
    found = {name: [] for name in makers}
    for _ in range(START_UPS):
        for name in random.sample(list(makers), len(makers)):
            subject = makers[name]()
            began = time.monotonic()
            subject.start()
            try:
                while status_of(subject.port) != 200 and time.monotonic() - began < RUN_LIMIT_S: time.sleep(0.0005)
                found[name].append((time.monotonic() - began) * 1000)
            finally:
                subject.stop()
    return {name: {"median_ms": statistics.median(times), "min_ms": min(times), "max_ms": max(times)} for name, times in found.items()}


def parse():
    rungs = sorted((path.stem for path in (BENCH / "rungs").glob("*.yaml")), key=["process", "limits", "power", "everything"].index)
    cells = "\n".join(f"  {name:<8} {words}" for name, words in [*((name, cell[1]) for name, cell in CELLS.items()), *EXTRAS.items()])
    parser = argparse.ArgumentParser(description=__doc__ + "\ncells:\n" + cells, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cell", nargs="*", help="default: all")
    parser.add_argument("--rungs", default=",".join(rungs), help="files of bench/rungs/")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--name", default="ladder", help="of the result's files")
    options = parser.parse_args()
    for cell in options.cell:
        if cell not in CELLS and cell not in EXTRAS: parser.error(f"no such cell: {cell}")
    options.cell = options.cell or [*CELLS, *EXTRAS]
    return options


def main():
    options = parse()
    stub = f"{HOST}:{free_port()}"
    makers = {"nginx": lambda: Nginx(stub)}
    if TOLLGATE.exists():
        for rung in filter(None, options.rungs.split(",")): makers[rung] = lambda rung=rung: Rung(rung, stub)
    else:
        print("build/release/tollgate is not there: only nginx is measured", file=sys.stderr)
    outcome = {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "machine": machine(),
               "rounds": options.rounds, "seconds": options.seconds,
               "cells": {name: CELLS[name][1] for name in options.cell if name in CELLS}}
    if outcome["cells"]:
        subjects = [make() for make in makers.values()]
        try:
            for subject in subjects: subject.start()
            for subject in subjects: subject.await_ready()
            outcome["results"] = run_cells(list(outcome["cells"]), [Direct(stub), *subjects], stub, options)
        finally:
            for subject in subjects: subject.stop()
        outcome["kept"] = {cell: kept_rounds(by_subject) for cell, by_subject in outcome["results"].items()}
        outcome["drift"] = {cell: drifted(by_subject) for cell, by_subject in outcome["results"].items()}
    if "idle" in options.cell: outcome["idle"] = run_idle(makers, stub)
    if "start" in options.cell: outcome["start"] = run_start(makers)
    page = write_report(outcome, BENCH / "results", f"{outcome['at'][:10]}-{options.name}")
    print(page.read_text())
    print(f"wrote {page.relative_to(ROOT)} and its .json")
    wrong = sum(result["errors"] for by_subject in outcome.get("results", {}).values() for results in by_subject.values() for result in results)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
