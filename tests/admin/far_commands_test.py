"""`tollgate keys` and `secrets` with --admin URL: the same words, said to a gateway elsewhere."""
import json
import subprocess
import sys
import unittest
from urllib.parse import parse_qs, urlsplit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from admin_test import COMMAND_LIMIT_S, World  # noqa: E402
from lib import money  # noqa: E402
from lib.answering import Answering, serve  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402

MISUSE = 2


class Paged(Answering):
    """A list in pages of two names; each of them is `after` in the question behind it."""
    NAMES = ["a", "b/c", "d:e", "f g", "h"]

    def do_GET(self):
        after = parse_qs(urlsplit(self.path).query).get("after", [""])[0]
        rest = [name for name in self.NAMES if name > after]
        self.say(200, {"keys": [{"name": name} for name in rest[:2]], "next": rest[1] if len(rest) > 2 else None})


class FarCommands(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.addCleanup(lambda: self.assertEqual(money.check(self.world.gateway.data), []))
        self.url = f"http://{HOST}:{self.world.gateway.admin_port}"

    def run_far(self, *words, stdin="", token=None, url=None):
        env = {**self.world.gateway.started.env, "TOLLGATE_ADMIN_TOKEN": self.world.tokens["admin"] if token is None else token}
        return subprocess.run([TOLLGATE, *words, "--admin", url or self.url], input=stdin, capture_output=True, text=True, env=env, timeout=COMMAND_LIMIT_S, check=False)

    def done(self, *words, stdin=""):
        ran = self.run_far(*words, stdin=stdin)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def test_a_key_from_its_making_to_its_end(self):
        secret = self.done("keys", "create", "far/one", "--team", "search", "--tags", "env=dev", "--models", "m,other", "--limit", "usd=100000/month").strip()
        self.assertEqual(self.world.ask(secret)[0], 200)
        shown = json.loads(self.done("keys", "show", "far/one", "--json"))
        self.assertEqual((shown["team"], shown["tags"], shown["models"], shown["limits"]), ("search", {"env": "dev"}, ["m", "other"], [{"usd": 100000, "every": "month"}]))
        self.assertIn("team", self.done("keys", "show", "far/one"))
        self.assertEqual([key["name"] for key in json.loads(self.done("keys", "list", "--json"))["keys"]], ["ads", "far/one", "main"])
        self.assertIn("far/one", self.done("keys", "list"))
        fresh = self.done("keys", "rotate", "far/one", "--keep-old", "1h").strip()
        self.assertNotEqual(fresh, secret)
        for each in (secret, fresh): self.assertEqual(self.world.ask(each)[0], 200)
        self.done("keys", "revoke", "far/one")
        self.assertEqual(self.world.ask(fresh)[0], 401)
        self.done("keys", "delete", "far/one")
        self.assertEqual(self.run_far("keys", "show", "far/one").returncode, 1)
        self.assertEqual([event["action"] for event in self.world.changes()], ["keys.delete", "keys.revoke", "keys.rotate", "keys.create"])  # the latest first

    def test_secrets_of_the_vault(self):
        self.done("secrets", "set", "openai-main", stdin="sk-of-the-provider-1234567890\n")
        self.assertEqual([one["name"] for one in json.loads(self.done("secrets", "list", "--json"))["secrets"]], ["openai-main"])
        self.assertIn("openai-main", self.done("secrets", "list"))
        self.done("secrets", "rotate-master")
        self.done("secrets", "delete", "openai-main")
        self.assertEqual(json.loads(self.done("secrets", "list", "--json"))["secrets"], [])

    def test_made_keys_are_in_the_list(self):
        for number in range(3): self.done("keys", "create", f"k{number}")
        self.assertEqual(len(json.loads(self.done("keys", "list", "--json"))["keys"]), 5)

    def test_a_long_list_is_read_page_by_page(self):
        server = serve(Paged)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        listed = self.run_far("keys", "list", "--json", url=f"http://{HOST}:{server.server_address[1]}")
        self.assertEqual([key["name"] for key in json.loads(listed.stdout)["keys"]], Paged.NAMES, listed.stderr)

    def test_refusals_say_what_is_wrong_and_change_nothing(self):
        for words, code, said in ((("keys", "create", "main"), 2, "main"), (("keys", "create", "x", "--models", "no-such-route"), 2, "no-such-route"),
                                  (("keys", "revoke", "nobody"), 1, "nobody"), (("secrets", "delete", "nobody"), 1, "nobody")):
            ran = self.run_far(*words)
            self.assertEqual(ran.returncode, code, (words, ran.stderr))
            self.assertEqual(ran.stdout, "")
            self.assertIn(said, ran.stderr)
        for token, code in (("", 1), ("wrong-token-0123456789", 2), (self.world.tokens["auditor"], 2)):
            ran = self.run_far("keys", "create", "x", token=token)
            self.assertEqual((ran.returncode, ran.stdout), (code, ""), ran.stderr)
        self.assertEqual(self.run_far("keys", "list", url=f"http://{HOST}:{free_port()}").returncode, 1)
        for words, url in ((("keys", "list"), "gateway.example"), (("keys", "list"), "ftp://x"), (("keys", "list", "--data", "x"), None), (("secrets", "list", "--config", "x"), None)):
            self.assertEqual(self.run_far(*words, url=url).returncode, MISUSE, words)
        self.assertEqual({key["name"] for key in json.loads(self.done("keys", "list", "--json"))["keys"]}, {"main", "ads"})


if __name__ == "__main__":
    unittest.main()
