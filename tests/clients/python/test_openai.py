"""The official Python SDK against a running gateway (tests/clients/with_gateway.py starts one): answers, streams, errors."""
import asyncio
import itertools
import json
import os
import time
import unittest
import urllib.request

import openai

URL = os.environ["TOLLGATE_URL"]
UPSTREAM = os.environ["UPSTREAM_URL"]
PUBLIC_MOCK = os.environ["PUBLIC_MOCK_URL"]
NUMBERS = itertools.count(1)
WEATHER = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]


def key(name): return os.environ[f"KEY_{name}"]


def client(name="MAIN", **options):
    return openai.OpenAI(**{"api_key": key(name), "base_url": URL, "max_retries": 0, "timeout": 10, **options})


def mark(about):
    """A word that no other request of this run begins with."""
    return f"py-{about}-{os.getpid()}-{next(NUMBERS)}"


def ask(text): return [{"role": "user", "content": text}]


def seen(word):
    with urllib.request.urlopen(f"{UPSTREAM}/seen?mark={word}", timeout=5) as answer: return json.load(answer)


def eventually_hung_up(word):
    """What the upstream saw, as soon as it was hung up on, at most 3 s later."""
    end = time.monotonic() + 3
    while True:
        found = seen(word)
        if found["hung_up"] or time.monotonic() > end: return found["hung_up"]
        time.sleep(0.01)


class AnswersTest(unittest.TestCase):
    def test_a_chat_answer_has_text_usage_and_a_finish_reason(self):
        answer = client().chat.completions.create(model="gpt-4o-mini", messages=ask("Hello"))
        self.assertTrue(answer.choices[0].message.content)
        self.assertEqual(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)

    def test_text_of_any_script_arrives_unchanged(self):
        text = mark("text") + ' Grüße 你好 🏳️‍🌈 "quoted" \\ \u2028'
        answer = client().chat.completions.create(model="echo", messages=ask(text))
        self.assertEqual(text, answer.choices[0].message.content)

    def test_a_stream_gives_its_pieces_in_order_and_ends(self):
        word = mark("stream")
        stream = client().chat.completions.create(model="echo", stream=True, messages=ask(word))
        self.assertEqual(word, "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices))

    def test_usage_that_was_asked_for_comes_last(self):
        stream = client().chat.completions.create(model="echo", stream=True, stream_options={"include_usage": True}, messages=ask(mark("usage")))
        chunks = list(stream)
        self.assertEqual([], chunks[-1].choices)
        self.assertEqual(18, chunks[-1].usage.total_tokens)

    def test_a_tool_is_called_and_its_result_goes_back(self):
        messages = ask(mark("tools"))
        first = client().chat.completions.create(model="tools", tools=WEATHER, messages=messages).choices[0].message
        self.assertEqual({"city": "Zürich"}, json.loads(first.tool_calls[0].function.arguments))
        messages += [first.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "rain"}]
        second = client().chat.completions.create(model="tools", tools=WEATHER, messages=messages)
        self.assertEqual("The tool said: rain", second.choices[0].message.content)

    def test_embeddings_come_in_the_form_that_the_sdk_asks_for(self):
        answer = client().embeddings.create(model="text-embedding-3-small", input=["one", "two"])
        self.assertEqual([[0.25, -0.5, 1.0]] * 2, [each.embedding for each in answer.data])

    def test_the_list_of_models_is_what_the_key_may_use(self):
        self.assertEqual(["gpt-4o-mini"], [model.id for model in client("NARROW").models.list()])

    def test_an_answer_says_what_it_cost(self):
        raw = client().chat.completions.with_raw_response.create(model="echo", messages=ask(mark("cost")))
        self.assertEqual(0.000025, float(raw.headers["x-tollgate-cost-usd"]))
        self.assertTrue(raw.headers["x-tollgate-request-id"])

    def test_a_hundred_calls_at_once_keep_their_answers_apart(self):
        async def all_at_once():
            async with openai.AsyncOpenAI(api_key=key("MAIN"), base_url=URL, max_retries=0, timeout=20) as many:
                words = [mark("apart") for _ in range(100)]
                answers = await asyncio.gather(*(many.chat.completions.create(model="echo", messages=ask(word)) for word in words))
                return words, [answer.choices[0].message.content for answer in answers]

        words, answers = asyncio.run(all_at_once())
        self.assertEqual(words, answers)

    @unittest.skipIf(PUBLIC_MOCK == "", "the public mock is not installed")
    def test_the_mock_of_another_project_answers_through_the_gateway(self):
        answer = client().chat.completions.create(model="public-mock", messages=ask("greet the gateway"))
        self.assertIn("Hello, gateway.", answer.choices[0].message.content)


class ErrorsTest(unittest.TestCase):
    def fails(self, kind, code, call):
        with self.assertRaises(kind) as caught: call()
        if code: self.assertEqual(code, caught.exception.code)
        return caught.exception

    def test_a_wrong_key_is_an_authentication_error(self):
        wrong = client(api_key="sk-wrong")
        self.fails(openai.AuthenticationError, "invalid_api_key", lambda: wrong.chat.completions.create(model="echo", messages=ask("x")))

    def test_a_model_that_the_key_may_not_use_is_a_permission_error(self):
        self.fails(openai.PermissionDeniedError, None, lambda: client("NARROW").chat.completions.create(model="echo", messages=ask("x")))

    def test_a_model_that_nobody_has_is_not_found(self):
        self.fails(openai.NotFoundError, "model_not_found", lambda: client().chat.completions.create(model="no-such-model", messages=ask("x")))

    def test_a_parameter_of_the_wrong_type_is_a_bad_request_that_names_it(self):
        error = self.fails(openai.BadRequestError, None, lambda: client().chat.completions.create(model="echo", messages="hello"))
        self.assertEqual("messages", error.param)

    def test_a_budget_that_is_used_up_is_not_asked_twice(self):
        word = mark("broke")
        broke = client("BROKE", max_retries=3)
        error = self.fails(openai.RateLimitError, "budget_exceeded", lambda: broke.chat.completions.create(model="echo", max_tokens=10, messages=ask(word)))
        self.assertEqual("false", error.response.headers["x-should-retry"])
        self.assertEqual(0, seen(word)["calls"])

    def test_an_overloaded_upstream_is_asked_again_after_the_wait_that_we_name(self):
        word = mark("overloaded")
        answer = client(max_retries=2).chat.completions.create(model="overloaded-once", messages=ask(word))
        self.assertEqual(word, answer.choices[0].message.content)
        self.assertEqual(2, seen(word)["calls"])

    def test_a_stream_that_is_closed_in_the_middle_is_cancelled_upstream(self):
        word = mark("abort")
        with client().chat.completions.create(model="drip", stream=True, messages=ask(word)) as stream:
            for _, _ in zip(range(3), stream): pass
        self.assertEqual(1, eventually_hung_up(word))

    def test_a_client_that_does_not_wait_leaves_and_the_upstream_is_let_go(self):
        word = mark("timeout")
        hasty = client(timeout=0.3)
        self.fails(openai.APITimeoutError, None, lambda: hasty.chat.completions.create(model="slow", messages=ask(word)))
        self.assertEqual(1, eventually_hung_up(word))


if __name__ == "__main__":
    unittest.main()
