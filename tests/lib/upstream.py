"""An upstream that plays exact bytes and remembers exactly what reached it.

    upstream = Upstream(answer)      answer(request) gives the steps: bytes to send, FIN or RST to close with, or Silence(seconds)

A request is told apart by `case`, the first part of its path (`/CASE/v1/chat/completions`), and by `mark`, its header
openai-organization, which the gateway passes on. What is no clean request with exactly one framing is kept in `faults`.
"""
import re
import select
import socket
import threading
import time
from dataclasses import dataclass, field

HOST = "127.0.0.1"
READ_BYTES = 65536
BACKLOG = 256
IDLE_LIMIT_S = 120
FIN, RST = object(), object()


@dataclass
class Silence:
    """Says nothing until the peer closes, at most so long; then goes on."""
    seconds: float


@dataclass
class Request:
    path: str
    headers: list
    body: bytes
    at: float
    case: str = ""
    mark: str = ""
    number: int = 0
    hung_up: bool = False
    finished: bool = False  # every step was played
    connection: int = 0
    notes: dict = field(default_factory=dict)

    def header(self, name): return next((value for key, value in self.headers if key == name), "")


class Dirty(Exception):
    """Bytes that a gateway must not send."""


def read_framing(headers):
    """Size of the body; Dirty unless there is exactly one plain framing."""
    lengths = [value for name, value in headers if name == "content-length"]
    if any(name == "transfer-encoding" for name, _ in headers): raise Dirty("transfer-encoding")
    if len(lengths) != 1 or not lengths[0].isdigit(): raise Dirty(f"lengths {lengths}")
    return int(lengths[0])


def parse_head(text):
    lines = text.split(b"\r\n")
    line = re.fullmatch(rb"POST (/[\x21-\x7e]*) HTTP/1\.1", lines[0])
    if not line: raise Dirty(f"request line {lines[0][:100]!r}")
    headers = []
    for part in lines[1:]:
        found = re.fullmatch(rb"([a-z0-9-]+): ([\x20-\x7e]*)", part)
        if not found: raise Dirty(f"field {part[:100]!r}")
        headers.append((found[1].decode(), found[2].decode()))
    return line[1].decode(), headers


class Upstream:
    def __init__(self, answer):
        self.answer, self.lock = answer, threading.Lock()
        self.seen, self.faults, self.connections, self._by_mark = [], [], 0, {}
        self.listener = socket.create_server((HOST, 0), backlog=BACKLOG)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self): self.listener.close()

    def of_case(self, case):
        with self.lock: return [request for request in self.seen if request.case == case]

    def got(self, mark):
        """Requests with that mark."""
        with self.lock: return list(self._by_mark.get(mark, ()))

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer, self.connections), daemon=True).start()

    def _serve(self, peer, number):
        peer.settimeout(IDLE_LIMIT_S)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        got = b""
        try:
            while True:
                request, got = self._read(peer, got, number)
                if request is None or not self._play(peer, request): return
        except Dirty as dirty:
            with self.lock: self.faults.append(str(dirty))
        except OSError:
            pass
        finally:
            peer.close()

    def _read(self, peer, got, number):
        got = self._read_until(peer, got, lambda data: b"\r\n\r\n" in data)
        if got is None: return None, b""
        head, _, rest = got.partition(b"\r\n\r\n")
        path, headers = parse_head(head)
        size = read_framing(headers)
        rest = self._read_until(peer, rest, lambda data: len(data) >= size)
        if rest is None: raise Dirty(f"{path}: only a part of the body came")
        request = Request(path, headers, rest[:size], time.monotonic(), connection=number)
        request.case, request.mark = path.split("/")[1], request.header("openai-organization")
        with self.lock:
            request.number = len(self.seen)
            self.seen.append(request)
            self._by_mark.setdefault(request.mark, []).append(request)
        return request, rest[size:]

    @staticmethod
    def _read_until(peer, got, enough):
        """None when the peer closed first and nothing had come."""
        got = bytearray(got)
        while not enough(got):
            data = peer.recv(READ_BYTES)
            if not data and not got: return None
            if not data: raise OSError("cut")
            got += data
        return bytes(got)

    def _play(self, peer, request):
        """False when the connection is over."""
        try:
            for step in self.answer(request):
                if step is FIN: return self._finish(request)
                if step is RST:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    return self._finish(request)
                if isinstance(step, Silence): self._wait(peer, step.seconds, request)
                else: peer.sendall(step)
                if request.hung_up: return False
        except OSError:
            request.hung_up = True
            return False
        request.finished = True
        return request.header("connection") != "close"

    @staticmethod
    def _finish(request):
        request.finished = True
        return False

    @staticmethod
    def _wait(peer, seconds, request):
        readable, _, _ = select.select([peer], [], [], seconds)
        if readable: request.hung_up = not peer.recv(1, socket.MSG_PEEK)


# -- answers ----------------------------------------------------------------------------------------------------------

def whole(status, body, *headers, reason="Whatever", content_type="application/json"):
    lines = [f"HTTP/1.1 {status} {reason}", f"content-type: {content_type}", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


def one_chunk(data): return f"{len(data):x}\r\n".encode() + data + b"\r\n" if data else b""


def byte_chunks(data):
    """Every byte a chunk of its own, sent together."""
    out = bytearray(b"1\r\n?\r\n" * len(data))
    out[3::6] = data
    return bytes(out)


def random_chunks(data, random, most=97):
    """Chunks of 1 to `most` bytes."""
    at, pieces = 0, []
    while at < len(data):
        size = random.randint(1, most)
        pieces.append(one_chunk(data[at:at + size]))
        at += size
    return pieces
