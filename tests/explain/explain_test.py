"""What a call would meet, told by the command, the admin port and the dry run; and that telling it does nothing."""
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

BODY = {"model": "m", "messages": [{"role": "user", "content": "Hello there"}], "max_tokens": 100, "seed": 4}


class Explain(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-explain-")
        port = free_port()
        config = {"providers": {"first": provider(port), "claude": provider(port, path="", kind="anthropic")},
                  "routes": {"m": {"targets": [{"provider": "first", "model": "one", "price": "p"}], "fallback": ["n"]},
                             "n": {"targets": [{"provider": "claude", "model": "two", "price": "p"}]}},
                  "prices": {"p": {"input": "1", "output": "2"}},
                  "limits": {"daily": {"match": {"team": "a"}, "each": ["user"], "usd": 1, "every": "day"}}}
        self.gateway = Gateway(self.folder.name, config, {"main": {"team": "a", "user": "ann"}, "poor": {"team": "b", "limits": [{"tokens": 5, "every": "day"}]}, "narrow": {"models": ["n"]}, "free": {}})
        self.gateway.started.start("mock", f"http://{HOST}:{port}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{port}")
        self.gateway.start()

    def tearDown(self):
        self.gateway.stop()
        self.folder.cleanup()

    def ask(self, path, body, key="main", **headers):
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=10)
        connection.request("POST", path, json.dumps(body), {"authorization": f"Bearer {self.gateway.secrets[key]}", "content-type": "application/json", **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def dry(self, body=BODY, key="main", path="/v1/chat/completions"):
        answer, text = self.ask(path, body, key, **{"x-tollgate-dry-run": "1"})
        self.assertEqual(answer.status, 200, text)
        return json.loads(text)

    def told(self, question):
        connection = http.client.HTTPConnection(HOST, self.gateway.admin_port, timeout=10)
        connection.request("POST", "/api/v1/explain", json.dumps(question), {"authorization": f"Bearer {self.gateway.started.env['TOLLGATE_ADMIN_TOKEN']}"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body

    def command(self, *words, text=None):
        return subprocess.run([str(TOLLGATE), "explain", "--config", str(self.gateway.config), "--data", str(self.gateway.data), *words],
                              input=text, capture_output=True, text=True, env=self.gateway.started.env)

    def test_a_dry_run_tells_and_does_nothing(self):
        told = self.dry()
        self.assertEqual((told["verdict"], told["error"], told["route"], told["strategy"]), ("allowed", None, "m", "ordered"))
        self.assertEqual(told["caller"], {"key": "main", "team": "a", "user": "ann", "feature": "", "tags": {}})
        self.assertEqual([(t["provider"], t["model"], t["skipped"]) for t in told["plan"]], [("first", "one", None), ("claude", "two", None)])
        self.assertIn("fallback: n", told["plan"][1]["reason"])
        self.assertEqual(told["tokens"]["output_max"], 100)
        self.assertEqual(told["cost_nano_usd"]["worst"] // 1000 * 1000, told["cost_nano_usd"]["worst"])
        self.assertEqual((told["limits"][0]["limit"], told["limits"][0]["each"], told["limits"][0]["admits"]), ("daily", {"user": "ann"}, True))
        self.assertEqual(self.gateway.get("/v1/usage")[1]["used"]["requests"], 0)
        self.assertEqual(self.dry(key="narrow")["error"]["code"], "permission_denied")
        self.assertEqual(self.dry(key="poor")["verdict"], "refused")
        self.assertEqual(self.dry({"model": "m"})["error"]["param"], "messages")
        self.assertEqual(self.dry({"model": "n", "messages": BODY["messages"], "seed": 4})["dropped"], ["seed"])
        answer, _ = self.ask("/v1/chat/completions", BODY, **{"x-tollgate-dry-run": "maybe"})
        self.assertEqual(answer.status, 400)

    def test_every_dialect_has_it(self):
        message = [{"role": "user", "content": "Hello"}]
        for path, body in (("/v1/responses", {"model": "m", "input": "Hello"}), ("/v1/messages", {"model": "m", "max_tokens": 9, "messages": message}),
                           ("/v1beta/models/m:generateContent", {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}),
                           ("/model/m/converse", {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}),
                           ("/api/chat", {"model": "m", "messages": message}), ("/v2/chat", {"model": "m", "messages": message})):
            self.assertEqual(self.dry(body, "free", path)["verdict"], "allowed", path)

    def test_the_admin_port_tells_the_same(self):
        status, told = self.told({"key": "main", "dialect": "openai_chat", "body": BODY})
        self.assertEqual((status, told), (200, self.dry()))
        gemini = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
        self.assertEqual(self.told({"key": "free", "dialect": "gemini", "model": "m", "body": gemini})[1]["verdict"], "allowed")
        for wrong, param in (({"body": 1}, "body"), ({"key": "none", "body": {}}, "key"), ({"dialect": "latin", "body": {}}, "dialect"), ({}, "body")):
            status, body = self.told(wrong)
            self.assertIn(status, (400, 404))
            self.assertEqual(body["error"]["param"], param)

    def test_the_command_counts_what_the_ledger_holds(self):
        for _ in range(2): self.assertEqual(self.ask("/v1/chat/completions", BODY)[0].status, 200)
        used = self.dry()["limits"][0]["used"]
        told = self.command("--key", "main", "--body", "-", "--json", text=json.dumps(BODY))
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertEqual(json.loads(told.stdout)["limits"][0]["used"], used)
        text = self.command("--key", "main", "--model", "m")
        self.assertIn("1. first one", text.stdout)
        self.assertIn("daily (user ann)", text.stdout)
        self.assertEqual(self.command("--key", "poor", "--model", "m").returncode, 1)
        self.assertEqual(self.command("--key", "nobody", "--model", "m").returncode, 2)
        self.assertEqual(self.command("--key", "main").returncode, 2)


if __name__ == "__main__":
    unittest.main()
