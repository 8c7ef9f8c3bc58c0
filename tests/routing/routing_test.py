"""Routing against real programs in real time: two scripted providers behind one gateway."""
import http.client
import json
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402

CALLERS = 4
CALLS_EACH = 150
SILENCE_MS = 900
OPENAI = ("/v1/chat/completions", {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 20})
ANTHROPIC = ("/v1/messages", {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 20})


class World:
    """A gateway with providers `first` and `second`, each a scripted provider of its own."""

    def __init__(self, routes):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-routing-")
        self.ports = {name: free_port() for name in ("first", "second")}
        self.gateway = Gateway(self.folder.name, {"providers": {name: provider(port) for name, port in self.ports.items()}, "routes": routes})
        self.providers = {name: self._start_provider(name) for name in self.ports}
        self.gateway.start()

    def _start_provider(self, name):
        return self.gateway.started.start(name, f"http://{HOST}:{self.ports[name]}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{self.ports[name]}")

    def kill(self, name):
        self.providers[name].kill()
        self.providers[name].wait()
        self.gateway.started.forget(self.providers[name])

    def revive(self, name): self.providers[name] = self._start_provider(name)

    def script(self, name, *rules):
        request = urllib.request.Request(f"http://{HOST}:{self.ports[name]}/mock/script", json.dumps({"rules": rules}).encode(), method="POST")
        urllib.request.urlopen(request, timeout=5).close()

    def ask(self, model="m", form=OPENAI, **more):
        """(status, headers, body bytes)"""
        path, body = form
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=20)
        try:
            connection.request("POST", path, json.dumps({"model": model, **body, **more}),
                               {"authorization": f"Bearer {self.gateway.secrets['main']}", "content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def admin(self, path):
        request = urllib.request.Request(f"http://{HOST}:{self.gateway.admin_port}{path}",
                                         headers={"authorization": f"Bearer {self.gateway.started.env['TOLLGATE_ADMIN_TOKEN']}"})
        with urllib.request.urlopen(request, timeout=5) as answer: return answer.read().decode()

    def breakers(self): return {target["provider"]: target["breaker"] for target in json.loads(self.admin("/api/v1/targets"))["targets"]}

    def close(self):
        self.gateway.stop()
        self.folder.cleanup()


TWO = [{"provider": "first", "model": "m"}, {"provider": "second", "model": "m"}]


class Outage(unittest.TestCase):
    def test_a_provider_that_is_killed_costs_no_call_and_comes_back(self):
        world = World({"m": {"targets": TWO, "breaker": {"open_for": "500ms"}}})
        self.addCleanup(world.close)
        statuses, lock = Counter(), threading.Lock()

        def call():
            for _ in range(CALLS_EACH):
                status, headers, _ = world.ask()
                with lock: statuses[status, headers.get("x-tollgate-provider")] += 1
                time.sleep(0.002)

        callers = [threading.Thread(target=call) for _ in range(CALLERS)]
        for caller in callers: caller.start()
        time.sleep(0.15)
        world.kill("first")
        for caller in callers: caller.join()
        self.assertEqual({status for status, _ in statuses}, {200})
        self.assertEqual(sum(statuses.values()), CALLERS * CALLS_EACH)
        self.assertIn((200, "second"), statuses)
        self.assertIn(world.breakers()["first"], ("open", "half_open"))
        metrics = world.admin("/metrics")
        self.assertRegex(metrics, r'tollgate_fallbacks_total\{from="first/m",to="second/m",reason="upstream_unreachable"\} \d')
        self.assertRegex(metrics, r'tollgate_breaker_state\{provider="first",model="m"\} [12]\n')
        world.revive("first")
        end = time.monotonic() + 10
        while world.breakers()["first"] != "closed" and time.monotonic() < end:
            self.assertEqual(world.ask()[0], 200)
            time.sleep(0.02)
        self.assertEqual(world.breakers(), {"first": "closed", "second": "closed"})
        self.assertEqual(world.ask()[1]["x-tollgate-provider"], "first")


class Shares(unittest.TestCase):
    def test_weights_are_kept(self):
        world = World({"m": {"strategy": "weighted", "targets": [{**TWO[0], "weight": 3}, TWO[1]]}})
        self.addCleanup(world.close)
        counts = Counter(world.ask()[1]["x-tollgate-provider"] for _ in range(40))
        self.assertEqual(counts, {"first": 30, "second": 10})

    def test_a_slow_target_is_asked_less(self):
        world = World({"m": {"strategy": "least_latency", "targets": TWO}})
        self.addCleanup(world.close)
        world.script("first", {"delay_ms": 60})
        counts = Counter(world.ask()[1]["x-tollgate-provider"] for _ in range(60))
        self.assertGreater(counts["second"], 50)


class Silence(unittest.TestCase):
    def setUp(self):
        self.world = World({"m": {"targets": TWO[:1], "heartbeat": "200ms"}, "quiet": {"targets": TWO[:1], "heartbeat": "off"}})
        self.addCleanup(self.world.close)

    def test_a_stream_that_thinks_gets_signs_of_life(self):
        self.world.script("first", {"first_token_ms": SILENCE_MS})
        for form, beat, last in ((OPENAI, b": still there\n\n", b"data: [DONE]\n\n"), (ANTHROPIC, b"event: ping\n", b"message_stop")):
            status, _, body = self.world.ask(form=form, stream=True)
            self.assertEqual(status, 200)
            self.assertGreaterEqual(body.count(beat), 2, body)
            self.assertIn(last, body)

    def test_a_route_may_be_silent(self):
        self.world.script("first", {"first_token_ms": SILENCE_MS})
        self.assertNotIn(b": still there", self.world.ask("quiet", stream=True)[2])

    def test_before_the_first_of_them_an_error_has_its_status_and_after_it_its_event(self):
        self.world.script("first", {"status": 400})
        self.assertEqual(self.world.ask(stream=True)[0], 400)
        self.world.script("first", {"status": 400, "delay_ms": SILENCE_MS})
        status, _, body = self.world.ask(stream=True)
        self.assertEqual(status, 200)
        self.assertIn(b'"error"', body)
        self.assertNotIn(b"[DONE]", body)


if __name__ == "__main__":
    unittest.main()
