"""Calls from many clients, and an upstream that keeps its own bill; somewhere in the middle the gateway is killed.

 1. Each client calls again and again, streamed or not, under a user of its own, until its gateway is gone.
 2. The upstream answers each call with a usage of its own, which is its bill.
 3. The moment of the kill is the n-th time that something happens: the upstream has a request, is in the middle of a stream, is about
    to send the last bytes, has sent them, or a client has a whole answer. Kind and n come from the seed.
"""
import json
import threading
from dataclasses import dataclass, field

from lib import upstream, wire

CLIENTS = 12
CHAT = "/v1/chat/completions"
MOMENTS = ("request", "middle", "before the end", "after the end", "whole answer")
COUNT_MAX = 400
WORDS_MAX = 30
PLAIN_SHARE = 0.5
ENOUGH = 2000  # calls of one client: the kill has not come, which is a fault of this test


@dataclass
class Called:
    """A call as its client knows it."""
    mark: str
    id: str = ""
    whole: bool = False  # every byte of a good answer came: acknowledged


@dataclass
class Cycle:
    """One life of a gateway under load."""
    name: str
    moment: str
    count: int
    calls: list = field(default_factory=list)  # all of them, in no order
    strange: list = field(default_factory=list)


class Trigger:
    """Kills when the moment comes for the n-th time; afterwards it is spent."""

    def __init__(self, cycle, kill):
        self.cycle, self.kill, self.left, self.lock = cycle, kill, cycle.count, threading.Lock()

    def tell(self, moment):
        if moment != self.cycle.moment: return
        with self.lock:
            self.left -= 1
            due = self.left == 0
        if due: self.kill()


class Provider:
    """The upstream. `bill`: {mark: usage} of every call whose last bytes went out."""

    def __init__(self):
        self.trigger, self.bill = None, {}
        self.upstream = upstream.Upstream(self.play)

    @staticmethod
    def usage_of(request):
        cached = request.number % 5
        return {"prompt_tokens": 20 + request.number % 41, "completion_tokens": 1 + request.number % WORDS_MAX,
                "total_tokens": 21 + request.number % 41 + request.number % WORDS_MAX, "prompt_tokens_details": {"cached_tokens": cached}}

    def play(self, request):
        self.trigger.tell("request")
        usage = self.usage_of(request)
        steps = list(self._stream(usage) if json.loads(request.body).get("stream") else self._plain(usage))
        for step in steps[:-1]:
            yield step
            self.trigger.tell("middle")
        self.bill[request.mark] = usage  # from here on a client may have the whole answer
        self.trigger.tell("before the end")
        yield steps[-1]
        self.trigger.tell("after the end")

    def _plain(self, usage):
        choice = {"index": 0, "message": {"role": "assistant", "content": "word " * usage["completion_tokens"]}, "finish_reason": "stop"}
        answer = {"id": "c", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage}
        data = upstream.whole(200, json.dumps(answer).encode())
        half = len(data) // 2
        yield data[:half]
        yield data[half:]

    def _stream(self, usage):
        yield upstream.STREAM_HEAD + self._event({"role": "assistant", "content": ""})
        for word in range(usage["completion_tokens"]): yield self._event({"content": f"word{word} "})
        told = {"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": usage}
        yield self._event({}, "stop") + upstream.one_chunk(f"data: {json.dumps(told)}\n\ndata: [DONE]\n\n".encode()) + upstream.LAST_CHUNK

    @staticmethod
    def _event(delta, finish=None):
        chunk = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        return upstream.one_chunk(f"data: {json.dumps(chunk)}\n\n".encode())


class Client(threading.Thread):
    """Calls until the gateway is gone."""

    def __init__(self, gateway, cycle, number, chance, trigger):
        super().__init__(daemon=True)
        self.gateway, self.cycle, self.chance, self.trigger = gateway, cycle, chance, trigger
        self.user = f"{cycle.name}-{number}"

    def run(self):
        try:
            with wire.Connection(self.gateway.port) as connection:
                for number in range(ENOUGH): self._call(connection, f"{self.user}-{number}")
            self.cycle.strange.append(f"{self.user}: the kill did not come")
        except (wire.Closed, OSError):
            pass
        except wire.Malformed as fault:
            self.cycle.strange.append(f"{self.user}: {fault}")

    def _call(self, connection, mark):
        streams = self.chance.random() > PLAIN_SHARE
        body = {"model": "m", "max_tokens": 500, "messages": [{"role": "user", "content": f"count to ten, {mark}"}],
                **({"stream": True} if streams else {})}
        call = Called(mark)
        self.cycle.calls.append(call)
        headers = (f"openai-organization: {mark}", f"x-tollgate-user: {self.user}")
        request = wire.post(CHAT, json.dumps(body).encode(), self.gateway.secrets["main"], *headers)
        if not connection.send(request): raise wire.Closed("gone")
        answer = connection.answer()
        call.id = answer.header("x-tollgate-request-id")
        call.whole = answer.status == 200 and (not streams or answer.body.endswith(b"data: [DONE]\n\n"))
        if not call.whole: self.cycle.strange.append(f"{mark}: {answer}")
        else: self.trigger.tell("whole answer")


def run(gateway, provider, cycle, chance):
    """Loads the gateway until it is killed; gives its clients back when they have all noticed."""
    import random
    trigger = provider.trigger = Trigger(cycle, gateway.program.kill)
    clients = [Client(gateway, cycle, number, random.Random(chance.random()), trigger) for number in range(CLIENTS)]
    for client in clients: client.start()
    for client in clients: client.join()
    gateway.kill()
