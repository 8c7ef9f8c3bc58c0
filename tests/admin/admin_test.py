"""Keys, secrets and limits over the admin API of a running gateway: who may what, what holds at once, what the audit log has of it."""
import http.client
import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import audit, money  # noqa: E402
from lib.admin import ROLES, Api, tokens_of_roles  # noqa: E402
from lib.gateway import Gateway, provider, route  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402

COMMAND_LIMIT_S = 30
WAIT_LIMIT_S = 10
INJECTIONS = ("'; DROP TABLE keys; --", "<script>alert(1)</script>", "../../etc/passwd", "a b", "x\u0000y", "$(id)", "\u202eevil", "a" * 129, "", "name\r\nset-cookie: a=b")
PRICE = {"p": {"input": 1000000, "output": 1000000}}  # a dollar for each token


class World:
    def __init__(self, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-admin-")
        place, mock = Path(self.folder.name), free_port()
        tokens, env, self.tokens = tokens_of_roles("search")
        whole = {"admin": {"tokens": tokens}, "providers": {"mock": provider(mock)}, "prices": PRICE,
                 "routes": {"m": {"targets": [{"provider": "mock", "model": "m", "price": "p"}], "retry": {"attempts": 0}}, "other": route("mock", price="p")},
                 "limits": {"of-the-file": {"match": {"team": "nobody"}, "usd": 5, "every": "day"}}, **settings}
        whole["routes"]["other"] = {"targets": [{"provider": "mock", "model": "m", "price": "p"}]}
        self.gateway = Gateway(place, whole, {"main": {"team": "search"}, "ads": {"team": "ads"}})
        self.gateway.started.env.update(env)
        script = place / "mock.json"
        script.write_text(json.dumps({"rules": [{"text": "yes"}]}))
        self.gateway.started.start("mock", f"http://{HOST}:{mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{mock}", "--script", script)
        self.gateway.start()
        self.tokens["admin"] = self.gateway.started.env["TOLLGATE_ADMIN_TOKEN"]

    def api(self, role="admin"): return Api(self.gateway, self.tokens[role])

    def ask(self, key=None, model="m", max_tokens=5):
        body = {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": max_tokens}
        head = {"authorization": f"Bearer {key or self.gateway.secrets['main']}", "content-type": "application/json"}
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=20)
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(body), head)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def changes(self): return [event for event in audit.events(self.gateway.data, "--kind", "change") if event["action"] != "gateway.start"]

    def run(self, *words, stdin=""):
        return subprocess.run([TOLLGATE, *words, "--data", self.gateway.data], input=stdin, capture_output=True, text=True,
                              env=self.gateway.started.env, timeout=COMMAND_LIMIT_S, check=False)

    def close(self):
        self.gateway.stop()
        self.folder.cleanup()


