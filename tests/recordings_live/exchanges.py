"""Recorded exchanges of the OpenAI wire family, and what a client must get for them: computed from the recording alone."""
import csv
import json
from dataclasses import dataclass

from lib import shared

PATHS = {"openai.chat": "/v1/chat/completions", "mistral.chat": "/v1/chat/completions", "openai.completions": "/v1/completions",
         "openai.embeddings": "/v1/embeddings"}
OTHER_WIRES = {"ollama.embeddings", "writer.completions"}  # {"embedding": […]}; events {"value": …}
PROVIDER_TYPES = {"openai.chat": "openai", "groq.chat": "groq", "xai.chat": "xai", "deepseek.chat": "deepseek", "openrouter.chat": "openrouter",
                  "together.chat": "together", "cerebras.chat": "cerebras", "perplexity.chat": "perplexity"}
NO_USAGE_OPTION = {"perplexity"}
TEXT_ERRORS = "surrogateescape"  # a broken byte stays what it was
END = "data: [DONE]\n\n"
ERROR_AT_MOST = 40  # bytes into an answer: what begins with an error is one
FIRST_MODEL = "recorded"  # the provider's own name of every model here
INJECTED_USAGE = {"prompt_tokens": 4321, "completion_tokens": 123, "total_tokens": 4444}


@dataclass
class Exchange:
    id: str
    api: str
    path: str
    request: dict
    status: int
    content_type: str
    framing: str
    body: bytes  # of the answer, as the provider sent it

    @property
    def streams(self): return self.framing == "sse"

    @property
    def kind(self): return PROVIDER_TYPES.get(self.api, "compatible")

    @property
    def refusal(self):
        """The status that refuses the call, or 0: that of the answer, or that of an error inside a 200."""
        if self.status >= 400: return self.status
        error = json.loads(self.body).get("error") if self.framing == "json" and b'"error"' in self.body[:ERROR_AT_MOST] else None
        return int(error["code"]) if isinstance(error, dict) and isinstance(error.get("code"), int) else 0

    @property
    def asks_stream(self): return self.request.get("stream") is True and "embeddings" not in self.path

    @property
    def asks_usage(self):
        options = self.request.get("stream_options")
        return isinstance(options, dict) and options.get("include_usage") is True

    def request_bytes(self, route):
        """The client's bytes: the recorded body under our name of the model, which stands first."""
        rest = {name: value for name, value in self.request.items() if name != "model"}
        readable = sum(self.id.encode()) % 2 == 0  # half of them with escapes, half without
        return json.dumps({"model": route, **rest}, ensure_ascii=not readable).encode("utf-8", TEXT_ERRORS)


def load(folder):
    """(exchanges, {why: count} of what is left out)."""
    found, left_out = [], {}
    for file in _files(folder):
        for record in shared.lines(file):
            if record["wire"] not in PATHS: continue
            why = _why_not(record)
            if why: left_out[why] = left_out.get(why, 0) + 1
            else: found.append(_exchange(record))
    return found, left_out


def _files(folder):
    with open(folder / "index.tsv", encoding="utf-8") as index:
        names = {row["file"] for row in csv.DictReader(index, delimiter="\t") if row["wire"] in PATHS}
    return sorted(path for path in {*(folder / name for name in names), *folder.glob("large/*.gz")} if path.exists())


def _why_not(record):
    response = record["response"]
    if record["api"] in OTHER_WIRES: return "another wire"
    if response["body_encoding"] != "utf8": return "not text"
    if response["fidelity"] == "events_only": return "framing of the events was not recorded"
    if response["framing"] not in ("json", "sse") and (response["status"] or 200) < 400: return f"framing {response['framing']}"
    if record["request_recorded"] and not isinstance(record["request"]["body"], dict): return "the request is no JSON"
    return ""


def _exchange(record):
    response = record["response"]
    streams = response["framing"] == "sse"
    request = record["request"]["body"] if record["request_recorded"] else _made_up(record["wire"], streams)
    content_type = (response["headers"] or {}).get("content-type", "text/event-stream" if streams else "application/json")
    return Exchange(record["id"], record["api"], PATHS[record["wire"]], request, response["status"] or 200, content_type,
                    response["framing"], response["body_raw"].encode("utf-8", TEXT_ERRORS))


