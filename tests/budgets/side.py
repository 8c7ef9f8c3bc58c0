"""An upstream on the test's own event loop for what the scripted provider does not play: images and speech, and chats that last, of which it
knows how many ran at once."""
import asyncio
import json

from lib.programs import HOST

USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
IMAGE = {"created": 1, "data": [{"b64_json": "aGk="}]}
SPEECH = b"ID3 not really music"
HOLD_S = 0.15
HEAD = "HTTP/1.1 200 OK\r\ncontent-type: {}\r\n{}\r\n\r\n"


def _plain(body, content_type="application/json"): return HEAD.format(content_type, f"content-length: {len(body)}").encode() + body


def _chunk(data): return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _event(value): return _chunk(b"data: " + json.dumps(value).encode() + b"\n\n")


def _choice(**more): return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "slow", "choices": [{"index": 0, "finish_reason": None, **more}]}


class Side:
    """`most`: how many chats were in it at once. A chat counts until just before its last byte is sent."""

    def __init__(self, crowd):
        self.running = self.most = self.seen = 0
        self.server = crowd.run(asyncio.start_server(self._serve, HOST, 0, backlog=2000))
        self.port = self.server.sockets[0].getsockname()[1]

    def close(self): self.server.close()

    async def _serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
                body = json.loads(await reader.readexactly(size))
                self.seen += 1
                await self._answer(head.split(b" ", 2)[1], body, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, path, body, writer):
        if path.endswith(b"/images/generations"): writer.write(_plain(json.dumps(IMAGE).encode()))
        elif path.endswith(b"/audio/speech"): writer.write(_plain(SPEECH, "audio/mpeg"))
        elif path.endswith(b"/embeddings"): await self._held(writer, b"", _plain(self._embedding(body)))
        elif path.endswith(b"/chat/completions") and body.get("stream"): await self._held(writer, *self._stream())
        elif path.endswith(b"/chat/completions"): await self._held(writer, b"", _plain(self._whole()))
        elif path.endswith(b"/completions"): await self._held(writer, b"", _plain(self._text()))
        else: writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")

    async def _held(self, writer, first, last):
        self.running += 1
        self.most = max(self.most, self.running)
        writer.write(first)
        await asyncio.sleep(HOLD_S)
        self.running -= 1
        writer.write(last)

    @staticmethod
    def _whole():
        message = {"role": "assistant", "content": "there you are"}
        return json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": "slow", "usage": USAGE,
                           "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()

    @staticmethod
    def _text():
        return json.dumps({"id": "c", "object": "text_completion", "created": 1, "model": "slow", "usage": USAGE,
                           "choices": [{"index": 0, "text": "there you are", "finish_reason": "stop", "logprobs": None}]}).encode()

    @staticmethod
    def _embedding(body):
        return json.dumps({"object": "list", "model": body["model"], "usage": {"prompt_tokens": 2, "total_tokens": 2},
                           "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.5]}]}).encode()

    @staticmethod
    def _stream():
        first = HEAD.format("text/event-stream", "transfer-encoding: chunked").encode()
        first += _event(_choice(delta={"role": "assistant", "content": "there "}))
        usage = {**_choice(delta={}), "choices": [], "usage": USAGE}
        last = _event(_choice(delta={"content": "you are"})) + _event(_choice(delta={}, finish_reason="stop")) + _event(usage)
        return first, last + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"
