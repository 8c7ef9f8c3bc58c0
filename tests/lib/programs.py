"""Programs that a test starts, waits for and stops."""
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOLLGATE = Path(os.environ.get("TOLLGATE", ROOT / "build/release/tollgate"))
HOST = "127.0.0.1"
READY_LIMIT_S = 20
STOP_LIMIT_S = 10
POLL_S = 0.01
LOG_TAIL = 4000


def free_port():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return taken.getsockname()[1]


def answers(url):
    """Whether somebody is there who does not say 5xx."""
    try:
        urllib.request.urlopen(url, timeout=1).close()
        return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


class DidNotStart(Exception):
    """With the end of the program's own words."""


class Started:
    """Programs that were started and will be stopped, the last first. Each writes NAME.log in the folder."""

    def __init__(self, folder, env):
        self.folder, self.env, self.programs = folder, env, []

    def start(self, name, url, *command):
        """`url`: where it answers when it is ready, or a function that gives the address once it is known."""
        log = open(f"{self.folder}/{name}.log", "wb")
        program = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=self.env)
        self.programs.append((name, program, log))
        find_url = url if callable(url) else lambda: url
        end = time.monotonic() + READY_LIMIT_S
        while not ((found := find_url()) and answers(found)):
            if program.poll() is not None or time.monotonic() > end:
                raise DidNotStart(f"{name} did not come up:\n{self.log_of(name)}")
            time.sleep(POLL_S)
        return program

    def log_of(self, name): return Path(self.folder, f"{name}.log").read_text(errors="replace")[-LOG_TAIL:]

    def forget(self, program):
        """One that the test itself has ended."""
        for entry in [entry for entry in self.programs if entry[1] is program]:
            entry[2].close()
            self.programs.remove(entry)

    def stop(self, right_codes=None):
        """Returns the names of programs that had died, would not stop, or said another exit code than the right ones."""
        faults = []
        for name, program, log in reversed(self.programs):
            if program.poll() is not None: faults.append(name)
            program.terminate()
            try:
                code = program.wait(STOP_LIMIT_S)
                if right_codes is not None and code not in right_codes: faults.append(f"{name} (exit {code})")
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
                faults.append(name)
            log.close()
        self.programs.clear()
        return faults


def secret(prefix="sk-test"): return f"{prefix}-{secrets.token_hex(16)}"
