"""What a client can do to the gateway: the scenarios of client-faults, one after another, so that what reaches the upstream is theirs."""
import json
import re
import select
import socket
from concurrent.futures import ThreadPoolExecutor

from lib import money, shared, wire
from lib import upstream as upstreams
from place import HASTY_MS, MAX_BODY, RACE_FITS, RACE_TOKENS, until

CHAT = "/v1/chat/completions"
HELLO = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
SILENCE_S = 1.0
MORE_S = 0.15  # further answers come at once
DRIP_S = HASTY_MS / 3000
CANCEL_LIMIT_S = 1.0  # the promise is 0.1 s; this leaves room for a busy machine
DROPS = 200
IDLE_CONNECTIONS = 1000
EVENT_BYTES = 16384
FLOOD_MAX = 4000


def event(delta, finish=None):
    chunk = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return upstreams.one_chunk(f"data: {json.dumps(chunk)}\n\n".encode())


def flood(_):
    """A stream that a slow reader cannot take."""
    yield upstreams.STREAM_HEAD
    for _ in range(FLOOD_MAX): yield event({"content": "x" * EVENT_BYTES})


def lingering(_):
    """A stream that waits before its last two events."""
    yield upstreams.STREAM_HEAD + event({"role": "assistant", "content": ""}) + event({"content": "some words"})
    yield upstreams.Silence(wire.ANSWER_LIMIT_S)


def silent(_): yield upstreams.Silence(wire.ANSWER_LIMIT_S)


SCRIPTS = {"flood": flood, "lingering": lingering, "silent": silent}


def filled(text, secrets):
    """The scenario's placeholders."""
    key = secrets["main"]
    values = {"KEY": key, "KEY_UPPER": key.upper(), "KEY_REST": key[3:], "KEY_FIRST20": key[:20], "KEY_DISABLED": secrets["expired"],
              "KEY_NO_MODEL": secrets["narrow"]}
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], text).encode()


def played(case, place):
    """A scenario of plain bytes: the statuses that may come are those that its words name."""
    sent, text = b"".join(filled(step["send"], place.gateway.secrets) for step in case["steps"]), str(case["expect"]["status"])
    allowed, before = {int(status) for status in re.findall(r"\b\d{3}\b", text)}, len(place.upstream.seen)
    with wire.Connection(place.gateway.port, SILENCE_S) as connection:
        connection.send(sent)
        answers = answers_of(connection, sent)
    statuses = [answer.status for answer in answers]
    if not answers and ("close" in text or text == "-"): return ""
    if not answers or not set(statuses) <= allowed: return f"{answers}, wanted {text}"
    if "x-tollgate-request-id" not in dict(answers[-1].headers): return f"no request id: {answers[-1].headers}"
    reached, served = len(place.upstream.seen) - before, statuses.count(200) if b"POST" in sent else 0
    return "" if reached == served else f"{reached} calls reached the upstream for {served} good answers"


def answers_of(connection, sent):
    """All answers; the client ends its side only when nothing comes any more."""
    found, method = [], sent.split(b" ")[0].decode()
    try:
        while True:
            found.append(connection.answer(method))
            connection.socket.settimeout(MORE_S)
    except (TimeoutError, wire.Closed):
        pass
    if not found:
        connection.end_sending()
        connection.socket.settimeout(wire.ANSWER_LIMIT_S)
        found, _ = connection.answers_until_closed()
    return found


# -- scenarios in words, each a function of the place -----------------------------------------------------------------

def connect_idle(place):
    with wire.Connection(place.hasty.port) as connection:
        return "" if connection.is_closed() else f"bytes on an idle connection: {connection.got}"


def keepalive_idle(place):
    with wire.Connection(place.hasty.port) as connection:
        connection.send(wire.post(CHAT, HELLO, place.hasty.secrets["main"]))
        answer = connection.answer()
        if answer.status != 200: return f"{answer}"
        return "" if connection.is_closed() else f"bytes on an idle connection: {connection.got}"


def slow_body(place):
    """A byte every so often: more often than nothing, but not in time."""
    request, before = wire.post(CHAT, HELLO, place.hasty.secrets["main"]), len(place.upstream.seen)
    head = len(request) - len(HELLO)
    with wire.Connection(place.hasty.port) as connection:
        connection.send(request[:head])
        for byte in request[head:]:
            if select.select([connection.socket], [], [], DRIP_S)[0]: break
            connection.send(bytes([byte]))
        answer = connection.answer()
    if len(place.upstream.seen) != before: return "it reached the upstream"
    return "" if answer.status == 408 else f"{answer}"


