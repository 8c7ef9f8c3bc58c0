"""The audit log against real programs: every call, refusal and change has its event, what is touched is found, a crash loses nothing."""
import csv
import http.client
import io
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import audit, money  # noqa: E402
from lib.gateway import Gateway, provider, route  # noqa: E402
from lib.programs import HOST, ROOT, TOLLGATE, free_port  # noqa: E402

QUESTION, ANSWER = "a question that nobody else may read", "an answer that nobody else may read"
COMMAND_LIMIT_S = 30
WAIT_LIMIT_S = 10
CALLERS = 8
KILLED_AFTER_S = 0.4
KILLS = 3
YES, NO, MISUSE = 0, 1, 2
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class World:
    """A gateway whose one key may say its user, before a scripted provider."""

    def __init__(self, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-audit-")
        self.place = Path(self.folder.name)
        mock = free_port()
        whole = {"providers": {"mock": provider(mock)}, "routes": {"m": route("mock")}, **settings}
        self.gateway = Gateway(self.place, whole, {"main": {"team": "search", "may_set": ["user"]}})
        script = self.place / "mock.json"
        script.write_text(json.dumps({"rules": [{"text": ANSWER}]}))
        self.gateway.started.start("mock", f"http://{HOST}:{mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{mock}", "--script", script)
        self.gateway.start()

    def ask(self, user="alice", model="m", key=None, **more):
        body = {"model": model, "messages": [{"role": "user", "content": QUESTION}], "max_tokens": 10, **more}
        head = {"authorization": f"Bearer {key or self.gateway.secrets['main']}", "content-type": "application/json", "x-tollgate-user": user}
        return self.send(self.gateway.port, "POST", "/v1/chat/completions", json.dumps(body), head)

    def admin(self, method, path):
        token = self.gateway.started.env["TOLLGATE_ADMIN_TOKEN"]
        status, body = self.send(self.gateway.admin_port, method, path, None, {"authorization": f"Bearer {token}"})
        return status, json.loads(body)

    @staticmethod
    def send(port, method, path, body, head):
        connection = http.client.HTTPConnection(HOST, port, timeout=20)
        try:
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def run(self, *words, stdin=""):
        done = subprocess.run([TOLLGATE, *words, "--data", self.gateway.data], input=stdin, capture_output=True, text=True,
                              env=self.gateway.started.env, timeout=COMMAND_LIMIT_S, check=False)
        return done.returncode, done.stdout, done.stderr

    def data(self, *words, **more):
        code, out, err = self.run(*words, **more)
        if code != YES: raise AssertionError(f"{words}: exit {code}: {out}{err}")
        return out

    def events(self, *filters): return audit.events(self.gateway.data, *filters)

    def wait_for(self, kind, wanted, count=1):
        """The newest of those events, once there are so many: refusals, and what commands leave, are not waited for."""
        end = time.monotonic() + WAIT_LIMIT_S
        while time.monotonic() < end:
            found = [event for event in self.events("--kind", kind) if wanted(event)]
            if len(found) >= count: return found[0]
            time.sleep(0.05)
        raise AssertionError(f"{count} of {kind} did not come: {self.events()}")

    def wait_for_change(self, action, outcome="done"):
        return self.wait_for("change", lambda event: (event["action"], event["outcome"]) == (action, outcome))

    def segments(self): return sorted((self.gateway.data / "audit").glob("audit-*.jsonl"))

    def close(self):
        self.gateway.stop()
        self.folder.cleanup()


class AuditTest(unittest.TestCase):
    def world(self, **settings):
        made = World(**settings)
        self.addCleanup(made.close)
        return made

    def assert_good(self, world, *words):
        code, out, err = world.run("audit", "verify", *words)
        self.assertEqual(code, YES, out + err)
        self.assertTrue(out.startswith("good: "), out)

    def test_calls_and_refusals_have_one_event_each(self):
        world = self.world()
        self.assertEqual([world.ask()[0], world.ask(stream=True)[0], world.ask(model="unknown")[0], world.ask(key="sk-wrong")[0]], [200, 200, 404, 401])
        stranger = world.wait_for("stranger", lambda event: True)
        events = world.events("--kind", "request")
        self.assertEqual([(event["status"], event["http_status"]) for event in events], [("refused", 404), ("ok", 200), ("ok", 200)])
        self.assertEqual({event["id"] for event in events}, {row["id"] for row in money.rows(world.gateway.data)})
        self.assertEqual({event["personal"]["user"] for event in events}, {"alice"})
        self.assertTrue(all(len(event["asked"]) == 64 and event["bytes_in"] for event in events))
        self.assertTrue(all(event["bytes_out"] for event in events[1:]))
        self.assertEqual((stranger["reason"], stranger["personal"]["peer"]), ("invalid_api_key", HOST))
        self.assert_good(world)

    def test_a_shadow_has_an_event_too(self):
        prices = {"p": {"input": 1, "output": 1}}
        candidate = {"target": {"provider": "mock", "model": "m2", "price": "p"}, "share": "100%", "budget": 1}
        world = self.world(prices=prices, routes={"m": route("mock", shadow=candidate)})
        for _ in range(5): self.assertEqual(world.ask()[0], 200)
        event = world.wait_for("shadow", lambda event: True, 5)
        self.assertEqual((event["provider"], event["model"], event["http_status"]), ("mock", "m2", 200))
        self.assertGreater(event["cost_nano_usd"], 0)
        self.assertEqual(world.gateway.stop(), "")
        self.assertEqual(audit.faults(world.gateway.data), [])

    def test_rows_come_as_a_table_too(self):
        world = self.world()
        world.ask(), world.ask(model="=1+2")
        table = list(csv.DictReader(io.StringIO(world.data("audit", "rows", "--format", "csv", "--kind", "request"))))
        self.assertEqual([row["status"] for row in table], ["refused", "ok"])
        self.assertEqual(json.loads(table[1]["personal"])["user"], "alice")
        lines = world.data("audit", "rows", "--format", "jsonl", "--kind", "request").splitlines()
        self.assertEqual([json.loads(line)["seq"] for line in lines], [int(row["seq"]) for row in table])
        token = world.gateway.started.env["TOLLGATE_ADMIN_TOKEN"]
        status, text = world.send(world.gateway.admin_port, "GET", "/api/v1/audit?format=csv&kind=change", None, {"authorization": f"Bearer {token}"})
        self.assertEqual(status, 200)
        self.assertEqual([row["action"] for row in csv.DictReader(io.StringIO(text.decode()))], ["gateway.start"])
        self.assertEqual(world.admin("GET", "/api/v1/audit?format=xml")[0], 400)
        self.assertEqual(world.run("audit", "rows", "--format", "xml")[0], MISUSE)

    def test_a_command_whose_change_cannot_be_told_changes_nothing(self):
        world = self.world()
        self.assertEqual(world.gateway.stop(), "")
        (world.gateway.data / "audit").rename(world.gateway.data / "audit.away")
        (world.gateway.data / "audit").write_text("no folder")
        for words in (("keys", "create", "made"), ("secrets", "set", "one")):
            code, out, err = world.run(*words, stdin="sk-a-secret-of-the-vault")
            self.assertEqual((code, out), (NO, ""), err)
            self.assertIn("nothing is changed", err)
        (world.gateway.data / "audit").unlink()
        (world.gateway.data / "audit.away").rename(world.gateway.data / "audit")
        self.assertNotIn("made", world.data("keys", "list"))
        self.assertNotIn("one", world.data("secrets", "list"))

    def test_changes_have_events(self):
        world = self.world()
        world.data("keys", "create", "made", "--team", "ads", "--user", "bob")
        created = world.wait_for_change("keys.create")
        self.assertEqual((created["object"], created["outcome"]), ("made", "done"))
        self.assertIn("ads", created["after"])
        self.assertNotIn("bob", created["after"])
        world.data("keys", "rotate", "made")
        world.data("keys", "revoke", "made")
        world.data("secrets", "set", "one", stdin="sk-a-secret-of-the-vault\n")
        world.data("secrets", "delete", "one")
        for action in ("keys.rotate", "keys.revoke", "secrets.set", "secrets.delete"): world.wait_for_change(action)
        self.assertEqual(world.admin("POST", "/api/v1/config/reload")[0], 200)
        reload = world.wait_for_change("config.reload")
        self.assertEqual((reload["actor"], reload["role"], reload["before"]), ("admin.token", "admin", reload["after"]))
        world.gateway.config.write_text("nonsense: {}\n")
        self.assertEqual(world.admin("POST", "/api/v1/config/reload")[0], 400)
        world.wait_for_change("config.reload", "refused")
        self.assert_good(world)

    def test_the_admin_port_tells_events_and_proves_them(self):
        world = self.world()
        for user in ("alice", "bob", "alice"): world.ask(user)
        status, told = world.admin("GET", "/api/v1/audit?kind=request&user=alice&limit=1")
        self.assertEqual((status, len(told["events"])), (200, 1))
        status, more = world.admin("GET", f"/api/v1/audit?kind=request&user=alice&before={told['next']}")
        self.assertEqual(([event["personal"]["user"] for event in more["events"]], more["next"]), (["alice"], None))
        self.assertEqual(world.admin("GET", "/api/v1/audit/verify")[1]["good"], True)
        self.assertEqual(world.admin("GET", "/api/v1/audit?colour=red")[0], 400)
        self.assertEqual(world.send(world.gateway.admin_port, "GET", "/api/v1/audit", None, {})[0], 401)
        self.assertEqual(world.wait_for("stranger", lambda event: True)["door"], "admin")

    def test_a_flipped_byte_is_found(self):
        world = self.world()
        world.ask()
        self.assertEqual(world.gateway.stop(), "")
        self.assert_good(world)
        path = world.segments()[0]
        text = path.read_bytes()
        at = text.index(b'"status":"ok"') + 11
        path.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1:])
        code, out, _ = world.run("audit", "verify")
        self.assertEqual(code, NO)
        line = text[:at].count(b"\n") + 1
        self.assertTrue(out.startswith(f"{path.name}:{line}: changed: "), out)
        self.assertEqual(json.loads(world.run("audit", "verify", "--json")[1])["fault"]["line"], line)

    def test_a_cut_tail_is_found_by_a_checkpoint_that_was_kept_elsewhere(self):
        world = self.world()
        world.ask()
        kept = world.place / "kept.txt"
        world.data("audit", "checkpoint", "--out", str(kept))
        self.assert_good(world, "--checkpoint", str(kept))
        self.assertEqual(world.gateway.stop(), "")
        path = world.segments()[0]
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
        code, out, _ = world.run("audit", "verify", "--checkpoint", str(kept))
        self.assertEqual(code, NO)
        self.assertIn("cut", out)

    def test_a_crash_under_load_loses_no_event(self):
        world = self.world()
        for number in range(KILLS):
            whole, over = [], threading.Event()

            def call(user):
                while not over.is_set():
                    try: status, body = world.ask(user)
                    except (OSError, http.client.HTTPException): return
                    if status == 200: whole.append(json.loads(body))

            callers = [threading.Thread(target=call, args=(f"user-{number}-{index}",)) for index in range(CALLERS)]
            for caller in callers: caller.start()
            time.sleep(KILLED_AFTER_S)
            world.gateway.kill()
            over.set()
            for caller in callers: caller.join()
            self.assertTrue(whole)
            world.gateway.start()
            self.assertEqual(audit.faults(world.gateway.data), [])
        self.assertEqual([event["event"] for event in world.events("--kind", "log") if event["event"] in ("start", "restart")], ["restart"] * KILLS + ["start"])
        self.assertEqual(money.verify(world.gateway.data), "")

    def test_a_person_is_told_and_erased(self):
        world = self.world()
        for user in ("alice", "bob", "alice"): world.ask(user)
        held = json.loads(world.data("person", "export", "alice"))
        self.assertEqual((held["user"], len(held["requests"]), len(held["attempts"]), len(held["audit"])), ("alice", 2, 2, 2))
        self.assertEqual({row["user"] for row in held["requests"]}, {"alice"})
        self.assertEqual(world.run("person", "erase", "alice")[0], MISUSE)
        world.data("person", "erase", "alice", "--yes")
        self.assertEqual(world.run("person", "export", "alice")[0], NO)
        world.wait_for("log", lambda event: event["event"] == "erasure")
        people = Counter(event["personal"].get("user", "erased") for event in world.events("--kind", "request"))
        self.assertEqual(people, {"erased": 2, "bob": 1})
        self.assertNotIn("alice", {row["user"] for row in money.rows(world.gateway.data)})
        world.ask("alice")  # somebody new of that name
        self.assertEqual(len(json.loads(world.data("person", "export", "alice"))["requests"]), 1)
        self.assertEqual(world.gateway.stop(), "")
        self.assert_good(world)
        self.assertEqual(money.verify(world.gateway.data), "")

    def test_nothing_secret_stands_in_it(self):
        world = self.world()
        world.ask()
        world.data("secrets", "set", "one", stdin="sk-a-secret-of-the-vault\n")
        made = world.data("keys", "create", "made").strip()
        world.wait_for_change("keys.create")
        text = b"".join(path.read_bytes() for path in (world.gateway.data / "audit").iterdir())
        env = world.gateway.started.env
        for word in (QUESTION, ANSWER, "alice", made, "sk-a-secret-of-the-vault", *world.gateway.secrets.values(), world.gateway.PROVIDER_SECRET,
                     env["TOLLGATE_ADMIN_TOKEN"]):
            self.assertNotIn(word.encode(), text)

    def test_strangers_do_not_fill_the_disk(self):
        world = self.world()
        for _ in range(200): self.assertEqual(world.ask(key="sk-wrong")[0], 401)
        self.assertLessEqual(len(world.events("--kind", "stranger")), 42)  # two workers

    def test_it_may_be_off(self):
        world = self.world(audit="off")
        self.assertEqual(world.ask()[0], 200)
        self.assertEqual(world.admin("GET", "/api/v1/audit")[0], 404)
        self.assertFalse((world.gateway.data / "audit").exists())
        self.assertEqual(world.run("audit", "verify")[0], NO)

    def test_the_examples_of_its_page_run(self):
        world = self.world()
        world.ask()
        (world.place / "tollgate-data").symlink_to(world.gateway.data)
        (world.place / "tollgate").symlink_to(TOLLGATE)
        blocks = SHELL.findall((ROOT / "docs/audit.md").read_text())
        self.assertTrue(blocks)
        env = {**world.gateway.started.env, "PATH": f"{world.place}:{world.gateway.started.env['PATH']}"}
        for block in blocks:
            done = subprocess.run(["bash", "-euc", block], cwd=world.place, env=env, capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False)
            self.assertEqual(done.returncode, YES, f"{block}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    unittest.main()
