#!/usr/bin/python3
"""What the audit log costs: CPU and requests a second of the gateway with it and without (`audit: off`), on both levels of durability, plain,
streamed, and with large bodies, whose fingerprint is taken.

    bench/auditing.py [--rounds 5] [--seconds 1] [--name NAME]

All gateways run at once, and are asked in an order that is shuffled in each round. Writes bench/results/DATE-NAME.md.
"""
import argparse
import datetime
import random
import statistics
import sys
from pathlib import Path

from run import measure
from subjects import BENCH, HOST, TOLLGATE, Rung, free_port, machine

RUNGS = ("process", "power")
WAYS = {"16 connections": ["--connections", 16], "256 connections": ["--connections", 256], "64 streams": ["--connections", 64, "--stream"],
        "16 connections, bodies of 200 KiB": ["--connections", 16, "--body-bytes", 200 * 1024]}


class Audited(Rung):
    """A rung with the audit log or without."""

    def __init__(self, rung, audit, stub):
        super().__init__(rung, stub)
        self.rung, self.audit = rung, audit

    def command(self):
        command = super().command()
        config = Path(self.folder.name, "tollgate.yaml")
        if not self.audit: config.write_text(config.read_text() + "audit: off\n")
        return command


def run(options):
    stub = f"{HOST}:{free_port()}"
    subjects = {(rung, audit): Audited(rung, audit, stub) for rung in RUNGS for audit in (False, True)}
    cells = [(way, *subject) for way in WAYS for subject in subjects]
    found = {cell: [] for cell in cells}
    try:
        for subject in subjects.values(): subject.start()
        for subject in subjects.values(): subject.await_ready()
        for number in range(options.rounds):
            random.shuffle(cells)
            for way, rung, audit in cells:
                result = measure(subjects[rung, audit], WAYS[way], stub, options.seconds)
                if result["errors"] or not result["requests"]: raise SystemExit(f"{way} {rung} {audit}: {result}")
                found[way, rung, audit].append(result)
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    finally:
        for subject in subjects.values(): subject.stop()
    return found


def median(results, name): return statistics.median(result[name] for result in results)


def ratio(found, way, rung, name):
    return statistics.median(on[name] / off[name] for on, off in zip(found[way, rung, True], found[way, rung, False]))


def page(found, options):
    facts = "\n".join(f"- {key}: {value}" for key, value in machine().items())
    lines = [f"# What the audit log costs, {datetime.date.today()}\n", f"`bench/auditing.py`: {options.rounds} shuffled rounds of {options.seconds} s, medians; ratios are"
             " medians of the ratios within a round.\n", facts, "",
             "| | durability | CPU us/request, off | on | ratio | requests/s, off | on | ratio |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for way in WAYS:
        for rung in RUNGS:
            off, on = found[way, rung, False], found[way, rung, True]
            cpu, rate = "cpu_us_per_request", "requests_per_second"
            lines.append(f"| {way} | {rung} | {median(off, cpu):.1f} | {median(on, cpu):.1f} | {ratio(found, way, rung, cpu):.2f} | "
                         f"{median(off, rate):,.0f} | {median(on, rate):,.0f} | {ratio(found, way, rung, rate):.2f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--name", default="audit")
    options = parser.parse_args()
    if not TOLLGATE.exists(): raise SystemExit("build/release/tollgate is not there")
    text = page(run(options), options)
    (BENCH / f"results/{datetime.date.today()}-{options.name}.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
