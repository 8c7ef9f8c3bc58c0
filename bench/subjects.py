"""What is measured: nginx and the rungs of Tollgate, each started once, pinned to the core of the proxies, before one stub."""
import hashlib
import http.client
import os
import signal
import socket
import string
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
TOLLGATE = ROOT / "build/release/tollgate"
LOAD = ROOT / "build/release/bench/tollgate_load"
LOAD_CORE, PROXY_CORE = 0, 1
READY_LIMIT_S = 10
KEY = "sk-bench-0123456789abcdef0123456789abcdef"
HOST = "127.0.0.1"


def free_port():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return taken.getsockname()[1]


def pinned(core, *command): return ["taskset", "-c", str(min(core, (os.cpu_count() or 1) - 1)), *map(str, command)]


def status_of(port, path="/readyz"):
    """The status of a GET; 0 when nobody answers."""
    try:
        connection = http.client.HTTPConnection(HOST, port, timeout=1)
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


class Subject:
    """One proxy; `port` answers JSON, `stream_port` streams."""

    def __init__(self, name, stub):
        self.name, self.stub = name, stub
        self.port = self.stream_port = free_port()
        self.folder = tempfile.TemporaryDirectory(prefix=f"tollgate-bench-{name}-")
        self.process = None

    def command(self): raise NotImplementedError

    def start(self):
        environment = {**os.environ, "BENCH_KEY": KEY, "BENCH_PROVIDER_KEY": "sk-upstream", "TOLLGATE_ADMIN_TOKEN": "bench-admin"}
        with open(f"{self.folder.name}/output.log", "wb") as log:
            self.process = subprocess.Popen(pinned(PROXY_CORE, *self.command()), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env=environment)

    def await_ready(self):
        end = time.monotonic() + READY_LIMIT_S
        while status_of(self.port) != 200:
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit(f"{self.name} is not ready: {Path(self.folder.name, 'output.log').read_text()[-2000:]}")
            time.sleep(0.002)

    def pids(self):
        """The process and its children, as nginx has."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def memory_kib(self):
        """Resident memory: all of it, and what the processes themselves allocated."""
        total = own = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"): total += int(line.split()[1])
                if line.startswith("RssAnon:"): own += int(line.split()[1])
        return total, own

    def stop(self):
        if self.process is None: return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=READY_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def fill(self, template):
        return string.Template(Path(template).read_text())


class Nginx(Subject):
    def __init__(self, stub):
        super().__init__("nginx", stub)
        self.stream_port = free_port()

    def command(self):
        run = self.folder.name
        config = Path(run, "nginx.conf")
        config.write_text(self.fill(BENCH / "nginx.conf.in").safe_substitute(
            run=run, port=f"{HOST}:{self.port}", stream_port=f"{HOST}:{self.stream_port}", stub=self.stub))
        return ["nginx", "-p", run, "-c", config, "-e", f"{run}/nginx.log"]


class Rung(Subject):
    """Tollgate with one of bench/rungs/*.yaml."""

    def __init__(self, name, stub):
        super().__init__(name, stub)
        self.admin_port = free_port()

    def command(self):
        config = Path(self.folder.name, "tollgate.yaml")
        config.write_text(self.fill(BENCH / f"rungs/{self.name}.yaml").substitute(
            listen=f"{HOST}:{self.port}", admin=f"{HOST}:{self.admin_port}", stub=self.stub))
        return [TOLLGATE, "serve", "--config", config, "--data", f"{self.folder.name}/data"]


class Direct:
    """No proxy: the client asks the stub. What the others are compared with when latency is added up."""
    name = "direct"

    def __init__(self, stub): self.port = self.stream_port = int(stub.rsplit(":", 1)[1])
    def pids(self): return []


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
        return (done.stdout + done.stderr).strip().splitlines()[0]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return "not there"


def machine():
    """What a reader must know to compare: processor, kernel, versions, and which program it was."""
    cpu = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    family = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("cpu family", "model\t"))]
    memory = next(line.split()[1] for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    digest = hashlib.sha256(TOLLGATE.read_bytes()).hexdigest()[:16] if TOLLGATE.exists() else "not built"
    return {
        "processor": f"{cpu[0] if cpu else 'unknown'} (family {'/'.join(family[:2])}), {os.cpu_count()} cores",
        "memory_gib": round(int(memory) / 1024 / 1024, 1),
        "kernel": f"{os.uname().sysname} {os.uname().release.split('-')[0]}",
        "nginx": first_line("nginx", "-v").split()[-1],
        "compiler": first_line("g++", "--version"),
        "tollgate": first_line(str(TOLLGATE), "version") if TOLLGATE.exists() else "not built",
        "tollgate_sha256": digest,
        "commit": first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
    }
