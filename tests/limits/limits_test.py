"""Limits in tokens and requests against real programs: what callers see, and that nothing is overspent when they all come at once."""
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
from lib import money  # noqa: E402
from lib.gateway import Gateway, provider, route  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402

CALLERS = 16
CALLS_EACH = 20
ROOM_FOR = 100
CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"


class World:
    """A gateway with one key that may say its user, before one scripted provider."""

    def __init__(self, limits, key=None, rules=()):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-limits-")
        self.mock = free_port()
        settings = {"providers": {"mock": provider(self.mock)}, "routes": {"m": route("mock"), "cheap": route("mock", "small")}, "limits": limits}
        self.gateway = Gateway(self.folder.name, settings, {"main": {"team": "search", "may_set": ["user"], **(key or {})}})
        script = Path(self.folder.name) / "mock.json"
        script.write_text(json.dumps({"rules": list(rules)}))
        self.gateway.started.start("mock", f"http://{HOST}:{self.mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{self.mock}", "--script", script)
        self.gateway.start()

    def ask(self, user="alice", path=CHAT, **more):
        body = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 10, **more}
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=20)
        try:
            connection.request("POST", path, json.dumps(body), {"authorization": f"Bearer {self.gateway.secrets['main']}",
                                                                "content-type": "application/json", "x-tollgate-user": user})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def limits(self): return {limit["name"]: limit for limit in self.gateway.get("/v1/usage")[1]["limits"]}

    def bill(self):
        with urllib.request.urlopen(f"http://{HOST}:{self.mock}/mock/bill", timeout=5) as answer: return json.load(answer)

    def close(self):
        self.gateway.stop()
        self.folder.cleanup()


