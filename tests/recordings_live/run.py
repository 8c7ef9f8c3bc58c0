#!/usr/bin/python3
"""Every recorded exchange of the OpenAI wire family, played through the running gateway: `tests/recordings_live/run.py [ID…]`.

 1. An upstream plays the recorded answers: plain ones with a length, streams with every byte a chunk of its own, a sample of both in
    random pieces, each a packet. Where the client did not ask for usage, streams are played a second time with the usage event that
    the gateway asks for and must hide.
 2. A client sends the recorded requests. What reached the upstream must be its bytes but for the model and the usage option; what
    comes back must be the provider's bytes, streams cleaned as the surface says; refusals must be told as failures.md F2 says.
 3. The gateway stops, and the ledger must have one row for each call with the provider's own numbers. Then the money checker runs.
"""
import json
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import exchanges as recorded  # noqa: E402
from lib import gateway as gateways  # noqa: E402
from lib import money, shared, upstream, wire  # noqa: E402
from lib.report import Report  # noqa: E402

SEED = 20261122
CLIENTS = 6
SAMPLED = 5  # every fifth, in random pieces
PRICE = {"input": 3, "cached_input": 0.75, "cache_write_5m": 3.75, "output": 12, "audio_input": 40, "audio_output": 80}
PRICE_NANO = {name: round(value * money.NANO_PER_USD) for name, value in PRICE.items()}
WAITING_STATUSES = {408: 504, 413: 413, 429: 429, 503: 503, 529: 503}
REJECTIONS = {400, 405, 409, 415, 422}


