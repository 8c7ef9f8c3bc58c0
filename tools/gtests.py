#!/usr/bin/python3
"""Runs what ctest knows in a build folder and counts single tests, not programs.

    tools/gtests.py build/release [ctest's own arguments, such as -R ^limits$ or -LE long]

Each gtest program writes its results to build/…/test-results; a program that died, hung or wrote nothing counts as one failure.
Last line: `N passed, N failed, N skipped`.
"""
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

from counted import Count

PROGRAM_LIMIT_S = 300


def gtest_count(path):
    """Reads one program's JSON; None when it is missing or cut."""
    try:
        suites = json.loads(path.read_text())["testsuites"]
    except (OSError, ValueError, KeyError):
        return None
    count = Count()
    for test in (test for suite in suites for test in suite["testsuite"]):
        if test.get("failures"): count.failed += 1
        elif test.get("result") == "SKIPPED": count.skipped += 1
        elif test.get("status") == "RUN": count.passed += 1
    return count


def ctest_results(path):
    """Yields (name, outcome) with outcome one of run, fail, disabled, notrun."""
    if not path.exists(): return []
    return [(case.get("name"), case.get("status")) for case in xml.parse(path).iter("testcase")]


def programs(build):
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, check=True).stdout
    return {test["name"]: Path(test.get("command", [test["name"]])[0]).name for test in json.loads(listing)["tests"]}


def count_of(outcome, found):
    """One ctest test: its gtest results where it wrote some, else itself."""
    if outcome in ("disabled", "notrun"): return Count(failed=1) if outcome == "notrun" else Count(skipped=1)
    if found is None: return Count(passed=1) if outcome == "run" else Count(failed=1)
    if outcome != "run" and found.failed == 0: found.failed = 1
    return found


def main():
    if len(sys.argv) < 2: raise SystemExit(f"usage: {sys.argv[0]} BUILD_FOLDER [ctest arguments]")
    build = Path(sys.argv[1]).resolve()
    results = build / "test-results"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    junit = results / "ctest.xml"
    command = ["ctest", "--test-dir", str(build), "--output-on-failure", "--no-tests=error", "-j", str(os.cpu_count() or 2),
               "--timeout", str(PROGRAM_LIMIT_S), "--output-junit", str(junit), *sys.argv[2:]]
    code = subprocess.run(command, env={**os.environ, "GTEST_OUTPUT": f"json:{results}/"}).returncode
    names = programs(str(build))
    total = Count()
    for name, outcome in ctest_results(junit):
        total += count_of(outcome, gtest_count(results / f"{names.get(name, name)}.json"))
    if (code != 0 or total.total == 0) and total.failed == 0: total.failed = 1
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
