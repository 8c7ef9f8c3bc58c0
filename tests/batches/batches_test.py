"""OpenAI's files and batches: each belongs to the team that made it, and what a batch used is charged once, also over a kill."""
import http.client
import json
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.answering import Answering, serve  # noqa: E402
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST  # noqa: E402

USAGE = {"input_tokens": 1_000, "input_tokens_details": {"cached_tokens": 400}, "output_tokens": 500, "output_tokens_details": {"reasoning_tokens": 100}, "total_tokens": 1_500}
PRICE = {"input": "2", "cached_input": "1", "output": "10"}
COST = (600 * 2_000 + 400 * 1_000 + 500 * 10_000) // 2  # nano-USD, at half the price


class Account(Answering):
    """OpenAI's files and batches in memory. A batch is over at its second fetch."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        files, batches = self.server.files, self.server.batches
        if self.path == "/v1/files":
            name = f"file-{len(files)}"
            files[name] = body
            return self.say(200, {"id": name, "object": "file", "purpose": "batch", "bytes": len(body)})
        if self.path == "/v1/batches":
            asked = json.loads(body)
            if asked["input_file_id"] not in files: return self.say(400, {"error": {"message": "no file"}})
            name = f"batch_{len(batches)}"
            batches[name] = {"id": name, "object": "batch", "status": "in_progress", "input_file_id": asked["input_file_id"], "usage": {"total_tokens": 0, "input_tokens": 0, "output_tokens": 0}}
            return self.say(200, batches[name])
        if self.path.endswith("/cancel"): return self.say(200, {**batches[self.path.split("/")[3]], "status": "cancelling"})
        self.say(404, {"error": {"message": "no"}})

    def do_GET(self):
        parts = self.path.split("?")[0].split("/")
        files, batches = self.server.files, self.server.batches
        if self.path.split("?")[0] == "/v1/files": return self.say(200, {"object": "list", "data": [{"id": name, "object": "file"} for name in files], "has_more": False})
        if self.path.split("?")[0] == "/v1/batches": return self.say(200, {"object": "list", "data": list(batches.values()), "has_more": False})
        if parts[2] == "files" and parts[-1] == "content": return self.say_bytes(200, "application/jsonl", files[parts[3]])
        if parts[2] == "files": return self.say(200, {"id": parts[3], "object": "file"})
        batch = batches[parts[3]]
        answer = dict(batch)
        if self.server.tells_usage: batch.update(usage=USAGE)
        else: batch.pop("usage", None)
        line = {"custom_id": "a", "response": {"status_code": 200, "body": {"id": "r", "object": "chat.completion", "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 500, "prompt_tokens_details": {"cached_tokens": 200}, "completion_tokens": 250, "completion_tokens_details": {"reasoning_tokens": 50}, "total_tokens": 750}}}}
        files["file-out"] = (json.dumps(line) + "\n").encode() * 2
        batch.update(status="completed", output_file_id="file-out")
        self.say(200, answer)

    def do_DELETE(self): self.say(200, {"id": self.path.split("/")[3], "deleted": True})


class Batches(unittest.TestCase):
    keys = {"main": {"team": "a"}, "mate": {"team": "a"}, "other": {"team": "b"}, "narrow": {"team": "c", "models": ["n"]},
            "poor": {"team": "d", "limits": [{"usd": 0.001, "every": "month"}]}}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-batches-")
        self.upstream = serve(Account, files={}, batches={}, tells_usage=True)
        config = {"providers": {"openai": provider(self.upstream.server_address[1], kind="openai")}, "prices": {"openai/m": PRICE},
                  "routes": {name: {"targets": [{"provider": "openai", "model": name}]} for name in ("m", "n")}}
        self.gateway = Gateway(self.folder.name, config, self.keys).start()

    def tearDown(self):
        self.gateway.stop()
        self.upstream.shutdown()
        self.upstream.server_close()
        self.folder.cleanup()

    def call(self, method, path, body=None, key="main", kind="application/json"):
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=10)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, path, data, {"authorization": f"Bearer {self.gateway.secrets[key]}", "content-type": kind})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def upload(self, key="main", calls=2, lines=None, purpose="batch"):
        body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 100}
        lines = lines or "".join(json.dumps({"custom_id": str(i), "method": "POST", "url": "/v1/chat/completions", "body": body}) + "\n" for i in range(calls))
        form = "".join(f'--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{value}\r\n' for head, value in ((f'name="purpose"', purpose), ('name="file"; filename="in.jsonl"', lines))) + "--x--\r\n"
        return self.call("POST", "/v1/files", form.encode(), key, "multipart/form-data; boundary=x")

    def begin(self, key="main", **more):
        file = json.loads(self.upload(key, **more)[1])["id"]
        return self.call("POST", "/v1/batches", {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}, key)

    def used(self, key="main"): return self.gateway.get("/v1/usage", key)[1]["used"]

    def test_what_a_batch_used_is_charged_once(self):
        for tells in (True, False):
            self.upstream.tells_usage = tells
            before = self.used()["cost_nano_usd"]
            status, body = self.begin()
            self.assertEqual(status, 200, body)
            name = json.loads(body)["id"]
            self.assertEqual(json.loads(self.call("GET", f"/v1/batches/{name}")[1])["status"], "in_progress")
            self.assertEqual(self.used()["cost_nano_usd"], before)
            with ThreadPoolExecutor(8) as many:
                answers = list(many.map(lambda _: self.call("GET", f"/v1/batches/{name}"), range(16)))
            self.assertTrue({status for status, _ in answers} <= {200, 503}, answers)
            self.assertEqual(json.loads(self.call("GET", f"/v1/batches/{name}", key="mate")[1])["status"], "completed")
            sums = [self.used(key)["cost_nano_usd"] for key in ("main", "mate")]
            self.assertEqual(sum(sums), before + COST)
            self.assertEqual(len(self.call("GET", "/v1/files/file-out/content")[1].splitlines()), 2)
        self.gateway.kill()
        self.gateway.start()
        for name in self.upstream.batches: self.assertEqual(self.call("GET", f"/v1/batches/{name}")[0], 200)
        self.assertEqual(sum(self.used(key)["cost_nano_usd"] for key in ("main", "mate")), 2 * COST)

    def test_nobody_sees_anothers(self):
        file = json.loads(self.upload()[1])["id"]
        name = json.loads(self.begin()[1])["id"]
        for path in (f"/v1/files/{file}", f"/v1/files/{file}/content", f"/v1/batches/{name}"):
            self.assertEqual(self.call("GET", path, key="mate")[0], 200)
            self.assertEqual(self.call("GET", path, key="other")[0], 404)
            self.assertEqual(self.call("GET", path.replace("/v1/", "/passthrough/openai/"))[0], 404)
            self.assertEqual(self.call("GET", f"/passthrough/openai/%{ord(path[4]):x}{path[5:]}")[0], 404)
        self.assertEqual(self.call("DELETE", f"/v1/files/{file}", key="other")[0], 404)
        self.assertEqual(self.call("POST", f"/v1/batches/{name}/cancel", {}, key="other")[0], 404)
        for path, count in (("/v1/files?limit=5", 2), ("/v1/batches", 1)):
            self.assertEqual(len(json.loads(self.call("GET", path)[1])["data"]), count)
            self.assertEqual(json.loads(self.call("GET", path, key="other")[1])["data"], [])
        status, body = self.call("POST", "/v1/batches", {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}, "other")
        self.assertEqual((status, json.loads(body)["error"]["param"]), (400, "input_file_id"))

    def test_keys_and_budgets_hold(self):
        self.assertEqual(self.begin("narrow")[0], 403)
        status, body = self.begin("poor", calls=50)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (429, "budget_exceeded"))
        status, body = self.begin("poor", calls=1)
        self.assertEqual(status, 200, body)
        name = json.loads(body)["id"]
        for _ in range(2): self.call("GET", f"/v1/batches/{name}", key="poor")
        self.assertEqual(self.used("poor")["cost_nano_usd"], COST)  # what was used is owed, whatever the limit
        self.assertEqual(self.begin("poor", calls=1)[0], 429)

    def test_a_wrong_input_is_named(self):
        status, body = self.upload(lines='{"url": "/v1/chat/completions", "body": {"messages": []}}\n')
        self.assertEqual((status, json.loads(body)["error"]["param"]), (400, "file"))
        self.assertIn("line 1", json.loads(body)["error"]["message"])
        name = json.loads(self.upload(lines="free text", purpose="assistants")[1])["id"]
        self.assertEqual(self.call("POST", "/v1/batches", {"input_file_id": name, "endpoint": "/v1/chat/completions"})[0], 400)
        self.assertEqual(self.call("POST", "/v1/batches", {})[0], 400)
        self.assertEqual(self.call("GET", "/v1/batches/batch_none")[0], 404)


if __name__ == "__main__":
    unittest.main()
