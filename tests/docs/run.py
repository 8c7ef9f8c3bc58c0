#!/usr/bin/python3
"""What README and docs/ show is true: every curl in a fenced block gets an answer without an error from a gateway before the scripted
provider, every `tollgate ledger report` in one prints its report of that gateway, every question for a price is answered, and every YAML
block passes `tollgate check`."""
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from lib.programs import HOST, ROOT, TOLLGATE, Started, free_port  # noqa: E402

BLOCK = re.compile(r"^```(sh|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARIABLE = re.compile(r"env:(\w+)")
FILE = re.compile(r"file:([\w.-]+)")
SHOWN = "http://127.0.0.1:8080"
SHOWN_ADMIN = "http://127.0.0.1:8081"
REPORT = "tollgate ledger report "
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND_LIMIT_S = 20
CONFIG = """
server: { listen: [%(host)s:%(model)s] }
admin: { listen: %(host)s:%(admin)s, token: env:TOLLGATE_ADMIN_TOKEN }
providers:
  openai: { type: openai, base_url: http://%(host)s:%(mock)s/v1, keys: { main: { secret: env:PROVIDER_KEY } } }
routes:
  gpt-4o: { targets: [ { provider: openai, model: gpt-4o } ] }
  gpt-4o-mini: { targets: [ { provider: openai, model: gpt-4o-mini } ] }
keys:
  dev: { secret: env:TOLLGATE_KEY }
"""


def blocks(kind):
    """(page, text) of each block of that kind; `sh` only where it calls curl, a report or a price, YAML only where it is a configuration of ours."""
    marks = ["curl ", REPORT, "| tollgate price"] if kind == "sh" else ["providers:"]
    for page in PAGES:
        for found in BLOCK.finditer(page.read_text()):
            if found[1] == kind and any(mark in found[2] for mark in marks): yield page.relative_to(ROOT), found[2]


def run_shell(text, env, folder, ports):
    for shown, port in [(SHOWN, ports["model"]), (SHOWN_ADMIN, ports["admin"])]: text = text.replace(shown, f"http://{HOST}:{port}")
    text = text.replace("curl ", "curl -fsS ").replace(REPORT, f"{TOLLGATE} ledger report --data {folder}/data ")
    return subprocess.run(["bash", "-euc", text], cwd=folder, env=env, capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False)


def write_service_account(path):
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-quiet"], capture_output=True, text=True, check=True).stdout
    path.write_text(json.dumps({"type": "service_account", "client_email": "tests@example.com", "private_key": key,
                                "token_uri": f"http://{HOST}:9/token"}))
    path.chmod(0o600)


def check_yaml(text, folder):
    """With a value for each variable that it names, and each file that it reads, so that only the configuration is judged."""
    path = Path(folder, "example.yaml")
    path.write_text(text)
    env = os.environ | {name: f"sk-{name}-{secrets.token_hex(16)}" for name in VARIABLE.findall(text)}
    for name in FILE.findall(text): write_service_account(Path(folder, name))
    return subprocess.run([TOLLGATE, "check", path], cwd=folder, env=env, capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False)


def main():
    ports = {"host": HOST, "model": free_port(), "admin": free_port(), "mock": free_port()}
    env = {**os.environ, "PATH": f"{TOLLGATE.parent}:{os.environ['PATH']}", "PROVIDER_KEY": "sk-provider", "TOLLGATE_ADMIN_TOKEN": secrets.token_hex(16),
           "TOLLGATE_KEY": f"sk-docs-{secrets.token_hex(16)}"}
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="tollgate-docs-") as folder:
        Path(folder, "tollgate.yaml").write_text(CONFIG % ports)
        started = Started(folder, env)
        try:
            started.start("mock", f"http://{HOST}:{ports['mock']}/v1/models", TOLLGATE, "mock", "--listen", f"{HOST}:{ports['mock']}")
            started.start("gateway", f"http://{HOST}:{ports['model']}/readyz", TOLLGATE, "serve", "--config", f"{folder}/tollgate.yaml",
                          "--data", f"{folder}/data")
            outcomes = [(page, text, run_shell(text, env, folder, ports)) for page, text in blocks("sh")]
            outcomes += [(page, text, check_yaml(text, folder)) for page, text in blocks("yaml")]
        finally:
            started.stop()
    for page, text, done in outcomes:
        if done.returncode == 0: passed += 1; continue
        failed += 1
        print(f"FAILED: {page}: {text.splitlines()[0]} …\n{done.stdout}{done.stderr}")
    if not outcomes: failed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
