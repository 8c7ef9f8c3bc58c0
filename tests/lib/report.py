"""Counts cases and prints the failed ones; the last line is the one that tools/counted.py reads."""
import sys
import threading
import time
from collections import Counter

SHOWN_PER_FAMILY = 40
WORDS_MAX = 600


class Report:
    """Cases belong to families. Shared by threads.

    `exceptions`: {family: {case: reason}}, cases that are decided otherwise here. They count as passed and are told in the
    output; one that is not needed any more is told too.
    """

    def __init__(self, exceptions=None):
        self._lock = threading.Lock()
        self._exceptions = exceptions or {}
        self._used, self._idle = Counter(), []
        self.passed, self.failed, self.skipped = Counter(), Counter(), Counter()
        self._later = []
        self._began = time.monotonic()

    def case(self, family, name, fault):
        """`fault`: what is wrong, or nothing."""
        with self._lock:
            excepted = name in self._exceptions.get(family, {})
            if excepted:
                if fault: self._used[family] += 1
                else: self._idle.append(f"{family} {name}")
                self.passed[family] += 1
            elif fault:
                self.failed[family] += 1
                if self.failed[family] <= SHOWN_PER_FAMILY: print(f"FAILED {family} {name}: {str(fault)[:WORDS_MAX]}", flush=True)
            else:
                self.passed[family] += 1

    def skip(self, family, why, count=1):
        self.skipped[family] += count
        print(f"skipped {family}: {why}", flush=True)

    def later(self, what, why): self._later.append(f"  {what}: {why}")

    def close(self):
        """Prints the end; gives the exit code."""
        for family in sorted({*self.passed, *self.failed, *self.skipped}):
            used = self._used[family]
            words = f" ({used} decided otherwise, exceptions.json)" if used else ""
            print(f"{family}: {self.passed[family]} passed, {self.failed[family]} failed, {self.skipped[family]} skipped{words}")
        if self._idle: print(f"exceptions that are not needed any more: {', '.join(sorted(self._idle))}")
        if self._later: print("left for later:", *self._later, sep="\n")
        print(f"in {time.monotonic() - self._began:.1f} s")
        print(f"{self.passed.total()} passed, {self.failed.total()} failed, {self.skipped.total()} skipped")
        sys.stdout.flush()
        return 1 if self.failed.total() or not self.passed.total() + self.skipped.total() else 0