class AdminTest(unittest.TestCase):
    def world(self, **settings):
        made = World(**settings)
        self.addCleanup(made.close)
        self.addCleanup(lambda: self.assertEqual(money.check(made.gateway.data), []))
        return made

    def made(self, reply, status=201):
        self.assertEqual(reply.status, status, reply)
        return reply

    def refused(self, reply, status, param=None):
        self.assertEqual(reply.status, status, reply)
        self.assertEqual(set(reply.error) >= {"message", "code", "param"}, True, reply)
        if param is not None: self.assertEqual(reply.error["param"], param, reply)
        return reply

    def assert_sound(self, world):
        self.assertEqual(world.gateway.stop(), "")
        self.assertEqual(audit.faults(world.gateway.data), [])
        self.assertEqual(money.check(world.gateway.data), [])

    def test_a_key_lives_and_ends_at_once(self):
        world = self.world()
        api = world.api()
        made = self.made(api.call("POST", "keys", {"name": "made", "team": "search", "user": "bob", "models": ["m"], "tags": {"env": "dev"},
                                                   "limits": [{"usd": 100000, "every": "month"}]}))
        secret = made.body["secret"]
        self.assertEqual(world.ask(secret)[0], 200)
        shown = self.made(api.call("GET", "keys/made"), 200)
        self.assertNotIn("secret", shown.body)
        self.assertEqual((shown.etag, shown.body["team"], shown.body["tags"], shown.body["limits"]),
                         (made.etag, "search", {"env": "dev"}, [{"usd": 100000, "every": "month"}]))
        self.assertEqual(world.ask(secret, "other")[0], 403)
        changed = self.made(api.call("PATCH", "keys/made", {"models": ["other"], "tags": {"more": "1"}, "user": None}, if_match=made.etag), 200)
        self.assertEqual((changed.body["tags"], changed.body["user"]), ({"env": "dev", "more": "1"}, ""))
        self.assertEqual((world.ask(secret, "other")[0], world.ask(secret)[0]), (200, 403))
        turned = self.made(api.call("POST", "keys/made/rotate", {"keep_old": "1h"}), 200)
        self.assertEqual((world.ask(secret, "other")[0], world.ask(turned.body["secret"], "other")[0]), (200, 200))
        again = self.made(api.call("POST", "keys/made/rotate"), 200)
        self.assertEqual(world.ask(again.body["secret"], "other")[0], 200)
        self.assertEqual(world.ask(turned.body["secret"], "other")[0], 401)
        self.assertEqual(self.made(api.call("DELETE", "keys/made?keep_name=true"), 200).body["state"], "revoked")
        self.assertEqual(world.ask(again.body["secret"], "other")[0], 401)
        self.refused(api.call("POST", "keys", {"name": "made"}), 409, "name")
        self.made(api.call("DELETE", "keys/made"), 204)
        self.refused(api.call("GET", "keys/made"), 404)
        self.assertEqual([event["action"] for event in reversed(world.changes())],
                         ["keys.create", "keys.change", "keys.rotate", "keys.rotate", "keys.revoke", "keys.delete"])
        for event in world.changes():
            self.assertEqual((event["actor"], event["role"], event["object"], event["outcome"]), ("admin.token", "admin", "made", "done"))
        text = json.dumps(world.changes())
        for word in (secret, again.body["secret"], "bob"): self.assertNotIn(word, text)
        self.assert_sound(world)

    def test_a_stale_if_match_changes_nothing(self):
        world = self.world()
        api = world.api()
        key = self.made(api.call("POST", "keys", {"name": "k", "team": "a"}))
        limit = self.made(api.call("POST", "limits", {"name": "l", "usd": 1, "every": "day"}))
        secret = self.made(api.call("PUT", "secrets/s", {"value": "sk-one-value-of-it"}))
        for path, made, change in (("keys/k", key, {"team": "b"}), ("limits/l", limit, {"usd": 2})):
            newer = self.made(api.call("PATCH", path, change, if_match=made.etag), 200)
            self.assertNotEqual(newer.etag, made.etag)
            self.assertEqual(self.refused(api.call("PATCH", path, change, if_match=made.etag), 412).error["code"], "precondition_failed")
            self.refused(api.call("DELETE", path, if_match=made.etag), 412)
            self.refused(api.call("PATCH", path, change, if_match="W/" + newer.etag), 412)
            self.made(api.call("PATCH", path, change, if_match=f'"nothing", {newer.etag}'), 200)
            self.made(api.call("PATCH", path, change, if_match="*"), 200)
        self.refused(api.call("PUT", "secrets/s", {"value": "sk-another"}, if_match='"0"'), 412)
        self.refused(api.call("PUT", "secrets/new", {"value": "sk-another"}, if_match='"7"'), 412)
        self.made(api.call("PUT", "secrets/s", {"value": "sk-another"}, if_match=secret.etag), 200)
        self.refused(api.call("DELETE", "secrets/s", if_match=secret.etag), 412)
        self.made(api.call("DELETE", "secrets/s"), 204)
        self.refused(api.call("POST", "keys/k/rotate", if_match='"1"'), 412)
        self.assertEqual({event["outcome"] for event in world.changes()}, {"done"})

    def test_what_the_file_says_is_shown_and_stays(self):
        world = self.world()
        api = world.api()
        shown = self.made(api.call("GET", "keys/main"), 200)
        self.assertEqual((shown.body["source"], shown.body["team"], shown.body["secret"]), ("configuration", "search", "env:KEY_MAIN"))
        self.assertTrue(shown.etag.startswith('"file-'))
        for path in ("keys/main", "limits/of-the-file"):
            self.assertEqual(self.refused(api.call("PATCH", path, {}), 409, "name").error["code"], "conflict")
            self.refused(api.call("DELETE", path), 409)
        self.refused(api.call("POST", "keys/main/rotate"), 409)
        self.refused(api.call("POST", "keys", {"name": "main"}), 409, "name")
        self.refused(api.call("POST", "limits", {"name": "of-the-file", "usd": 1, "every": "day"}), 409, "name")
        self.assertEqual(self.made(api.call("GET", "limits/of-the-file"), 200).body["usd"], 5)
        self.assertEqual(world.changes(), [])

    def test_what_is_wrong_is_named(self):
        world = self.world()
        api = world.api()
        for body, param in (({}, "name"), ({"name": 5}, "name"), ({"name": "k", "taem": "x"}, "taem"), ({"name": "k", "secret": "sk-mine"}, "secret"),
                            ({"name": "k", "models": ["nowhere"]}, "models[0]"), ({"name": "k", "expires": "2020-01-01"}, "expires"),
                            ({"name": "k", "expires": "soon"}, "expires"), ({"name": "k", "allow_from": ["here"]}, "allow_from[0]"),
                            ({"name": "k", "may_set": ["price"]}, "may_set[0]"), ({"name": "k", "limits": [{"usd": 5}]}, "limits[0]"),
                            ({"name": "k", "limits": [{"usd": 5, "rolling": "5h"}]}, "limits[0]"), ({"name": "k", "team": "x" * 1000}, "team"),
                            ({"name": "k", "tags": {"a b": "x"}}, "tags.a b")):
            with self.subTest(body): self.refused(api.call("POST", "keys", body), 400, param)
        for body, param in (({"usd": 5, "every": "day"}, "name"), ({"name": "l"}, None), ({"name": "l", "usd": 5}, None), ({"name": "l", "tokens": "5", "every": "day"}, "tokens"),
                            ({"name": "l", "usd": 5, "tokens": 5, "every": "day"}, None), ({"name": "l", "usd": -1, "every": "day"}, "usd"),
                            ({"name": "l", "usd": 0.0000000001, "every": "day"}, "usd"), ({"name": "l", "usd": 5, "every": "daily"}, "every"),
                            ({"name": "l", "usd": 5, "every": "day", "match": {"model": "nowhere"}}, "match.model[0]"),
                            ({"name": "l", "usd": 5, "every": "day", "match": {"provider": "nowhere"}}, "match.provider[0]"),
                            ({"name": "l", "usd": 5, "every": "day", "each": ["colour"]}, "each[0]"), ({"name": "l", "usd": 5, "every": "day", "wait": "5s"}, "wait"),
                            ({"name": "l", "usd": 5, "every": "day", "on_limit": "downgrade", "to": "nowhere"}, "to"),
                            ({"name": "l", "usd": 5, "every": "day", "timezone": "Mars/Base"}, "timezone"), ({"name": "l", "usd": 5, "rolling": "5h", "timezone": "UTC"}, "timezone"),
                            ({"name": "state", "usd": 5, "every": "day"}, "name"), ({"name": "keys.a.usd.day", "usd": 5, "every": "day"}, "name")):
            with self.subTest(body): self.refused(api.call("POST", "limits", body), 400, param)
        self.assertIn("did you mean `team`?", api.call("POST", "keys", {"name": "k", "taem": "x"}).error["message"])
        self.refused(api.call("PUT", "secrets/s", {"value": 5}), 400, "value")
        self.refused(api.call("PUT", "secrets/s", {"value": ""}), 400, "value")
        self.refused(api.call("PUT", "secrets/s", {"value": "a", "valeu": "b"}), 400, "valeu")
        self.refused(api.call("PUT", "secrets/tollgate/key-pepper", {"value": "mine"}), 400, "name")
        for raw in ("", "[]", "{", '{"name":"a","name":"b"}', "\xff"): self.refused(api.call("POST", "keys", raw=raw), 400)
        self.refused(api.call("POST", "keys", raw='{"name":"k"}', content_type="text/plain"), 415)
        self.refused(api.call("POST", "keys", raw=json.dumps({"name": "k", "team": "x" * (1 << 20)})), 413)
        self.refused(api.call("GET", "keys?colour=red"), 400, "colour")
        self.refused(api.call("POST", "keys/none/rotate"), 404)
        self.refused(api.call("PUT", "keys/k", {}), 405)
        self.assertEqual(api.call("GET", "keys").body["keys"], [*filter(lambda key: key["name"] in ("ads", "main"), api.call("GET", "keys").body["keys"])])
        self.assertEqual(world.changes(), [])

    def test_names_are_names(self):
        world = self.world()
        api = world.api()
        for name in INJECTIONS:
            with self.subTest(name):
                self.refused(api.call("POST", "keys", {"name": name}), 400, "name")
                self.refused(api.call("POST", "limits", {"name": name, "usd": 1, "every": "day"}), 400, "name")
        for name in ("a%27b", "%3Cscript%3E", "..%2f..%2fetc", "%00", "x" * 200):
            for path in ("keys/", "limits/", "secrets/"): self.assertIn(api.call("GET", path + name).status, (400, 404))
            self.assertIn(api.call("PUT", "secrets/" + name, {"value": "v"}).status, (400, 404))
        # In what a key says they are only text.
        text = "<script>'; DROP TABLE keys; --"
        made = self.made(api.call("POST", "keys", {"name": "k", "team": text}))
        self.assertEqual(world.ask(made.body["secret"])[0], 200)
        self.assertEqual(api.call("GET", "keys/k").body["team"], text)
        self.assertEqual(world.changes()[0]["object"], "k")
        self.assertEqual([row["team"] for row in money.rows(world.gateway.data)], [text])

    def test_each_role_may_what_it_may(self):
        world = self.world()
        admin = world.api()
        for name, team in (("mine", "search"), ("theirs", "ads")): self.made(admin.call("POST", "keys", {"name": name, "team": team}))
        for name, team in (("lim-mine", "search"), ("lim-theirs", "ads")):
            self.made(admin.call("POST", "limits", {"name": name, "usd": 5, "every": "day", "match": {"team": team}}))
        self.made(admin.call("PUT", "secrets/one", {"value": "sk-one"}))
        reads = {"keys": (200, 200, 200), "keys/mine": (200, 200, 200), "keys/theirs": (200, 200, 404), "limits": (200, 200, 200), "limits/lim-mine": (200, 200, 200),
                 "limits/lim-theirs": (200, 200, 404), "limits/state": (200, 200, 200), "secrets": (403, 200, 403), "secrets/one": (403, 200, 403),
                 "prices": (200, 200, 403), "config": (200, 200, 403), "targets": (200, 200, 403), "usage": (200, 200, 200), "requests": (200, 200, 200),
                 "audit": (200, 200, 403), "audit/verify": (200, 200, 403)}
        for path, wanted in reads.items():
            with self.subTest(path):
                self.assertEqual(admin.call("GET", path).status, 200)
                self.assertEqual(tuple(world.api(role).call("GET", path).status for role in ROLES[1:]), wanted)
        changes = (("POST", "keys", {"name": "n-{role}"}, 201), ("PATCH", "keys/mine", {"feature": "f"}, 200), ("POST", "keys/mine/rotate", {}, 200),
                   ("POST", "limits", {"name": "n-{role}", "usd": 5, "every": "day"}, 201), ("PATCH", "limits/lim-mine", {"usd": 6}, 200),
                   ("POST", "config/reload", None, 200))
        for method, path, body, right in changes:
            for role in ROLES:
                with self.subTest((method, path, role)):
                    said = json.loads(json.dumps(body).replace("{role}", role)) if body is not None else None
                    self.assertEqual(world.api(role).call(method, path, said).status, right if role in ("admin", "operator") else 403)
        for method, path, body, right in (("PUT", "secrets/two", {"value": "sk-two"}, 201), ("POST", "secrets/rotate-master", None, 200), ("DELETE", "secrets/two", None, 204)):
            for role in reversed(ROLES):
                with self.subTest((method, path, role)): self.assertEqual(world.api(role).call(method, path, body).status, right if role == "admin" else 403)
        for path, right in (("keys/n-admin", 204), ("limits/n-admin", 204)):
            for role in ("team", "auditor", "operator"):
                with self.subTest(("DELETE", path, role)): self.assertEqual(world.api(role).call("DELETE", path).status, right if role == "operator" else 403)
        self.assertEqual(world.api("auditor").call("POST", "config/check", raw="{}").status, 403)
        nobody = Api(world.gateway, "wrong")
        for path in reads: self.assertEqual(nobody.call("GET", path).status, 401)
        denied = [(event["role"], event["action"]) for event in world.changes() if event["outcome"] == "refused"]
        for event in (("auditor", "keys.create"), ("team", "keys.change"), ("operator", "secrets.set"), ("team", "config.reload"), ("operator", "secrets.rotate_master"),
                      ("auditor", "limits.delete"), ("team", "keys.rotate")):
            self.assertIn(event, denied)

    def test_a_team_sees_its_own_alone(self):
        world = self.world()
        self.assertEqual((world.ask()[0], world.ask(world.gateway.secrets["ads"])[0]), (200, 200))
        team, admin = world.api("team"), world.api()
        self.assertEqual([key["name"] for key in team.call("GET", "keys").body["keys"]], ["main"])
        self.assertEqual([limit["name"] for limit in team.call("GET", "limits").body["limits"]], [])
        for path in ("requests", "requests?team=ads", "requests?te%61m=ads", "requests?team=ads&team=ads"):
            self.assertEqual([row["team"] for row in team.call("GET", path).body["requests"]], ["search"], path)
        self.assertEqual([row.get("team") for row in team.call("GET", "usage?by=team&team=ads").body["rows"]], ["search"])
        for row in admin.call("GET", "requests").body["requests"]:
            self.assertEqual(team.call("GET", f"requests/{row['id']}").status, 200 if row["team"] == "search" else 404)
        self.made(admin.call("POST", "limits", {"name": "each", "usd": 100000, "every": "day", "each": ["team"]}))
        world.ask(), world.ask(world.gateway.secrets["ads"])
        self.assertEqual(len(admin.call("GET", "limits/state").body["counters"]), 2)
        self.assertEqual([counter["each"] for counter in team.call("GET", "limits/state").body["counters"]], [{"team": "search"}])

    def test_a_limit_holds_at_once_and_keeps_what_was_used(self):
        world = self.world()
        api = world.api()
        self.assertEqual(world.ask()[0], 200)
        self.made(api.call("POST", "limits", {"name": "calls", "requests": 2, "every": "month", "match": {"team": "search"}}))
        self.assertEqual([world.ask()[0] for _ in range(3)], [200, 200, 429])
        self.made(api.call("PATCH", "limits/calls", {"requests": 3}), 200)
        state = api.call("GET", "limits/state").body["counters"]
        self.assertEqual([(counter["limit"], counter["used"], counter["left"]) for counter in state], [("calls", 2, 1)])
        self.assertEqual([world.ask()[0] for _ in range(2)], [200, 429])
        self.made(api.call("PATCH", "limits/calls", {"requests": 1}), 200)
        self.assertEqual(world.ask()[0], 429)
        self.made(api.call("DELETE", "limits/calls"), 204)
        self.assertEqual(world.ask()[0], 200)
        self.made(api.call("POST", "limits", {"name": "calls", "requests": 4, "every": "month", "match": {"team": "search"}}))
        self.assertEqual([world.ask()[0] for _ in range(2)], [200, 429])  # three of this month stand there still
        world.gateway.kill()
        world.gateway.start()
        self.assertEqual(world.ask()[0], 429)
        self.assertEqual(self.made(api.call("GET", "limits/calls"), 200).body["requests"], 4)
        self.assert_sound(world)

    def test_a_limit_is_merged_with_those_of_the_file(self):
        world = self.world()
        self.made(world.api().call("POST", "limits", {"name": "small", "usd": 3, "every": "day", "match": {"key": "main"}, "on_limit": "reject"}))
        status, answer = world.ask(max_tokens=50)
        self.assertEqual((status, answer["error"]["code"]), (429, "budget_exceeded"))
        self.assertIn("small", answer["error"]["message"])
        told = world.run("explain", "--config", str(world.gateway.config), "--key", "main", "--model", "m", "--json")
        self.assertIn("small", told.stdout)
        limits = world.api().call("GET", "limits").body["limits"]
        self.assertEqual([(limit["name"], limit["source"]) for limit in limits], [("of-the-file", "configuration"), ("small", "data")])
        clash = json.loads(world.gateway.config.read_text())
        clash["limits"]["small"] = {"usd": 1, "every": "day"}
        world.gateway.config.write_text(json.dumps(clash))
        self.assertIn("small", self.refused(world.api().call("POST", "config/reload"), 400).error["message"])

    def test_lists_have_pages(self):
        world = self.world()
        api = world.api()
        names = [f"k{number:02}" for number in range(7)]
        for name in reversed(names): self.made(api.call("POST", "keys", {"name": name}))
        found, after = [], None
        while True:
            page = api.call("GET", "keys?limit=4" + (f"&after={after}" if after else "")).body
            self.assertLessEqual(len(page["keys"]), 4)
            found += [key["name"] for key in page["keys"]]
            if (after := page["next"]) is None: break
        self.assertEqual(found, sorted([*names, "main", "ads"]))

    def test_secrets_are_never_shown(self):
        world = self.world()
        api = world.api()
        value = "sk-a-value-that-nobody-may-read"
        self.made(api.call("PUT", "secrets/one/of.them", {"value": value}))
        texts = [api.call("GET", path).text for path in ("secrets", "secrets/one/of.them", "config", "audit", "keys")]
        self.assertEqual(self.made(api.call("POST", "secrets/rotate-master"), 200).body["rewrapped"] > 0, True)
        for text in texts:
            for word in (value, world.gateway.PROVIDER_SECRET, *world.gateway.secrets.values(), *world.tokens.values()): self.assertNotIn(word.encode(), text)
        self.assertIn("one/of.them", [entry["name"] for entry in api.call("GET", "secrets").body["secrets"]])
        self.assertIn("one/of.them", world.run("secrets", "list").stdout)
        events = [(event["action"], event["object"]) for event in world.changes() if event["action"] == "secrets.set"]
        self.assertEqual(events, [("secrets.set", "one/of.them")])

    def test_a_secret_that_the_configuration_needs_stays(self):
        world = self.world()
        api = world.api()
        self.made(api.call("PUT", "secrets/needed", {"value": "sk-needed"}))
        changed = json.loads(world.gateway.config.read_text())
        changed["providers"]["mock"]["keys"]["main"]["secret"] = "vault:needed"
        world.gateway.config.write_text(json.dumps(changed))
        self.made(api.call("POST", "config/reload"), 200)
        self.refused(api.call("DELETE", "secrets/needed"), 409, "name")
        self.refused(api.call("PUT", "secrets/needed", {"value": "line\nbreak"}), 400, "value")
        self.made(api.call("PUT", "secrets/needed", {"value": "sk-newer"}), 200)
        self.assertEqual(world.ask()[0], 200)

    def test_prices_and_the_configuration_are_shown(self):
        world = self.world()
        api = world.api()
        shown = api.call("GET", "prices?model=gpt-4o-mini&provider=openai").body
        self.assertEqual([(price["provider"], price["model"], price["rates"]["input"]) for price in shown["prices"]], [("openai", "gpt-4o-mini", 0.15)])
        self.assertTrue(shown["prices"][0]["id"] and shown["prices"][0]["source"])
        self.assertEqual([price["rates"]["output"] for price in api.call("GET", "prices?model=p").body["prices"]], [1000000])
        first = api.call("GET", "prices?limit=2").body
        second = api.call("GET", f"prices?limit=2&after={first['next']}").body
        self.assertEqual(len({(price["provider"], price["model"]) for price in first["prices"] + second["prices"]}), 4)
        config = api.call("GET", "config").body["config"]
        self.assertEqual((config["providers"]["mock"]["keys"]["main"]["secret"], config["limits"]["of-the-file"]["usd"]), ("env:PROVIDER_KEY", 5))
        self.assertEqual(api.call("POST", "config/check", raw=world.gateway.config.read_text(), content_type="application/yaml").body["good"], True)
        wrong = api.call("POST", "config/check", raw="server:\n  lisen: 127.0.0.1:1\n", content_type="application/yaml").body
        self.assertEqual((wrong["good"], wrong["faults"][0]["line"], wrong["faults"][0]["suggestion"]), (False, 2, "listen"))

    def test_another_site_may_change_nothing(self):
        world = self.world()
        host = f"{HOST}:{world.gateway.admin_port}"
        self.refused(world.api().call("POST", "keys", {"name": "k"}, origin="https://evil.example"), 403, "origin")
        self.refused(world.api().call("POST", "config/reload", origin="null"), 403, "origin")
        self.made(world.api().call("POST", "keys", {"name": "k"}, origin=f"http://{host}"))

    def test_changes_of_commands_and_api_do_not_meet(self):
        world = self.world()
        api = world.api()
        self.made(api.call("POST", "keys", {"name": "api"}))
        self.assertEqual(world.run("keys", "create", "command").returncode, 0)
        self.assertEqual(self.made(api.call("GET", "keys/command"), 200).body["state"], "active")
        self.assertEqual(world.run("keys", "revoke", "api").returncode, 0)
        self.assertEqual(api.call("GET", "keys/api").body["state"], "revoked")
        self.assertEqual(world.run("keys", "create", "api").returncode, 1)

    def test_a_killed_gateway_has_all_that_was_answered(self):
        world = self.world()
        api = world.api()
        names = []
        for number in range(10):
            self.made(api.call("POST", "keys", {"name": f"k{number}"}))
            self.made(api.call("POST", "limits", {"name": f"l{number}", "usd": 5, "every": "day", "match": {"key": f"k{number}"}}))
            names.append(f"k{number}")
        world.gateway.kill()
        world.gateway.start()
        self.assertLessEqual(set(names), {key["name"] for key in api.call("GET", "keys").body["keys"]})
        self.assertEqual(len(api.call("GET", "limits").body["limits"]), 11)
        told = {(event["action"], event["object"]) for event in world.changes()}
        self.assertLessEqual({("keys.create", name) for name in names}, told)
        self.assert_sound(world)


if __name__ == "__main__":
    unittest.main()
