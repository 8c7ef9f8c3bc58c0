"""The ledger on the admin port: sums, rows page by page, one row with its attempts; the same numbers as the command's."""
import http.client
import json
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402


class Usage(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-usage-")
        port = free_port()
        config = {"providers": {"mock": provider(port)}, "routes": {"m": {"targets": [{"provider": "mock", "model": "m", "price": "p"}]}}, "prices": {"p": {"input": "1", "output": "2"}},
                  "showback": {"markup": "15%", "teams": {"c": {"discount": "50%"}}}}
        self.gateway = Gateway(self.folder.name, config, {"main": {"team": "a & b"}, "other": {"team": "c"}})
        self.gateway.started.start("mock", f"http://{HOST}:{port}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{port}")
        self.gateway.start()
        for key, calls in (("main", 3), ("other", 4)):
            for _ in range(calls): self.call(key)

    def tearDown(self):
        self.gateway.stop()
        self.folder.cleanup()

    def call(self, key):
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=10)
        connection.request("POST", "/v1/chat/completions", json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 9}),
                           {"authorization": f"Bearer {self.gateway.secrets[key]}", "content-type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        self.assertEqual(answer.status, 200)

    def ask(self, path, token=None):
        connection = http.client.HTTPConnection(HOST, self.gateway.admin_port, timeout=10)
        connection.request("GET", "/api/v1/" + path, headers={"authorization": f"Bearer {token or self.gateway.started.env['TOLLGATE_ADMIN_TOKEN']}"})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, json.loads(body) if answer.headers["content-type"].startswith("application/json") else body

    def test_sums_are_those_of_the_command(self):
        status, told = self.ask("usage?by=team&bucket=day")
        report = subprocess.run([str(TOLLGATE), "ledger", "report", "--by", "team", "--bucket", "day", "--format", "json", "--data", str(self.gateway.data)], capture_output=True, text=True)
        self.assertEqual((status, told), (200, json.loads(report.stdout)))
        self.assertEqual({row["team"]: row["requests"] for row in told["rows"]}, {"a & b": 3, "c": 4})
        self.assertEqual(told["total"]["cost_nano_usd"], sum(row["cost_nano_usd"] for row in told["rows"]))
        self.assertEqual(self.ask("usage?team=a%20%26+b")[1]["total"]["requests"], 3)
        self.assertTrue(self.ask("usage?by=team&format=csv")[1].startswith("team,"))

    def report(self, *words):
        told = subprocess.run([str(TOLLGATE), "ledger", "report", *words, "--format", "json", "--data", str(self.gateway.data)],
                              env=self.gateway.started.env, capture_output=True, text=True)
        self.assertEqual(told.returncode, 0, told.stderr)
        return json.loads(told.stdout)

    def test_sums_are_those_of_the_rows_whatever_is_asked(self):
        """Before and after the view has followed: from the journal's tail, then out of the roll-ups."""
        questions = [("by=team,user,model&bucket=hour", ("team", "user", "model")), ("by=key,status,endpoint", ("key", "status", "endpoint")),
                     ("by=team&timezone=Asia/Kolkata&bucket=month", ("team",)), ("by=tags.none,region,route,provider", ("tags.none", "region", "route", "provider"))]
        for _ in range(2):
            rows = [json.loads(line) for line in
                    subprocess.run([str(TOLLGATE), "ledger", "rows", "--data", str(self.gateway.data)], capture_output=True, text=True, check=True).stdout.splitlines()]
            for question, names in questions:
                told = self.ask("usage?" + question)[1]
                by_hand = {}
                for row in rows: by_hand.setdefault(tuple(row.get(name, "") for name in names), []).append(row["cost_nano_usd"])
                self.assertEqual({tuple(row[name] for name in names): (row["requests"], row["cost_nano_usd"]) for row in told["rows"]},
                                 {group: (len(costs), sum(costs)) for group, costs in by_hand.items()}, question)
                self.assertEqual(told["total"]["requests"], len(rows))
            self.wait_for_the_view()

    def wait_for_the_view(self):
        deadline = time.monotonic() + 10
        while not re.search(r"^tollgate_ledger_lag_rows 0$", self.metrics(), re.MULTILINE):
            self.assertLess(time.monotonic(), deadline, "the view does not follow")
            time.sleep(0.05)

    def metrics(self):
        with urllib.request.urlopen(f"http://{HOST}:{self.gateway.admin_port}/metrics", timeout=10) as answer: return answer.read().decode()

    def test_charges_are_rounded_once_a_line_and_add_up(self):
        told = self.ask("usage?by=team&charged=1")[1]
        self.assertEqual(told, self.report("--by", "team", "--charged", "--config", str(self.gateway.config)))
        for row in told["rows"]:
            share = {"a & b": 11500, "c": 5750}[row["team"]]
            self.assertEqual(row["charged_nano_usd"], (2 * row["cost_nano_usd"] * share + 10000) // 20000)
            self.assertEqual(row["markup_nano_usd"], row["charged_nano_usd"] - row["cost_nano_usd"])
        self.assertEqual(told["total"]["charged_nano_usd"], sum(row["charged_nano_usd"] for row in told["rows"]))
        same = self.ask("usage?by=team&markup=2.5%25&discount=5%25")[1]
        self.assertEqual(same, self.report("--by", "team", "--markup", "2.5%", "--discount", "5%"))
        self.assertEqual(self.ask("usage?charged=1")[1]["error"]["param"], "by")
        self.assertNotIn("charged_nano_usd", self.ask("usage?by=team")[1]["total"])

    def test_a_month_is_the_calendars(self):
        month = self.ask("usage?bucket=month")[1]["rows"][0]["bucket"][:7]
        self.assertEqual(self.ask(f"usage?month={month}")[1]["total"]["requests"], 7)
        self.assertEqual(self.ask("usage?month=2020-02")[1]["total"]["requests"], 0)
        there = self.ask("usage?bucket=day&timezone=Asia/Kolkata")[1]["rows"]
        self.assertEqual({row["bucket"][10:] for row in there}, {"T00:00:00.000+05:30"})

    def test_rows_come_page_by_page(self):
        seen, before = [], ""
        for _ in range(10):
            status, page = self.ask("requests?limit=3" + before)
            self.assertEqual(status, 200)
            seen += [row["id"] for row in page["requests"]]
            if page["next"] is None: break
            before = f"&before={page['next']}"
        self.assertEqual((len(seen), len(set(seen)), seen), (7, 7, sorted(seen, reverse=True)))
        self.assertEqual(len(self.ask("requests?key=other")[1]["requests"]), 4)
        one = self.ask(f"requests/{seen[0]}")[1]
        self.assertEqual((one["request"]["id"], len(one["attempts"]), one["attempts"][0]["provider"]), (seen[0], 1, "mock"))

    def test_wrong_questions_are_named(self):
        for path, param in (("usage?by=colour", "by"), ("usage?from=yesterday", "from"), ("usage?format=xml", "format"), ("usage?bucket=year", "bucket"), ("usage?month=2026-13", "month"),
                            ("usage?timezone=Nowhere", "timezone"), ("usage?markup=15", "markup"), ("usage?charged=maybe", "charged"),
                            ("usage?charged=1&markup=1%25", "charged"), ("usage?month=2026-11&from=2026-11-02", "month"),
                            ("requests?limit=0", "limit"), ("requests?before=x", "before"), ("usage?colour=red", "colour")):
            status, body = self.ask(path)
            self.assertEqual((status, body["error"]["param"]), (400, param), path)
            self.assertNotIn("--", body["error"]["message"])
        self.assertEqual(self.ask("requests/nothing")[0], 404)
        self.assertEqual(self.ask("usage", token="wrong")[0], 401)


if __name__ == "__main__":
    unittest.main()
