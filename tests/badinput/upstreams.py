"""What a provider can do to the gateway: scripts of upstream-faults, broken answers, event streams, compressed bombs.

Every scenario has its own provider and route. A call goes in, one terminal outcome must come out, and one row with the right bill.
"""
import json
import random
import re
import socket
import threading

from lib import shared, wire
from lib import upstream as upstreams
from place import UPSTREAM_WAIT_MS, completion

CHAT = "/v1/chat/completions"
# What a provider of each dialect is here: its type, and what stands behind the host in its base URL.
KINDS = {"openai-chat": ("compatible", "/v1"), "any": ("compatible", "/v1"), "anthropic": ("anthropic", ""), "gemini": ("gemini", ""),
         "openai-responses": ("openai", "/v1")}
RESPONSES = "/v1/responses"
SEED = 7
SPLITS = 3
GOOD_STREAM = "sse-openai-lf"
SILENCE_MAX_S = 5 * UPSTREAM_WAIT_MS / 1000
GAP_MAX_S = 0.01
FLOOD_MIN = 1000
ABSURD_NANO_USD = 10**9
ENVELOPE = {"message", "type", "param", "code"}
HARM = ("sk-", "://", "<html", "169.254", "x-accel", "x-secret", "set-cookie", "alt-svc", "x-gateway")
NOT_HERE = {  # scenarios that need more than a plain TCP peer
    "dns": "needs a name server of its own; net/ tests resolve against one", "tls": "net/tls_*_test.cpp does the handshakes",
}
WORDS = {"uf-brownout": "retries are judged by the simulator", "uf-pool-goaway": "HTTP/2 upstreams", "uf-pool-max1": "HTTP/2 upstreams",
         "uf-ip-change": "needs a name server of its own; net/ tests resolve against one"}


# -- scripts ----------------------------------------------------------------------------------------------------------

def script_of(steps):
    """Steps of the shared form, as those of our upstream. The request is always read whole."""
    def play(_):
        for step in steps:
            if "repeat" in step:
                for _ in range(step["repeat"]):
                    yield step["send"].encode("utf-8", "surrogatepass")
                    if step.get("gap_ms"): yield upstreams.Silence(min(step["gap_ms"] / 1000, GAP_MAX_S))
            elif "send" in step: yield step["send"].encode("utf-8", "surrogatepass")
            elif "sleep_ms" in step: yield upstreams.Silence(min(step["sleep_ms"] / 1000, SILENCE_MAX_S))
            elif "close" in step: yield upstreams.FIN if step["close"] == "fin" else upstreams.RST

    return play


def answer_then_reset(request):
    """uf-pool-half."""
    yield upstreams.whole(200, completion(request.mark))
    yield upstreams.RST


