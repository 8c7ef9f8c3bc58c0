"""Raw bytes to the model port: desync, smuggling, broken syntax, obfuscated Transfer-Encoding.

Every case goes as it is. Where its first line is a plain one it goes armed too: with a valid key, the chat path and a mark of its own,
so that whatever is wrongly taken for a request would really reach the upstream, under that mark.
"""
import re

from lib import shared, wire

SILENCE_S = 1.0        # no answer for so long: the bytes ask for none
REFUSALS = {400, 405, 408, 411, 413, 414, 417, 431, 501, 505}  # 405: the method alone was wrong; then the connection closes too
CHAT = "/v1/chat/completions"
PLAIN_LINE = re.compile(rb"(GET|POST|PUT|HEAD|OPTIONS|DELETE) /[A-Za-z0-9_./-]* HTTP/1\.[01]\r\n(?![ \t])")
TOKEN = re.compile(rb"[!#-'*+.^-z|~A-Z0-9-]+")
GOOD_BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'


class Outcome:
    """What came back for some bytes on one connection of their own. `closes`: the gateway ended it, not we."""

    def __init__(self, answers, closes, clean):
        self.answers, self.closes, self.clean = answers, closes, clean

    @property
    def statuses(self): return [answer.status for answer in self.answers]

    def __repr__(self): return f"answers {self.statuses}{' and closes' if self.closes else ', stays open'}: {self.answers[-1:]}"


def exchange(port, steps, await_end):
    """Sends the steps one after another, each when the answer to the one before has come, and reads until the end.

    We end our side when nothing comes any more; at once unless it matters (`await_end`) who ends the connection.
    """
    answers, closes, silent = [], False, False
    with wire.Connection(port, SILENCE_S) as connection:
        for step in steps:
            if closes or not connection.send(step): break
            try:
                answers.append(connection.answer())
                silent = False
            except TimeoutError:
                silent = True
            except wire.Closed:
                closes = True
        closes = closes or bool(answers and answers[-1].header("connection") == "close")
        if await_end and not closes and not silent: closes = ends(connection, answers)
        connection.end_sending()
        connection.socket.settimeout(wire.ANSWER_LIMIT_S)
        more, clean = connection.answers_until_closed()
    return Outcome(answers + more, closes or not answers, clean)


def ends(connection, answers):
    try:
        while True: answers.append(connection.answer())
    except wire.Closed:
        return True
    except TimeoutError:
        return False


def armed(steps, key, mark):
    """The same bytes as a call that would go upstream; nothing when the first line is not a plain one."""
    line = PLAIN_LINE.match(steps[0])
    if not line: return None
    version = line[0].rstrip()[-8:]
    headers = f"authorization: Bearer {key}\r\ncontent-type: application/json\r\nopenai-organization: {mark}\r\n"
    return [b"POST " + CHAT.encode() + b" " + version + b"\r\n" + headers.encode() + steps[0][line.end():], *steps[1:]]


# -- verdicts ---------------------------------------------------------------------------------------------------------

def refused(outcome, requests):
    """Must be refused: one of the refusing answers, or none, and the end of the connection."""
    if not outcome.clean: return f"bytes that are no answer: {outcome}"
    if len(outcome.answers) > requests: return f"more answers than requests: {outcome}"
    if not outcome.closes: return f"the connection stays open: {outcome}"
    if outcome.answers and outcome.statuses[-1] not in REFUSALS: return f"not refused: {outcome}"
    return ""


def parsed(outcome, requests):
    """Must be understood, whatever the router says then."""
    if not outcome.clean or len(outcome.answers) > requests: return f"{outcome}"
    wrong = [status for status in outcome.statuses if status in (400, 431, 505) or status >= 500]
    return f"not understood: {outcome}" if wrong else ""


def safe(outcome, requests):
    if not outcome.clean or len(outcome.answers) > requests: return f"{outcome}"
    wrong = [status for status in outcome.statuses if status >= 500 and status not in (501, 505)]
    return f"{outcome}" if wrong else ""


JUDGES = {"reject": refused, "accept": parsed, "safe": safe, "upgrade": safe}


