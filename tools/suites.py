#!/usr/bin/python3
"""Runs suites of a table, two at a time, each against its budget of seconds.

    tools/suites.py [--table tools/suites.txt] [--list | --needs] [NAME…]

A suite with `*` behind its budget uses all cores, or what others use too: it runs alone. Each suite's output goes to build/test-logs/NAME.log and is shown when it failed. A suite over its budget has failed, unless
TOLLGATE_NO_BUDGET=1; beside another it has twice its budget, and at three times that it is ended. The last line is the sum: `N passed, N failed, N skipped`.
A NAME that no line of the table has is a folder of src/: its tests in build/release are run.
"""
import argparse
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import counted

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/test-logs"
ENDED_AT = 3  # times its budget
AT_ONCE = 2
SHOWN_LINES = 200  # of a failed suite's log
FOLDER_BUDGET_S = 120


@dataclass
class Suite:
    name: str
    budget_s: int
    alone: bool
    needs: list[str]
    command: str


def read_table(path):
    """Lines `name seconds[*] needs command…`; needs are groups of tools/packages.txt, comma separated."""
    suites = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"): continue
        words = line.split(None, 3)
        if len(words) < 4 or not words[1].removesuffix("*").isdigit(): raise SystemExit(f"{path}:{number}: not 'name seconds needs command'")
        suites.append(Suite(words[0], int(words[1].removesuffix("*")), words[1].endswith("*"), words[2].split(","), words[3]))
    return suites


def chosen(suites, names):
    if not names: return suites
    known = {suite.name: suite for suite in suites}
    return [known.get(name) or folder_suite(name) for name in names]


def folder_suite(name):
    if not any((ROOT / above / name).is_dir() for above in ("src", "tests", ".")):
        raise SystemExit(f"no suite and no folder is called {name}; see tools/suites.txt")
    return Suite(name, FOLDER_BUDGET_S, True, ["build"], f"tools/gtests.py build/release -R ^{name}$")


def environment():
    env = dict(os.environ)
    shared = ROOT.parent / "shared"
    if shared.is_dir(): env.setdefault("TOLLGATE_SHARED", str(shared))
    node = ROOT / ".tools/node/bin"
    if node.is_dir(): env["PATH"] = f"{node}:{env['PATH']}"
    return env


SHOWING = threading.Lock()


def run_one(suite, budgets):
    LOGS.mkdir(parents=True, exist_ok=True)
    budget = suite.budget_s if suite.alone else suite.budget_s * AT_ONCE
    log = LOGS / f"{suite.name}.log"
    began = time.monotonic()
    with log.open("wb") as out:
        code = counted.run(["bash", "-c", suite.command], out, budget * ENDED_AT, environment())
    seconds = time.monotonic() - began
    text = log.read_text(errors="replace")
    count = counted.read(text, code)
    late = seconds > budget and budgets
    with SHOWING:
        if count.failed: print("\n".join(text.splitlines()[-SHOWN_LINES:]))
        if late: count.failed += 1
        verdict = "over budget" if late else "failed" if count.failed else "ok"
        print(f"{suite.name:<16} {seconds:7.1f} s of {budget:>5} s   {verdict:<12} {count}", flush=True)
    return count


def run_all(suites, budgets):
    """Those that run alone first."""
    alone, others = [suite for suite in suites if suite.alone], [suite for suite in suites if not suite.alone]
    total = counted.Count()
    for suite in alone: total += run_one(suite, budgets)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for count in pool.map(lambda suite: run_one(suite, budgets), others): total += count
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, default=ROOT / "tools/suites.txt")
    parser.add_argument("--list", action="store_true", help="print the table's names")
    parser.add_argument("--needs", action="store_true", help="print the groups of packages that the suites need")
    parser.add_argument("name", nargs="*")
    options = parser.parse_args()
    suites = chosen(read_table(options.table), options.name)
    if options.list: return print("\n".join(suite.name for suite in suites))
    if options.needs: return print(" ".join(sorted({need for suite in suites for need in suite.needs} - {"-"})))
    os.chdir(ROOT)
    began = time.monotonic()
    total = run_all(suites, os.environ.get("TOLLGATE_NO_BUDGET") != "1")
    print(f"{len(suites)} suites in {time.monotonic() - began:.0f} s")
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
