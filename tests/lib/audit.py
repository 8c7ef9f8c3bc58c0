"""The checker of the audit log: it proves itself, and every row of the ledger has exactly one event."""
import json
import subprocess
from collections import Counter

from lib import money
from lib.programs import TOLLGATE

LIMIT_S = 60
ALL = "1000000000"
FAULTS_MAX = 5


def audit(verb, data, *more):
    """(exit code, stdout, stderr) of `tollgate audit VERB`."""
    done = subprocess.run([TOLLGATE, "audit", verb, "--data", data, *more], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    return done.returncode, done.stdout, done.stderr


def events(data, *filters):
    """Newest first."""
    code, out, words = audit("rows", data, "--json", "--limit", ALL, *filters)
    if code != 0: raise RuntimeError(f"audit rows: exit {code}: {words[-500:]}")
    return [json.loads(line) for line in out.split("\n") if line]


def faults(data):
    """Of a log whose gateway runs, or stopped in good order."""
    code, out, words = audit("verify", data)
    found = [] if code == 0 else [f"audit verify: exit {code}: {(out + words)[-500:]}"]
    rows, told = {row["id"] for row in money.rows(data)}, Counter(event["id"] for event in events(data, "--kind", "request"))
    found += [f"{name} has a row and no event" for name in rows - set(told)]
    found += [f"{name} has {count} events" for name, count in told.items() if count > 1]
    cast = {attempt["request_id"]: attempt for attempt in money.attempts(data) if attempt["phase"] == "shadow"}
    shadows = {event["id"]: event for event in events(data, "--kind", "shadow")}
    found += [f"the shadow of {name} has a row and no event, or an event and no row" for name in set(cast) ^ set(shadows)]
    found += [f"the shadow of {name}: {field} differs" for name in set(cast) & set(shadows) for field in ("provider", "model", "cost_nano_usd")
              if cast[name][field] != shadows[name][field]]
    return found[:FAULTS_MAX]