def run_verdict(case, verdict, steps, requests, place):
    """The case as it is, and armed. As it is, most ask for a path that is not there: then 404 may come before the fault is seen, and
    only the armed form must be refused."""
    sharp = armed(steps, place.key, case) if verdict != "accept" else None
    judge = JUDGES[verdict] if sharp is None else unserved
    if fault := judge(exchange(place.gateway.port, steps, verdict == "reject" and sharp is None), requests): return f"as it is: {fault}"
    if sharp is None: return ""
    if fault := JUDGES[verdict](exchange(place.gateway.port, sharp, verdict == "reject"), requests): return f"armed: {fault}"
    return "armed: it reached the upstream" if verdict == "reject" and place.upstream.got(case) else ""


def unserved(outcome, requests):
    return safe(outcome, requests) or (f"served: {outcome}" if set(outcome.statuses) & {200, 201, 204} else "")


# -- families ---------------------------------------------------------------------------------------------------------

def cases(folder):
    """(family, case, function of the place that gives the fault)."""
    for case in shared.lines(folder / "http1-desync/requests.jsonl"):
        head = with_host(shared.from64(case["headers_b64"]), case["verdict"] != "accept")
        yield "http1-desync", case["id"], verdict_of(case, case["verdict"], [head], 1)
    for case in shared.lines(folder / "http1-probe/requests.jsonl"):
        steps = [shared.from64(step) for step in case["steps_b64"]]
        yield "http1-probe", case["id"], verdict_of(case, case["verdict"], steps, len(steps))
    for case in shared.lines(folder / "http1-garden/payloads.jsonl"):
        steps = [shared.from64(step) for step in case["steps_b64"]]
        verdict = "reject" if case["verdict"] == "h2-downgrade" else case["verdict"]  # HTTP/2 is not spoken: the preface is refused
        yield "http1-garden", case["id"], verdict_of(case, verdict, steps, len(steps))
    for case in shared.lines(folder / "http1-llhttp/requests.jsonl"):
        steps = [with_host(shared.from64(case["bytes_b64"]), case["has_host"] or case["verdict"] != "accept")]
        yield "http1-llhttp requests", case["id"], verdict_of(case, case["verdict"], steps, case["messages_complete"] + 1)
    for case in shared.lines(folder / "http1-te-mutations/mutations.jsonl"):
        line = shared.from64(case["header_line_b64"])
        for form in ("clte", "tecl"):
            yield "http1-te-mutations", f"{case['id']}.{form}", mutation(case["id"], line, shared.from64(case[f"{form}_b64"]))
        yield "http1-te-mutations", f"{case['id']}.good", good_mutation(case["id"], line)


def verdict_of(case, verdict, steps, requests):
    return lambda place: run_verdict(case["id"], verdict, steps, requests, place)


def with_host(data, leave):
    """A Host behind every request line that lacks one."""
    if leave or b"\nhost:" in data.lower(): return data
    return re.sub(rb"(?m)^([A-Z-]+ \S+ HTTP/1\.1\r\n)", rb"\1Host: gw.test\r\n", data)


def may_be_ignored(lines):
    """Whether a mutated line is a well-formed field of another name than Transfer-Encoding."""
    for line in lines.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if not colon or not TOKEN.fullmatch(name) or name.lower() == b"transfer-encoding": return False
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value): return False
    return True


def mutation(case, line, request):
    """Content-Length beside the mutated line, with a body that means two different things."""
    head, _, body = request.partition(b"\r\n\r\n")
    sharp = armed([head + b"\r\n\r\n" + body], "{{KEY}}", case)

    def run(place):
        sent = request if sharp is None else sharp[0].replace(b"{{KEY}}", place.key.encode())
        outcome = exchange(place.gateway.port, [sent], not may_be_ignored(line))
        if place.upstream.got(case) and not may_be_ignored(line): return "it reached the upstream"
        if not may_be_ignored(line): return refused(outcome, 1)
        return safe(outcome, 2) or ("" if outcome.statuses[0] == 400 else f"{outcome}")

    return run


def good_mutation(case, line):
    """The mutated line in a request that is good by its Content-Length: refused, or one request with exactly this body."""
    def run(place):
        mark = f"{case}.good"
        outcome = exchange(place.gateway.port, [wire.post(CHAT, GOOD_BODY, place.key, line, f"openai-organization: {mark}")],
                           not may_be_ignored(line))
        if outcome.statuses == [200] and may_be_ignored(line): return place.sent_once(mark, GOOD_BODY)
        return refused(outcome, 1) or ("it reached the upstream" if place.upstream.got(mark) else "")

    return run