class Play:
    """One exchange in one way of cutting it."""

    def __init__(self, exchange, way):
        self.exchange, self.way = exchange, way
        self.mark = f"{exchange.id}.{way}"
        self.route = f"refused-{exchange.id}" if exchange.refusal else exchange.api
        self.sent = exchange.request_bytes(self.route)
        self.request_id = None

    def answer(self):
        """Steps of the upstream."""
        exchange = self.exchange
        lines = [f"HTTP/1.1 {exchange.status} Told", f"content-type: {exchange.content_type}"]
        if self.way == "plain":
            return [("\r\n".join([*lines, f"content-length: {len(exchange.body)}"]) + "\r\n\r\n").encode() + exchange.body]
        head = ("\r\n".join([*lines, "transfer-encoding: chunked"]) + "\r\n\r\n").encode()
        if self.way == "random":
            pieces = upstream.random_chunks(exchange.body, random.Random(f"{SEED}{exchange.id}"), max(97, len(exchange.body) // 50))
            return [head, *pieces, upstream.LAST_CHUNK]
        return [head + upstream.byte_chunks(exchange.body) + upstream.LAST_CHUNK]


def plays_of(exchanges):
    for number, exchange in enumerate(exchanges):
        yield Play(exchange, "bytes" if exchange.streams else "plain")
        if number % SAMPLED == 0: yield Play(exchange, "random")
        hides = exchange.streams and exchange.asks_stream and not exchange.asks_usage and not exchange.refusal
        if not hides or exchange.kind in recorded.NO_USAGE_OPTION: continue
        expected = recorded.expected_stream(exchange)
        if expected.usage or expected.error or len(expected.events) < 2: continue
        yield Play(replace(exchange, body=recorded.with_usage_injected(exchange)), "injected")


def settings(plays, port):
    """One provider for each api; one for each refusal, since a refusal may put a credential aside."""
    names = {play.route: play.exchange.kind for play in plays}
    named = {route: f"p-{number}" for number, route in enumerate(names)}
    return {"providers": {named[route]: gateways.provider(port, f"/{named[route]}/v1", kind) for route, kind in names.items()},
            "routes": {route: {"targets": [{"provider": named[route], "model": recorded.FIRST_MODEL, "price": "all"}],
                               "retry": {"attempts": 0}, "breaker": "off"} for route in names},
            "prices": {"all": PRICE}}


# -- what must hold ---------------------------------------------------------------------------------------------------

def exact(text): return json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=list)


def request_fault(play, got):
    """What reached the upstream, against what was sent."""
    sent = play.sent.replace(json.dumps(play.route).encode(), json.dumps(recorded.FIRST_MODEL).encode(), 1)
    asks = play.exchange.asks_stream and play.exchange.kind not in recorded.NO_USAGE_OPTION and not play.exchange.asks_usage
    if not asks: return "" if got == sent else f"the upstream got other bytes: {got[:200]!r}"
    wanted, came = dict(exact(sent)), dict(exact(got))
    options = dict(wanted.pop("stream_options", None) or [])
    if dict(came.pop("stream_options", [])) != {**options, "include_usage": True}: return "the usage option is not set"
    return "" if came == wanted else f"the upstream got another body: {got[:200]!r}"


def told_status(status): return WAITING_STATUSES.get(status, 400 if status in REJECTIONS else 502)


def refusal_fault(play, answer):
    if answer.status != told_status(play.exchange.refusal): return f"{play.exchange.refusal} was told as {answer}"
    try:
        error = json.loads(answer.body)["error"]
    except (ValueError, KeyError):
        return f"no error object: {answer}"
    if not error.get("message") or "code" not in error: return f"error without message or code: {answer}"
    harm = [harm for harm in ("://", "sk-", "<html", "org-") if harm in error["message"]]
    return f"the message tells {harm}: {answer}" if harm else ""


def stream_fault(play, answer):
    expected = recorded.expected_stream(play.exchange)
    got = recorded.blocks(answer.body) if answer.status == 200 else []
    if expected.error:
        if answer.status >= 400: return ""
        if recorded.END in got or not recorded.is_error(got[-1]): return f"an error in the stream ends with {got[-1:]}"
        return "" if got[:-1] == expected.events else "other events before the error"
    if answer.status != 200: return f"{answer}"
    if answer.body != "".join(expected.events).encode("utf-8", recorded.TEXT_ERRORS): return _difference(answer.body, expected.events)
    return ""


def _difference(body, events):
    wanted = "".join(events).encode("utf-8", recorded.TEXT_ERRORS)
    at = next((at for at, (one, other) in enumerate(zip(body, wanted)) if one != other), min(len(body), len(wanted)))
    return f"differs at byte {at}: got {body[max(0, at - 60):at + 80]!r}, wanted {wanted[max(0, at - 60):at + 80]!r}"


def answer_fault(play, answer):
    if play.exchange.refusal: return refusal_fault(play, answer)
    if play.exchange.streams: return stream_fault(play, answer)
    if answer.status != 200: return f"{answer}"
    return "" if answer.body == play.exchange.body else _difference(answer.body, [play.exchange.body.decode("utf-8", recorded.TEXT_ERRORS)])


def row_fault(play, row):
    """The ledger's row against the provider's own numbers."""
    exchange = play.exchange
    if row is None: return "no row"
    if exchange.refusal: return "" if row["status"] in ("failed", "refused") and row["cost_nano_usd"] == 0 else f"a refusal has the row {row}"
    expected = recorded.expected_stream(exchange) if exchange.streams else None
    if expected and expected.error: return "" if row["status"] in ("failed", "incomplete") else f"an error in the stream has the row {row}"
    if row["status"] != "ok": return f"row {row['status']} {row['error_code']}"
    usage = expected.usage if expected else recorded.usage_in(json.loads(exchange.body))
    wanted = recorded.buckets(usage, exchange.api)
    if wanted is None: return "" if row["usage_source"] in ("counted", "estimated") and row["input_tokens"] > 0 else f"no usage told, row {row}"
    if row["usage_source"] != "provider": return f"the provider told its usage, the row says {row['usage_source']}"
    wrong = {name: (row[name], value) for name, value in wanted.items() if row[name] != value}
    return f"buckets (row, provider): {wrong}" if wrong else ""


# -- the run ----------------------------------------------------------------------------------------------------------

def call(play, port, key, seen):
    """Sends one request, gives what is wrong with the answer."""
    with wire.Connection(port) as connection:
        connection.send(wire.post(play.exchange.path, play.sent, key, f"openai-organization: {play.mark}", "connection: close"))
        try:
            answer = connection.answer()
        except (wire.Closed, wire.Malformed, TimeoutError) as fault:
            return f"{type(fault).__name__}: {fault}"
    play.request_id = answer.header("x-tollgate-request-id")
    got = seen.get(play.mark)
    refused_alike = play.exchange.refusal in REJECTIONS and answer.status == 400
    if got is None: return "" if refused_alike else f"nothing reached the upstream: {answer}"
    return request_fault(play, got) or answer_fault(play, answer)


def main():
    exceptions = json.loads((Path(__file__).parent / "exceptions.json").read_text())
    report = Report(exceptions)
    folder = shared.folder("recordings")
    if folder is None:
        report.skip("recordings", f"there is no {shared.SHARED / 'recordings'}; set TOLLGATE_SHARED")
        return report.close()
    exchanges, left_out = recorded.load(folder)
    chosen = [exchange for exchange in exchanges if not sys.argv[1:] or exchange.id in sys.argv[1:]]
    plays, seen = list(plays_of(chosen)), {}
    by_mark = {play.mark: play for play in plays}

    def answer(request):
        seen[request.mark] = request.body
        return by_mark[request.mark].answer()

    played = upstream.Upstream(answer)
    with tempfile.TemporaryDirectory(prefix="tollgate-recordings-") as place:
        gateway = gateways.Gateway(place, settings(plays, played.port))
        gateway.start()
        try:
            faults = play_all(plays, gateway, seen)
        finally:
            stopped = gateway.stop()
        judge(report, plays, faults, gateway)
        report.case("gateway", "stops in good order", stopped)
        report.case("upstream", "gets clean requests only", played.faults[:3])
        for fault in money.check(gateway.data, PRICE_NANO) or [""]: report.case("money", fault or "checker", fault)
    for why, count in sorted(left_out.items()): report.skip("recordings", why, count)
    return report.close()


def play_all(plays, gateway, seen):
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda play: call(play, gateway.port, gateway.secrets["main"], seen), plays))


def judge(report, plays, faults, gateway):
    rows = {row["id"]: row for row in money.rows(gateway.data)}
    for play, fault in zip(plays, faults):
        name = play.mark if play.way != "plain" else play.exchange.id
        report.case(play.exchange.api, name, fault or row_fault(play, rows.get(play.request_id)))
    report.case("ledger", "has one row for each call", "" if len(rows) == len(plays) else f"{len(rows)} rows, {len(plays)} calls")


if __name__ == "__main__":
    sys.exit(main())