class Resetting:
    """Accepts, and resets at once."""

    def __init__(self):
        self.listener = socket.create_server((wire.HOST, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            peer, _ = self.listener.accept()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            peer.close()


class Full:
    """A listener whose queue is full: the kernel drops every further SYN."""

    def __init__(self):
        self.listener = socket.create_server((wire.HOST, 0), backlog=0)
        self.port = self.listener.getsockname()[1]
        self.fill = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((wire.HOST, self.port))
            self.fill.append(filler)


PEERS = {"uf-reset-accept": Resetting(), "uf-blackhole": Full()}


def is_here(case):
    needs_more = any(kind in step for step in case["script"] for kind in NOT_HERE)
    return case["upstream_dialect"] in KINDS and case["id"] not in WORDS and not needs_more


def kinds(folder):
    return {case["id"]: KINDS[case["upstream_dialect"]] for case in shared.lines(folder / "upstream-faults/scenarios.jsonl") if is_here(case)}


def scripts(folder):
    """({case: script}, {case: port of a peer of its own})."""
    found, addresses = {"uf-pool-half": answer_then_reset}, {case: peer.port for case, peer in PEERS.items()}
    for case in shared.lines(folder / "upstream-faults/scenarios.jsonl"):
        if is_here(case) and case["id"] not in addresses and case["id"] not in found: found[case["id"]] = script_of(case["script"])
    for case in shared.lines(folder / "http1-llhttp/responses.jsonl"):
        found[case["id"]] = lambda _, data=shared.from64(case["bytes_b64"]): [data, upstreams.FIN]
    for case in sse_cases(folder):
        for number in range(SPLITS + 2): found[f"{case['id']}.{number}"] = sse_script(case["stream"], number)
    for case in shared.lines(folder / "bombs/manifest.jsonl"):
        data = (folder / "bombs" / case["file"]).read_bytes()
        coding = [f"content-encoding: {case['content_encoding']}"] if case["content_encoding"] else []
        body = upstreams.whole(200, data, *coding, content_type=case["content_type"])
        found[f"bomb-{case['file']}"] = lambda _, body=body: [body]
    return found, addresses


def sse_cases(folder):
    """The shared ones, and a good stream in other clothes: its client must get the same as for the plain one (`like`)."""
    for case in shared.lines(folder / "sse/cases.jsonl"):
        stream = shared.from64(case["stream_b64"])
        yield {"id": case["id"], "stream": stream}
        if case["id"] != GOOD_STREAM: continue
        for name, dressed in (("cr", stream.replace(b"\n", b"\r")), ("crlf", stream.replace(b"\n", b"\r\n")), ("mark", b"\xef\xbb\xbf" + stream),
                              ("comments", b": one\n\n" + stream.replace(b"\n\n", b"\n: two\n\n:\n\n")), ("late", stream + b"data: {}\n\n"),
                              ("ends", stream + stream[stream.rindex(b"data:"):])):
            yield {"id": f"{GOOD_STREAM}-{name}", "stream": dressed, "like": GOOD_STREAM}


def sse_script(stream, number):
    chance = random.Random(SEED + number)
    ways = {0: [upstreams.one_chunk(stream)], 1: [upstreams.byte_chunks(stream)]}
    cut = ways.get(number) or upstreams.random_chunks(stream, chance, 9)
    return lambda _: [upstreams.STREAM_HEAD, *cut, upstreams.LAST_CHUNK]


# -- judging ----------------------------------------------------------------------------------------------------------

class Call:
    """One call through a scenario, and what came of it."""

    def __init__(self, place, case, stream):
        """In Responses to a provider that speaks it, else in chat."""
        self.responses = "openai-responses" in case
        asked = {"input": "hi"} if self.responses else {"messages": [{"role": "user", "content": "hi"}]}
        body = {"model": case, **asked, **({"stream": True} if stream else {})}
        self.case, self.answer, self.cut = case, None, ""
        with wire.Connection(place.gateway.port, 20) as connection:
            connection.send(wire.post(RESPONSES if self.responses else CHAT, json.dumps(body).encode(), place.key, f"openai-organization: {case}"))
            try:
                self.answer = connection.answer()
            except (wire.Closed, wire.Malformed, TimeoutError) as fault:
                self.cut = f"{type(fault).__name__}: {fault}"
        self.id = self.answer.header("x-tollgate-request-id") if self.answer else ""

    def events(self): return [block for block in self.answer.body.decode("utf-8", "replace").split("\n\n") if block]

    def ends_with_error(self): return '"error":{' in self.events()[-1] and not self.good_ends()

    def good_ends(self): return self.answer.body.count(b"event: response.completed" if self.responses else b"[DONE]")

    def form_fault(self):
        """One clean outcome in the caller's dialect, and nothing of the provider's that is not ours to tell."""
        if self.cut: return f"no whole answer: {self.cut}"
        told = json.dumps(self.answer.headers).lower()
        if self.answer.status >= 400:
            try:
                error = json.loads(self.answer.body.decode())["error"]
            except (ValueError, KeyError):
                return f"no error object: {self.answer}"
            if set(error) != ENVELOPE: return f"error object {sorted(error)}"
            told += error["message"].lower()
        harm = [harm for harm in HARM if harm in told]
        return f"tells {harm}: {self.answer.headers} {self.answer}" if harm else ""


def client_fault(call, case):
    """Against `expect.client`."""
    expected, note = case["expect"]["client"], case["expect"]["client"].get("note", "")
    status = call.answer.status
    if expected.get("status"):
        wanted_status = 503 if "503 in the others" in note else expected["status"]
        if status != wanted_status: return f"{call.answer}, wanted {expected['status']}"
        wanted = expected.get("openai", {}).get("type")
        error = json.loads(call.answer.body)["error"] if status >= 400 else {}
        if wanted and wanted not in (error["code"], error["type"]): return f"{call.answer}, wanted {wanted}"
        if status == 200 and case["stream"] and call.good_ends() != 1: return f"not one end mark: {call.events()[-3:]}"
        return ""
    early = status in (502, 503, 504) and ("502" in note or "504" in note or not sends_content(case))
    if status >= 400: return "" if early else f"{call.answer}"
    if "error event" in note: return "" if call.ends_with_error() else f"no error at the end: {call.events()[-2:]}"
    return ""


def sends_content(case): return any(re.search(r'"content":"[^"]', step.get("send", "")) for step in case["script"])


def bill_fault(row, case, call):
    """Against `expect.billing`, in its own words."""
    words, status = case["expect"].get("billing", ""), row["status"]
    if row["cost_nano_usd"] > ABSURD_NANO_USD: return f"an absurd bill: {row}"
    if "0 charged" in words: return "" if row["cost_nano_usd"] == 0 and status == "failed" else f"charged: {row}"
    if "output 0" in words:
        input_alone = row["cost_nano_usd"] > 0 == row["output_tokens"] and row["usage_source"] == "estimated"
        return "" if input_alone else f"not its input: {row}"
    if words.startswith("normal") and call.answer.status == 200:
        return "" if (row["usage_source"], row["input_tokens"], status) == ("provider", 9, "ok") else f"not the provider's numbers: {row}"
    if re.match("partial|counted|tokens counted|estimated|over the sanity", words):
        return "" if row["usage_source"] in ("counted", "estimated") and row["cost_nano_usd"] > 0 else f"not estimated: {row}"
    return ""


def run(folder, place, report, pool):
    """Calls first; `judge` needs the rows, which are whole when the gateway has stopped. Floods come last, one at a time: they would
    make others late."""
    waiting, floods = [], []
    for family, case, names, stream in calls_of(folder):
        if is_flood(case): floods.append((family, case, names, stream))
        else: waiting.append((family, case, [pool.submit(Call, place, name, stream) for name in names]))
    done = [(family, case, [call.result() for call in calls]) for family, case, calls in waiting]
    done += [(family, case, [Call(place, name, stream) for name in names]) for family, case, names, stream in floods]
    after = Call(place, "m", False)
    served = after.answer and after.answer.status == 200
    report.case("upstream-faults", "a good call after all of them", "" if served else f"{after.answer}{after.cut}")
    return done


def calls_of(folder):
    """(family, case, names of its routes, whether the client asks for a stream)."""
    for case in shared.lines(folder / "upstream-faults/scenarios.jsonl"):
        if is_here(case): yield "upstream-faults", case, [case["id"]], asks_stream(case)
    for case in shared.lines(folder / "http1-llhttp/responses.jsonl"): yield "http1-llhttp responses", case, [case["id"]], False
    for case in shared.lines(folder / "bombs/manifest.jsonl"):
        name = f"bomb-{case['file']}"
        yield "bombs", {**case, "id": name}, [name], "event-stream" in case["content_type"]
    for case in sse_cases(folder):
        yield "sse", case, [f"{case['id']}.{number}" for number in range(SPLITS + 2)], True


def is_flood(case): return any(step.get("repeat", 0) >= FLOOD_MIN and not step.get("gap_ms") for step in case.get("script", ()))


def asks_stream(case): return case["stream"] and "no stream asked" not in case["title"]


def judge(done, rows, report):
    judges = {"upstream-faults": fault_of, "http1-llhttp responses": response_fault, "bombs": bomb_fault, "sse": sse_fault}
    good = next((calls[0].answer for family, case, calls in done if case["id"] == GOOD_STREAM), None)
    for family, case, calls in done:
        if "like" in case and (calls[0].answer is None or calls[0].answer.body != good.body):
            report.case(family, case["id"], f"not as {GOOD_STREAM}: {calls[0].answer}")
            continue
        judged = judges[family]
        try:
            fault = judged(case, calls if family == "sse" else calls[0], rows)
        except (ValueError, KeyError, IndexError) as error:
            fault = f"{type(error).__name__} {error}: {[call.answer for call in calls]}"
        report.case(family, case["id"], fault)


def fault_of(case, call, rows):
    row = rows.get(call.id)
    return call.form_fault() or client_fault(call, case) or (bill_fault(row, case, call) if row else "no row")


def response_fault(case, call, rows):
    """A broken answer is a 502; a sound one may be one too, since its body is none of ours. The next client never sees its rest."""
    if fault := call.form_fault(): return fault
    if call.answer.status != 502: return f"{call.answer}"
    return "" if call.id in rows else "no row"


def bomb_fault(case, call, rows):
    if fault := call.form_fault(): return fault
    broken = call.answer.status == 502 or (call.answer.status == 200 and call.ends_with_error())
    return ("" if call.id in rows else "no row") if broken else f"{call.answer}"


def sse_fault(case, calls, rows):
    """The same for every cut; and what goes out is clean: LF, no mark, every event ended."""
    for call in calls:
        if fault := call.form_fault(): return fault
        if call.answer.status == 200 and not clean_stream(call.answer.body): return f"not clean: {call.answer.body[:300]!r}"
    told = {(call.answer.status, call.answer.body) for call in calls}
    if len(told) != 1: return f"cuts change the answer: {sorted(told)[:2]}"
    used = {tuple(rows[call.id][name] for name in ("status", "input_tokens", "output_tokens", "usage_source")) for call in calls}
    return "" if len(used) == 1 else f"cuts change the row: {used}"


def clean_stream(body):
    return b"\r" not in body and not body.startswith(b"\xef\xbb\xbf") and body.endswith(b"\n\n") and b"\n\n\n" not in body
