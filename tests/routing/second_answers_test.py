"""More than one answer on purpose, against a running gateway: hedges, cascades, streams gone on with elsewhere, shadows and splits; and the
ledger that tells of all of them."""
import http.client
import json
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import money  # noqa: E402
from lib.answering import Answering, serve  # noqa: E402
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST  # noqa: E402

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


class Chat(Answering):
    """Says `server.text` after `server.delay`; a stream ends after its first content where `server.breaks`."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        server = self.server
        server.bodies.append(body)
        time.sleep(server.delay)
        head = {"id": "c", "created": 1, "model": body["model"]}
        if not body.get("stream"):
            message = {"role": "assistant", "content": server.text}
            return self.say(200, {**head, "object": "chat.completion", "usage": USAGE, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
        chunks = [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": server.text}, "finish_reason": None}]},
                  {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": USAGE}]
        if server.breaks: chunks = chunks[:1]
        text = "".join(f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', **chunk})}\n\n" for chunk in chunks)
        self.say_bytes(200, "text/event-stream", (text + ("" if server.breaks else "data: [DONE]\n\n")).encode())


class Claude(Answering):
    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        events = [("message_start", {"message": {"id": "m", "type": "message", "role": "assistant", "model": "c", "content": [], "usage": {"input_tokens": 12, "output_tokens": 1}}}),
                  ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
                  ("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": " a time"}}),
                  ("content_block_stop", {"index": 0}), ("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}), ("message_stop", {})]
        text = "".join(f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n" for kind, more in events)
        self.say_bytes(200, "text/event-stream", text.encode())


class SecondAnswers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-second-")
        facts = {"delay": 0, "text": "Paris", "breaks": False}
        self.one, self.two = serve(Chat, bodies=[], **facts), serve(Chat, bodies=[], **facts)
        self.claude = serve(Claude, bodies=[])
        targets = [{"provider": name, "model": "m", "price": "p"} for name in ("one", "two")]
        plain = {"targets": targets, "retry": {"attempts": 0}, "breaker": "off"}
        config = {
            "providers": {"one": provider(self.one.server_address[1]), "two": provider(self.two.server_address[1]),
                          "claude": provider(self.claude.server_address[1], path="", kind="anthropic")},
            "prices": {"p": {"input": "1", "output": "2"}},
            "routes": {
                "hedged": {**plain, "hedge": {"after": "100ms", "budget": "100%"}},
                "cascade": {**plain, "cascade": {}},
                "continued": {**plain, "continue": True, "targets": [targets[0], {"provider": "claude", "model": "c", "price": "p"}]},
                "next": {**plain, "targets": targets[1:]},
                "split": {**plain, "targets": targets[:1], "split": {"to": "next", "share": "50%"}},
                "thrifty": {**plain, "targets": targets[:1], "shadow": {"target": {"provider": "two", "model": "m2", "price": "p"}, "share": "100%", "budget": "0.001"}},
                "shadowed": {**plain, "targets": targets[:1], "shadow": {"target": {"provider": "two", "model": "m2", "price": "p"}, "share": "100%", "budget": 1}},
            },
        }
        self.gateway = Gateway(self.folder.name, config, {"main": {"may_set": ["user"]}}).start()

    def tearDown(self):
        fault = self.gateway.stop()
        for server in (self.one, self.two, self.claude):
            server.shutdown()
            server.server_close()
        self.folder.cleanup()
        self.assertEqual(fault, "")

    def ask(self, model, **more):
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=10)
        try:
            body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Where is the Louvre?"}], "max_tokens": 50, **more})
            connection.request("POST", "/v1/chat/completions", body, {"authorization": f"Bearer {self.gateway.secrets['main']}", "content-type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
            self.assertEqual(answer.status, 200, text)
            return text
        finally:
            connection.close()

    def attempts(self, count):
        """Of the ledger, by number; waits for those that come behind a call."""
        until = time.monotonic() + 10
        while True:
            rows = sorted(money.attempts(self.gateway.data), key=lambda row: row["n"])
            if len(rows) >= count or time.monotonic() > until: break
            time.sleep(0.1)
        self.assertEqual(len(rows), count, rows)
        return rows

    def test_a_slow_answer_is_asked_for_elsewhere(self):
        self.one.delay, self.one.text = 3, "slow"
        for stream in (False, True):
            began = time.monotonic()
            self.assertIn("Paris", self.ask("hedged", stream=stream))
            self.assertLess(time.monotonic() - began, 2.5)
        rows = self.attempts(4)
        self.assertEqual([row["error_class"] for row in rows], ["cancelled", "cancelled", "", ""])
        requests = money.rows(self.gateway.data)
        self.assertEqual({row["provider"] for row in requests}, {"two"})

    def test_an_answer_that_will_not_do_is_asked_for_again(self):
        self.one.text = "I don't know."
        for stream in (False, True):
            text = self.ask("cascade", stream=stream)
            self.assertIn("Paris", text)
            self.assertNotIn("know", text)
        self.assertEqual([row["error_class"] for row in self.attempts(4)], ["declined", "declined", "", ""])
        for row in money.rows(self.gateway.data): self.assertEqual(row["cost_nano_usd"], 2 * (10 * 1000 + 5 * 2000))

    def test_a_stream_that_breaks_is_gone_on_with(self):
        self.one.text, self.one.breaks = "Once upon", True
        text = self.ask("continued", stream=True)
        self.assertIn("Once upon", text)
        self.assertIn(" a time", text)
        self.assertIn("[DONE]", text)
        self.assertNotIn('"error"', text)
        self.assertEqual(self.claude.bodies[0]["messages"][-1]["role"], "assistant")
        self.assertEqual([row["phase"] for row in self.attempts(2)], ["stream", "done"])

    def test_a_shadow_is_in_the_ledger_and_paid_by_nobody(self):
        for _ in range(5): self.assertIn("Paris", self.ask("shadowed"))
        rows = self.attempts(10)
        self.assertEqual([row["phase"] for row in rows], ["done"] * 5 + ["shadow"] * 5)
        self.assertEqual({row["cost_nano_usd"] for row in money.rows(self.gateway.data)}, {20000})

    def test_a_restart_does_not_give_the_days_budget_again(self):
        for _ in range(45): self.ask("thrifty")
        self.attempts(45 + len(self.two.bodies))
        before = len(self.two.bodies)
        self.assertGreater(before, 5)
        self.assertLess(before, 45)
        self.gateway.kill()
        self.gateway.start()
        for _ in range(5): self.ask("thrifty")
        self.assertEqual(len(self.two.bodies), before)

    def test_a_user_stays_on_one_side_of_a_split(self):
        def side(user):
            before = len(self.two.bodies)
            self.ask("split", user=user)
            return len(self.two.bodies) > before
        sides = {user: side(user) for user in (f"u{i}" for i in range(20))}
        self.assertEqual({user: side(user) for user in sides}, sides)
        self.assertEqual(len(set(sides.values())), 2)

    def test_the_ledger_is_proven_after_all_of_it(self):
        self.one.delay = 0.3
        with ThreadPoolExecutor(8) as many: list(many.map(lambda i: self.ask(("hedged", "cascade", "shadowed", "split")[i % 4]), range(40)))
        self.gateway.kill()
        self.gateway.start()
        self.assertEqual(money.check(self.gateway.data), [])


if __name__ == "__main__":
    unittest.main()
