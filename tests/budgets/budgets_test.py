"""A thousand calls at once on a budget for a hundred: never a token, a dollar, a call too many, and nearly all of the budget can be used.

 1. Each run asks a thousand times at once, over every endpoint and dialect in turn, plain and streamed; each call on a connection of its own.
 2. The first target of the chats fails a third of its calls (refused, cut before and amid the answer, an error inside the stream), so that
    retries and fallbacks stand between the reservation and its end.
 3. Afterwards single calls follow until one is refused: then the budget must be used to 95 % at least.
 4. What counts is the ledger: the rows of a run may not pass its budget, and the counter must say what the rows say.
 5. Calls at once are counted by an upstream that holds each for a moment.

Each run has counters of its own (`each: [feature]`, the run's name), which are made while the thousand come. TOLLGATE_BUDGET_RUNS says how many
runs there are for each number of threads together (5).
"""
import json
import os
import sys
import tempfile
import unittest
import urllib.request
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import kinds, money  # noqa: E402
from lib.crowd import Crowd  # noqa: E402
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402
from side import Side  # noqa: E402

RUNS = int(os.environ.get("TOLLGATE_BUDGET_RUNS", "5"))
CALLS, ROOM_FOR, USABLE = 1000, 100, Decimal("0.95")
RUNS_PER_FOLDER = 10
SINGLE_MAX = 400
TEXT, OUTPUT = "hello there", 60
USERS = 20
PRICE = {"input": 1, "output": 2, "image": "0.0001"}
CALL_TOKENS = 70  # about what a chat here uses
CALL_USD = Decimal("0.00013")
LASTING = tuple(kind for kind in kinds.CHATS if kind.name != "completions streamed")
BUDGETS = {"tokens": {"tokens": ROOM_FOR * CALL_TOKENS}, "usd": {"usd": str(ROOM_FOR * CALL_USD)}, "requests": {"requests": ROOM_FOR}}
ENDPOINTS = 14  # that answered somebody
MODELS = ("flaky", "steady", "spare", "embed", "gpt-image-1", "tts-1", "gpt-4o-mini")
FLAKY = ({"chance": 12, "status": 503}, {"chance": 8, "cut": {"after_events": 0, "how": "rst"}}, {"chance": 6, "error_event": {"after_events": 0}},
         {"stream": True, "chance": 8, "cut": {"after_events": 4, "how": "fin"}}, {"chance": 5, "status": 429, "headers": {"retry-after": "1"}})


