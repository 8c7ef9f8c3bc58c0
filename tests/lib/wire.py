"""HTTP/1.1 by hand: sends exact bytes, and reads what comes back strictly, so that a wrong answer is seen and not repaired."""
import re
import socket

HOST = "127.0.0.1"
ANSWER_LIMIT_S = 10
READ_BYTES = 65536
MORE_ANSWERS_MAX = 20
STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3}) ([\x20-\x7e]*)")


class Malformed(Exception):
    """What came is no HTTP answer."""


class Closed(Exception):
    """The peer closed (cleanly or not) before the answer was whole."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name, otherwise=""):
        return next((value for key, value in self.headers if key == name), otherwise)

    def __repr__(self): return f"{self.status} {self.body[:200]!r}"


class Connection:
    """One connection to the gateway. Everything has the same limit of time."""

    def __init__(self, port, limit_s=ANSWER_LIMIT_S):
        self.socket = socket.create_connection((HOST, port), timeout=limit_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""

    def __enter__(self): return self

    def __exit__(self, *_): self.close()

    def close(self): self.socket.close()

    def reset(self):
        """Closes with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def send(self, data):
        """False when the peer takes no more: it may have answered and closed before all was sent."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def end_sending(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _more(self):
        try:
            data = self.socket.recv(READ_BYTES)
        except ConnectionResetError as reset:
            raise Closed("reset") from reset
        if not data: raise Closed(f"closed after {self.got[:100]!r}" if self.got else "closed")
        self.got += data

    def _until(self, mark):
        while (at := self.got.find(mark)) < 0: self._more()
        found, self.got = self.got[:at], self.got[at + len(mark):]
        return found

    def _exactly(self, size):
        while len(self.got) < size: self._more()
        found, self.got = self.got[:size], self.got[size:]
        return found

    def head(self):
        """(status, headers) of the next final answer; a 100 Continue is passed over."""
        lines = self._until(b"\r\n\r\n").split(b"\r\n")
        line = STATUS_LINE.fullmatch(lines[0])
        if not line: raise Malformed(f"status line {lines[0][:100]!r}")
        headers = []
        for field in lines[1:]:
            name, colon, value = field.partition(b":")
            if not colon or not re.fullmatch(rb"[!#-'*+.^-z|~-]+", name): raise Malformed(f"field {field[:100]!r}")
            headers.append((name.decode().lower(), value.strip().decode("latin-1")))
        return (int(line[1]), headers) if int(line[1]) != 100 else self.head()

    def chunks(self):
        """Payloads of a chunked body, to its end."""
        while True:
            size_text = self._until(b"\r\n")
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", size_text): raise Malformed(f"chunk size {size_text[:100]!r}")
            size = int(size_text, 16)
            if size == 0: break
            yield self._exactly(size)
            if self._exactly(2) != b"\r\n": raise Malformed("no line end behind a chunk")
        if self._exactly(2) != b"\r\n": raise Malformed("trailers in an answer")

    def answer(self, method="POST"):
        """The next answer, whole."""
        status, headers = self.head()
        names = [name for name, _ in headers]
        lengths, coded = names.count("content-length"), names.count("transfer-encoding")
        if lengths + coded > 1: raise Malformed(f"framing told twice: {headers}")
        answer = Answer(status, headers, b"")
        if method == "HEAD" or status in (204, 304): return answer
        if coded: answer.body = b"".join(self.chunks())
        elif lengths: answer.body = self._exactly(int(answer.header("content-length")))
        else: answer.body = self._rest()
        return answer

    def _rest(self):
        try:
            while True: self._more()
        except Closed:
            found, self.got = self.got, b""
            return found

    def is_closed(self):
        """Waits for the peer's end; False when other bytes come first. Raises TimeoutError when nothing happens."""
        if self.got: return False
        try:
            self._more()
        except Closed:
            return True
        return False

    def answers_until_closed(self):
        """Every answer until the peer closes, and whether what was left over is clean."""
        found = []
        while len(found) < MORE_ANSWERS_MAX:
            try:
                found.append(self.answer())
            except Closed:
                return found, not self.got
        return found, False


def post(path, body, key, *more, method="POST", content_type="application/json"):
    """The bytes of a plain request. `more` are whole header lines, text or bytes."""
    lines = [f"{method} {path} HTTP/1.1", "host: gw.test", f"authorization: Bearer {key}", f"content-type: {content_type}",
             f"content-length: {len(body)}", *more]
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\r\n\r\n" + body
