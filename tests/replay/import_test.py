"""Configurations of other gateways: what is made of them passes the check and serves calls."""
import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.programs import HOST, ROOT, TOLLGATE, Started, free_port  # noqa: E402

RUN_LIMIT_S = 20
LITELLM = """
model_list:
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o, api_base: "http://%(host)s:%(mock)s/v1", api_key: sk-in-the-file-itself, rpm: 100 }
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o-2, api_base: "http://%(host)s:%(mock)s/v1", api_key: os.environ/SECOND_KEY, rpm: 100 }
  - model_name: claude
    litellm_params: { model: anthropic/claude-sonnet-4-5, api_key: os.environ/ANTHROPIC_API_KEY }
router_settings: { num_retries: 1, fallbacks: [ { claude: [gpt-4o] } ], redis_host: cache.example }
litellm_settings: { drop_params: true }
general_settings: { master_key: sk-master-in-the-file }
"""
PORTKEY = """
{ "strategy": { "mode": "fallback" },
  "targets": [ { "provider": "openai", "api_key": "sk-in-the-file-itself", "custom_host": "http://%(host)s:%(mock)s/v1" },
               { "provider": "openai", "api_key": "sk-another-one", "cache": { "mode": "simple" } } ] }
"""


class Import(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="tollgate-import-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.ports = {"host": HOST, "mock": free_port()}

    def imported(self, kind, text, *words):
        """(exit code, the new configuration, what is told)"""
        (self.folder / "theirs").write_text(text % self.ports)
        done = subprocess.run([TOLLGATE, "import", kind, "theirs", *words], capture_output=True, text=True, cwd=self.folder, timeout=RUN_LIMIT_S, check=False)
        return done.returncode, done.stdout, done.stderr

    def serve(self, config, variables):
        """Checks it, starts it and makes one call; gives status and body."""
        env = {**os.environ, **{name: f"sk-{name}-{secrets.token_hex(16)}" for name in variables}}
        model, admin = free_port(), free_port()
        self.assertNotIn("server:", config)
        added = config.replace("admin: {", f"admin: {{ listen: {HOST}:{admin},") if "admin:" in config else config + f"admin: {{ listen: {HOST}:{admin} }}\n"
        path = self.folder / "tollgate.yaml"
        path.write_text(added + f"server: {{ listen: [{HOST}:{model}] }}\n")
        checked = subprocess.run([TOLLGATE, "check", path], capture_output=True, text=True, env=env, timeout=RUN_LIMIT_S, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        started = Started(self.folder, env)
        self.addCleanup(started.stop)
        started.start("mock", f"http://{HOST}:{self.ports['mock']}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{self.ports['mock']}")
        started.start("gateway", f"http://{HOST}:{model}/readyz", TOLLGATE, "serve", "--config", path, "--data", self.folder / "data")
        connection = http.client.HTTPConnection(HOST, model, timeout=10)
        self.addCleanup(connection.close)
        connection.request("POST", "/v1/chat/completions", json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}),
                           {"authorization": f"Bearer {env['TOLLGATE_KEY']}", "content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def test_what_litellm_was_told_serves_a_call(self):
        code, config, told = self.imported("litellm", LITELLM)
        self.assertEqual(code, 0, told)
        for secret in ("sk-in-the-file-itself", "sk-master-in-the-file"): self.assertNotIn(secret, config + told)
        self.assertIn("theirs:4:", told)
        self.assertIn("router_settings.redis_host: has no equivalent", told)
        status, body = self.serve(config, ("COMPATIBLE_API_KEY", "SECOND_KEY", "ANTHROPIC_API_KEY", "LITELLM_MASTER_KEY", "TOLLGATE_KEY"))
        self.assertEqual(status, 200, body)

    def test_what_portkey_was_told_serves_a_call(self):
        code, config, told = self.imported("portkey", PORTKEY, "--models", "gpt-4o")
        self.assertEqual(code, 0, told)
        self.assertNotIn("sk-in-the-file-itself", config + told)
        self.assertIn("targets[1].cache: there is no cache of answers yet", told)
        status, body = self.serve(config, ("OPENAI_API_KEY", "OPENAI_API_KEY_2", "TOLLGATE_KEY"))
        self.assertEqual(status, 200, body)

    def test_the_example_of_the_docs_is_what_comes(self):
        page = (ROOT / "docs/migrating.md").read_text()
        theirs, ours = (re.search(rf"^```{mark}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1] for mark in ("litellm", "yaml"))
        code, config, told = self.imported("litellm", theirs.replace("%", "%%"))
        self.assertEqual((code, config), (0, ours), told)

    def test_a_file_that_is_there_is_not_written_over(self):
        out = self.folder / "out.yaml"
        self.assertEqual(self.imported("litellm", LITELLM, "--out", out)[:2], (0, ""))
        before = out.read_text()
        self.assertIn("providers:", before)
        self.assertEqual(self.imported("litellm", LITELLM, "--out", out)[0], 1)
        self.assertEqual(out.read_text(), before)

    def test_what_cannot_be_read_is_misuse(self):
        for kind, text in (("litellm", "model_list: [\n"), ("portkey", "no object"), ("kong", "{}")):
            code, config, told = self.imported(kind, text)
            self.assertEqual((code, config), (2, ""), kind)
            self.assertNotEqual(told, "")

    def test_what_leads_nowhere_says_so(self):
        code, _, told = self.imported("litellm", "model_list: []\n")
        self.assertEqual(code, 0, told)
        self.assertIn("model_list", told)


if __name__ == "__main__": unittest.main()
