"""The past of a real gateway under other configurations: what the replay says is what a gateway that really ran with them did."""
import http.client
import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import money  # noqa: E402
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402

CALLS = 300
RUN_LIMIT_S = 30
MAX_TOKENS = 50
DEAR, CHEAP = {"input": "3", "output": "15"}, {"input": "0.5", "output": "1.5"}
NANO = 1_000_000_000


def prices(of): return {name: int(float(usd) * NANO) for name, usd in of.items()}


class World:
    """A gateway with two teams before one scripted provider, and calls that it has answered."""

    def __init__(self, budget, calls=CALLS):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-replay-")
        self.mock = free_port()
        self.gateway = Gateway(self.folder.name, self.settings(budget), {"search": {"team": "search"}, "support": {"team": "support"}})
        self.gateway.started.start("mock", f"http://{HOST}:{self.mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{self.mock}")
        self.gateway.start()
        self.statuses = [self.ask(number) for number in range(calls)]

    def settings(self, budget, price=DEAR, model="big"):
        return {"providers": {"mock": provider(self.mock)}, "prices": {"dear": DEAR, "cheap": CHEAP},
                "routes": {"m": {"targets": [{"provider": "mock", "model": model, "price": "dear" if price is DEAR else "cheap"}], "retry": {"attempts": 0}}},
                "limits": {"team-a-day": {"each": ["team"], "usd": budget, "every": "day"}}}

    def ask(self, number):
        """Texts of several lengths; each call is over before the next begins, in another millisecond: rows are in the order of these."""
        time.sleep(0.002)
        body = {"model": "m", "messages": [{"role": "user", "content": "hello " * (1 + number % 7)}], "max_tokens": MAX_TOKENS}
        key = "search" if number % 3 else "support"
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=20)
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(body),
                               {"authorization": f"Bearer {self.gateway.secrets[key]}", "content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def replay(self, settings, *words):
        """What `tollgate replay` prints for this configuration, whose secrets nobody has."""
        config = Path(self.folder.name, "what-if.yaml")
        keys = {key: {"secret": f"env:NOBODY_SET_{key.upper()}", "team": key} for key in ("search", "support")}
        config.write_text(json.dumps({**settings, "keys": keys}))
        done = subprocess.run([TOLLGATE, "replay", "--config", config, "--data", self.gateway.data, *words], capture_output=True, text=True,
                              timeout=RUN_LIMIT_S, check=False)
        if done.returncode: raise AssertionError(f"replay: exit {done.returncode}: {done.stderr}")
        return done.stdout

    def compared(self, settings, *words): return json.loads(self.replay(settings, "--format", "json", *words))
    def rows(self): return money.rows(self.gateway.data)

    def close(self):
        self.gateway.stop()
        self.folder.cleanup()


class Replay(unittest.TestCase):
    def world(self, *args, **more):
        made = World(*args, **more)
        self.addCleanup(made.close)
        return made

    def test_the_same_configuration_gives_the_same_past(self):
        world = self.world(10)
        told = world.compared(world.settings(10), "--by", "team")
        self.assertEqual(told["total"]["was"], told["total"]["would"])
        self.assertEqual(told["total"]["was"]["requests"], CALLS)
        self.assertEqual(told["total"]["was"]["ok"], CALLS)
        self.assertEqual(told["total"]["was"]["cost_nano_usd"], sum(row["cost_nano_usd"] for row in world.rows()))
        self.assertEqual([(row["team"], row["difference_nano_usd"]) for row in told["rows"]], [("search", 0), ("support", 0)])
        self.assertEqual((told["moves"], told["refusals"]), ([], []))
        self.assertIn("as many tokens", told["assumptions"][0])
        self.assertEqual(money.check(world.gateway.data, prices(DEAR)), [])

    def test_a_tighter_budget_refuses_as_a_gateway_does_that_runs_with_it(self):
        loose = self.world(10)
        spent = sum(row["cost_nano_usd"] for row in loose.rows() if row["team"] == "search")
        tight = round(spent / 2 / NANO, 6)
        really = self.world(tight)
        self.assertGreater(really.statuses.count(429), 10)
        told = loose.compared(loose.settings(tight), "--by", "team")
        rows = really.rows()
        self.assertEqual(told["total"]["would"]["refused"], really.statuses.count(429))
        self.assertEqual(told["total"]["would"]["cost_nano_usd"], sum(row["cost_nano_usd"] for row in rows))
        self.assertEqual(told["refusals"], [{"error_code": "budget_exceeded", "limit": "team-a-day", "was": 0, "would": really.statuses.count(429)}])
        each = [json.loads(line)["would"]["status"] for line in loose.replay(loose.settings(tight), "--rows").splitlines()]
        self.assertEqual(each, [row["status"] for row in rows])

        with self.subTest("and under its own configuration that gateway's past refuses the same"):
            told = really.compared(really.settings(tight))
            self.assertEqual(told["total"]["was"], told["total"]["would"])
        self.assertEqual(money.check(really.gateway.data, prices(DEAR)), [])

    def test_a_cheaper_model_costs_what_its_price_says(self):
        world = self.world(10)
        told = world.compared(world.settings(10, CHEAP, "small"), "--by", "model")
        wanted = sum(money.cost_of(row, prices(CHEAP)) for row in world.rows())
        self.assertEqual(told["total"]["would"]["cost_nano_usd"], wanted)
        self.assertEqual(told["total"]["would"]["ok"], CALLS)
        self.assertEqual([(move["from"], move["to"], move["requests"]) for move in told["moves"]], [("mock/big", "mock/small", CALLS)])
        self.assertEqual([row["model"] for row in told["rows"]], ["big", "small"])
        table = world.replay(world.settings(10, CHEAP, "small"))
        self.assertIn("moved from", table)
        csv = world.replay(world.settings(10, CHEAP, "small"), "--by", "team", "--format", "csv").splitlines()
        self.assertEqual(csv[0].split(",")[:2], ["team", "was_requests"])
        self.assertEqual(len(csv), 3)

    def test_a_part_of_the_past_begins_with_what_was_used_before(self):
        world = self.world(10, calls=60)
        rows = world.rows()
        middle = rows[30]["at"]
        half = round(sum(row["cost_nano_usd"] for row in rows) / NANO / 4, 6)
        later = world.compared(world.settings(half), "--from", middle)
        afresh = world.compared(world.settings(half), "--from", middle, "--empty-limits")
        self.assertEqual(later["total"]["was"]["requests"], 30)
        self.assertGreater(later["total"]["would"]["refused"], afresh["total"]["would"]["refused"])

    def test_who_has_no_key_any_more_is_refused(self):
        world = self.world(10, calls=9)
        config = Path(world.folder.name, "fewer.yaml")
        config.write_text(json.dumps({**world.settings(10), "keys": {"search": {"secret": "env:NOBODY", "team": "search"}}}))
        done = subprocess.run([TOLLGATE, "replay", "--config", config, "--data", world.gateway.data, "--format", "json"], capture_output=True, text=True,
                              timeout=RUN_LIMIT_S, check=True)
        self.assertEqual(json.loads(done.stdout)["refusals"], [{"error_code": "invalid_api_key", "limit": "", "was": 0, "would": 3}])

    def test_misuse_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder, "t.yaml")
            config.write_text("providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\nroutes: { r: { targets: [ { provider: p, model: gpt-4o } ] } }\n")
            for words, said in (((), "--config FILE"), (("--config", config, "--by", "colour"), "--by takes"), (("--config", config), "no data folder"),
                                (("--config", config, "--rows", "--by", "team"), "--rows"), (("--config", "missing.yaml"), "missing.yaml")):
                done = subprocess.run([TOLLGATE, "replay", *words], capture_output=True, text=True, cwd=folder, timeout=RUN_LIMIT_S, check=False)
                self.assertEqual((done.returncode, done.stdout), (2, ""), words)
                self.assertIn(said, done.stderr)


if __name__ == "__main__": unittest.main()
