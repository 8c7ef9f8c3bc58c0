"""A gateway before a scripted provider, whose ledger is to be corrected, and what must hold of it whatever was done."""
import http.client
import json
import subprocess
import tempfile
import unittest
import urllib.request
from collections import defaultdict
from pathlib import Path

from lib import money
from lib.gateway import Gateway, provider, route
from lib.programs import HOST, TOLLGATE, free_port

LONG_AGO = "2020-01-01"
COMMAND_LIMIT_S = 60
CALLS = 12
KILLS = 6
YES, NO, MISUSE = 0, 1, 2
OLD, NEW = {"input": "1.00", "output": "3.00"}, {"input": "0.333333", "output": "7.77", "cached_input": "0.1"}


def nano(price): return {name: int(round(float(dollars) * 1_000_000)) * 1000 for name, dollars in price.items()}


class World:
    """A gateway whose keys may say their user, before a scripted provider; `price` is that of its one model, none: it has none."""

    def __init__(self, price=OLD, name="gateway", **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-corrections-")
        self.place = Path(self.folder.name)
        mock = free_port()
        whole = {"providers": {"openai": provider(mock)}, "routes": {"m": route("openai")}, "pricing": {"unpriced": "count_as_zero"}, **settings}
        if price: whole["prices"] = {"m": price}
        self.gateway = Gateway(self.place, whole, {"main": {"team": "search", "may_set": ["user", "tags"]}, "other": {"team": "ads"}}, name)
        self.gateway.started.start("mock", f"http://{HOST}:{mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{mock}")
        self.gateway.start()
        self.data = self.gateway.data

    def ask(self, key="main", user="alice", model="m", **more):
        body = {"model": model, "messages": [{"role": "user", "content": "hello " * 20}], "max_tokens": 10, **more}
        head = {"authorization": f"Bearer {self.gateway.secrets[key]}", "content-type": "application/json"}
        if key == "main": head |= {"x-tollgate-user": user, "x-tollgate-tags": "env=dev"}
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=20)
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(body), head)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def calls(self, count=CALLS):
        """Whole and streamed ones of two keys and three users, and a refused one."""
        for number in range(count):
            self.ask("other" if number % 4 == 0 else "main", f"user-{number % 3}", stream=number % 2 == 0)
        self.ask(model="unknown")
        return self

    def priced(self, price, name):
        """The file of the same configuration with other prices."""
        whole = json.loads(self.gateway.config.read_text())
        whole["prices"] = {"m": price}
        path = self.place / f"{name}.yaml"
        path.write_text(json.dumps(whole))
        return str(path)

    def run(self, *words):
        done = subprocess.run([TOLLGATE, *map(str, words), "--data", self.data], capture_output=True, text=True, env=self.gateway.started.env,
                              timeout=COMMAND_LIMIT_S, check=False)
        return done.returncode, done.stdout, done.stderr

    def told(self, *words, code=YES):
        """What a command with --json says."""
        got, out, err = self.run(*words, "--json")
        if got != code: raise AssertionError(f"{words}: exit {got}: {out}{err}")
        return json.loads(out)

    def reprice(self, config, *more): return self.told("ledger", "reprice", "--config", config, "--from", LONG_AGO, *more)

    def start_killed(self, seconds, *words):
        """Starts a command and kills it so soon."""
        with subprocess.Popen([TOLLGATE, *map(str, words), "--data", self.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=self.gateway.started.env) as program:
            try:
                program.wait(seconds)
            except subprocess.TimeoutExpired:
                program.kill()

    def admin(self, path):
        ask = urllib.request.Request(f"http://{HOST}:{self.gateway.admin_port}{path}",
                                     headers={"authorization": f"Bearer {self.gateway.started.env['TOLLGATE_ADMIN_TOKEN']}"})
        with urllib.request.urlopen(ask, timeout=20) as answer: return json.load(answer)

    def close(self):
        self.gateway.stop()
        self.folder.cleanup()


def split(rows):
    """(rows of calls, corrections)."""
    return [row for row in rows if not row["corrects"]], [row for row in rows if row["corrects"]]


def costs_with_corrections(rows):
    costs = defaultdict(int)
    for row in rows: costs[row["corrects"] or row["id"]] += row["cost_nano_usd"]
    return costs


class Case(unittest.TestCase):
    maxDiff = None

    def world(self, **more):
        made = World(**more)
        self.addCleanup(made.close)
        return made

    def assert_costs(self, world, price):
        """Each call costs what its tokens cost at that price, its corrections counted; sums say the same; everything adds up."""
        rows = money.rows(world.data)
        calls, corrections = split(rows)
        costs = costs_with_corrections(rows)
        for row in calls:
            right = money.cost_of(row, nano(price)) if row["attempts"] else 0
            self.assertEqual(costs[row["id"]], right, row)
        self.assertEqual(money.check(world.data), [])
        total = sum(costs.values())
        report = json.loads(world.run("ledger", "report", "--by", "key,user", "--bucket", "day", "--format", "json")[1])
        self.assertEqual((report["total"]["cost_nano_usd"], report["total"]["requests"]), (total, len(calls)))
        by_key = defaultdict(int)
        for row in rows: by_key[row["key"], row["user"]] += row["cost_nano_usd"]
        self.assertEqual({(row["key"], row["user"]): row["cost_nano_usd"] for row in report["rows"]}, dict(by_key))
        return calls, corrections

    @staticmethod
    def export_of(world):
        """Files of rows and attempts, as the commands print them."""
        paths = []
        for verb in ("rows", "attempts"):
            path = world.place / f"{verb}.jsonl"
            path.write_text(world.run("ledger", verb)[1])
            paths.append(path)
        return paths
