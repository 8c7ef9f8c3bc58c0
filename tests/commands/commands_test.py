#!/usr/bin/python3
"""The commands of the built program, each run in a folder of its own: exit codes, data and words, what is kept.

    /usr/bin/python3 -m unittest discover -s tests/commands -p '*_test.py'

No gateway runs and nothing is sent. TOLLGATE names another program than build/release/tollgate.
"""
import json
import os
import pty
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOLLGATE = Path(os.environ.get("TOLLGATE", ROOT / "build/release/tollgate")).resolve()
RUN_LIMIT_S = 20
YES, NO, MISUSE = 0, 1, 2
KEY = re.compile(r"tg_[0-9A-Za-z]{11}_[0-9A-Za-z]{49}")
COMMANDS = ("serve", "check", "describe", "explain", "count", "price", "keys", "secrets", "ledger", "audit", "person", "replay", "import", "mock", "version")
GOOD = """
providers:
  openai: { type: openai, keys: { main: { secret: env:OPENAI_KEY } } }
routes:
  gpt-4o: { targets: [ { provider: openai, model: gpt-4o } ] }
keys:
  search-dev: { secret: env:SEARCH_DEV_KEY, limits: [ { usd: 50, every: month, timezone: Europe/Berlin } ] }
"""
SECRETS = {"OPENAI_KEY": "sk-provider-0123456789", "SEARCH_DEV_KEY": "sk-search-0123456789"}


class Commands(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="tollgate-commands-")
        self.folder = Path(self.temporary.name)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("TOLLGATE")} | SECRETS

    def tearDown(self): self.temporary.cleanup()

    def run_words(self, *words, stdin=b"", **options):
        done = subprocess.run([TOLLGATE, *words], cwd=self.folder, env=self.env, input=stdin, capture_output=True, check=False,
                              timeout=RUN_LIMIT_S, **options)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def data(self, *words, stdin=b""):
        """The output of a command that must succeed."""
        code, out, err = self.run_words(*words, stdin=stdin)
        self.assertEqual(code, YES, err)
        return out

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def kept(self):
        """Every byte in the folder."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


class Price(Commands):
    def test_it_answers_what_its_page_says(self):
        page = (ROOT / "docs/prices.md").read_text()
        question, answer = re.search(r"echo '(.*?)' \| tollgate price\n```\n\n```json\n(.*?)\n```", page, re.DOTALL).groups()
        self.assertEqual(json.loads(self.data("price", stdin=question.encode())), json.loads(answer))

    def test_prices_and_terms_of_a_configuration_count(self):
        config = self.write("priced.yaml", GOOD + """
