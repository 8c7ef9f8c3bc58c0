"""Bodies of the chat route: broken and odd JSON, bad UTF-8, strings that break software.

After each body the same connection serves a good request, which must get its own answer: nothing is left over.
"""
import json
import re
import threading
import zlib

from lib import shared, wire

CHAT = "/v1/chat/completions"
ECHOED_MAX = 100
ECHOES_TRIED = 1000
HELLO = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


class Talk:
    """One connection for each thread, opened again when the gateway closed it."""

    def __init__(self, place):
        self.place, self.mine = place, threading.local()
        self.opened = []

    def connection(self):
        if getattr(self.mine, "connection", None) is None:
            self.mine.connection = wire.Connection(self.place.gateway.port)
            self.opened.append(self.mine.connection)
        return self.mine.connection

    def ask(self, body, mark, *headers):
        connection = self.connection()
        connection.send(wire.post(CHAT, body, self.place.key, f"openai-organization: {mark}", *headers))
        answer = connection.answer()
        if answer.header("connection") == "close": self.forget()
        return answer

    def forget(self):
        self.mine.connection.close()
        self.mine.connection = None

    def close(self):
        for connection in self.opened: connection.close()


def sent(case, body, allowed, *headers):
    """The case as a function of the talk."""
    return lambda talk: check(talk, case, body, allowed, *headers)


def check(talk, case, body, allowed, *headers):
    """Sends it; `allowed`: statuses. What passes must be upstream byte for byte, what does not must leave no trace there."""
    answer = talk.ask(body, case, *headers)
    if answer.status not in allowed: return f"{answer}, wanted {sorted(allowed)}"
    fault = talk.place.sent_once(case, body) if answer.status == 200 else refusal_fault(answer, body, case, talk.place)
    return fault or unharmed(talk, case)


def refusal_fault(answer, body, case, place):
    if place.upstream.got(case): return "it reached the upstream"
    try:
        error = json.loads(answer.body.decode())["error"]
    except (ValueError, KeyError):
        return f"no error object in UTF-8: {answer}"
    if error["type"] != "invalid_request_error": return f"type {error['type']}"
    starts = range(0, max(0, len(body) - ECHOED_MAX), ECHOED_MAX // 4)[:ECHOES_TRIED]
    echoed = any(body[at:at + ECHOED_MAX + 1].decode("utf-8", "replace") in error["message"] for at in starts)
    return "the message repeats the input" if echoed else ""


def unharmed(talk, case):
    mark = f"{case}.next"
    answer = talk.ask(json.dumps({**HELLO, "user": mark}).encode(), mark)
    if answer.status != 200: return f"the next request on the connection got {answer}"
    return "" if answer.body == talk.place.answer_for(mark) else f"the next request got an answer that is not its own: {answer}"


# -- families ---------------------------------------------------------------------------------------------------------

def cases(folder):
    yield from chat_bodies(folder)
    yield from json_suite(folder)
    yield from utf8(folder)
    yield from naughty(folder)


def chat_bodies(folder):
    for case in shared.lines(folder / "chat-bodies/bodies.jsonl"):
        if case["group"] != "openai": continue
        plain = "body_b64" in case
        body = shared.from64(case["body_b64"]) if plain else zlib.decompress(shared.from64(case["body_zlib_b64"]))
        allowed = {int(status) for status in re.findall(r"\d{3}", str(case["status"]).replace("upstream", "200"))}
        yield "chat-bodies", case["id"], sent(case["id"], body, allowed)


def member(value): return json.dumps(HELLO).encode()[:-1] + b', "x_unknown": ' + value + b"}"


def schema(value):
    tool = b', "tools": [{"type": "function", "function": {"name": "f", "parameters": {"const": ' + value + b"}}}]}"
    return json.dumps(HELLO).encode()[:-1] + tool


def json_suite(folder):
    """Each file as the whole body where it must be refused, and as a value inside a good body."""
    for file in sorted((folder / "jsontestsuite").glob("test_*/*.json")):
        value = file.read_bytes()
        verdict = file.name[0] if file.parent.name == "test_parsing" else "either"
        yield "jsontestsuite", file.stem, json_case(file.stem, value, {"y": {200}, "n": {400}}.get(verdict, {200, 400}))


def json_case(name, value, wanted):
    def run(talk):
        if wanted == {400} and (fault := check(talk, f"{name}.whole", value, wanted)): return f"as the body: {fault}"
        passed = {}
        for form, make in (("member", member), ("schema", schema)):
            if fault := check(talk, f"{name}.{form}", make(value), wanted): return f"as a {form}: {fault}"
            passed[form] = bool(talk.place.upstream.got(f"{name}.{form}"))
        return "" if len(set(passed.values())) == 1 else f"decided in two ways: {passed}"

    return run


def escaped(data):
    """Only what JSON cannot hold as it is; bytes above ASCII stay."""
    return b"".join(f"\\u{byte:04x}".encode() if byte < 0x20 or byte in b'"\\' else bytes([byte]) for byte in data)


def utf8(folder):
    for case in shared.lines(folder / "utf8/cases.jsonl"):
        data = bytes.fromhex(case["hex"])
        wanted = {200} if case["valid"] else {400}
        body = b'{"model": "m", "messages": [{"role": "user", "content": "' + escaped(data) + b'"}]}'
        yield "utf8 content", case["id"], sent(f"{case['id']}.content", body, wanted)
        user = body[:-1] + b', "user": "' + escaped(data) + b'"}'
        yield "utf8 user", case["id"], sent(f"{case['id']}.user", user, wanted | {400})
        if re.search(rb"[\x00-\x1f\x7f]", data) or not data.strip(): continue
        line, good = b"x-tollgate-user: " + data, json.dumps(HELLO).encode()
        if case["valid"] and re.search("[\x80-\x9f]", data.decode()): wanted = {400}  # a control character, in two bytes
        yield "utf8 header", case["id"], sent(f"{case['id']}.header", good, wanted, line)


def naughty(folder):
    for number, case in enumerate(shared.lines(folder / "naughty-strings/strings.jsonl")):
        text = shared.from64(case["s_b64"]).decode("utf-8", "surrogateescape")
        name = f"naughty-{number}"
        for form, body in (("content", {**HELLO, "messages": [{"role": "user", "content": text}]}),
                           ("tool", {**HELLO, "tools": [{"type": "function", "function": {"name": "f", "description": text}}]}),
                           ("metadata", {**HELLO, "metadata": {"note": text}})):
            data = json.dumps(body, ensure_ascii=number % 2 == 0).encode("utf-8", "surrogateescape")
            wanted = {200} if form != "metadata" else {200, 400}
            yield f"naughty {form}", name, sent(f"{name}.{form}", data, wanted)
        data = json.dumps({**HELLO, "model": text}).encode()
        yield "naughty model", name, sent(f"{name}.model", data, {400, 404})
        data = json.dumps({**HELLO, "user": text}).encode()
        yield "naughty user", name, sent(f"{name}.user", data, {200, 400})
