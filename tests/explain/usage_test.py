"""The ledger on the admin port: sums, rows page by page, one row with its attempts; the same numbers as the command's."""
import http.client
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402


class Usage(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-usage-")
        port = free_port()
        config = {"providers": {"mock": provider(port)}, "routes": {"m": {"targets": [{"provider": "mock", "model": "m", "price": "p"}]}}, "prices": {"p": {"input": "1", "output": "2"}}}
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
        for path, param in (("usage?by=colour", "by"), ("usage?from=yesterday", "from"), ("usage?format=xml", "format"), ("usage?bucket=year", "bucket"),
                            ("requests?limit=0", "limit"), ("requests?before=x", "before"), ("usage?colour=red", "colour")):
            status, body = self.ask(path)
            self.assertEqual((status, body["error"]["param"]), (400, param), path)
            self.assertNotIn("--", body["error"]["message"])
        self.assertEqual(self.ask("requests/nothing")[0], 404)
        self.assertEqual(self.ask("usage", token="wrong")[0], 401)


if __name__ == "__main__":
    unittest.main()
