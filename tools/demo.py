#!/usr/bin/env python3
"""While `./dev run` is up: calls its gateway from several threads, kills the first scripted provider amid them, and tells what came of it.

With OpenAI's SDK where it is installed (tools/setup.sh clients), else with plain HTTP."""
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".tools/run"
CALLERS, SECONDS, KILL_AFTER = 4, 6, 2


def with_sdk(url, key):
    from openai import OpenAI
    client = OpenAI(base_url=url, api_key=key, max_retries=0, timeout=10)
    return lambda: client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}]).choices[0].message.content


def with_http(url, key):
    body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}).encode()

    def call():
        request = urllib.request.Request(f"{url}/chat/completions", body, {"authorization": f"Bearer {key}", "content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer: return json.load(answer)["choices"][0]["message"]["content"]
    return call


def main():
    if not (HOME / "demo.json").exists(): sys.exit("start ./dev run first, without OPENAI_API_KEY")
    run = json.loads((HOME / "demo.json").read_text())
    try: call = with_sdk(run["url"], run["key"])
    except ImportError: call = with_http(run["url"], run["key"])
    done, failed, over = [], [], time.monotonic() + SECONDS

    def caller():
        while time.monotonic() < over:
            try: done.append(call())
            except Exception as error: failed.append(error)  # noqa: BLE001  whatever it is, it is what we look for
            time.sleep(0.02)
    threads = [threading.Thread(target=caller) for _ in range(CALLERS)]
    for thread in threads: thread.start()
    time.sleep(KILL_AFTER)
    print(f"{len(done)} calls so far; now the first provider (process {run['provider']}) is killed")
    try: os.kill(run["provider"], signal.SIGKILL)
    except ProcessLookupError: print("it was dead already: ./dev run anew brings it back")
    for thread in threads: thread.join()
    print(f"{len(done)} calls answered, {len(failed)} failed")
    for error in failed[:3]: print(f"  {error}")
    with urllib.request.urlopen(f"{run['admin']}/metrics", timeout=5) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(("tollgate_fallbacks_total", "tollgate_breaker_state")): print(line)
    print("The last call's attempts and the calls since the start, from the ledger:")
    for words in (("attempts", "--newest", "--limit", "1"), ("report", "--by", "provider")):
        print(subprocess.run([str(ROOT / "build/release/tollgate"), "ledger", *words, "--data", str(HOME / "data")], capture_output=True, text=True).stdout.strip())
    sys.exit(1 if failed else 0)


if __name__ == "__main__": main()