prices: { whisper-x: { audio_hour: 3.60 }, gpt-4o: { input: 1, output: 2, batch: 25% } }
pricing: { terms: { contract: { provider: openai, discount: 10% } } }
""")
        questions = [{"model": "gpt-4o", "provider": "openai", "input_tokens": 1000}, {"model": "gpt-4o", "provider": "openai", "input_tokens": 1000, "service_tier": "batch"},
                     {"model": "gpt-4o", "input_tokens": 1000}, {"model": "whisper-x", "provider": "openai", "audio_ms": 1500}]
        out = self.data("price", "--config", config, "--lines", stdin="".join(json.dumps(question) + "\n" for question in questions).encode())
        answers = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([answer["cost_nano_usd"] for answer in answers], [900_000, 225_000, 1_000_000, 1_350_000])
        self.assertRegex(answers[0]["price_id"], r"^gpt-4o@config-[0-9a-f]{8}\*0\.9$")

    def test_what_has_no_price_is_said(self):
        code, out, err = self.run_words("price", stdin=b'{"model": "no-such-model"}')
        self.assertEqual((code, out), (NO, ""))
        self.assertIn("`no-such-model` has no price", err)
        for wrong in (b"", b"[]", b'{"model": "gpt-4o", "input_tokens": -1}', b'{"model": "gpt-4o", "provider": "nobody"}'):
            code, out, err = self.run_words("price", stdin=wrong)
            self.assertEqual((code, out), (MISUSE, ""), wrong)
        code, out, _ = self.run_words("price", "--lines", stdin=b'{"model": "no-such-model"}\n{"model": "gpt-4o"}\n')
        self.assertEqual((code, len(out.splitlines())), (NO, 2))


class Everywhere(Commands):
    def test_every_command_has_help_with_an_example(self):
        for verb in COMMANDS:
            help_text = self.data(verb, "--help")
            self.assertRegex(help_text, rf"(?m)^(  |Example: )tollgate {verb} ?\b", verb)

    def test_misuse_is_2_and_leaves_stdout_alone(self):
        for words in ("", "servee", "keys", "keys made", "keys create", "keys create a b", "secrets set", "ledger rows --format xml",
                      "ledger rows --form csv", "check", "version please"):
            code, out, err = self.run_words(*words.split())
            self.assertEqual((code, out), (MISUSE, ""), words)
            self.assertNotEqual(err, "", words)

    def test_a_question_makes_no_data_folder(self):
        for words in ("keys list", "secrets list", "ledger rows", "ledger verify", "keys revoke a", "audit rows", "audit verify", "audit checkpoint",
                      "person export a", "person erase a --yes"):
            code, _, err = self.run_words(*words.split())
            self.assertEqual(code, MISUSE, words)
            self.assertIn("no data folder", err)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_lost_output_is_no_success(self):
        for verb in ("describe", "version"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([TOLLGATE, verb], stdout=full, stderr=subprocess.PIPE, check=False, timeout=RUN_LIMIT_S)
            self.assertEqual(done.returncode, NO, verb)

    def test_version_says_what_it_is(self):
        version = json.loads(self.data("version", "--json"))
        self.assertEqual(set(version), {"version", "commit", "compiler", "features"})
        self.assertIn(version["version"], self.data("version"))


class Check(Commands):
    def test_a_good_file_has_nothing_on_stdout(self):
        self.assertEqual(self.data("check", self.write("t.yaml", GOOD)), "")

    def test_faults_have_a_place_and_a_suggestion(self):
        text = GOOD.replace("targets", "target").replace("usd", "used")
        code, out, _ = self.run_words("check", self.write("t.yaml", text))
        self.assertEqual(code, NO)
        self.assertRegex(out, r"(?m)^t\.yaml:5:\d+: .*did you mean `targets`\?$")
        self.assertRegex(out, r"(?m)^t\.yaml:7:\d+: .*")

    def test_warnings_are_told_and_are_no_fault(self):
        text = GOOD + "prices: { nobody-asks: { input: 1, output: 2 } }\n"
        self.assertIn("warning", self.data("check", self.write("t.yaml", text)))

    def test_prices_and_time_zones_must_exist(self):
        text = GOOD.replace("model: gpt-4o }", "model: gpt-4o, price: gpt-40 }").replace("Europe/Berlin", "Europe/Bonn")
        code, out, _ = self.run_words("check", self.write("t.yaml", text))
        self.assertEqual(code, NO)
        self.assertIn("there is no price `gpt-40`", out)
        self.assertIn("Europe/Bonn", out)

    def test_what_cannot_be_read_is_2(self):
        self.assertEqual(self.run_words("check", "missing.yaml")[0], MISUSE)
        self.assertEqual(self.run_words("check", ".")[0], MISUSE)

    def test_missing_secrets_are_faults(self):
        del self.env["OPENAI_KEY"]
        self.assertIn("OPENAI_KEY is not set", self.run_words("check", self.write("t.yaml", GOOD))[1])

    def test_the_vault_of_the_data_folder_is_asked(self):
        file = self.write("t.yaml", "data: ./d\n" + GOOD.replace("env:OPENAI_KEY", "vault:openai"))
        self.data("secrets", "set", "other", "--data", "d", stdin=b"sk-other")
        code, out, _ = self.run_words("check", file)
        self.assertEqual(code, NO)
        self.assertIn("vault has no openai", out)
        self.data("secrets", "set", "openai", "--config", file, stdin=b"sk-openai")
        self.data("check", file)


class Describe(Commands):
    def test_data_and_text_name_the_same_parts(self):
        described, text = json.loads(self.data("describe", "--json")), self.data("describe")
        self.assertEqual(" ".join(described), "settings schema metrics errors providers dialects endpoints commands")
        for part in ("metrics", "errors", "dialects", "settings"):
            for row in described[part]: self.assertIn(row["name"], text)

    def test_endpoints_are_those_that_are_served(self):
        api = ROOT / "src/api"
        served = {("model", *row) for row in re.findall(r'^    \{"([A-Z]+)", "(/[^"]*)", \w+\},$', (api / "model_port.cpp").read_text(), re.M)}
        served |= {("admin", *row) for row in re.findall(r'^    row\("([A-Z]+)", "(/[^"]*)", \w+\),$', (api / "admin_access.cpp").read_text(), re.M)}
        served.add(("model", "any", "/passthrough/{provider}/*"))
        said = json.loads(self.data("describe", "--json"))
        rows, spoken = said["endpoints"], {row["name"] for row in said["dialects"]}
        doors = (ROOT / "src/dialects/door.cpp").read_text()
        served |= {("model", "POST", path) for dialect, path in re.findall(r'^    \{"/.*?", ".*?", "(\w+)", .*"(/.*)"\},$', doors, re.M) if dialect in spoken}
        described = {(row["port"], row["method"], row["path"]) for row in rows}
        self.assertGreater(len(served), 10)
        self.assertEqual(described, served)


class Keys(Commands):
    def create(self, *words): return self.data("keys", "create", *words).strip()

    def test_the_secret_is_alone_on_stdout_and_nowhere_else(self):
        code, out, err = self.run_words("keys", "create", "search-dev", "--team", "search")
        self.assertEqual(code, YES, err)
        self.assertRegex(out, rf"^{KEY.pattern}\n$")
        secret = out.strip()
        self.assertNotIn(secret.encode(), self.kept())
        for words in (["list"], ["list", "--json"], ["show", "search-dev"], ["show", "search-dev", "--json"]):
            self.assertNotIn(secret[15:], self.data("keys", *words))
        self.assertNotIn(secret[15:], err)

    def test_all_settings_come_back(self):
        self.create(*"k --team t --user u --feature f --tags b=2,a=1 --models gpt-4o,claude-* --may-set user,feature".split(),
                    *"--expires 2099-01-01 --allow-from 10.0.0.0/8 --limit usd=50/month --limit=usd=2.50/day".split())
        key = json.loads(self.data("keys", "show", "k", "--json"))
        expected = {"name": "k", "state": "active", "team": "t", "user": "u", "feature": "f", "tags": {"a": "1", "b": "2"},
                    "models": ["gpt-4o", "claude-*"], "may_set": ["user", "feature"], "expires": "2099-01-01T00:00:00.000Z",
                    "allow_from": ["10.0.0.0/8"], "revoked": None,
                    "limits": [{"usd": 50, "every": "month"}, {"usd": 2.5, "every": "day"}]}
        self.assertEqual({name: key[name] for name in expected}, expected)

    def test_a_name_is_given_once(self):
        self.create("k")
        code, out, _ = self.run_words("keys", "create", "k")
        self.assertEqual((code, out), (NO, ""))

    def test_a_name_of_the_configuration_is_refused(self):
        file = self.write("t.yaml", "data: ./elsewhere\n" + GOOD)
        code, out, err = self.run_words("keys", "create", "search-dev", "--config", file)
        self.assertEqual((code, out), (NO, ""))
        self.assertIn("configuration has a key `search-dev`", err)
        self.create("another", "--config", file)
        self.assertTrue((self.folder / "elsewhere/keys.jsonl").exists())

    def test_wrong_options_make_nothing(self):
        for words in ("--limit 50", "--limit words=5/day", "--expires 2000-01-01", "--models *-mini", "--tags a", "--may-set team",
                      "--allow-from 10.0.0.1/8", "--team " + "x" * 300):
            code, out, _ = self.run_words("keys", "create", "k", *words.split())
            self.assertEqual((code, out), (MISUSE, ""), words)
        self.assertEqual(self.run_words("keys", "create", "no blanks")[0], MISUSE)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_rotate_gives_another_secret_and_keeps_the_old_one_as_told(self):
        first = self.create("k")
        second = self.data("keys", "rotate", "k", "--keep-old", "24h").strip()
        self.assertRegex(second, KEY)
        self.assertNotEqual(first, second)
        ends = [secret["until"] for secret in json.loads(self.data("keys", "show", "k", "--json"))["secrets"]]
        self.assertEqual((len(ends), ends[0]), (2, None))
        self.data("keys", "rotate", "k")
        self.assertEqual(self.run_words("keys", "rotate", "k", "--keep-old", "91d")[0], MISUSE)

    def test_revoke_keeps_the_name_and_delete_frees_it(self):
        self.create("k")
        self.data("keys", "revoke", "k")
        self.assertIn("revoked", self.data("keys", "list"))
        self.assertEqual(self.run_words("keys", "create", "k")[0], NO)
        self.assertEqual(self.run_words("keys", "rotate", "k")[0], NO)
        self.data("keys", "delete", "k")
        self.create("k")
        for verb in ("show", "revoke", "rotate", "delete"): self.assertEqual(self.run_words("keys", verb, "gone")[0], NO, verb)

    def test_the_list_is_sorted_by_name(self):
        for name in ("b", "a", "c"): self.create(name)
        self.assertEqual([key["name"] for key in json.loads(self.data("keys", "list", "--json"))["keys"]], ["a", "b", "c"])


class Secrets(Commands):
    def test_a_value_comes_from_stdin_and_never_out_again(self):
        self.data("secrets", "set", "openai-main", stdin=b"sk-very-secret\n")
        self.assertNotIn(b"sk-very-secret", self.kept())
        for words in (["list"], ["list", "--json"]):
            listed = self.data("secrets", *words)
            self.assertIn("openai-main", listed)
            self.assertNotIn("sk-very-secret", listed)

    def test_a_value_among_the_words_is_refused_and_not_repeated(self):
        code, out, err = self.run_words("secrets", "set", "openai-main", "sk-very-secret")
        self.assertEqual((code, out), (MISUSE, ""))
        self.assertNotIn("sk-very-secret", err)
        self.assertEqual(self.run_words("secrets", "set", "openai-main", "--value", "sk-very-secret")[0], MISUSE)

    def test_an_empty_or_huge_value_is_refused(self):
        for value in (b"", b"\n", b"x" * 70_000):
            self.assertEqual(self.run_words("secrets", "set", "s", stdin=value)[0], MISUSE)

    def test_a_terminal_does_not_show_what_is_typed(self):
        for typed, code in ((b"sk-vv\x7fery-secret\n", YES), (b"sk-very\x03", NO)):
            ours, theirs = pty.openpty()
            program = subprocess.Popen([TOLLGATE, "secrets", "set", "typed"], cwd=self.folder, env=self.env, stdin=theirs,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            prompt = b""  # the echo is off before it comes
            while not prompt.endswith(b"not shown): ") and (char := os.read(program.stderr.fileno(), 1)): prompt += char
            os.write(ours, typed)
            program.communicate(timeout=RUN_LIMIT_S)
            self.assertEqual(program.returncode, code)
            os.set_blocking(ours, False)
            with self.assertRaises(BlockingIOError): os.read(ours, 100)
            os.close(ours)
            os.close(theirs)

    def test_rotating_the_master_key_changes_the_file_and_keeps_the_secrets(self):
        file = self.write("t.yaml", "data: ./d\n" + GOOD.replace("env:OPENAI_KEY", "vault:openai"))
        self.data("secrets", "set", "openai", "--data", "d", stdin=b"sk-openai")
        before = (self.folder / "d/master.key").read_bytes()
        self.data("secrets", "rotate-master", "--data", "d")
        self.assertNotEqual((self.folder / "d/master.key").read_bytes(), before)
        self.data("check", file)

    def test_a_master_key_of_the_environment_rotates_from_old_to_new(self):
        old, new = "11" * 32, "22" * 32
        self.env["TOLLGATE_MASTER_KEY"] = old
        self.data("secrets", "set", "s", stdin=b"sk-s")
        self.assertEqual(self.run_words("secrets", "rotate-master")[0], MISUSE)
        self.env["TOLLGATE_MASTER_KEY"] = f"{new},{old}"
        self.data("secrets", "rotate-master")
        self.env["TOLLGATE_MASTER_KEY"] = new
        self.data("secrets", "list")
        self.env["TOLLGATE_MASTER_KEY"] = old
        self.assertEqual(self.run_words("secrets", "list")[0], NO)

    def test_delete_says_no_when_there_is_none(self):
        self.data("secrets", "set", "s", stdin=b"sk-s")
        self.data("secrets", "delete", "s")
        self.assertEqual(self.run_words("secrets", "delete", "s")[0], NO)


class Ledger(Commands):
    """Rows that are there: src/app/commands/ledger_test.cpp."""

    def setUp(self):
        super().setUp()
        self.data("keys", "create", "k")  # makes the data folder

    def test_a_ledger_without_rows_is_empty_and_good(self):
        self.assertEqual(self.data("ledger", "rows"), "")
        self.assertEqual(self.data("ledger", "attempts"), "")
        self.assertTrue(json.loads(self.data("ledger", "verify", "--json"))["good"])
        report = json.loads(self.data("ledger", "report", "--format", "json"))
        self.assertEqual((report["rows"], report["total"]["requests"]), ([], 0))

    def test_csv_has_its_header_also_without_rows(self):
        rows, attempts = (self.data("ledger", what, "--format", "csv").split(",") for what in ("rows", "attempts"))
        self.assertEqual((rows[0], rows[-1]), ("id", "imported\n"))
        self.assertEqual((attempts[0], attempts[-1]), ("request_id", "price_id\n"))
        report = self.data("ledger", "report", "--by", "team", "--bucket", "day", "--format", "csv")
        self.assertTrue(report.startswith("team,bucket,requests,"))

    def test_questions_write_nothing(self):
        before = sorted(self.folder.rglob("*"))
        for words in (["rows"], ["attempts"], ["report"], ["verify"]): self.data("ledger", *words)
        self.assertEqual(sorted(self.folder.rglob("*")), before)


if __name__ == "__main__":
    unittest.main()