def _made_up(wire, streams):
    if wire == "openai.embeddings": return {"input": "hi"}
    asked = {"prompt": "hi"} if wire == "openai.completions" else {"messages": [{"role": "user", "content": "hi"}]}
    return {**asked, "stream": True, "stream_options": {"include_usage": True}} if streams else asked


# -- streams ----------------------------------------------------------------------------------------------------------

def blocks(body):
    """The events of a stream, cleaned as the surface says: LF, no byte order mark, no comments, nothing behind the end mark."""
    text = body.decode("utf-8", TEXT_ERRORS).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines: found.append("\n".join(lines) + "\n\n")
        if found and data_of(found[-1]) == "[DONE]": break
    return found


def data_of(block):
    return "\n".join(line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")).strip()


def chunk_of(block):
    try:
        chunk = json.loads(data_of(block))
    except ValueError:
        return None
    return chunk if isinstance(chunk, dict) else None


def usage_in(chunk): return chunk.get("usage") or (chunk.get("x_groq") or {}).get("usage")


def is_error(block):
    chunk = chunk_of(block)
    return block.startswith(("event: error", "error:")) or (chunk is not None and bool(chunk.get("error") or chunk.get("object") == "error"))


def is_usage_only(block):
    chunk = chunk_of(block)
    return chunk is not None and not chunk.get("choices") and bool(usage_in(chunk))


@dataclass
class Expected:
    events: list    # what the client gets; without the end mark when it ends with an error
    usage: dict     # what the provider told last, or None
    error: bool


def expected_stream(exchange):
    came = blocks(exchange.body)
    error_at = next((at for at, block in enumerate(came) if is_error(block)), None)
    before = came[:error_at]
    usage = next((usage for block in reversed(before) if (chunk := chunk_of(block)) and (usage := usage_in(chunk))), None)
    events = [block for block in before if exchange.asks_usage or not is_usage_only(block)]
    if error_at is None and (not events or data_of(events[-1]) != "[DONE]"): events.append(END)
    return Expected(events, usage, error_at is not None)


def with_usage_injected(exchange):
    """The stream as a provider sends it to whom asks for usage: the gateway asks, the client must not see it."""
    event = json.dumps({"id": "injected", "object": "chat.completion.chunk", "choices": [], "usage": INJECTED_USAGE})
    came = blocks(exchange.body)
    return "".join([*came[:-1], f"data: {event}\n\n", came[-1]]).encode("utf-8", TEXT_ERRORS)


# -- usage ------------------------------------------------------------------------------------------------------------

def buckets(usage, api):
    """Disjoint buckets of a provider's usage object, or None when it tells nothing."""
    def first(*values): return next((value for value in values if isinstance(value, int) and not isinstance(value, bool)), 0)
    if not usage or not any(isinstance(usage.get(name), int) for name in ("prompt_tokens", "total_tokens")): return None
    into, out = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
    prompt, completion = first(usage.get("prompt_tokens"), usage.get("total_tokens")), first(usage.get("completion_tokens"))
    beyond = first(usage.get("total_tokens")) - prompt - completion
    cached = first(into.get("cached_tokens"), usage.get("prompt_cache_hit_tokens"), usage.get("num_cached_tokens"))
    audio = first(into.get("audio_tokens"), usage.get("audio_prompt_tokens"))
    reasoning, spoken = first(out.get("reasoning_tokens"), usage.get("reasoning_tokens")), first(out.get("audio_tokens"))
    read = cached if api == "xai.chat" else min(cached, prompt)  # others report more than there was, xAI bills it
    fresh = max(0, prompt - cached)
    written = min(first(into.get("cache_write_tokens")), fresh)
    return {"input_tokens": fresh - written - (0 if beyond == audio else audio), "cache_read_tokens": read,
            "cache_write_5m_tokens": written, "cache_write_1h_tokens": 0, "audio_input_tokens": audio,
            "output_tokens": completion - spoken - (0 if beyond == reasoning else reasoning), "reasoning_tokens": reasoning,
            "audio_output_tokens": spoken}