def slow_read(place):
    """Takes nothing of an endless stream: the gateway must stop reading, and end it."""
    body = b'{"model":"flood","stream":true,"messages":[{"role":"user","content":"long"}]}'
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((wire.HOST, place.hasty.port))
    with connection:
        connection.sendall(wire.post(CHAT, body, place.hasty.secrets["main"]))
        if not until(lambda: place.upstream.of_case("flood"), wire.ANSWER_LIMIT_S): return "it did not reach the upstream"
        call = place.upstream.of_case("flood")[0]
        if not until(lambda: call.hung_up or call.finished, wire.ANSWER_LIMIT_S): return "the upstream was not cancelled"
    if call.finished: return "all of an endless stream was read"
    return row_fault(place.hasty, lambda row: row["route"] == "flood", {"incomplete", "aborted"}, output=True)


def gone_before_body(place):
    before = len(place.upstream.seen)
    head = wire.post(CHAT, HELLO, place.key)[:-len(HELLO)]
    with wire.Connection(place.gateway.port) as connection: connection.send(head)
    with wire.Connection(place.gateway.port) as connection:
        connection.send(wire.post(CHAT, HELLO, place.key))
        if connection.answer().status != 200: return "the next call was not served"
    return "" if len(place.upstream.seen) == before + 1 else "it reached the upstream"


def gone_while_waiting(place): return gone(place, "silent", lambda connection: None, output=False)


def first_chunk(connection):
    connection.head()
    next(connection.chunks())


def gone_last(place): return gone(place, "lingering", first_chunk, output=True)


def gone(place, route, read, output):
    """RST while the upstream works: it must be cancelled at once, and the call billed."""
    with wire.Connection(place.gateway.port) as connection:
        body = {"model": route, "stream": True, "messages": [{"role": "user", "content": "x"}]}
        connection.send(wire.post(CHAT, json.dumps(body).encode(), place.key))
        if not until(lambda: place.upstream.of_case(route), wire.ANSWER_LIMIT_S): return "it did not reach the upstream"
        read(connection)
        connection.reset()
    call = place.upstream.of_case(route)[0]
    if not until(lambda: call.hung_up, CANCEL_LIMIT_S): return f"the upstream was not cancelled within {CANCEL_LIMIT_S} s"
    return row_fault(place.gateway, lambda row: row["route"] == route, {"aborted"}, output=output)


def row_fault(gateway, chosen, statuses, output):
    rows = []

    def came():
        rows[:] = [row for row in money.rows(gateway.data) if chosen(row)]
        return bool(rows)

    if not until(came, SILENCE_S * 5): return "no row"
    row = rows[0]
    told = row["status"] in statuses and row["usage_source"] in ("counted", "estimated") and row["input_tokens"] > 0
    charged = row["cost_nano_usd"] > 0 and (row["output_tokens"] > 0) == output
    return "" if len(rows) == 1 and told and charged else f"{len(rows)} rows, the first: {row}"


def gone_loop(place):
    """Sends and drops, again and again: every call that reached the upstream has its attempt, and is charged."""
    key = place.gateway.secrets["dropper"]

    def drop(_):
        with wire.Connection(place.gateway.port) as connection:
            connection.send(wire.post(CHAT, HELLO, key, "openai-organization: dropped"))
            connection.reset()

    with ThreadPoolExecutor(8) as pool: list(pool.map(drop, range(DROPS)))
    if not until(lambda: place.gateway.get("/v1/usage", "dropper")[0] == 200, SILENCE_S): return "the gateway does not answer"

    def fault():
        mine = {row["id"]: row for row in money.rows(place.gateway.data) if row["key"] == "dropper"}
        tried = [attempt for attempt in money.attempts(place.gateway.data) if attempt["request_id"] in mine]
        charged = sum(row["cost_nano_usd"] > 0 for row in mine.values())
        free = [attempt for attempt in tried if not attempt["cost_nano_usd"] and attempt["phase"] not in ("connect", "send")]
        reached = len(place.upstream.got("dropped"))
        return "" if charged >= reached and not free else f"{reached} reached the upstream, {charged} are charged; free: {free[:1]}"

    until(lambda: not fault(), SILENCE_S * 5)
    return fault()


