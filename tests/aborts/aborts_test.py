"""Callers that hang up at random points: each call has exactly one row within five seconds, and the ledger agrees with the provider's own bill.

 1. Each call has a connection, a user and a kind of its own: plain and streamed, in every front dialect.
 2. It leaves after a random time or a random number of bytes: before the head, amid the answer, before the usage, or not at all. Before the first
    byte it closes in order, for a reset would take the request with it that the gateway has not read; later it closes in order or resets.
 3. Before the bill is begun some whole calls teach the gateway how this provider counts (tokens/calibration.h), as in any gateway that has run.
 4. The scripted provider bills a stream's input and what it had sent when the connection went; the ledger must be within 1 % of that.

TOLLGATE_ABORTS says how many calls there are (2000), TOLLGATE_SEED chooses them.
"""
import asyncio
import json
import os
import random
import sys
import tempfile
import time
import unittest
import urllib.request
from collections import Counter
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import kinds, money  # noqa: E402
from lib.crowd import Crowd  # noqa: E402
from lib.gateway import Gateway, provider, route  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402

CALLS = int(os.environ.get("TOLLGATE_ABORTS", "2000"))
SEED = int(os.environ.get("TOLLGATE_SEED", "0")) or random.SystemRandom().randrange(2**32)
CALLS_A_SECOND, TEACHERS = 150, 128
LEAVE_S, STREAM_BYTES = 6.5, 9000  # a little more than an answer takes and has
ROW_LIMIT_S, BILL_ERROR = 5, 0.01
INPUT_ERROR = 0.05  # of what is estimated for those who left, over kinds of prompt that this provider counts differently
OUTPUT = 200
WORDS = "the quick brown fox jumps over one lazy dog while many more animals look on and wonder what it may be about".split()
PRICE = {"input": 1, "output": 2}
PRICE_NANO = {name: value * money.NANO_PER_USD for name, value in PRICE.items()}
# Slow, so that what is on its way when a caller leaves is little beside what it got.
RULES = [{"stream": False, "delay_ms": 2500, "tokens": OUTPUT},
         {"delay_ms": 150, "first_token_ms": 300, "chunk_ms": 120, "jitter_ms": 40, "chunks": 40, "tokens": OUTPUT}]
TEACHING = [{"tokens": OUTPUT}]


class Leaving(asyncio.Protocol):
    """Leaves once `most` bytes have come; `left` is then done."""

    def __init__(self, request, most):
        self.request, self.most, self.count, self.transport = request, most, 0, None
        self.left = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data):
        self.count += len(data)
        if self.count >= self.most: self._done()

    def connection_lost(self, _): self._done()

    def _done(self):
        if not self.left.done(): self.left.set_result(None)

    def leave(self, by_reset):
        sock = self.transport.get_extra_info("socket")
        if by_reset and self.count and sock is not None: sock.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER of no time
        self.transport.abort()


class World:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-aborts-")
        self.mock = free_port()
        settings = {"providers": {"mock": provider(self.mock)}, "routes": {"m": route("mock", "steady")}, "prices": {"steady": PRICE},
                    "limits": {"all": {"usd": 1000, "every": "month"}, "at-once": {"concurrent": 10000}}}
        self.gateway = Gateway(self.folder.name, settings, {"main": {"may_set": ["user"]}})
        script = Path(self.folder.name) / "mock.json"
        script.write_text(json.dumps({"seed": SEED, "keep_requests": 0, "rules": TEACHING}))
        self.gateway.started.start("mock", self.mock_url("bill"), TOLLGATE, "mock", "--listen", f"{HOST}:{self.mock}", "--script", script)
        self.gateway.start()
        self.crowd = Crowd(self.gateway.port, TEACHERS)
        self.left_at = {}

    def mock_url(self, what): return f"http://{HOST}:{self.mock}/mock/{what}"

    def tell_mock(self, what, method, body=None):
        urllib.request.urlopen(urllib.request.Request(self.mock_url(what), body, method=method), timeout=5).close()

    def bill(self):
        with urllib.request.urlopen(self.mock_url("bill"), timeout=5) as answer: return json.load(answer)

    def teach(self, dice):
        answers = self.crowd.ask([self.request(dice, kinds.CHATS[number % len(kinds.CHATS)], "teacher") for number in range(TEACHERS)])
        self.tell_mock("bill", "DELETE")
        self.tell_mock("script", "POST", json.dumps({"seed": SEED, "keep_requests": 0, "rules": RULES}).encode())
        return Counter(answer.status for answer in answers)

    def request(self, dice, kind, user):
        text = " ".join(dice.choices(WORDS, k=dice.randint(30, 60)))
        return kind.bytes(self.gateway.secrets["main"], text, OUTPUT, f"x-tollgate-user: {user}")

    def play(self, dice): self.crowd.run(self._play(dice))

    async def _play(self, dice):
        await asyncio.gather(*(self._call(number, dice) for number in range(CALLS)))

    async def _call(self, number, dice):
        kind, user = kinds.CHATS[number % len(kinds.CHATS)], f"u{number}"
        by_bytes = kind.streams and dice.random() < 0.5
        most = dice.randint(1, STREAM_BYTES) if by_bytes else 1 << 30
        patience = LEAVE_S if by_bytes else dice.uniform(0, LEAVE_S if kind.streams else LEAVE_S / 2)
        await asyncio.sleep(dice.uniform(0, CALLS / CALLS_A_SECOND))
        _, call = await asyncio.get_running_loop().create_connection(lambda: Leaving(self.request(dice, kind, user), most), HOST, self.gateway.port)
        await asyncio.wait([call.left], timeout=patience)
        call.leave(dice.random() < 0.5)
        self.left_at[user] = time.time()

    def close(self):
        stopped = self.gateway.stop()
        self.crowd.close()
        self.folder.cleanup()
        return stopped


