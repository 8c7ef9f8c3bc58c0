"""One gateway on a data folder, on ports that it chooses itself; it may be killed and started again on the same folder."""
import http.client
import json
import os
import re
import subprocess
from pathlib import Path

from lib.programs import HOST, TOLLGATE, Started, secret

PORTS = re.compile(r"models on port (\d+), admin on port (\d+)")
ASK_LIMIT_S = 10


def yaml_of(settings):
    """JSON is YAML: no words of our own for quoting."""
    return json.dumps(settings, indent=1)


class Gateway:
    """`settings` are those of tollgate.yaml but for addresses, data and secrets; `keys` maps names to their settings.

    The secrets of virtual keys are in `secrets`, those of providers are PROVIDER_SECRET.
    """

    PROVIDER_SECRET = "sk-provider-secret-of-the-test"

    def __init__(self, folder, settings, keys=None, name="gateway"):
        self.folder, self.name = Path(folder), name
        self.data = self.folder / f"{name}-data"
        self.config = self.folder / f"{name}.yaml"
        keys = keys or {"main": {}}
        self.secrets = {key: secret(f"sk-{key}") for key in keys}
        env = {**os.environ, "PROVIDER_KEY": self.PROVIDER_SECRET, "TOLLGATE_ADMIN_TOKEN": secret("admin")}
        for key, value in self.secrets.items(): env[self._variable(key)] = value
        whole = {"server": {"listen": [f"{HOST}:0"], "threads": 2, "drain": "5s", **settings.get("server", {})},
                 "admin": {"listen": f"{HOST}:0", "token": "env:TOLLGATE_ADMIN_TOKEN", **settings.get("admin", {})},
                 "keys": {key: {"secret": f"env:{self._variable(key)}", **more} for key, more in keys.items()},
                 **{part: value for part, value in settings.items() if part not in ("server", "admin", "keys")}}
        self.config.write_text(yaml_of(whole))
        self.started = Started(folder, env)
        self.program, self.port, self.admin_port, self.runs = None, None, None, 0

    @staticmethod
    def _variable(key): return "KEY_" + key.replace("-", "_").upper()

    def start(self):
        self.runs += 1
        self.log = f"{self.name}-{self.runs}"
        self.port = None
        self.program = self.started.start(self.log, self._ready_url, *self._command())
        return self

    def start_and_kill(self, seconds):
        """Starts it and kills it so soon after that it may still be opening its data."""
        with open(self.folder / f"{self.name}-killed.log", "wb") as log:
            program = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.started.env)
        try:
            return program.wait(seconds)
        except subprocess.TimeoutExpired:
            program.kill()
            return program.wait()

    def _command(self): return [str(TOLLGATE), "serve", "--config", str(self.config), "--data", str(self.data)]

    def _ready_url(self):
        found = PORTS.search(self.started.log_of(self.log))
        if not found: return None
        self.port, self.admin_port = int(found[1]), int(found[2])
        return f"http://{HOST}:{self.port}/readyz"

    def kill(self):
        """kill -9, and waits until it is gone."""
        self.program.kill()
        self.program.wait()
        self.started.forget(self.program)

    def stop(self):
        """Graceful. Returns what went wrong, or an empty text."""
        faults = self.started.stop({0})
        return f"{', '.join(faults)} died or would not stop:\n{self.words()}" if faults else ""

    def alive(self): return self.program.poll() is None

    def words(self): return self.started.log_of(self.log)

    def get(self, path, key="main"):
        """(status, parsed body) of a GET on the model port."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=ASK_LIMIT_S)
        try:
            connection.request("GET", path, headers={"authorization": f"Bearer {self.secrets[key]}"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()


def provider(port, path="/v1", kind="compatible", **more):
    return {"type": kind, "base_url": f"http://{HOST}:{port}{path}", "keys": {"main": {"secret": "env:PROVIDER_KEY"}}, **more}


def route(provider_name, model="m", **more):
    return {"targets": [{"provider": provider_name, "model": model}], "retry": {"attempts": 0}, **more}
