"""Lines of the audit log go outside: to a webhook that fails first, and to collectors of syslog; in order, at least once, over kills."""
import hashlib
import hmac
import http.server
import json
import os
import re
import socket
import socketserver
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import audit  # noqa: E402
from lib.gateway import Gateway, provider, route  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port, secret  # noqa: E402

WAIT_LIMIT_S = 20
CALLS = 30
HEADER = re.compile(rb"<110>1 (\S+) (\S+) tollgate (\d+) (request|shadow|stranger|change|log) - (\{.*\})", re.DOTALL)


class Webhook:
    """Answers with the statuses of `answers`, then 204."""

    def __init__(self, answers=()):
        self.lines, self.posts, self.faults, self.answers = [], 0, [], list(answers)
        self.secret = secret("hmac")
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.take(self, body)

            def log_message(self, *_): pass

        self.server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.server.handle_error = lambda *_: None  # a gateway that was killed broke off
        self.url = f"http://{HOST}:{self.server.server_port}/audit"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, handler, body):
        self.posts += 1
        status = self.answers.pop(0) if self.answers else 204
        if status == "hang up": return handler.connection.close()
        fields = dict(part.split("=") for part in handler.headers["x-tollgate-signature"].split(","))
        right = hmac.new(self.secret.encode(), f"{fields['t']}.".encode() + body, hashlib.sha256).hexdigest()
        if fields["v1"] != right: self.faults.append("a wrong signature")
        if abs(int(fields["t"]) - time.time()) > 60: self.faults.append("a wrong time")
        lines = [json.loads(line) for line in body.decode().splitlines()]
        if (str(lines[0]["seq"]), str(lines[-1]["seq"])) != (handler.headers["x-tollgate-first-seq"], handler.headers["x-tollgate-last-seq"]): self.faults.append("wrong numbers")
        if handler.headers["content-type"] != "application/x-ndjson": self.faults.append("a wrong type")
        if status == 204: self.lines += lines
        handler.send_response(status)
        handler.send_header("content-length", "0")
        handler.end_headers()

    def close(self): self.server.shutdown(), self.server.server_close()


class Collector:
    """Of syslog. Messages are kept with the JSON that they carry."""

    def __init__(self): self.messages, self.lines, self.faults = [], [], []

    def take(self, message):
        found = HEADER.fullmatch(message)
        if not found: return self.faults.append(message[:200])
        line = json.loads(found[5])
        if (line["at"].encode(), line["kind"].encode()) != (found[1], found[4]): self.faults.append(message[:200])
        self.lines.append(line)


