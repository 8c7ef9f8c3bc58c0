"""Calls of every front dialect and endpoint that a scripted provider can answer: name, path, body, and whether the answer streams."""
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    name: str
    path: str
    ask: object  # (text, most output tokens) -> body
    streams: bool = False

    def bytes(self, key, text, most, *headers, model="m"):
        """The whole request. `model`: the route of a chat."""
        asked = self.ask(text, most)
        if asked.get("model") == "m": asked["model"] = model
        body, path = json.dumps(asked).encode(), self.path.replace("/m:", f"/{model}:").replace("/m/", f"/{model}/")
        lines = [f"POST {path} HTTP/1.1", "host: gw.test", f"authorization: Bearer {key}", "content-type: application/json",
                 f"content-length: {len(body)}", *headers]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _said(text): return [{"role": "user", "content": text}]


def _chat(text, most): return {"model": "m", "messages": _said(text), "max_tokens": most}
def _completion(text, most): return {"model": "m", "prompt": text, "max_tokens": most}
def _response(text, most): return {"model": "m", "input": text, "max_output_tokens": most, "store": False}
def _gemini(text, most): return {"contents": [{"role": "user", "parts": [{"text": text}]}], "generationConfig": {"maxOutputTokens": most}}
def _bedrock(text, most): return {"messages": [{"role": "user", "content": [{"text": text}]}], "inferenceConfig": {"maxTokens": most}}
def _ollama(text, most): return {"model": "m", "messages": _said(text), "stream": False, "options": {"num_predict": most}}


def _streamed(ask, **more): return lambda text, most: {**ask(text, most), "stream": True, **more}


STREAMS = (
    Kind("chat streamed", "/v1/chat/completions", _streamed(_chat), True),
    Kind("responses streamed", "/v1/responses", _streamed(_response), True),
    Kind("messages streamed", "/v1/messages", _streamed(_chat), True),
    Kind("gemini streamed", "/v1beta/models/m:streamGenerateContent?alt=sse", _gemini, True),
    Kind("bedrock streamed", "/model/m/converse-stream", _bedrock, True),
    Kind("ollama streamed", "/api/chat", _streamed(_ollama), True),
    Kind("cohere streamed", "/v2/chat", _streamed(_chat), True),
    Kind("completions streamed", "/v1/completions", _streamed(_completion), True),
)
PLAIN = (
    Kind("chat", "/v1/chat/completions", _chat),
    Kind("responses", "/v1/responses", _response),
    Kind("messages", "/v1/messages", _chat),
    Kind("gemini", "/v1beta/models/m:generateContent", _gemini),
    Kind("bedrock", "/model/m/converse", _bedrock),
    Kind("ollama", "/api/chat", _ollama),
    Kind("cohere", "/v2/chat", _chat),
    Kind("completions", "/v1/completions", _completion),
)
CHATS = PLAIN + STREAMS
EMBEDDINGS = Kind("embeddings", "/v1/embeddings", lambda text, _: {"model": "e", "input": text})
IMAGES = Kind("images", "/v1/images/generations", lambda text, _: {"model": "pic", "prompt": text, "n": 1})
SPEECH = Kind("speech", "/v1/audio/speech", lambda text, _: {"model": "voice", "input": text, "voice": "alloy"})
PASSED = Kind("passthrough", "/passthrough/openai/chat/completions", lambda text, most: {**_chat(text, most), "model": "gpt-4o-mini"})
EVERY = (*CHATS, EMBEDDINGS, IMAGES, SPEECH, PASSED)
