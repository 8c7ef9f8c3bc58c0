"""A small upstream whose behaviour is asked for by model name, so that a client test can say what should go wrong.

    echo            answers with the last message's text            tools     calls a tool, then says what came back
    overloaded-once 503 with retry-after-ms: 20, then like echo      slow      waits 5 s before it answers
    drip            a stream that never ends, an event each 20 ms    denied    400 with code and param, as a provider words it

The last message begins with a mark, a word that no other test uses; GET /seen?mark=WORD tells what reached us with it:
{"calls": n, "hung_up": n, "bodies": [...], "authorization": [...]}. Also /v1/embeddings.
"""
import base64
import json
import select
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SLOW_S = 5
DRIP_EVERY_S = 0.02
DRIPS_MAX = 1500
VECTOR = [0.25, -0.5, 1.0]
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class Seen:
    """What came in, by mark; shared by all threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._marks = {}

    def add(self, mark, body, authorization):
        with self._lock:
            entry = self._marks.setdefault(mark, {"calls": 0, "hung_up": 0, "bodies": [], "authorization": []})
            entry["calls"] += 1
            entry["bodies"].append(body)
            entry["authorization"].append(authorization)
            return entry["calls"]

    def hung_up(self, mark):
        with self._lock: self._marks[mark]["hung_up"] += 1

    def of(self, mark):
        with self._lock: return json.dumps(self._marks.get(mark, {"calls": 0, "hung_up": 0, "bodies": [], "authorization": []}))


def text_of(message):
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def completion(model, message, finish="stop"):
    return {"id": "chatcmpl-scripted", "object": "chat.completion", "created": 1760000000, "model": model,
            "choices": [{"index": 0, "message": {"role": "assistant", **message}, "logprobs": None, "finish_reason": finish}], "usage": USAGE}


def chunk(model, delta, finish=None, **more):
    return {"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1760000000, "model": model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: Seen  # set by serve()

    def log_message(self, *_): pass

    def do_GET(self):
        mark = parse_qs(urlsplit(self.path).query).get("mark", [""])[0]
        self.reply(200, self.seen.of(mark))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        if self.path.endswith("/embeddings"): return self.embeddings(body)
        text = text_of(body["messages"][-1])
        mark = text.split()[0] if text.split() else ""
        call = self.seen.add(mark, body, self.headers.get("authorization", ""))
        answers = {"overloaded-once": self.overloaded_once, "tools": self.tools, "slow": self.slow, "drip": self.drip, "denied": self.denied}
        answers.get(body["model"], self.echo)(body, mark, text, call)

    # -- behaviours ---------------------------------------------------------------------------------------------------

    def echo(self, body, mark, text, call):
        if not body.get("stream"): return self.reply(200, completion(body["model"], {"content": text}))
        events = [chunk(body["model"], {"role": "assistant", "content": ""})]
        events += [chunk(body["model"], {"content": letter}) for letter in text]
        self.stream(body, events, "stop")

    def overloaded_once(self, body, mark, text, call):
        if call > 1: return self.echo(body, mark, text, call)
        error = {"message": "The server is overloaded.", "type": "server_error", "param": None, "code": "server_is_overloaded"}
        self.reply(503, {"error": error}, {"retry-after-ms": "20", "retry-after": "1"})

    def denied(self, body, mark, text, call):
        error = {"message": "Unsupported value.", "type": "invalid_request_error", "param": "top_logprobs", "code": "unsupported_value"}
        self.reply(400, {"error": error})

    def slow(self, body, mark, text, call):
        if self.left_within(SLOW_S): self.seen.hung_up(mark)
        else: self.echo(body, mark, text, call)

    def drip(self, body, mark, text, call):
        self.begin_stream()
        for _ in range(DRIPS_MAX):
            try:
                self.event(chunk(body["model"], {"content": "drip "}))
            except OSError:
                return self.seen.hung_up(mark)
            if self.left_within(DRIP_EVERY_S): return self.seen.hung_up(mark)

    def tools(self, body, mark, text, call):
        last = body["messages"][-1]
        if last["role"] == "tool": return self.reply(200, completion(body["model"], {"content": f"The tool said: {text}"}))
        tool = {"name": body["tools"][0]["function"]["name"], "arguments": '{"city":"Zürich"}'}
        if not body.get("stream"):
            called = [{"id": "call_1", "type": "function", "function": tool}]
            return self.reply(200, completion(body["model"], {"content": None, "tool_calls": called}, "tool_calls"))
        first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": tool["name"], "arguments": ""}}
        pieces = [{"index": 0, "function": {"arguments": letter}} for letter in tool["arguments"]]
        opening = chunk(body["model"], {"role": "assistant", "content": None})
        self.stream(body, [opening, *(chunk(body["model"], {"tool_calls": [piece]}) for piece in [first, *pieces])], "tool_calls")

    def embeddings(self, body):
        inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
        packed = base64.b64encode(struct.pack(f"<{len(VECTOR)}f", *VECTOR)).decode()
        vector = packed if body.get("encoding_format") == "base64" else VECTOR
        data = [{"object": "embedding", "index": index, "embedding": vector} for index in range(len(inputs))]
        self.reply(200, {"object": "list", "model": body["model"], "data": data, "usage": {"prompt_tokens": 4, "total_tokens": 4}})

    # -- wire ---------------------------------------------------------------------------------------------------------

    def reply(self, status, body, headers=None):
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def stream(self, body, events, finish):
        self.begin_stream()
        for event in events: self.event(event)
        self.event(chunk(body["model"], {}, finish))
        if (body.get("stream_options") or {}).get("include_usage"):
            self.event({**chunk(body["model"], {}), "choices": [], "usage": USAGE})
        self.piece(b"data: [DONE]\n\n")
        self.piece(b"")

    def begin_stream(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def event(self, event): self.piece(f"data: {json.dumps(event)}\n\n".encode())

    def piece(self, data): self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def left_within(self, seconds):
        """Waits; true as soon as the peer closes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable and not self.connection.recv(1): return True
        return False


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # connections of a gateway come all at once


def serve():
    """Starts it on a free port; returns (port, stop)."""
    server = Server(("127.0.0.1", 0), type("Scripted", (Answering,), {"seen": Seen()}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1], server.shutdown
