"""Many clients at once on one thread: thousands of connections with little work for each, so that the gateway is what is busy.

    crowd = Crowd(port, 1000)             a thousand connections, kept
    answers = crowd.ask(requests)         every request at once, each on a connection of its own; answers in their order

It reads only as much of an answer as is needed to know where it ends; lib/wire.py is the strict reader. An answer that broke off has
status 0 when not even its head came, else `whole` is false. Nothing waits longer than LIMIT_S.
"""
import asyncio
from dataclasses import dataclass

from lib.programs import HOST

LIMIT_S = 60
CONNECTING_AT_ONCE = 100
HEAD_END, LAST_CHUNK = b"\r\n\r\n", b"0\r\n\r\n"


@dataclass
class Answer:
    status: int = 0
    head: bytes = b""
    body: bytes = b""  # chunks with their frames
    whole: bool = False

    def header(self, name):
        mark = b"\r\n" + name.lower().encode() + b": "
        at = self.head.lower().find(mark)
        return "" if at < 0 else self.head[at + len(mark):].split(b"\r\n", 1)[0].decode("latin-1")


class Caller(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self): self.transport, self.waiting, self.got, self.need = None, None, b"", None

    def connection_made(self, transport): self.transport = transport

    def alive(self): return self.transport is not None and not self.transport.is_closing()

    def send(self, request):
        """A future of its answer."""
        self.waiting, self.got, self.need = asyncio.get_running_loop().create_future(), b"", None
        self.transport.write(request)
        return self.waiting

    def data_received(self, data):
        self.got += data
        if self.waiting is None or self.waiting.done(): return
        if self.need is None and not self._read_head(): return
        if self.need < 0: whole = self.got.endswith(b"\r\n" + LAST_CHUNK) or self.got.endswith(HEAD_END + LAST_CHUNK)
        else: whole = len(self.got) >= self.need
        if whole: self._finish(True)

    def _read_head(self):
        """Sets `need`: bytes of the whole answer, or -1 for chunks."""
        end = self.got.find(HEAD_END)
        if end < 0: return False
        at = self.got.lower().find(b"\r\ncontent-length: ", 0, end)
        if at >= 0: self.need = end + len(HEAD_END) + int(self.got[at + 18:end + 2].split(b"\r\n", 1)[0])
        elif b"\r\ntransfer-encoding: chunked" in self.got[:end].lower(): self.need = -1
        else: self.need = 1 << 60  # to the connection's end
        return True

    def connection_lost(self, _):
        if self.waiting is not None and not self.waiting.done(): self._finish(self.need == 1 << 60)

    def _finish(self, whole):
        head, _, body = self.got.partition(HEAD_END)
        status = int(head[9:12]) if head.startswith(b"HTTP/1.1 ") and self.need is not None else 0
        self.waiting.set_result(Answer(status, head, body, whole))


class Crowd:
    """Owns an event loop; all its methods are called from one thread. close() when done."""

    def __init__(self, port, size):
        self.port, self.loop, self.callers = port, asyncio.new_event_loop(), [None] * size

    def close(self):
        for caller in self.callers:
            if caller is not None: caller.transport.close()
        left = asyncio.all_tasks(self.loop)
        for task in left: task.cancel()
        if left: self.loop.run_until_complete(asyncio.wait(left))
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def ask(self, requests):
        if len(requests) > len(self.callers): raise ValueError(f"{len(requests)} requests, {len(self.callers)} connections")
        return self.loop.run_until_complete(asyncio.wait_for(self._ask(requests), LIMIT_S))

    def run(self, work):
        """Runs a coroutine on the crowd's loop."""
        return self.loop.run_until_complete(work)

    async def _ask(self, requests):
        await self._connect(len(requests))
        return await asyncio.gather(*(caller.send(request) for caller, request in zip(self.callers, requests)))

    async def _connect(self, count):
        """Before anything is sent, so that all are there at once."""
        missing = [place for place in range(count) if self.callers[place] is None or not self.callers[place].alive()]
        for first in range(0, len(missing), CONNECTING_AT_ONCE):
            await asyncio.gather(*(self._connect_one(place) for place in missing[first:first + CONNECTING_AT_ONCE]))

    async def _connect_one(self, place):
        _, self.callers[place] = await self.loop.create_connection(Caller, HOST, self.port)