class Datagrams(Collector):
    def __init__(self, kind, address):
        super().__init__()
        self.socket = socket.socket(kind, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(0.1)
        self.going = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.going:
            try: self.take(self.socket.recv(1 << 17))
            except TimeoutError: continue

    def close(self):
        self.going = False
        self.thread.join()
        self.socket.close()


class Stream(Collector):
    def __init__(self, port=0):
        super().__init__()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.connections.append(self.connection)
                while count := self.read_count(): outer.take(self.rfile.read(count))

            def read_count(self):
                digits = b""
                while (byte := self.rfile.read(1)) and byte != b" ": digits += byte
                return int(digits or 0)

        self.connections = []
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer((HOST, port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown(), self.server.server_close()
        for connection in self.connections:
            try: connection.shutdown(socket.SHUT_RDWR)
            except OSError: pass


class ExportTest(unittest.TestCase):
    def world(self, **audit_settings):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-export-")
        self.addCleanup(folder.cleanup)
        place, mock = Path(folder.name), free_port()
        gateway = Gateway(place, {"providers": {"mock": provider(mock)}, "routes": {"m": route("mock")}, "audit": audit_settings})
        gateway.started.env["HOOK_SECRET"] = self.hook.secret if hasattr(self, "hook") else "none"
        script = place / "mock.json"
        script.write_text(json.dumps({"rules": [{"text": "yes"}]}))
        gateway.started.start("mock", f"http://{HOST}:{mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{mock}", "--script", script)
        self.addCleanup(gateway.stop)
        return gateway.start()

    def ask(self, gateway):
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}).encode()
        asked = urllib.request.Request(f"http://{HOST}:{gateway.port}/v1/chat/completions", body,
                                       {"authorization": f"Bearer {gateway.secrets['main']}", "content-type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20) as answer: return answer.status

    def metric(self, gateway, name):
        with urllib.request.urlopen(f"http://{HOST}:{gateway.admin_port}/metrics", timeout=20) as answer:
            return next((int(line.split()[-1]) for line in answer.read().decode().splitlines() if line.startswith(name)), None)

    def written(self, gateway):
        """Whole lines of the log."""
        return [json.loads(line) for path in sorted((gateway.data / "audit").glob("audit-*.jsonl")) for line in path.read_text().split("\n")[:-1]]

    def wait_for_all(self, gateway, *receivers):
        """All that is in the log has arrived: each line as it stands there, in order where no line came twice."""
        end = time.monotonic() + WAIT_LIMIT_S
        while time.monotonic() < end:
            log = {line["seq"]: line for line in self.written(gateway)}
            if all({line["seq"] for line in receiver.lines} >= set(log) for receiver in receivers): break
            time.sleep(0.05)
        for receiver in receivers:
            self.assertEqual(receiver.faults, [])
            first_seen = list(dict.fromkeys(line["seq"] for line in receiver.lines))
            self.assertEqual(first_seen, sorted(log), f"missing or out of order; {gateway.words()}")
            for line in receiver.lines: self.assertEqual(line, log[line["seq"]])

    def made(self, receiver):
        self.addCleanup(receiver.close)
        return receiver

    def test_a_webhook_that_fails_first_gets_all_of_it_in_order(self):
        self.hook = self.made(Webhook([500, 429, "hang up", 503]))
        gateway = self.world(webhook=self.hook.url, webhook_secret="env:HOOK_SECRET")
        for _ in range(CALLS): self.assertEqual(self.ask(gateway), 200)
        self.wait_for_all(gateway, self.hook)
        self.assertEqual(len({line["seq"] for line in self.hook.lines}), len(self.hook.lines), "it answered: nothing comes twice")
        # A post on a kept connection that hangs up is sent once more at once: that is no failed try.
        self.assertIn(self.metric(gateway, 'tollgate_audit_export_failures_total{sink="webhook"}'), (3, 4))
        self.assertEqual(self.metric(gateway, 'tollgate_audit_export_lag_events{sink="webhook"}'), 0)
        self.assertGreaterEqual(self.metric(gateway, "tollgate_audit_events_total"), CALLS)
        self.assertEqual(self.metric(gateway, "tollgate_audit_lag_events"), 0)
        self.assertIn("audit export to the webhook waits: it answers with status 500", gateway.words())
        self.assertEqual(audit.faults(gateway.data), [])

    def test_a_kill_loses_nothing(self):
        self.hook, stream = self.made(Webhook()), self.made(Stream())
        gateway = self.world(webhook=self.hook.url, webhook_secret="env:HOOK_SECRET", syslog=f"tcp://{HOST}:{stream.port}")
        for _ in range(3):
            for _ in range(10): self.ask(gateway)
            gateway.kill()
            gateway.start()
        self.ask(gateway)
        self.wait_for_all(gateway, self.hook, stream)

    def test_nobody_waits_for_a_place_that_is_down(self):
        self.hook = self.made(Webhook())
        nowhere = free_port()
        gateway = self.world(webhook=f"http://{HOST}:{nowhere}/", syslog=f"tcp://{HOST}:{nowhere}")
        began = time.monotonic()
        for _ in range(CALLS): self.assertEqual(self.ask(gateway), 200)
        self.assertLess(time.monotonic() - began, WAIT_LIMIT_S)
        self.assertGreaterEqual(self.metric(gateway, 'tollgate_audit_export_lag_events{sink="syslog"}'), CALLS)
        self.assertEqual(gateway.stop(), "")

    def test_syslog_over_tcp_counts_octets_and_survives_a_restart_of_the_collector(self):
        first = self.made(Stream())
        gateway = self.world(syslog=f"tcp://{HOST}:{first.port}")
        for _ in range(5): self.ask(gateway)
        self.wait_for_all(gateway, first)
        first.close()
        for _ in range(5): self.ask(gateway)
        second = self.made(Stream(first.port))
        second.lines, second.faults = first.lines, first.faults
        self.ask(gateway)
        self.wait_for_all(gateway, second)

    def test_syslog_over_udp(self):
        port = free_port()
        collector = self.made(Datagrams(socket.AF_INET, (HOST, port)))
        gateway = self.world(syslog=f"udp://{HOST}:{port}")
        for _ in range(CALLS): self.ask(gateway)
        self.wait_for_all(gateway, collector)

    def test_syslog_to_a_socket_of_the_machine(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-log-")
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "log")
        collector = self.made(Datagrams(socket.AF_UNIX, path))
        gateway = self.world(syslog=f"unix:{path}")
        for _ in range(CALLS): self.ask(gateway)
        self.wait_for_all(gateway, collector)


if __name__ == "__main__":
    unittest.main()
