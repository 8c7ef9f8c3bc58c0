"""Where the cases happen: an upstream that plays scripts, and the gateways before it."""
import json
import time

from lib import gateway as gateways
from lib import upstream as upstreams

PRICE = {"input": 1, "output": 2}
PRICE_NANO = {"input": 10**9, "output": 2 * 10**9}
MAX_BODY = 4 * 1024 * 1024
RACE_FITS = 10           # calls that fit the budget of the key `race`
RACE_TOKENS = 100        # of each, output alone
UPSTREAM_WAIT_MS = 1000  # how long the gateway waits for a provider of a fault: all the faults of time in one run
HASTY_MS = 300
POLL_S = 0.005


def completion(text, usage=(9, 1)):
    """A good answer of a provider."""
    return json.dumps({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
                       "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
                       "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}}).encode()


def until(condition, limit_s):
    """Polls; false when the time is over."""
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end: return False
        time.sleep(POLL_S)
    return True


class Place:
    """`scripts`: {case: function of the request that gives steps}; every other case gets a good answer that names its mark."""

    def __init__(self, folder, scripts, addresses, kinds):
        """`kinds`: {case: type of its provider, and what stands behind the host in its base URL}, where it is not a compatible one."""
        self.scripts, self.kinds = scripts, kinds
        self.upstream = upstreams.Upstream(self.play)
        self.gateway = gateways.Gateway(folder, self._settings(scripts, addresses), self._keys())
        self.hasty = gateways.Gateway(folder, self._hasty_settings(), name="hasty")
        self.key = self.gateway.secrets["main"]

    def start(self):
        self.gateway.start()
        self.hasty.start()

    def stop(self):
        faults = self.gateway.stop(), self.hasty.stop()
        self.upstream.close()
        return "".join(faults)

    @staticmethod
    def _keys():
        race = RACE_FITS * RACE_TOKENS * PRICE_NANO["output"] / 10**6 / 10**9
        return {"main": {"may_set": ["user"]}, "narrow": {"models": ["other"]}, "expired": {"expires": "2020-01-01"}, "dropper": {},
                "cent": {"limits": [{"usd": 0.01, "every": "month"}]}, "race": {"limits": [{"usd": race, "every": "month"}]}}

    def _settings(self, scripts, addresses):
        waits = {name: f"{UPSTREAM_WAIT_MS}ms" for name in ("connect", "first_token", "idle")} | {"total": f"{4 * UPSTREAM_WAIT_MS}ms"}
        fault = {f"fault-{number}": case for number, case in enumerate([*scripts, *addresses])}
        plain = ("compatible", "/v1")
        providers = {name: gateways.provider(addresses.get(case, self.upstream.port), f"/{case}{self.kinds.get(case, plain)[1]}",
                                             self.kinds.get(case, plain)[0], timeouts=waits) for name, case in fault.items()}
        routes = {case: gateways.route(name) for name, case in fault.items()}
        echo = gateways.provider(self.upstream.port, "/echo/v1")
        return {"server": {"max_body": MAX_BODY},
                "providers": {"echo": echo, "known": gateways.provider(self.upstream.port, "/echo/v1", "openai"), **providers},
                "routes": {"m": gateways.route("echo"), "other": gateways.route("echo"), "gpt-4o": gateways.route("known", "gpt-4o"),
                           "output-only": {"targets": [{"provider": "echo", "model": "race", "price": "race"}]}, **routes},
                "prices": {"m": PRICE, "race": {"input": 0, "output": PRICE["output"]}}}

    def _hasty_settings(self):
        server = {name: f"{HASTY_MS}ms" for name in ("head_timeout", "body_timeout", "idle_timeout", "write_timeout")}
        return {"server": server, "providers": {"echo": gateways.provider(self.upstream.port, "/echo/v1"),
                                                "flood": gateways.provider(self.upstream.port, "/flood/v1")},
                "routes": {"m": gateways.route("echo"), "flood": gateways.route("flood", "m")}, "prices": {"m": PRICE}}

    # -- the upstream -------------------------------------------------------------------------------------------------

    def play(self, request):
        script = self.scripts.get(request.case)
        if script: return script(request)
        asked = json.loads(request.body)
        if asked["model"] == "race": return [upstreams.whole(200, completion("paid", (0, RACE_TOKENS)))]
        return self._stream(request) if asked.get("stream") else [upstreams.whole(200, self.answer_for(request.mark))]

    @staticmethod
    def answer_for(mark): return completion(f"for {mark}")

    @staticmethod
    def _stream(request):
        choices = [{"index": 0, "delta": {"content": f"for {request.mark}"}}, {"index": 0, "delta": {}, "finish_reason": "stop"}]
        chunks = [json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [choice]}) for choice in choices]
        body = "".join(f"data: {data}\n\n" for data in (*chunks, "[DONE]")).encode()
        return [upstreams.STREAM_HEAD + upstreams.one_chunk(body) + upstreams.LAST_CHUNK]

    def sent_once(self, mark, body):
        """Whether exactly this body reached the upstream under that mark, once."""
        got = self.upstream.got(mark)
        if len(got) != 1: return f"{len(got)} requests reached the upstream"
        return "" if got[0].body == body else f"other bytes reached the upstream: {got[0].body[:200]!r}"