class AbortsTest(unittest.TestCase):
    def test_each_has_one_row_and_the_sum_is_the_bill(self):
        print(f"seed {SEED}, {CALLS} calls", flush=True)
        world, dice = World(), random.Random(SEED)
        try:
            self.assertEqual(world.teach(dice), {200: TEACHERS})
            world.play(dice)
            rows = self.rows_of(world)
            self.look_at_rows(world, rows)
            self.look_at_bill(world.bill(), rows)
            self.assertEqual(money.check(world.gateway.data, PRICE_NANO), [])
        finally:
            stopped = world.close()
        self.assertEqual(stopped, "")

    def rows_of(self, world):
        """Of the callers that left, once there is one for each, or five seconds after the last has left."""
        end = max(world.left_at.values()) + ROW_LIMIT_S
        while True:
            rows = [row for row in money.rows(world.gateway.data) if row["user"] != "teacher"]
            if len(rows) >= CALLS or time.time() > end: return rows

    def look_at_rows(self, world, rows):
        counts = Counter(row["user"] for row in rows)
        self.assertEqual([user for user in world.left_at if counts[user] != 1][:20], [], f"{len(rows)} rows of {CALLS} calls")
        for row in rows:
            late = datetime.fromisoformat(row["finished_at"].replace("Z", "+00:00")).timestamp() - world.left_at[row["user"]]
            self.assertLess(late, ROW_LIMIT_S, row)
        statuses = Counter(row["status"] for row in rows)
        self.assertLessEqual(set(statuses), {"ok", "aborted"}, statuses)
        self.assertGreater(statuses["aborted"], CALLS / 2, statuses)
        self.assertGreater(statuses["ok"], CALLS / 100, statuses)
        counters = world.gateway.get("/v1/usage")[1]["limits"]
        self.assertEqual([counter["reserved"] for counter in counters], [0] * len(counters))

    def look_at_bill(self, bill, rows):
        """Calls that never reached the provider cost nothing."""
        used = {"input_tokens": sum(row["input_tokens"] for row in rows), "output_tokens": sum(row["output_tokens"] for row in rows)}
        print({name: (bill[name], told) for name, told in used.items()}, "aborted", bill["aborted"], "of", bill["requests"])
        self.assertLessEqual(abs(used["input_tokens"] - bill["input_tokens"]), INPUT_ERROR * bill["input_tokens"])
        tokens, billed_tokens = sum(used.values()), bill["input_tokens"] + bill["output_tokens"]
        self.assertLessEqual(abs(tokens - billed_tokens), BILL_ERROR * billed_tokens, f"the provider bills {billed_tokens} tokens, the ledger has {tokens}")
        billed = money.cost_of({**dict.fromkeys(money.BUCKETS, 0), "input_tokens": bill["input_tokens"], "output_tokens": bill["output_tokens"]}, PRICE_NANO)
        charged = sum(row["cost_nano_usd"] for row in rows)
        self.assertLessEqual(abs(charged - billed), BILL_ERROR * billed, f"the provider bills {billed} nano-USD, the ledger has {charged}")


if __name__ == "__main__":
    unittest.main()