def one(place, request, allowed):
    before = len(place.upstream.seen)
    with wire.Connection(place.gateway.port) as connection:
        connection.send(request)
        answer = connection.answer()
    if answer.status not in allowed: return f"{answer}, wanted {sorted(allowed)}"
    return "" if len(place.upstream.seen) - before == (answer.status == 200) else "another number of calls reached the upstream"


def of_size(size):
    empty = b'{"model":"m","messages":[{"role":"user","content":""}]}'
    return empty[:-4] + b"a" * (size - len(empty)) + empty[-4:]


def body_max(place):
    fault = one(place, wire.post(CHAT, of_size(MAX_BODY), place.key), {200})
    return fault or one(place, wire.post(CHAT, of_size(MAX_BODY + 1), place.key), {413})


def body_chunk1(place):
    head = wire.post(CHAT, b"", place.key).replace(b"content-length: 0", b"transfer-encoding: chunked")
    return one(place, head + upstreams.byte_chunks(of_size(1_000_000)) + upstreams.LAST_CHUNK, {200, 400})


def budget_race(place):
    """As many as fit, to the last nano-dollar; nothing above."""
    body = b'{"model":"output-only","max_tokens":%d,"messages":[{"role":"user","content":"x"}]}' % RACE_TOKENS
    request = wire.post(CHAT, body, place.gateway.secrets["race"], "openai-organization: race")

    def ask(_):
        with wire.Connection(place.gateway.port) as connection:
            connection.send(request)
            return connection.answer().status

    with ThreadPoolExecutor(20) as pool: statuses = list(pool.map(ask, range(200)))
    if sorted(set(statuses)) != [200, 429] or statuses.count(200) != RACE_FITS: return f"{statuses.count(200)} served of {set(statuses)}"
    if len(place.upstream.got("race")) != RACE_FITS: return f"{len(place.upstream.got('race'))} reached the upstream"
    limit = place.gateway.get("/v1/usage", "race")[1]["limits"][0]
    return "" if limit["used"] == limit["limit"] and limit["reserved"] == 0 == limit["left"] else f"{limit}"


def many_connections(place):
    """Idle ones in the way of nobody."""
    idle = [wire.Connection(place.gateway.port) for _ in range(IDLE_CONNECTIONS)]
    try:
        admin = socket.create_connection((wire.HOST, place.gateway.admin_port), timeout=wire.ANSWER_LIMIT_S)
        with admin:
            admin.sendall(b"GET /readyz HTTP/1.1\r\nhost: gw.test\r\n\r\n")
            if not admin.recv(100).startswith(b"HTTP/1.1 200"): return "the admin port is not ready"
        return one(place, wire.post(CHAT, HELLO, place.key), {200})
    finally:
        for connection in idle: connection.close()


def no_maximum(place):
    body = b'{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}'
    return one(place, wire.post(CHAT, body, place.gateway.secrets["cent"]), {402, 429})


IN_WORDS = {
    "cf-connect-idle": connect_idle, "cf-keepalive-idle": keepalive_idle, "cf-slow-body": slow_body, "cf-slow-read": slow_read,
    "cf-gone-before-body": gone_before_body, "cf-gone-ttft": gone_while_waiting, "cf-gone-last": gone_last, "cf-gone-loop": gone_loop,
    "cf-size-body-max": body_max, "cf-size-body-chunk1": body_chunk1, "cf-size-budget-race": budget_race, "cf-size-conns": many_connections,
    "cf-size-budget-nomax": no_maximum,
    "cf-size-n-many": lambda place: one(place, wire.post(CHAT, HELLO[:-1] + b',"n":1000}', place.key), {400}),
    "cf-size-header-big": lambda place: one(place, wire.post(CHAT, HELLO, place.key, "x-big: " + "y" * 65_000), {431}),
    "cf-size-headers": lambda place: one(place, wire.post(CHAT, HELLO, place.key, *(f"x-{n}: y" for n in range(97))), {431}),
}


def run(folder, place, report):
    for case in shared.lines(folder / "client-faults/scenarios.jsonl"):
        play = IN_WORDS.get(case["id"]) or (lambda place, case=case: played(case, place))
        try:
            fault = play(place)
        except (OSError, wire.Closed, wire.Malformed) as error:
            fault = f"{type(error).__name__}: {error}"
        report.case("client-faults", case["id"], fault)
