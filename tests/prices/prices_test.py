"""What a usage costs by our catalogue is what it costs by `genai-prices` (PyPI), to the nano-dollar, for every tariff that it has of a
provider whose language we speak. differences.txt lists where not, and why; a line there that nothing needs any more fails.

    .tools/venv/bin/python -m unittest discover -s tests/prices -p '*_test.py'

1. Tariffs: each model of the package, under its own name, at each of MOMENTS, and again for each service (batch, flex, priority, fast)
   that has prices of its own.
2. Usages: made from what the tariff prices. Tokens, cached ones, written ones, reasoning, audio, pictures, films; at and above each
   threshold of long contexts; audio by its length, characters, pages, searches.
3. All questions go to one `tollgate price --lines`, which reads nothing but its own catalogue; theirs are answered by the package, whose
   data is in its wheel. Nothing is asked of any network.
"""
import datetime
import fnmatch
import json
import os
import subprocess
import unittest
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from genai_prices.data import providers
from genai_prices.types import TieredPrices, Usage

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOLLGATE = Path(os.environ.get("TOLLGATE", ROOT / "build/release/tollgate")).resolve()
RUN_LIMIT_S = 60
# Theirs to ours; `zhipuai` has the same models as `zai` at home, and stands behind it.
PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "google": "gemini", "mistral": "mistral", "cohere": "cohere", "deepseek": "deepseek",
             "x-ai": "xai", "groq": "groq", "together": "together", "perplexity": "perplexity", "fireworks": "fireworks", "cerebras": "cerebras",
             "azure": "azure", "voyageai": "voyage", "moonshotai": "moonshot", "zai": "zhipu", "aws": "bedrock", "databricks": "databricks",
             "openrouter": "openrouter"}
# After the day on which the catalogue was read: that day itself, a night (off-peak hours), and after the changes that are announced.
MOMENTS = ("2026-11-29T12:00:00Z", "2026-11-29T20:00:00Z", "2027-02-01T12:00:00Z")
SERVICES = {"batch": {"processing": "batch"}, "flex": {"service_tier": "flex"}, "priority": {"service_tier": "priority"},
            "fast": {"service_tier": "fast"}, "fast ": {"speed": "fast"}}
NANO = 10**9


def moment(text): return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def case(name, ours, **theirs): return name, ours, theirs


def text_cases(size, priced):
    """Tokens of text with `size` of them in the input."""
    read, written, hour = size // 3, size // 5, size // 7
    yield case("plain", {"input_tokens": size, "output_tokens": 567}, input_tokens=size, output_tokens=567)
    yield case("cached", {"input_tokens": size - read, "cache_read_tokens": read, "output_tokens": 91}, input_tokens=size, cache_read_tokens=read, output_tokens=91)
    yield case("reasoning", {"input_tokens": size, "output_tokens": 100, "reasoning_tokens": 333}, input_tokens=size, output_tokens=433,
               output_reasoning_tokens=333)
    if "cache_write_mtok" in priced:
        yield case("written", {"input_tokens": size - read - written, "cache_read_tokens": read, "cache_write_5m_tokens": written, "output_tokens": 7},
                   input_tokens=size, cache_read_tokens=read, cache_write_tokens=written, output_tokens=7)
    if "cache_write_1h_mtok" in priced:
        yield case("written 1h", {"input_tokens": size - read - written - hour, "cache_read_tokens": read, "cache_write_5m_tokens": written,
                                  "cache_write_1h_tokens": hour, "output_tokens": 7}, input_tokens=size, cache_read_tokens=read,
                   cache_write_tokens=written + hour, cache_write_1h_tokens=hour, output_tokens=7)


def media_cases(priced):
    """Tokens of other kinds, and of the cache's where that has them."""
    if {"input_audio_mtok", "output_audio_mtok"} & priced:
        yield case("audio", {"input_tokens": 700, "audio_input_tokens": 300, "output_tokens": 50, "audio_output_tokens": 60}, input_tokens=1000,
                   input_audio_tokens=300, output_tokens=110, output_audio_tokens=60)
    if "cache_audio_read_mtok" in priced:
        yield case("cached audio", {"input_tokens": 600, "audio_input_tokens": 100, "cache_read_tokens": 300, "cached_audio_tokens": 200, "output_tokens": 5},
                   input_tokens=1000, input_audio_tokens=300, cache_read_tokens=300, cache_audio_read_tokens=200, output_tokens=5)
    for kind in ("image", "video"):
        if {f"input_{kind}_mtok", f"output_{kind}_mtok"} & priced:
            yield case(kind, {"input_tokens": 1000, f"{kind}_input_tokens": 300, "output_tokens": 1400, f"{kind}_output_tokens": 1290}, input_tokens=1000,
                       **{f"input_{kind}_tokens": 300}, output_tokens=1400, **{f"output_{kind}_tokens": 1290})
    if "cache_image_read_mtok" in priced:
        yield case("cached image", {"input_tokens": 700, "image_input_tokens": 100, "cache_read_tokens": 300, "cached_image_tokens": 200, "output_tokens": 5},
                   input_tokens=1000, input_image_tokens=300, cache_read_tokens=300, cache_image_read_tokens=200, output_tokens=5)


