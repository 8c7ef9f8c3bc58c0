"""The official Python clients of every dialect against every provider's language: a text, a stream, an error. The Node tests ask the
same and more (tests/clients/node/dialects.test.mjs); what came of each pair goes to build/reports/ for docs/compatibility.md."""
import json
import os
import unittest
from pathlib import Path

import anthropic
import boto3
import cohere
import ollama
import openai
from botocore import UNSIGNED
from botocore.config import Config
from google import genai
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI

URL = os.environ["TOLLGATE_URL"]
HOST = URL.removesuffix("/v1")
KEY = os.environ["KEY_MAIN"]
TARGETS = ("openai", "anthropic", "gemini", "ollama", "cohere", "bedrock")
REPORT = Path(__file__).resolve().parents[3] / "build/reports/compatibility-python.json"
QUESTION = 'Grüße 你好 🎈 "quoted"'
FOUND = []


def ask(text=QUESTION): return [{"role": "user", "content": text}]


class OpenAiChat:
    def __init__(self): self.client = openai.OpenAI(api_key=KEY, base_url=URL, max_retries=0, timeout=10)
    def text(self, model): return self.client.chat.completions.create(model=model, messages=ask()).choices[0].message.content

    def stream(self, model):
        chunks = self.client.chat.completions.create(model=model, messages=ask(), stream=True)
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


class OpenAiResponses:
    def __init__(self): self.client = openai.OpenAI(api_key=KEY, base_url=URL, max_retries=0, timeout=10)
    def text(self, model): return self.client.responses.create(model=model, input=QUESTION).output_text

    def stream(self, model):
        with self.client.responses.stream(model=model, input=QUESTION) as stream: return stream.get_final_response().output_text


class Anthropic:
    def __init__(self): self.client = anthropic.Anthropic(api_key=KEY, base_url=HOST, max_retries=0, timeout=10)
    def text(self, model): return self.client.messages.create(model=model, max_tokens=200, messages=ask()).content[0].text

    def stream(self, model):
        with self.client.messages.stream(model=model, max_tokens=200, messages=ask()) as stream: return stream.get_final_text()


class GoogleGenai:
    def __init__(self): self.client = genai.Client(api_key=KEY, http_options={"base_url": HOST})
    def text(self, model): return self.client.models.generate_content(model=model, contents=QUESTION).text
    def stream(self, model): return "".join(chunk.text or "" for chunk in self.client.models.generate_content_stream(model=model, contents=QUESTION))


class Cohere:
    def __init__(self): self.client = cohere.ClientV2(api_key=KEY, base_url=HOST)
    def text(self, model): return self.client.chat(model=model, messages=ask()).message.content[0].text

    def stream(self, model):
        events = self.client.chat_stream(model=model, messages=ask())
        return "".join(event.delta.message.content.text for event in events if event.type == "content-delta")


class Ollama:
    def __init__(self): self.client = ollama.Client(host=HOST, headers={"Authorization": f"Bearer {KEY}"})
    def text(self, model): return self.client.chat(model=model, messages=ask()).message.content
    def stream(self, model): return "".join(part.message.content for part in self.client.chat(model=model, messages=ask(), stream=True))


class Bedrock:
    def __init__(self):
        self.client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=HOST,
                                   config=Config(signature_version=UNSIGNED, retries={"max_attempts": 0}))
        self.client.meta.events.register("before-send", lambda request, **_: request.headers.update({"authorization": f"Bearer {KEY}"}))

    def text(self, model):
        answer = self.client.converse(modelId=model, messages=[{"role": "user", "content": [{"text": QUESTION}]}])
        return answer["output"]["message"]["content"][0]["text"]

    def stream(self, model):
        answer = self.client.converse_stream(modelId=model, messages=[{"role": "user", "content": [{"text": QUESTION}]}])
        return "".join(event["contentBlockDelta"]["delta"]["text"] for event in answer["stream"] if "contentBlockDelta" in event)


class Langchain:
    def __init__(self, make): self.make = make

    @staticmethod
    def text_of(message):
        content = message.content
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)

    def text(self, model): return self.text_of(self.make(model).invoke(QUESTION))
    def stream(self, model): return "".join(self.text_of(chunk) for chunk in self.make(model).stream(QUESTION))


CLIENTS = {
    "openai chat": OpenAiChat,
    "openai responses": OpenAiResponses,
    "anthropic": Anthropic,
    "google genai": GoogleGenai,
    "cohere": Cohere,
    "ollama": Ollama,
    "bedrock": Bedrock,
    "langchain (openai)": lambda: Langchain(lambda model: ChatOpenAI(model=model, api_key=KEY, base_url=URL, max_retries=0)),
    "langchain (anthropic)": lambda: Langchain(lambda model: ChatAnthropic(model=model, api_key=KEY, base_url=HOST, max_retries=0)),
}


class DialectsTest(unittest.TestCase):
    def check(self, name, feature):
        client = CLIENTS[name]()
        for target in TARGETS:
            with self.subTest(target=target):
                entry = {"client": name, "target": target, "feature": feature, "passed": False}
                FOUND.append(entry)
                self.assertEqual(getattr(client, feature)(f"on-{target}"), f"You said: {QUESTION}")
                entry["passed"] = True

    @classmethod
    def tearDownClass(cls):
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(json.dumps(FOUND, indent=1))


def add_tests():
    for name in CLIENTS:
        word = "".join(c if c.isalnum() else "_" for c in name).strip("_")
        for feature in ("text", "stream"):
            setattr(DialectsTest, f"test_{word}_{feature}", lambda self, name=name, feature=feature: self.check(name, feature))


add_tests()
