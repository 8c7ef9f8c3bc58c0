"""Bad bodies at the doors of every dialect but OpenAI's chat (bodies.py): what must be refused is refused in the caller's own form, with
nothing upstream, and the next request on the connection is served."""
import json
import re
import zlib

from bodies import escaped
from lib import shared, wire

LIVE = 16  # naughty strings: one in so many goes through each door


class Front:
    def __init__(self, name, path, ask, is_refusal):
        self.name, self.path, self.ask, self.is_refusal = name, path, ask, is_refusal


def told(answer): return json.loads(answer.body.decode())


FRONTS = (
    Front("anthropic", "/v1/messages", lambda text: {"model": "m", "max_tokens": 16, "messages": [{"role": "user", "content": text}]},
          lambda answer: told(answer)["type"] == "error" and told(answer)["error"]["type"] == "invalid_request_error"),
    Front("gemini", "/v1beta/models/m:generateContent", lambda text: {"contents": [{"role": "user", "parts": [{"text": text}]}]},
          lambda answer: told(answer)["error"]["status"] == "INVALID_ARGUMENT" and told(answer)["error"]["code"] == 400),
    Front("responses", "/v1/responses", lambda text: {"model": "m", "input": text},
          lambda answer: told(answer)["error"]["type"] == "invalid_request_error"),
    Front("bedrock", "/model/m/converse", lambda text: {"messages": [{"role": "user", "content": [{"text": text}]}]},
          lambda answer: answer.header("x-amzn-errortype") == "ValidationException" and isinstance(told(answer)["message"], str)),
    Front("ollama", "/api/chat", lambda text: {"model": "m", "stream": False, "messages": [{"role": "user", "content": text}]},
          lambda answer: isinstance(told(answer)["error"], str)),
    Front("cohere", "/v2/chat", lambda text: {"model": "m", "messages": [{"role": "user", "content": text}]},
          lambda answer: isinstance(told(answer)["message"], str)),
)


def cases(folder):
    for front in FRONTS:
        yield from chat_bodies(front, folder)
        yield from json_suite(front, folder)
        yield from utf8(front, folder)
        yield from naughty(front, folder)
        for name, body in (("empty", b""), ("deep", b"[" * 100_000), ("number", b"1"), ("twice", doubled(front))):
            yield f"bodies {front.name}", f"{front.name}-{name}", sent(front, f"{front.name}-{name}", body, {400})


def doubled(front):
    """The first member twice: which one would count?"""
    good = json.dumps(front.ask("hi"))
    first = good[1:good.index(":")]
    return f'{{{first}: "x", {good[1:]}'.encode()


def sent(front, case, body, allowed):
    return lambda talk: check(talk, front, case, body, allowed)


def check(talk, front, case, body, allowed):
    answer = ask(talk, front, body, case)
    if answer.status not in allowed: return f"{answer}, wanted {sorted(allowed)}"
    if answer.status != 200:
        if talk.place.upstream.got(case): return "it reached the upstream"
        if answer.status == 400 and not front.is_refusal(answer): return f"not an error of this dialect: {answer}"
    good = ask(talk, front, json.dumps(front.ask("hi")).encode(), f"{case}.next")
    return "" if good.status == 200 and f"for {case}.next" in good.body.decode() else f"the next request on the connection got {good}"


def ask(talk, front, body, mark):
    connection = talk.connection()
    connection.send(wire.post(front.path, body, talk.place.key, f"openai-organization: {mark}"))
    answer = connection.answer()
    if answer.header("connection") == "close": talk.forget()
    return answer


def chat_bodies(front, folder):
    for case in shared.lines(folder / "chat-bodies/bodies.jsonl"):
        if case["group"] != front.name: continue
        body = shared.from64(case["body_b64"]) if "body_b64" in case else zlib.decompress(shared.from64(case["body_zlib_b64"]))
        allowed = {int(status) for status in re.findall(r"\d{3}", str(case["status"]).replace("upstream", "200"))}
        yield f"chat-bodies {front.name}", case["id"], sent(front, case["id"], body, allowed)


def json_suite(front, folder):
    for file in sorted((folder / "jsontestsuite/test_parsing").glob("n_*.json")):
        value, name = file.read_bytes(), f"{front.name}-{file.stem}"
        inside = json.dumps(front.ask("hi")).encode()[:-1] + b', "x_unknown": ' + value + b"}"
        yield f"jsontestsuite {front.name}", name, sent(front, name, value, {400})
        yield f"jsontestsuite {front.name}", f"{name}.inside", sent(front, f"{name}.inside", inside, {400})


def utf8(front, folder):
    for case in shared.lines(folder / "utf8/cases.jsonl"):
        body = json.dumps(front.ask("HERE")).encode().replace(b"HERE", escaped(bytes.fromhex(case["hex"])))
        name = f"{front.name}-{case['id']}"
        yield f"utf8 {front.name}", name, sent(front, name, body, {200} if case["valid"] else {400})


def naughty(front, folder):
    for number, case in enumerate(shared.lines(folder / "naughty-strings/strings.jsonl")):
        if number % LIVE: continue
        text = shared.from64(case["s_b64"]).decode("utf-8", "surrogateescape")
        body = json.dumps(front.ask(text), ensure_ascii=False).encode("utf-8", "surrogateescape")
        name = f"{front.name}-naughty-{number}"
        yield f"naughty {front.name}", name, sent(front, name, body, {200, 400} if not text.strip() else {200})
