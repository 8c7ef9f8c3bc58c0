"""What a running gateway counts with the operator's tokenizer: texts for programs that ask, long prompts under a limit, and after a reload."""
import http.client
import json
import sys
import tempfile
import unittest
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import money  # noqa: E402
from lib.admin import Api  # noqa: E402
from lib.gateway import Gateway, provider, route  # noqa: E402
from lib.programs import HOST, ROOT, TOLLGATE, free_port  # noqa: E402

PAGE = (ROOT / "docs/story.md").read_text()
LONG = PAGE * (300_000 // len(PAGE))  # several slices
LIMIT_S = 30


def trained(path, size):
    made = Tokenizer(models.BPE(unk_token=None, byte_fallback=False))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.train_from_iterator([PAGE], trainers.BpeTrainer(vocab_size=size, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    made.save(str(path))
    return lambda text: len(made.encode(text, add_special_tokens=False).ids)


class GatewayCounts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-counts-")
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "tokenizer.json")
        self.count = trained(self.file, 2000)
        mock = free_port()
        settings = {"providers": {"mock": provider(mock)}, "routes": {"own": route("mock", "own-1"), "other": route("mock", "other-1")},
                    "limits": {"input": {"match": {"team": "a"}, "each": ["model"], "input_tokens": len(LONG) // 2, "every": "day"}},
                    "tokenizers": {"own": {"file": str(self.file), "models": ["own-*"]}}}
        self.gateway = Gateway(folder.name, settings, {"main": {"team": "a"}})
        self.gateway.started.start("mock", f"http://{HOST}:{mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{mock}")
        self.gateway.start()
        self.addCleanup(self.end)
        self.api = Api(self.gateway, self.gateway.started.env["TOLLGATE_ADMIN_TOKEN"])

    def end(self):
        self.gateway.stop()
        money.check(self.gateway.data)

    def counted(self, **question):
        reply = self.api.call("POST", "count", question)
        self.assertEqual(reply.status, 200, reply)
        return reply.body

    def ask(self, model, text):
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=LIMIT_S)
        try:
            body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 10}
            connection.request("POST", "/v1/chat/completions", json.dumps(body), {"authorization": f"Bearer {self.gateway.secrets['main']}", "content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def test_programs_that_ask_get_what_the_tokenizer_counts(self):
        self.assertEqual(self.counted(model="own-7", text=PAGE), {"input_tokens": self.count(PAGE), "exact": True, "upper_bound": self.count(PAGE)})
        texts = ["", "one", PAGE[:500], "été 预算"]
        self.assertEqual(self.counted(model="own-7", texts=texts), {"counts": [self.count(text) for text in texts], "exact": True})
        self.assertFalse(self.counted(model="other-7", text=PAGE)["exact"])
        chat = self.counted(model="own-7", body={"model": "x", "messages": [{"role": "user", "content": PAGE}]})
        self.assertGreaterEqual(chat["input_tokens"], self.count(PAGE))
        self.assertLess(chat["upper_bound"], self.count(PAGE) + 2000)

    def test_a_reload_counts_with_the_new_file(self):
        before = self.count(PAGE)
        count = trained(self.file, 600)
        self.assertGreater(count(PAGE), before)
        self.assertEqual(self.counted(model="own-1", text=PAGE)["input_tokens"], before)
        self.assertEqual(self.api.call("POST", "config/reload").status, 200)
        self.assertEqual(self.counted(model="own-1", text=PAGE)["input_tokens"], count(PAGE))
        self.file.write_text("{}")
        refused = self.api.call("POST", "config/reload")
        self.assertEqual(refused.status, 400, refused)
        self.assertIn("tokenizers.own.file", refused.error["message"])
        self.assertEqual(self.counted(model="own-1", text=PAGE)["input_tokens"], count(PAGE))

    def test_a_long_prompt_takes_what_it_has_and_not_its_bytes(self):
        """The limit has room for half of its bytes: what is counted fits, what is bounded by bytes does not."""
        self.assertLess(self.count(LONG), len(LONG) // 3)
        self.assertEqual(self.ask("own", LONG)[0], 200)
        status, body = self.ask("other", LONG)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (429, "rate_limit_exceeded"), body)


if __name__ == "__main__":
    unittest.main()
