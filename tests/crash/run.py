#!/usr/bin/python3
"""kill -9 under load, again and again on one data folder: `tests/crash/run.py [--cycles N] [--seed S]` (20; the night runs 1,000).

 1. load.py calls through the gateway and kills it at a moment that the seed chooses.
 2. `tollgate ledger verify` must be content with what the dead gateway left. Then it starts again on the folder, and some of these
    starts are killed too.
 3. What a client had whole must be in the ledger, once, as `ok`, with the upstream's own numbers. What reached the upstream must have
    its attempt. Calls that were open are `incomplete`, `crash_recovered`. No reservation is left, and the key's sums are the rows'.
    The audit log proves itself, and each row has one event in it.
 4. After some cycles the gateway stops in good order, and the money checker reads the whole ledger; then a fresh folder, in turn with
    the ledger's two levels of durability.
"""
import argparse
import random
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import load  # noqa: E402
from lib import audit  # noqa: E402
from lib import gateway as gateways  # noqa: E402
from lib import money  # noqa: E402
from lib.report import Report  # noqa: E402

CYCLES = 20
CYCLES_PER_FOLDER = 10
LEVELS = ("power", "process")
PRICE = {"input": 1.5, "cached_input": 0.5, "output": 6}
PRICE_NANO = {name: round(value * money.NANO_PER_USD) for name, value in PRICE.items()}
KILLED_AT_START = 0.4  # so many starts are killed too
START_S = (0.001, 0.08)
KILLED = -9
SHOWN = 3


def settings(port, level):
    return {"ledger": {"durability": level}, "providers": {"p": gateways.provider(port)}, "routes": {"m": gateways.route("p")},
            "prices": {"m": PRICE}}


class Ledger:
    """What the ledger says after a crash."""

    def __init__(self, data):
        self.rows = money.rows(data)
        self.by_id = {row["id"]: row for row in self.rows}
        self.tried = Counter()
        for attempt in money.attempts(data):
            if attempt["request_id"] in self.by_id: self.tried[self.by_id[attempt["request_id"]]["user"]] += 1


def wanted_row(usage):
    """What the upstream billed, as the row must say it."""
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    told = {"input_tokens": usage["prompt_tokens"] - cached, "cache_read_tokens": cached, "output_tokens": usage["completion_tokens"]}
    buckets = {**dict.fromkeys(money.BUCKETS, 0), **told}
    return {**buckets, "cost_nano_usd": money.cost_of(buckets, PRICE_NANO)}


def finished_sum(cycle, bill):
    """The upstream's own bill of all calls that were acknowledged."""
    return sum(wanted_row(bill[call.mark])["cost_nano_usd"] for call in cycle.calls if call.whole)


def acknowledged_faults(cycle, ledger, bill):
    """Acknowledged and missing, or with other numbers than the upstream billed."""
    for call in (call for call in cycle.calls if call.whole):
        row = ledger.by_id.get(call.id)
        if row is None:
            yield f"acknowledged and missing: {call.mark} {call.id}"
            continue
        wanted = wanted_row(bill[call.mark])
        if row["status"] != "ok" or any(row[name] != value for name, value in wanted.items()):
            yield f"{call.mark}: the upstream billed {wanted}, the row is {row}"


def double_faults(ledger):
    return [f"double: {name} has {count} rows" for name, count in Counter(row["id"] for row in ledger.rows).items() if count > 1]


def sent_faults(cycle, ledger, reached):
    """What reached the upstream has its attempt; an intent may stand for what did not reach it any more."""
    for user in {call.mark.rpartition("-")[0] for call in cycle.calls}:
        tried, calls = ledger.tried[user], sum(call.mark.startswith(f"{user}-") for call in cycle.calls)
        if not reached[user] <= tried <= min(calls, reached[user] + 1):
            yield f"{user}: {reached[user]} reached the upstream, {tried} attempts, {calls} calls"


