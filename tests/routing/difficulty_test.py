"""Routes that choose by difficulty: easy questions go to the cheap tier, hard ones to the capable, and a conversation only moves up."""
import http.client
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.gateway import Gateway, provider  # noqa: E402
from lib.programs import HOST, TOLLGATE, free_port  # noqa: E402

EASY = "Hello, how are you today?"
HARD = ("A train leaves at 3:15 pm at 62 miles per hour and another leaves 25 minutes later at 74 miles per hour. After how many hours does the "
        "second one catch up, and how many miles have they gone?")
TOOL = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]


class Difficulty(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-difficulty-")
        port = free_port()
        targets = [{"provider": "mock", "model": tier, "tier": tier} for tier in ("cheap", "capable")]
        routes = {"smart": {"strategy": "difficulty", "targets": targets, "difficulty": {"quality": 0.8}},
                  "thrifty": {"strategy": "difficulty", "targets": targets, "difficulty": {"quality": 0}},
                  "best": {"strategy": "difficulty", "targets": targets, "difficulty": {"quality": 1}}}
        self.gateway = Gateway(self.folder.name, {"providers": {"mock": provider(port)}, "routes": routes})
        self.gateway.started.start("mock", f"http://{HOST}:{port}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{port}")
        self.gateway.start()

    def tearDown(self):
        self.gateway.stop()
        self.folder.cleanup()

    def ask(self, *questions, model="smart", path="/v1/chat/completions", hint=None, body=None, **more):
        messages = [message for question in questions for message in ({"role": "user", "content": question}, {"role": "assistant", "content": "yes"})][:-1]
        connection = http.client.HTTPConnection(HOST, self.gateway.port, timeout=10)
        headers = {"authorization": f"Bearer {self.gateway.secrets['main']}", "content-type": "application/json"}
        if hint: headers["x-tollgate-route-hint"] = hint
        connection.request("POST", path, json.dumps(body or {"model": model, "messages": messages, **more}), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        self.assertEqual(answer.status, 200, text)
        return answer.headers["x-tollgate-model"]

    def test_the_question_chooses_the_tier(self):
        self.assertEqual(self.ask(EASY), "cheap")
        self.assertEqual(self.ask(HARD), "capable")
        self.assertEqual(self.ask(HARD, stream=True), "capable")
        self.assertEqual(self.ask(HARD, model="thrifty"), "cheap")
        self.assertEqual(self.ask(EASY, model="best"), "capable")

    def test_a_conversation_only_moves_up(self):
        self.assertEqual(self.ask(EASY, EASY), "cheap")
        self.assertEqual(self.ask(EASY, HARD), "capable")
        self.assertEqual(self.ask(EASY, HARD, EASY), "capable")

    def test_rules_and_hints_come_first(self):
        self.assertEqual(self.ask(EASY, tools=TOOL), "capable")
        self.assertEqual(self.ask(EASY, tools=TOOL, hint="cheap"), "cheap")
        self.assertEqual(self.ask(EASY, hint="capable"), "capable")

    def test_every_dialect_is_understood(self):
        for question, tier in ((EASY, "cheap"), (HARD, "capable")):
            messages = [{"role": "user", "content": question}]
            for path, body in (("/v1/responses", {"model": "smart", "input": question}), ("/v1/messages", {"model": "smart", "max_tokens": 9, "messages": messages}),
                               ("/v1beta/models/smart:generateContent", {"contents": [{"role": "user", "parts": [{"text": question}]}]}),
                               ("/api/chat", {"model": "smart", "messages": messages, "stream": False}), ("/v2/chat", {"model": "smart", "messages": messages}),
                               ("/model/smart/converse", {"messages": [{"role": "user", "content": [{"text": question}]}]})):
                self.assertEqual(self.ask(path=path, body=body), tier, path)


if __name__ == "__main__":
    unittest.main()
