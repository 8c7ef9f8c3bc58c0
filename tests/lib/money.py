"""The checker of money: rows against attempts, against prices, against what the upstream would bill.

It knows nothing of the gateway's code: it reads `tollgate ledger …` and computes everything a second time, in integers.
"""
import json
import subprocess
from collections import Counter, defaultdict

from lib.programs import TOLLGATE

LIMIT_S = 60
FAULTS_MAX = 20
NANO_PER_USD = 1_000_000_000
TOKENS_PER_PRICE = 1_000_000
BUCKETS = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "output_tokens", "reasoning_tokens",
           "audio_input_tokens", "audio_output_tokens")
PRICE_OF = {"input_tokens": ("input",), "cache_read_tokens": ("cached_input", "input"), "cache_write_5m_tokens": ("cache_write_5m", "input"),
            "cache_write_1h_tokens": ("cache_write_1h", "input"), "output_tokens": ("output",), "reasoning_tokens": ("reasoning", "output"),
            "audio_input_tokens": ("audio_input", "input"), "audio_output_tokens": ("audio_output", "output")}
PLACE = ("at", "key", "team", "user", "feature", "tags", "route", "provider", "model")
STATUSES = {"ok", "refused", "failed", "incomplete", "aborted"}
ANSWERED = {"ok", "incomplete"}


def ledger(verb, data, *more):
    """(exit code, stdout, stderr) of `tollgate ledger VERB`."""
    done = subprocess.run([TOLLGATE, "ledger", verb, "--data", data, *more], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    return done.returncode, done.stdout, done.stderr


def read(verb, data):
    code, out, words = ledger(verb, data, "--format", "jsonl")
    if code != 0: raise RuntimeError(f"ledger {verb}: exit {code}: {words[-500:]}")
    return [json.loads(line) for line in out.split("\n") if line]


def rows(data): return read("rows", data)


def attempts(data): return read("attempts", data)


def verify(data):
    """What `ledger verify` says when it is not content, else nothing."""
    code, out, words = ledger("verify", data)
    return "" if code == 0 else f"ledger verify: exit {code}: {(out + words)[-500:]}"


def cost_of(row, price):
    """Nano-USD of a row's buckets: `price` in whole nano-USD per million tokens; rounded half up, once."""
    total = 0
    for bucket in BUCKETS:
        rate = next((price[name] for name in PRICE_OF[bucket] if name in price), 0)
        total += row[bucket] * rate
    return (2 * total + TOKENS_PER_PRICE) // (2 * TOKENS_PER_PRICE)


def check(data, price=None):
    """Faults of everything that can be proved without knowing the calls. `price`: the one price of every priced row, before corrections."""
    faults = [fault] if (fault := verify(data)) else []
    all_rows, tried = rows(data), defaultdict(list)
    corrections = [row for row in all_rows if row["corrects"]]
    for attempt in attempts(data):
        if attempt["phase"] != "shadow": tried[attempt["request_id"]].append(attempt)
    ids = Counter(row["id"] for row in all_rows)
    faults += [f"{name} has {count} rows" for name, count in ids.items() if count > 1]
    faults += [f"attempts of {name}, which has no row" for name in tried if name not in ids]
    for row in all_rows:
        if not row["corrects"]: faults += [f"{row['id']}: {fault}" for fault in _row_faults(row, tried[row["id"]], price)]
    return (faults + _correction_faults(all_rows, corrections))[:FAULTS_MAX]


def _correction_faults(all_rows, corrections):
    """A correction is a difference in cost alone, in the place of its row, and leaves it a cost of nothing or more."""
    by_id, faults = {row["id"]: row for row in all_rows if not row["corrects"]}, []
    costs = {name: row["cost_nano_usd"] for name, row in by_id.items()}
    for row in corrections:
        corrected = by_id.get(row["corrects"])
        if corrected is None: faults.append(f"{row['id']} corrects {row['corrects']}, which has no row"); continue
        costs[row["corrects"]] += row["cost_nano_usd"]
        if row["attempts"] or any(row[bucket] for bucket in BUCKETS): faults.append(f"{row['id']} corrects, and has attempts or tokens")
        faults += [f"{row['id']} corrects, but says {row[name]} of {name}" for name in PLACE if row[name] != corrected[name]]
    return faults + [f"{name} costs {cost} with its corrections" for name, cost in costs.items() if cost < 0]


def _row_faults(row, tried, price):
    faults = []
    if row["status"] not in STATUSES: faults.append(f"status {row['status']}")
    came_alone = row["imported"] and not tried  # its attempts stayed behind
    if row["attempts"] != len(tried) and not came_alone: faults.append(f"{row['attempts']} attempts told, {len(tried)} found")
    if sorted(attempt["n"] for attempt in tried) != list(range(1, len(tried) + 1)): faults.append("attempts are not numbered 1, 2, …")
    if any(row[bucket] < 0 for bucket in BUCKETS) or row["cost_nano_usd"] < 0: faults.append("a negative number")
    if row["at"] > row["finished_at"]: faults.append("finished before it began")
    if row["status"] == "refused" and (tried or row["cost_nano_usd"]): faults.append("refused, but tried or charged")
    if price is not None and row["price_id"] and row["cost_nano_usd"] != cost_of(row, price):
        faults.append(f"costs {row['cost_nano_usd']}, but its tokens cost {cost_of(row, price)}")
    if row["status"] == "ok" and tried:
        used = {name: sum(attempt[name] for attempt in tried if attempt["phase"] in ("stream", "done")) for name in (*BUCKETS, "cost_nano_usd")}
        faults += [f"{name} {row[name]}, its answers {used[name]}" for name in used if row[name] != used[name]]
    return faults