def settings(mock, side, threads):
    chat = {"targets": [{"provider": "mock", "model": "flaky"}, {"provider": "mock", "model": "steady"}], "fallback": ["spare"],
            "retry": {"attempts": 2, "backoff": "1ms"}, "breaker": "off"}
    routes = {"m": chat, "slow": {"targets": [{"provider": "slow", "model": "slow"}]}, **{name: {"targets": [{"provider": who, "model": model}]} for name, who, model in
                            (("spare", "mock", "spare"), ("e", "mock", "embed"), ("pic", "side", "gpt-image-1"), ("voice", "side", "tts-1"))}}
    limits = {name: {"match": {"key": name}, "each": ["feature"], "every": "month", **budget} for name, budget in BUDGETS.items()}
    limits["users"] = {"match": {"key": "users"}, "each": ["feature", "user"], "every": "month", "requests": ROOM_FOR // USERS}
    limits["at-once"] = {"match": {"key": "at-once"}, "each": ["feature"], "concurrent": ROOM_FOR}
    limits["users-usd"] = {"match": {"key": "users"}, "each": ["feature", "user"], "every": "month", "usd": 1}
    # All measures at once must never pass what one of them allows.
    limits["beside"] = {"match": {"key": list(BUDGETS)}, "each": ["key", "feature"], "rolling": "30d", "usd": 1}
    providers = {"mock": provider(mock), "openai": provider(mock, kind="openai"), "side": provider(side, kind="openai"), "slow": provider(side)}
    return {"server": {"threads": threads}, "providers": providers, "routes": routes, "limits": limits,
            "prices": {model: PRICE for model in MODELS}}


class World:
    def __init__(self, threads):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-budgets-")
        self.crowd, self.mock = Crowd(None, CALLS), free_port()
        self.side = Side(self.crowd)
        keys = {name: {"may_set": ["feature", "user"]} for name in (*BUDGETS, "users", "at-once")}
        self.gateway = Gateway(self.folder.name, settings(self.mock, self.side.port, threads), keys)
        script = Path(self.folder.name) / "mock.json"
        rules = [{"model": "flaky", "tokens": OUTPUT, **rule} for rule in FLAKY] + [{"tokens": OUTPUT}]
        script.write_text(json.dumps({"seed": threads, "keep_requests": 0, "rules": rules}))
        self.gateway.started.start("mock", f"http://{HOST}:{self.mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{self.mock}", "--script", script)
        self.gateway.start()
        self.crowd.port = self.gateway.port

    def ask(self, key, run, count, among=kinds.EVERY, model="m"):
        """So many calls at once; the kinds take turns, so do users."""
        secret, feature = self.gateway.secrets[key], f"x-tollgate-feature: {run}"
        return self.crowd.ask([among[number % len(among)].bytes(secret, TEXT, OUTPUT, feature, f"x-tollgate-user: u{number // 7 % USERS}", model=model)
                               for number in range(count)])

    def counters(self):
        request = urllib.request.Request(f"http://{HOST}:{self.gateway.admin_port}/api/v1/limits/state",
                                         headers={"authorization": f"Bearer {self.gateway.started.env['TOLLGATE_ADMIN_TOKEN']}"})
        with urllib.request.urlopen(request, timeout=20) as answer: return json.load(answer)["counters"]

    def close(self):
        stopped = self.gateway.stop()
        self.side.close()
        self.crowd.close()
        self.folder.cleanup()
        return stopped


def used_by(row):
    """What a row takes of each measure."""
    sent = row["status"] != "refused"
    return {"tokens": sum(row[bucket] for bucket in money.BUCKETS), "usd": Decimal(row["cost_nano_usd"]) / money.NANO_PER_USD, "requests": int(sent)}


class BudgetsTest(unittest.TestCase):
    def test_two_threads(self): self.play(2, (RUNS + 1) // 2)

    def test_eight_threads(self): self.play(8, RUNS // 2)

    def play(self, threads, runs):
        for first in range(0, runs, RUNS_PER_FOLDER): self.play_some(threads, min(RUNS_PER_FOLDER, runs - first))

    def play_some(self, threads, runs):
        world = World(threads)
        try:
            for run in range(runs):
                for key in BUDGETS: self.spend(world, key, f"run-{run}")
                statuses = Counter(answer.status for answer in world.ask("users", f"run-{run}", CALLS))
                self.assertEqual(statuses[429], CALLS - ROOM_FOR, statuses)
                self.crowd_at_once(world, f"run-{run}")
            self.look(world, runs)
        finally:
            stopped = world.close()
        self.assertEqual(stopped, "")

    def spend(self, world, key, run):
        answers = world.ask(key, run, CALLS)
        odd = Counter(answer.status for answer in answers if answer.status not in (200, 429, 502, 503))
        self.assertFalse(odd, [answer for answer in answers if answer.status in odd][:2])
        for single in range(SINGLE_MAX):
            if world.ask(key, run, 1)[0].status == 429: return
        self.fail(f"{key} {run}: still not used up")

    def crowd_at_once(self, world, run):
        """The upstream never holds more than a hundred, and twice in a row nearly a hundred: no place is lost."""
        for _ in range(2):
            world.side.most = 0
            answers = world.ask("at-once", run, CALLS, LASTING, "slow")
            statuses = Counter(answer.status for answer in answers)
            self.assertLessEqual(set(statuses), {200, 429}, [answer for answer in answers if answer.status not in (200, 429)][:3])
            self.assertLessEqual(world.side.most, ROOM_FOR)
            self.assertGreaterEqual(world.side.most, ROOM_FOR * USABLE)
            self.assertGreaterEqual(statuses[200], ROOM_FOR)

    def look(self, world, runs):
        """The ledger and the counters, after all runs."""
        rows = money.rows(world.gateway.data)
        sums, calls = defaultdict(lambda: dict.fromkeys(BUDGETS, 0)), Counter()
        for row in rows:
            for measure, used in used_by(row).items():
                sums[row["key"], row["feature"]][measure] += used
                if row["key"] == "users": calls[row["feature"], row["user"]] += used if measure == "requests" else 0
        for run in (f"run-{number}" for number in range(runs)):
            for key, budget in BUDGETS.items():
                used, limit = sums[key, run][key], Decimal(str(budget[key]))
                self.assertLessEqual(used, limit, f"{key} {run}: overspent")
                self.assertGreaterEqual(used, limit * USABLE, f"{key} {run}: not usable")
            self.assertEqual([calls[run, f"u{user}"] for user in range(USERS)], [ROOM_FOR // USERS] * USERS)
        for counter in world.counters():
            self.assertEqual(Decimal(str(counter["reserved"])), 0, counter)
            if counter["limit"] not in BUDGETS: continue
            self.assertEqual(Decimal(str(counter["used"])), sums[counter["limit"], counter["each"]["feature"]][counter["limit"]], counter)
        self.assertEqual(len(rows), len({row["id"] for row in rows}))
        served = {row["endpoint"] for row in rows if row["status"] == "ok"}
        self.assertEqual(len(served), ENDPOINTS, served)
        self.assertGreater(sum(row["attempts"] == 2 for row in rows), 0, "no call fell back")
        self.assertEqual(money.check(world.gateway.data), [])


if __name__ == "__main__":
    unittest.main()
