"""OpenAI's stored responses behind a route of two accounts: a conversation stays where it was begun, and nobody sees another's."""
import http.client
import json
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.answering import Answering, serve  # noqa: E402
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST  # noqa: E402

USAGE = {"input_tokens": 3, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 5}


class Account(Answering):
    """An account at a provider that keeps responses: those of `server.kept`, and no others."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        if self.path.endswith("/cancel"): return self.say(200, {**self.server.kept[self.path.split("/")[-2]], "status": "cancelled"})
        before = body.get("previous_response_id")
        if before and before not in self.server.kept:
            return self.say(400, {"error": {"message": "not found", "type": "invalid_request_error", "code": "previous_response_not_found"}})
        name = f"resp_{self.server.name}_{len(self.server.kept)}"
        answer = {"id": name, "object": "response", "created_at": 1, "status": "completed", "model": body["model"], "usage": None if self.server.silent else USAGE,
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


def account(name):
    return serve(Account, name=name, kept={}, silent=False)


class Stored(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-responses-")
        self.accounts = {name: account(name) for name in ("first", "second")}
        providers = {name: provider(server.server_address[1], kind="openai") for name, server in self.accounts.items()}
        routes = {"m": {"strategy": "weighted", "targets": [{"provider": name, "model": "m"} for name in providers]}}
        limits = {"input": {"match": {"team": ["a", "b"]}, "input_tokens": 9000, "every": "day"}}  # far below a model's context
        self.gateway = Gateway(self.folder.name, {"providers": providers, "routes": routes, "limits": limits}, {"main": {"team": "a"}, "mate": {"team": "a"}, "other": {"team": "b"}}).start()

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

    def test_what_a_conversation_has_is_set_aside_and_no_more(self):
        """The provider reported five tokens: so the limit lets the conversation go on, but none whose length is not known."""
        for stream in (False, True):
            before = self.begin(stream=stream)
            for _ in range(2): before = self.begin(stream=stream, previous_response_id=before)
        status, body = self.call("POST", "/v1/responses", {"model": "m", "input": "hello", "conversation": "conv_1"})
        self.assertEqual((status, json.loads(body)["error"]["code"]), (429, "rate_limit_exceeded"), body)

    def test_a_conversation_of_which_nobody_tells_the_length_may_fill_the_context(self):
        for server in self.accounts.values(): server.silent = True
        for stream in (False, True):
            status, body = self.call("POST", "/v1/responses", {"model": "m", "input": "hello", "previous_response_id": self.begin(stream=stream)})
            self.assertEqual((status, json.loads(body)["error"]["code"]), (429, "rate_limit_exceeded"), body)

    def test_an_id_is_good_beyond_a_restart_and_still_its_own_teams(self):
        name = self.begin()
        until = time.monotonic() + 10
        while name not in (self.gateway.data / "objects.jsonl").read_text() and time.monotonic() < until: time.sleep(0.05)
        self.gateway.kill()
        self.gateway.start()
        self.begin(previous_response_id=name)
        self.assertEqual(self.call("GET", f"/v1/responses/{name}")[0], 200)
        self.assertEqual(self.call("GET", f"/v1/responses/{name}", key="other")[0], 404)


class Chat(Answering):
    """A provider that speaks chat completions and keeps nothing: it answers with the roles and texts it was told."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(body)
        said = "|".join(f"{m['role'][0]}:{m['content'] if isinstance(m['content'], str) else m['content'][0]['text']}" for m in body["messages"] if m.get("content"))
        text = f"{len(body['messages'])} {said}"[-200:]
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        head = {"id": "c", "created": 1, "model": body["model"]}
        if body.get("stream"):
            chunks = [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]},
                      {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": usage}]
            data = "".join(f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', **chunk})}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
            kind = "text/event-stream"
        else:
            message = {"role": "assistant", "content": text}
            data = json.dumps({**head, "object": "chat.completion", "usage": usage, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
            kind = "application/json"
        self.say_bytes(200, kind, data.encode())


class KeptHere(unittest.TestCase):
    """Targets that keep nothing: the gateway keeps the conversation."""
    settings = {}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-responses-")
        self.upstream = serve(Chat, asked=[])
        config = {"providers": {"chat": provider(self.upstream.server_address[1], kind="compatible")},
                  "routes": {"m": {"targets": [{"provider": "chat", "model": "m"}]}}, **self.settings}
        self.gateway = Gateway(self.folder.name, config, {"main": {"team": "a"}, "other": {"team": "b"}}).start()

    def tearDown(self):
        self.gateway.stop()
        self.upstream.shutdown()
        self.upstream.server_close()
        self.folder.cleanup()

    call = Stored.call

    def ask(self, text, **more):
        status, body = self.call("POST", "/v1/responses", {"model": "m", "input": text, **more})
        self.assertEqual(status, 200, body)
        if not more.get("stream"): return json.loads(body)
        return json.loads(body.split(b"data: ")[-1])["response"]

    def test_a_conversation_goes_on(self):
        for stream in (False, True):
            first = self.ask("one", stream=stream, instructions="be brief")
            self.assertTrue(first["store"])
            second = self.ask([{"role": "user", "content": "two"}], stream=stream, previous_response_id=first["id"])
            third = self.ask("three", stream=stream, previous_response_id=second["id"])
            self.assertEqual(third["previous_response_id"], second["id"])
            told = [(m["role"], m["content"]) for m in self.upstream.asked[-1]["messages"]]
            self.assertEqual([role for role, _ in told], ["user", "assistant", "user", "assistant", "user"])
            self.assertEqual([told[0][1], told[2][1], told[4][1]], ["one", "two", "three"])
            items = json.loads(self.call("GET", f"/v1/responses/{third['id']}/input_items?order=asc")[1])
            self.assertEqual([item.get("role") for item in items["data"]], ["user", "assistant", "user", "assistant", "user"])
            page = json.loads(self.call("GET", f"/v1/responses/{third['id']}/input_items?limit=2")[1])
            self.assertEqual((page["data"][0]["content"], page["has_more"]), ("three", True))
            rest = json.loads(self.call("GET", f"/v1/responses/{third['id']}/input_items?limit=100&after={page['last_id']}")[1])
            self.assertEqual((len(rest["data"]), rest["has_more"]), (3, False))

    def test_it_is_read_and_deleted(self):
        answer = self.ask("one")
        self.assertEqual(json.loads(self.call("GET", f"/v1/responses/{answer['id']}")[1]), answer)
        later = self.ask("two", previous_response_id=answer["id"])
        self.assertTrue(json.loads(self.call("DELETE", f"/v1/responses/{answer['id']}")[1])["deleted"])
        self.assertEqual(self.call("GET", f"/v1/responses/{answer['id']}")[0], 404)
        self.ask("three", previous_response_id=later["id"])
        self.assertEqual(self.call("POST", f"/v1/responses/{later['id']}/cancel", {})[0], 400)
        self.assertEqual(self.gateway.get("/v1/usage")[1]["used"]["requests"], 3)

    def test_nobody_sees_or_continues_anothers_and_what_is_not_stored_is_not_there(self):
        answer = self.ask("one")
        self.assertEqual(self.call("GET", f"/v1/responses/{answer['id']}", key="other")[0], 404)
        for name, key in ((answer["id"], "other"), (self.ask("x", store=False)["id"], "main")):
            status, body = self.call("POST", "/v1/responses", {"model": "m", "input": "x", "previous_response_id": name}, key=key)
            self.assertEqual((status, json.loads(body)["error"]["code"]), (400, "previous_response_not_found"))


class NotKept(KeptHere):
    settings = {"responses": {"store": False}}

    def test_a_conversation_goes_on(self):
        answer = self.ask("one")
        self.assertFalse(answer["store"])
        status, body = self.call("POST", "/v1/responses", {"model": "m", "input": "x", "previous_response_id": answer["id"]})
        self.assertEqual((status, json.loads(body)["error"]["param"]), (400, "previous_response_id"))

    test_it_is_read_and_deleted = test_nobody_sees_or_continues_anothers_and_what_is_not_stored_is_not_there = None


if __name__ == "__main__":
    unittest.main()