def other_cases(priced):
    """What is counted otherwise, beside some tokens where those have a price."""
    tokens = {"input_tokens": 11, "output_tokens": 13} if "input_mtok" in priced else {}
    if {"audio_hours", "input_audio_hours"} & priced:
        for seconds in (3, 61, 3599):
            yield case(f"audio {seconds} s", {"audio_ms": seconds * 1000, **tokens}, audio_seconds=seconds, input_audio_seconds=seconds, **tokens)
    if "input_mchars" in priced: yield case("characters", {"characters": 12_345}, input_characters=12_345)
    if "input_document_kpages" in priced: yield case("pages", {"pages": 17}, input_document_pages=17)
    if "input_annotated_document_kpages" in priced:
        yield case("annotated pages", {"annotated_pages": 17}, input_document_pages=17, input_annotated_document_pages=17)
    if "web_searches_kcount" in priced: yield case("web searches", {"web_searches": 7, **tokens}, web_searches=7, **tokens)
    if "storage_searches_kcount" in priced: yield case("file searches", {"file_searches": 3, **tokens}, storage_searches=3, **tokens)
    if "input_text_messages_kcount" in priced: yield case("text messages", tokens, input_text_messages=5, **tokens)
    if "output_citation_mtok" in priced:
        yield case("citations", {"input_tokens": 10, "output_tokens": 100}, input_tokens=10, output_tokens=100, output_citation_tokens=40)


def cases(prices):
    named = {name: price for name, price in vars(prices).items() if price is not None}
    priced = set(named)
    starts = sorted({tier.start for price in named.values() if isinstance(price, TieredPrices) for tier in price.tiers})
    if {"input_mtok", "output_mtok"} & priced:
        for size in (1234, *(start + more for start in starts for more in (0, 1))):
            for name, ours, theirs in text_cases(size, priced): yield name if size == 1234 else f"{name} {size}", ours, theirs
    yield from media_cases(priced)
    yield from other_cases(priced)


def tariffs():
    """(provider, model, moment, service, context of theirs) of all."""
    for provider in providers:
        if provider.id not in PROVIDERS: continue
        for model in provider.models:
            for at in MOMENTS:
                usual = model.get_prices(moment(at))
                yield provider, model, at, "", None
                for service, context in SERVICES.items():
                    named = any(variant.when == context for variant in model.price_variants or ())
                    if named and model.get_prices(moment(at), context) != usual: yield provider, model, at, service.strip(), context


def their_cost(provider, model, at, context, usage):
    total = model.calc_price(Usage(**usage), provider, genai_request_timestamp=moment(at), price_context=context).total_price
    return int((total * NANO).quantize(Decimal(1), ROUND_HALF_UP))


def questions():
    """(label, our question, their answer) of every case of every tariff; the label is what differences.txt speaks of."""
    for provider, model, at, service, context in tariffs():
        for name, ours, theirs in cases(model.get_prices(moment(at), context)):
            label = f"{PROVIDERS[provider.id]}/{model.id} {service or 'usual'}: {name}"
            asked = {"model": model.id, "provider": PROVIDERS[provider.id], "at": at, **({"service_tier": service} if service else {}), **ours}
            yield label, asked, their_cost(provider, model, at, context, theirs)


def listed_differences():
    """(pattern, reason) of each line that says something."""
    lines = (line.split("|") for line in (HERE / "differences.txt").read_text().splitlines() if line.strip() and not line.startswith("#"))
    return [(pattern.strip(), reason.strip()) for pattern, reason in lines]


class Prices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.asked = list(questions())
        text = "".join(json.dumps(question) + "\n" for _, question, _ in cls.asked)
        done = subprocess.run([TOLLGATE, "price", "--lines"], input=text, capture_output=True, text=True, timeout=RUN_LIMIT_S, check=False)
        cls.answers = [json.loads(line) for line in done.stdout.splitlines()]
        cls.differing = {}
        for (label, question, theirs), answer in zip(cls.asked, cls.answers, strict=True):
            ours = answer.get("cost_nano_usd", answer.get("error"))
            if ours != theirs: cls.differing.setdefault(label, (question, ours, theirs, answer.get("price_id")))

    def test_every_tariff_costs_the_same(self):
        reasons = listed_differences()
        unexplained = [f"{label}\n  {question}\n  ours {ours}, theirs {theirs} ({price_id})" for label, (question, ours, theirs, price_id) in self.differing.items()
                       if not any(fnmatch.fnmatchcase(label, pattern) for pattern, _ in reasons)]
        self.assertEqual(unexplained, [], "\n".join([f"{len(unexplained)} differ", *unexplained[:20]]))

    def test_every_listed_difference_is_one_and_has_a_reason(self):
        for pattern, reason in listed_differences():
            self.assertNotEqual(reason, "", pattern)
            self.assertTrue(any(fnmatch.fnmatchcase(label, pattern) for label in self.differing), f"nothing differs any more: {pattern}")

    def test_there_is_enough_to_compare(self):
        names = {(question["provider"], question["model"]) for _, question, _ in self.asked}
        self.assertGreater(len(names), 1_000)
        self.assertGreater(len(self.asked), 10_000)
        for service in ("batch", "flex", "priority", "fast"):
            self.assertGreater(sum(question.get("service_tier") == service for _, question, _ in self.asked), 50, service)
        explained = len(self.differing) / len({label for label, _, _ in self.asked})
        self.assertLess(explained, 0.2, "more differs than may be explained away")


if __name__ == "__main__":
    unittest.main()