class LimitsTest(unittest.TestCase):
    def world(self, limits, **more):
        made = World(limits, **more)
        self.addCleanup(made.close)
        self.addCleanup(lambda: self.assertEqual(money.check(made.gateway.data), []))
        return made

    def test_a_daily_token_limit_of_each_user(self):
        world = self.world({"daily": {"match": {"team": "search"}, "each": ["user"], "tokens": 3000, "every": "day"}})
        statuses = []
        while len(statuses) < 1000:
            status, headers, body = world.ask(max_tokens=100)
            statuses.append(status)
            if status != 200: break
            self.assertEqual(headers["x-ratelimit-limit-tokens"], "3000")
        self.assertEqual(statuses[-1], 429)
        self.assertGreater(len(statuses), 10)
        error = json.loads(body)["error"]
        self.assertEqual((error["code"], error["type"]), ("rate_limit_exceeded", "tokens"))
        self.assertRegex(error["message"], r"^limit daily: \d+ tokens left of 3000, resets at \d{4}-")
        self.assertIn("retry-after", headers)
        self.assertLess(int(headers["x-ratelimit-remaining-tokens"]), 400)  # less than a call may take
        self.assertEqual(world.ask(user="bob", max_tokens=100)[0], 200)
        bill = world.bill()
        self.assertLessEqual(bill["input_tokens"] + bill["output_tokens"], 3000 + 200)

    def test_a_request_limit_in_another_dialect(self):
        world = self.world({"burst": {"requests": 2, "every": "day"}})
        self.assertEqual([world.ask(path=MESSAGES)[0] for _ in range(3)], [200, 200, 429])
        status, headers, body = world.ask(path=MESSAGES)
        self.assertEqual(json.loads(body)["error"]["type"], "rate_limit_error")
        self.assertEqual(world.limits()["burst"]["used"], 2)
        self.assertEqual(world.limits()["burst"]["left"], 0)

    def test_what_is_left_is_what_the_rows_have_used_also_after_a_start(self):
        world = self.world({"daily": {"tokens": 100000, "every": "day"}, "calls": {"requests": 1000, "every": "day"}})
        for _ in range(5): world.ask()
        world.ask(stream=True)
        bill = world.bill()
        for _ in range(2):
            limits = world.limits()
            self.assertEqual(limits["daily"]["used"], bill["input_tokens"] + bill["output_tokens"])
            self.assertEqual(limits["daily"]["reserved"], 0)
            self.assertEqual(limits["calls"]["used"], 6)
            world.gateway.kill()
            world.gateway.start()

    def test_an_answer_that_nobody_bounds_gets_what_the_limit_can_pay(self):
        world = self.world({"out": {"output_tokens": 40, "every": "day", "clamp": True}}, rules=[{"tokens": 500}])
        status, _, body = world.ask(max_tokens=None)
        answer = json.loads(body)
        self.assertEqual((status, answer["choices"][0]["finish_reason"], answer["usage"]["completion_tokens"]), (200, "length", 40))
        status, _, body = world.ask(max_tokens=None)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (429, "rate_limit_exceeded"))
        self.assertEqual(world.bill()["output_tokens"], 40)

    def test_a_stream_ends_where_its_limit_ends(self):
        rules = [{"stream": True, "tokens": 5000, "chunk_ms": 1, "chunks": 500}, {"tokens": 20}]
        world = self.world({"out": {"output_tokens": 2000, "every": "day"}}, rules=rules)
        for _ in range(25): self.assertEqual(world.ask(max_tokens=None)[0], 200)
        used = world.limits()["out"]["used"]
        status, _, body = world.ask(max_tokens=None, stream=True)
        events = [line[len(b"data: "):] for line in body.split(b"\n") if line.startswith(b"data: ")]
        self.assertEqual((status, events[-1]), (200, b"[DONE]"))
        self.assertIn("length", [choice["finish_reason"] for event in events[:-1] for choice in json.loads(event)["choices"]])
        row = max(money.rows(world.gateway.data), key=lambda row: row["at"])
        self.assertEqual((row["status"], row["error_code"]), ("incomplete", "budget_exceeded"))
        self.assertGreater(row["output_tokens"], 300)
        limit = world.limits()["out"]
        self.assertEqual((limit["used"], limit["reserved"]), (used + row["output_tokens"], 0))
        self.assertLessEqual(limit["used"], 2000)

    def test_a_mark_is_told(self):
        world = self.world({"calls": {"requests": 4, "every": "day", "on_limit": "alert", "alert_at": ["50%"]}})
        self.assertEqual([world.ask()[0] for _ in range(6)], [200] * 6)
        for _ in range(100):
            with urllib.request.urlopen(f"http://{HOST}:{world.gateway.admin_port}/metrics", timeout=5) as answer: text = answer.read().decode()
            if "tollgate_limit_alerts_total{" in text: break
            time.sleep(0.05)
        self.assertIn('tollgate_limit_alerts_total{limit="calls",at="50"} 1', text)

    def test_all_at_once_on_a_limit_for_a_hundred(self):
        world = self.world({"calls": {"requests": ROOM_FOR, "every": "day"}})
        statuses, lock = Counter(), threading.Lock()

        def call(number):
            for turn in range(CALLS_EACH):
                status, _, _ = world.ask(user=f"user-{number}-{turn}", path=(CHAT, MESSAGES)[turn % 2], stream=turn % 3 == 0)
                with lock: statuses[status] += 1

        callers = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
        for caller in callers: caller.start()
        for caller in callers: caller.join()
        self.assertEqual(statuses, {200: ROOM_FOR, 429: CALLERS * CALLS_EACH - ROOM_FOR})
        self.assertEqual(world.bill()["requests"], ROOM_FOR)

    def test_no_more_calls_at_once_than_allowed(self):
        world = self.world({"few": {"concurrent": 4}}, rules=[{"delay_ms": 150, "first_token_ms": 50}])
        most, statuses, lock = [0], Counter(), threading.Lock()

        def call(number):
            for turn in range(10):
                status, headers, body = world.ask(path=(CHAT, MESSAGES)[turn % 2], stream=turn % 2 == 0)
                with lock: statuses[status] += 1
                if status == 429: self.assertIn("at once", json.loads(body)["error"]["message"])
                else: most[0] = max(most[0], world.limits()["few"]["reserved"])
        callers = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
        for caller in callers: caller.start()
        for caller in callers: caller.join()
        self.assertEqual(set(statuses), {200, 429})
        self.assertLessEqual(most[0], 4)
        self.assertGreaterEqual(statuses[200], 4)
        few = world.limits()["few"]
        self.assertEqual((few["used"], few["reserved"], few["left"], few["resets_at"]), (0, 0, 4, None))
        self.assertEqual(world.ask()[0], 200)

    def test_calls_wait_for_room(self):
        world = self.world({"few": {"concurrent": 2, "on_limit": "queue", "wait": "5s"}}, rules=[{"delay_ms": 100}])
        statuses, lock = Counter(), threading.Lock()

        def call(number):
            status, _, _ = world.ask(path=(CHAT, MESSAGES)[number % 2], stream=number % 3 == 0)
            with lock: statuses[status] += 1
        callers = [threading.Thread(target=call, args=(number,)) for number in range(12)]
        for caller in callers: caller.start()
        for caller in callers: caller.join()
        self.assertEqual(statuses, {200: 12})
        impatient = self.world({"few": {"requests": 1, "every": "day", "on_limit": "queue", "wait": "300ms"}})
        impatient.ask()
        began = time.monotonic()
        self.assertEqual(impatient.ask()[0], 429)
        self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_a_spent_limit_sends_calls_to_another_route(self):
        world = self.world({"dear": {"match": {"model": "m"}, "requests": 2, "every": "day", "on_limit": "downgrade", "to": "cheap"}, "all": {"requests": 5, "every": "day"}})
        for path in (CHAT, MESSAGES):
            told = [world.ask(path=path) for _ in range(2)]
            self.assertEqual([status for status, _, _ in told], [200, 200])
        self.assertEqual([headers["x-tollgate-model"] for _, headers, _ in told], ["small", "small"])
        self.assertEqual([world.ask()[0] for _ in range(2)], [200, 429])
        limits = world.limits()
        self.assertEqual((limits["all"]["used"], limits["all"]["left"]), (5, 0))

    def test_the_operator_sees_every_counter(self):
        world = self.world({"daily": {"each": ["user"], "tokens": 3000, "every": "day"}})
        world.ask(user="alice")
        world.ask(user="bob")
        request = urllib.request.Request(f"http://{HOST}:{world.gateway.admin_port}/api/v1/limits/state",
                                         headers={"authorization": f"Bearer {world.gateway.started.env['TOLLGATE_ADMIN_TOKEN']}"})
        with urllib.request.urlopen(request, timeout=5) as answer: counters = json.load(answer)["counters"]
        daily = {counter["each"]["user"]: counter for counter in counters if counter["limit"] == "daily"}
        self.assertEqual(sorted(daily), ["alice", "bob"])
        bill = world.bill()
        self.assertEqual(sum(counter["used"] for counter in daily.values()), bill["input_tokens"] + bill["output_tokens"])
        self.assertEqual({counter["left"] + counter["used"] for counter in daily.values()}, {3000})

    def test_a_key_carries_its_own(self):
        world = self.world({}, key={"limits": [{"requests": 1, "every": "day"}]})
        self.assertEqual([world.ask()[0] for _ in range(2)], [200, 429])
        self.assertEqual(list(world.limits()), ["keys.main.requests.day"])


if __name__ == "__main__":
    unittest.main()