def recovered_faults(cycle, ledger):
    """Only calls that were open when the gateway died, at most one of each client."""
    open_calls = [row for row in ledger.rows if row["user"].startswith(f"{cycle.name}-") and row["status"] != "ok"]
    whole = {call.id for call in cycle.calls if call.whole}
    for row in open_calls:
        if (row["status"], row["error_code"]) != ("incomplete", "crash_recovered"): yield f"an open call became {row}"
        if row["id"] in whole: yield f"acknowledged, then recovered: {row}"
    if len(open_calls) > load.CLIENTS: yield f"{len(open_calls)} open calls of {load.CLIENTS} clients"


def sum_faults(gateway, ledger):
    """The key's sums and its budget, against the rows."""
    status, said = gateway.get("/v1/usage")
    cost, limit = sum(row["cost_nano_usd"] for row in ledger.rows), said["limits"][0] if status == 200 else {}
    if said.get("used", {}).get("requests") != len(ledger.rows) or said["used"]["cost_nano_usd"] != cost:
        yield f"{len(ledger.rows)} rows cost {cost}, the key says {said['used']}"
    used = Decimal(str(limit["used"])) * money.NANO_PER_USD
    if used != cost or limit["reserved"]: yield f"rows cost {cost}, the budget says {limit}"


def run_cycle(gateway, provider, cycle, chance):
    """Kills, starts again, gives what is wrong."""
    load.run(gateway, provider, cycle, chance)
    faults = [f"before the start: {fault}"] if (fault := money.verify(gateway.data)) else []
    while chance.random() < KILLED_AT_START:
        if (code := gateway.start_and_kill(chance.uniform(*START_S))) != KILLED: faults.append(f"exit {code} at a start")
    gateway.start()
    faults += [fault] if (fault := money.verify(gateway.data)) else []
    ledger, prefix = Ledger(gateway.data), f"{cycle.name}-"
    reached = Counter(request.mark.rpartition("-")[0] for request in provider.upstream.seen if request.mark.startswith(prefix))
    faults += [*cycle.strange, *acknowledged_faults(cycle, ledger, provider.bill), *double_faults(ledger),
               *sent_faults(cycle, ledger, reached), *recovered_faults(cycle, ledger), *sum_faults(gateway, ledger), *audit.faults(gateway.data)]
    return faults


def run_folder(report, cycles, level, chance, tally):
    """Some cycles on one folder, then a graceful stop and the money checker. `tally` counts over all folders."""
    provider = load.Provider()
    with tempfile.TemporaryDirectory(prefix="tollgate-crash-") as place:
        gateway = gateways.Gateway(place, settings(provider.upstream.port, level),
                                   {"main": {"may_set": ["user"], "limits": [{"usd": 1000, "every": "month"}]}})
        gateway.start()
        try:
            for number in cycles:
                cycle = load.Cycle(f"c{number}", chance.choice(load.MOMENTS), chance.randint(1, load.COUNT_MAX))
                faults = run_cycle(gateway, provider, cycle, chance)
                tally["calls"] += len(cycle.calls)
                tally["acknowledged"] += sum(call.whole for call in cycle.calls)
                tally["nano_usd"] += finished_sum(cycle, provider.bill)
                report.case("cycles", f"{cycle.name} ({level}, kill at {cycle.moment} {cycle.count})", "; ".join(faults[:SHOWN]))
        finally:
            stopped = gateway.stop()
        report.case("gateway", f"stops in good order ({level})", stopped)
        for fault in money.check(gateway.data, PRICE_NANO) or [""]: report.case("money", fault or f"checker ({level})", fault)
        tally["recovered"] += sum(row["error_code"] == "crash_recovered" for row in money.rows(gateway.data))
        report.case("upstream", f"gets clean requests only ({level})", provider.upstream.faults[:SHOWN])
    provider.upstream.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=CYCLES)
    parser.add_argument("--seed", type=int, default=None)
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}, {chosen.cycles} cycles", flush=True)
    report, chance, tally = Report(), random.Random(seed), Counter()
    numbers = range(chosen.cycles)
    for at, first in enumerate(numbers[::CYCLES_PER_FOLDER]):
        run_folder(report, numbers[first:first + CYCLES_PER_FOLDER], LEVELS[at % len(LEVELS)], chance, tally)
    print(f"{tally['calls']} calls, {tally['acknowledged']} acknowledged, {tally['recovered']} recovered after a crash; "
          f"the upstream billed the acknowledged ones {tally['nano_usd']} nano-USD")
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
