"""One answer for several calls: single flight and Idempotency-Key, plain and streamed; charged once, over two threads."""
import http.client
import json
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.answering import Answering, serve  # noqa: E402
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST  # noqa: E402


class Slow(Answering):
    """Answers after `server.delay`; fails the first `server.failures` calls."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            self.server.asked += 1
            number, fails = self.server.asked, self.server.failures > 0
            self.server.failures -= 1
        time.sleep(self.server.delay)
        if fails: return self.say(400, {"error": {"message": "no"}})
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        head = {"id": f"c{number}", "created": 1, "model": body["model"]}
        if body.get("stream"):
            chunks = [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": f"answer {number}"}, "finish_reason": None}]},
                      {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": usage}]
            text = "".join(f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', **chunk})}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
            return self.say_bytes(200, "text/event-stream", text.encode())
        message = {"role": "assistant", "content": f"answer {number}"}
        self.say(200, {**head, "object": "chat.completion", "usage": usage, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


class Shared(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-share-")
        self.upstream = serve(Slow, asked=0, failures=0, delay=0.3, lock=threading.Lock())
        target = {"targets": [{"provider": "slow", "model": "m", "price": "p"}], "retry": {"attempts": 0}, "breaker": "off"}
        config = {"providers": {"slow": provider(self.upstream.server_address[1])}, "routes": {"m": target, "one": {**target, "single_flight": True}},
                  "prices": {"p": {"input": "1", "output": "2"}}}
        self.gateway = Gateway(self.folder.name, config, {"main": {"team": "a"}, "mate": {"team": "a"}, "other": {"team": "b"}}).start()

    def tearDown(self):
        self.gateway.stop()
        self.upstream.shutdown()
        self.upstream.server_close()
        self.folder.cleanup()

    def ask(self, model="m", key="main", name=None, text="hello", leave=None, **more):
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=leave or 10)
        headers = {"authorization": f"Bearer {self.gateway.secrets[key]}", "content-type": "application/json"}
        if name: headers["idempotency-key"] = name
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps({"model": model, "messages": [{"role": "user", "content": text}], **more}), headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        except TimeoutError:
            return None
        finally:
            connection.close()

    def cost(self, *keys): return sum(self.gateway.get("/v1/usage", key)[1]["used"]["cost_nano_usd"] for key in keys)

    def at_once(self, count, **more):
        with ThreadPoolExecutor(count) as many: return list(many.map(lambda _: self.ask(**more), range(count)))

    def test_equal_calls_under_way_are_one(self):
        for stream in (False, True):
            asked, before = self.upstream.asked, self.cost("main")
            answers = self.at_once(20, model="one", stream=stream)
            self.assertEqual({status for status, _, _ in answers}, {200})
            self.assertEqual(len({body for _, body, _ in answers}), 1)
            self.assertEqual(self.upstream.asked - asked, 1)
            self.assertEqual(self.cost("main") - before, 10 * 1_000 + 5 * 2_000)
            self.assertEqual(sum(headers["x-tollgate-cache"] == "exact" for _, _, headers in answers), 19)
        self.assertEqual(self.gateway.get("/v1/usage")[1]["used"]["requests"], 40)
        self.at_once(2, model="one", text="then"); self.at_once(2, model="m", text="then")
        self.assertEqual(self.upstream.asked, 5)  # a route without single_flight asks for each

    def test_other_bodies_and_other_tenants_are_not_shared(self):
        with ThreadPoolExecutor(3) as many:
            list(many.map(lambda more: self.ask("one", **more), ({}, {"text": "another"}, {"key": "other"})))
        self.assertEqual(self.upstream.asked, 3)

    def test_when_the_leader_fails_or_leaves_another_one_asks(self):
        self.upstream.failures = 1
        statuses = sorted(status for status, _, _ in self.at_once(5, model="one"))
        self.assertEqual((statuses, self.upstream.asked), ([200, 200, 200, 200, 400], 2))
        with ThreadPoolExecutor(4) as many:
            leader = many.submit(self.ask, "one", leave=0.2, text="later")
            while self.upstream.asked < 3: time.sleep(0.005)  # the leader is with the provider
            others = [many.submit(self.ask, "one", text="later") for _ in range(3)]
            self.assertIsNone(leader.result())
            self.assertEqual({other.result()[0] for other in others}, {200})

    def test_an_idempotency_key_replays_joins_and_refuses(self):
        for stream in (False, True):
            name, asked, before = f"key-{stream}", self.upstream.asked, self.cost("main", "mate")
            first = self.at_once(5, name=name, stream=stream)
            again = self.ask(name=name, key="mate", stream=stream)
            self.assertEqual({body for _, body, _ in first} | {again[1]}, {again[1]})
            self.assertEqual(self.upstream.asked - asked, 1)
            self.assertEqual(self.cost("main", "mate") - before, 10 * 1_000 + 5 * 2_000)
            status, body, _ = self.ask(name=name, text="another", stream=stream)
            self.assertEqual((status, json.loads(body)["error"]["code"]), (409, "idempotency_key_conflict"))
        self.assertNotEqual(self.ask(name="key-False", key="other")[1], first[0][1])
        self.assertEqual(self.ask(name="k" * 256)[0], 400)

    def test_a_failed_call_may_be_asked_again_under_its_key(self):
        self.upstream.failures = 1
        self.assertEqual(self.ask(name="a")[0], 400)
        self.assertEqual(self.ask(name="a")[0], 200)


if __name__ == "__main__":
    unittest.main()
