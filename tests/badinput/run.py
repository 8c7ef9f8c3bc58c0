#!/usr/bin/python3
"""The shared bad input against the running gateway: `tests/badinput/run.py [FAMILY…]`.

What must be refused is refused, with no byte of it upstream and the next request unharmed; what a provider does wrong gets its one
outcome and its right bill. Cases that are decided otherwise stand in exceptions.json, each with its reason. In the end the gateway
stops and the money checker reads its ledger.
"""
import json
import os
import resource
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bodies  # noqa: E402
import clients  # noqa: E402
import fronts  # noqa: E402
import http1  # noqa: E402
import upstreams  # noqa: E402
from lib import money, shared, wire  # noqa: E402
from lib.report import Report  # noqa: E402
from place import PRICE_NANO, Place  # noqa: E402

CLIENTS = 24
LEFT_TO_PROVIDER = 10  # of the chat bodies that must be refused, one in so many at most
LATER = {"http2-attacks": "HTTP/2 is not spoken yet (ALPN offers http/1.1 only)", "http2-conformance": "HTTP/2", "http2-frames": "HTTP/2",
         "base-urls": "the configuration alone names hosts; src/base and src/app tests read them",
         "whatwg-url": "src/base tests", "retry-after": "src/dialects tests", "wycheproof": "src/crypto tests"}


def run_cases(family_cases, subject, report, pool, chosen):
    """Cases are (family, name, function of the subject)."""
    def run_one(entry):
        family, name, play = entry
        try:
            fault = play(subject)
        except (OSError, wire.Closed, wire.Malformed, IndexError) as error:
            fault = f"{type(error).__name__}: {error}"
        report.case(family, name, fault)

    list(pool.map(run_one, [entry for entry in family_cases if is_chosen(entry[0], chosen)]))


def is_chosen(family, chosen): return not chosen or any(family.startswith(name) for name in chosen)


def run_all(folder, place, report, chosen):
    with ThreadPoolExecutor(CLIENTS) as pool:
        run_cases(http1.cases(folder), place, report, pool, chosen)
        talk = bodies.Talk(place)
        run_cases(bodies.cases(folder), talk, report, pool, chosen)
        run_cases(fronts.cases(folder), talk, report, pool, chosen)
        talk.close()
        done = upstreams.run(folder, place, report, pool) if is_chosen("upstream-faults", chosen) else []
    if is_chosen("client-faults", chosen): clients.run(folder, place, report)
    return done


def quota_fault(exceptions, folder):
    must = [case["id"] for case in shared.lines(folder / "chat-bodies/bodies.jsonl") if case["group"] == "openai" and case["status"] == 400]
    left = [name for name in exceptions.get("chat-bodies", {}) if name in must]
    return "" if len(left) * LEFT_TO_PROVIDER <= len(must) else f"{len(left)} of {len(must)} are left to the provider"


def main():
    chosen, exceptions = sys.argv[1:], json.loads((Path(__file__).parent / "exceptions.json").read_text())
    report, folder = Report(exceptions), shared.folder("badinput")
    if folder is None:
        report.skip("badinput", f"there is no {shared.SHARED / 'badinput'}; set TOLLGATE_SHARED")
        return report.close()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    for what, why in LATER.items(): report.later(what, why)
    scripts, addresses = upstreams.scripts(folder)
    with tempfile.TemporaryDirectory(prefix="tollgate-badinput-") as folder_of_run:
        place = Place(folder_of_run, {**scripts, **clients.SCRIPTS}, addresses, upstreams.kinds(folder))
        place.start()
        try:
            done = run_all(folder, place, report, chosen)
            report.case("gateway", "is alive", "" if place.gateway.alive() and place.hasty.alive() else place.gateway.words())
        finally:
            stopped = place.stop()
        report.case("gateway", "stops in good order", stopped)
        upstreams.judge(done, {row["id"]: row for row in money.rows(place.gateway.data)}, report)
        report.case("upstream", "gets clean requests only", place.upstream.faults[:3])
        report.case("chat-bodies", "few are left to the provider", quota_fault(exceptions, folder))
        for gateway in (place.gateway, place.hasty):
            for fault in money.check(gateway.data) or [""]: report.case("money", fault or gateway.name, fault)
    return report.close()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # peers of faults may still be waiting in their threads
