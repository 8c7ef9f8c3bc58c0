#!/usr/bin/python3
"""Runs a test command and closes with one line that every suite has in common: `N passed, N failed, N skipped`.

    tools/counted.py node --test tests/clients/node/

It understands the closing lines of gtest, ctest, node's test runner (spec and TAP), unittest and pytest, and its own. When
several programs report in one run, their numbers add up. A command that fails without a failed test, or that reports no
test at all, counts as one failure: silence is not success.
"""
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self): return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    @property
    def total(self): return self.passed + self.failed + self.skipped


def _number(pattern, text):
    """Sum of all first groups of the pattern in the text."""
    return sum(int(found) for found in re.findall(pattern, text, re.M))


def _plain(text):
    found = re.findall(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", text, re.M)
    return Count(*(int(number or 0) for number in found[-1])) if found else None


def _gtest(text):
    if not re.search(r"^(\d+: )?\[==========\] .* ran", text, re.M): return None
    head = r"^(?:\d+: )?\[  "
    return Count(_number(head + r"PASSED  \] (\d+) test", text),
                 _number(r"^(?:\d+: )? ?(\d+) FAILED TESTS?$", text),
                 _number(head + r"SKIPPED \] (\d+) test", text))


def _ctest(text):
    """`67% tests passed, 1 tests failed out of 3`: programs, not single tests (tools/gtests.py counts those)."""
    found = re.findall(r"^\d+% tests passed, (\d+) tests? failed out of (\d+)$", text, re.M)
    skipped = len(re.findall(r"\*\*\*(?:Skipped|Not Run)", text))
    return Count(*_apart(int(found[-1][1]), int(found[-1][0]), skipped)) if found else None


def _node(text):
    if not re.search(r"^[#ℹ] pass \d+$", text, re.M): return None
    return Count(_number(r"^[#ℹ] pass (\d+)$", text),
                 _number(r"^[#ℹ] fail (\d+)$", text) + _number(r"^[#ℹ] cancelled (\d+)$", text),
                 _number(r"^[#ℹ] (?:skipped|todo) (\d+)$", text))


def _unittest(text):
    runs = re.findall(r"^Ran (\d+) tests? in .*\n+(OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", text, re.M)
    total = Count()
    for ran, _, details in runs:
        said = {name.strip(): int(number) for name, _, number in (part.partition("=") for part in details.split(",") if part)}
        failed = said.get("failures", 0) + said.get("errors", 0) + said.get("unexpected successes", 0)
        total += Count(*_apart(int(ran), failed, said.get("skipped", 0)))
    return total if runs else None


def _pytest(text):
    found = re.findall(r"^=+ (.*\b(?:passed|failed|skipped|errors?)\b.*) in [\d.]+s.* =+$", text, re.M)
    if not found: return None
    said = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", found[-1])}
    return Count(said.get("passed", 0), said.get("failed", 0) + said.get("error", 0) + said.get("errors", 0),
                 said.get("skipped", 0) + said.get("xfailed", 0))


def _apart(ran, failed, skipped):
    return max(0, ran - failed - skipped), failed, skipped


READERS = (_plain, _gtest, _ctest, _node, _unittest, _pytest)


def read(text, exit_code):
    """The count that a finished command's output states, made honest by its exit code."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    count = next((count for count in (reader(text) for reader in READERS) if count), Count())
    if (exit_code != 0 or count.total == 0) and count.failed == 0: count.failed = 1
    return count


def run(command, out, limit_s=None, env=None):
    """Runs the command in its own process group, copies its output to the binary file `out` and counts it.

    Past limit_s the whole group is ended and one failure counted.
    """
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env,
                               start_new_session=True)
    try:
        code = process.wait(timeout=limit_s)
    except subprocess.TimeoutExpired:
        code = None
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    if code is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        out.write(f"ended after {limit_s:.0f} s, its limit\n".encode())
    out.flush()
    return -1 if code is None else code


def main():
    if len(sys.argv) < 2: raise SystemExit(f"usage: {sys.argv[0]} COMMAND…")
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = []
    for line in process.stdout:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        lines.append(line.decode(errors="replace"))
    count = read("".join(lines), process.wait())
    print(count)
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
