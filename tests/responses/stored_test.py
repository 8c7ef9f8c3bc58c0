"""OpenAI's stored responses behind a route of two accounts: a conversation stays where it was begun, and nobody sees another's."""
import http.client
import json
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST  # noqa: E402

USAGE = {"input_tokens": 3, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 5}


class Account(BaseHTTPRequestHandler):
    """An account at a provider that keeps responses: those of `server.kept`, and no others."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        if self.path.endswith("/cancel"): return self.say(200, {**self.server.kept[self.path.split("/")[-2]], "status": "cancelled"})
        before = body.get("previous_response_id")
        if before and before not in self.server.kept:
            return self.say(400, {"error": {"message": "not found", "type": "invalid_request_error", "code": "previous_response_not_found"}})
        name = f"resp_{self.server.name}_{len(self.server.kept)}"
        answer = {"id": name, "object": "response", "created_at": 1, "status": "completed", "model": body["model"], "usage": USAGE,
                  "output": [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
                              "content": [{"type": "output_text", "text": self.server.name, "annotations": []}]}]}
        self.server.kept[name] = answer
        if not body.get("stream"): return self.say(200, answer)
        started = {**answer, "status": "in_progress", "output": [], "usage": None}
        events = [{"type": "response.created", "response": started},
                  {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message", "id": "msg_1", "role": "assistant", "content": []}},
                  {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": self.server.name},
                  {"type": "response.completed", "response": answer}]
        text = "".join(f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n" for number, event in enumerate(events))
        self.say_bytes(200, "text/event-stream", text.encode())

    def do_GET(self):
        name = self.path.split("/")[3]
        self.say(200, self.server.kept[name]) if name in self.server.kept else self.say(404, {"error": {"message": "no"}})

    def do_DELETE(self):
        name = self.path.split("/")[3]
        self.say(200, {"id": name, "deleted": self.server.kept.pop(name, None) is not None})

    def say(self, status, body): self.say_bytes(status, "application/json", json.dumps(body).encode())

    def say_bytes(self, status, kind, body):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def account(name):
    server = ThreadingHTTPServer((HOST, 0), Account)
    server.name, server.kept, server.daemon_threads = name, {}, True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Stored(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-responses-")
        self.accounts = {name: account(name) for name in ("first", "second")}
        providers = {name: provider(server.server_address[1], kind="openai") for name, server in self.accounts.items()}
        routes = {"m": {"strategy": "weighted", "targets": [{"provider": name, "model": "m"} for name in providers]}}
        self.gateway = Gateway(self.folder.name, {"providers": providers, "routes": routes}, {"main": {"team": "a"}, "mate": {"team": "a"}, "other": {"team": "b"}}).start()

    def tearDown(self):
        self.gateway.stop()
        for server in self.accounts.values():
            server.shutdown()
            server.server_close()
        self.folder.cleanup()

    def call(self, method, path, body=None, key="main"):
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"authorization": f"Bearer {self.gateway.secrets[key]}", "content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def begin(self, **more):
        status, body = self.call("POST", "/v1/responses", {"model": "m", "input": "hello", **more})
        self.assertEqual(status, 200, body)
        return json.loads(body)["id"] if not more.get("stream") else json.loads(body.split(b"data: ")[1].split(b"\n")[0])["response"]["id"]

    def test_a_conversation_stays_where_it_was_begun(self):
        for stream in (False, True):
            for _ in range(4):
                before = self.begin(stream=stream)
                for _ in range(4): before = self.begin(stream=stream, previous_response_id=before)
        self.assertTrue(all(server.kept for server in self.accounts.values()))

    def test_a_stored_response_is_read_cancelled_and_deleted_where_it_is(self):
        for name in [self.begin() for _ in range(4)]:
            status, body = self.call("GET", f"/v1/responses/{name}", key="mate")
            self.assertEqual((status, json.loads(body)["id"]), (200, name))
            self.assertEqual(json.loads(self.call("POST", f"/v1/responses/{name}/cancel", {})[1])["status"], "cancelled")
            self.assertTrue(json.loads(self.call("DELETE", f"/v1/responses/{name}")[1])["deleted"])
            self.assertEqual(self.call("GET", f"/v1/responses/{name}")[0], 404)
        self.assertEqual(self.gateway.get("/v1/usage")[1]["used"]["requests"], 4)

    def test_nobody_sees_or_continues_anothers(self):
        name = self.begin()
        for method in ("GET", "DELETE"): self.assertEqual(self.call(method, f"/v1/responses/{name}", key="other")[0], 404)
        status, body = self.call("POST", "/v1/responses", {"model": "m", "input": "x", "previous_response_id": name}, key="other")
        self.assertEqual((status, json.loads(body)["error"]["code"]), (400, "previous_response_not_found"))
        self.assertEqual(self.call("GET", "/v1/responses/resp_made_up")[0], 404)
        self.assertEqual(self.call("GET", f"/v1/responses/{name}/../secrets")[0] // 100, 4)


if __name__ == "__main__":
    unittest.main()
