#!/usr/bin/env python3
"""Writes data/prices/catalogue.json from the data of two PyPI packages; docs/formats/prices.md describes the file.

    python3 -m venv /tmp/prices && /tmp/prices/bin/pip install genai-prices==0.2.3
    /tmp/prices/bin/pip download --no-deps --dest /tmp/prices litellm==1.109.1
    /tmp/prices/bin/python tools/prices/refresh.py --litellm /tmp/prices/litellm-*.whl --read 2026-11-22

genai-prices gives names, prices and context windows; from litellm's model list come only the longest answers and
further names by which a model is known. The same packages, date and previous file give the same bytes.

A price id never changes its meaning: a row whose prices are what they were keeps its id and its day; a new price gets
a row of its own that starts on the day of reading, unless the source says when it started.
"""

import argparse
import importlib.metadata
import json
import pathlib
import re
import sys
import zipfile
from decimal import ROUND_CEILING, Decimal

from genai_prices.data import providers
from genai_prices.types import (ClauseEquals, ClauseOr, ClauseStartsWith, StartDateConstraint, TieredPrices,
                                TimeOfDateConstraint)

CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "data" / "prices" / "catalogue.json"

# Their name of a provider -> our name, litellm's names of it, and how its model names begin there. Makers before hosts:
# in this order a model's name without a provider is looked for.
PROVIDERS = {
    "openai": ("openai", ("openai", "text-completion-openai"), ("",)),
    "anthropic": ("anthropic", ("anthropic",), ("",)),
    "google": ("gemini", ("gemini",), ("gemini/",)),
    "mistral": ("mistral", ("mistral",), ("mistral/",)),
    "cohere": ("cohere", ("cohere", "cohere_chat"), ("cohere/", "")),
    "deepseek": ("deepseek", ("deepseek",), ("deepseek/", "")),
    "x-ai": ("xai", ("xai",), ("xai/",)),
    "groq": ("groq", ("groq",), ("groq/",)),
    "together": ("together", ("together_ai",), ("together_ai/", "")),
    "perplexity": ("perplexity", ("perplexity",), ("perplexity/",)),
    "fireworks": ("fireworks", ("fireworks_ai", "fireworks_ai-embedding-models"), ("fireworks_ai/",)),
    "cerebras": ("cerebras", ("cerebras",), ("cerebras/",)),
    "azure": ("azure", ("azure",), ("azure/",)),
    "voyageai": ("voyage", ("voyage",), ("voyage/",)),
    "moonshotai": ("moonshot", ("moonshot",), ("moonshot/",)),
    "zhipuai": ("zhipu", ("zai",), ("zai/",)),
    "openrouter": ("openrouter", ("openrouter",), ("openrouter/",)),
}
# Of OpenRouter's hundreds of models only those of these makers.
OPENROUTER_MAKERS = ("openai/", "anthropic/", "google/", "mistralai/", "cohere/", "deepseek/", "x-ai/", "meta-llama/",
                     "qwen/", "moonshotai/", "z-ai/", "perplexity/", "minimax/", "nvidia/", "amazon/", "microsoft/")
# Whose rows stand in for a host that serves them under the same name and price.
FALLBACK = {"azure": ["openai", "anthropic", "deepseek", "xai", "moonshot"], "vertex": ["gemini", "anthropic"]}

PRICE_FIELDS = {
    "input_mtok": "input",
    "cache_read_mtok": "cached_input",
    "cache_write_mtok": "cache_write_5m",
    "cache_write_1h_mtok": "cache_write_1h",
    "input_audio_mtok": "audio_input",
    "output_mtok": "output",
    "output_reasoning_mtok": "reasoning",
    "output_audio_mtok": "audio_output",
}
MAX_TOKENS = 100_000_000  # above: a slip in the source
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:/@+-]*[A-Za-z0-9]$")
# What pricing/catalogue.cpp takes off a name by itself.
SNAPSHOT = re.compile(r"(-latest|[-@](19|20)\d\d-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01]))$")


def decimal_text(value):
    """Whole nano-USD per million; what is finer (a third of a cent, cut somewhere) is rounded up."""
    nano = (Decimal(value) * 10**9).to_integral_value(ROUND_CEILING)
    return format((nano / 10**9).normalize(), "f")


def priced_at(value, input_tokens):
    if not isinstance(value, TieredPrices):
        return value
    price = value.base
    for tier in value.tiers:
        if input_tokens > tier.start:
            price = tier.price
    return price


def flat_prices(prices, input_tokens):
    out = {}
    for theirs, ours in PRICE_FIELDS.items():
        value = getattr(prices, theirs)
        if value is not None:
            out[ours] = decimal_text(priced_at(value, input_tokens))
    if getattr(prices, "requests_kcount") is not None:
        out["request"] = decimal_text(priced_at(prices.requests_kcount, input_tokens) / 1000)
    return out


def price_row(prices):
    """The prices of one row, or None when nothing in it can be counted in tokens or requests."""
    row = flat_prices(prices, 0)
    if not any(field in row for field in ("input", "output", "request")):
        return None
    tiered = [value for value in vars(prices).values() if isinstance(value, TieredPrices)]
    starts = sorted({tier.start for value in tiered for tier in value.tiers})
    tiers = [{"above": start, **flat_prices(prices, start + 1)} for start in starts]
    if tiers:
        row["tiers"] = tiers
    return row


def conditions(constraint):
    if isinstance(constraint, StartDateConstraint):
        return {"from": constraint.start_date.isoformat()}
    if isinstance(constraint, TimeOfDateConstraint):
        if constraint.start_time.utcoffset() or constraint.end_time.utcoffset():
            raise ValueError("a time of day that is not UTC")
        return {"daily": f"{constraint.start_time:%H:%M}-{constraint.end_time:%H:%M}"}
    return {}


def model_rows(model):
    listed = model.prices if isinstance(model.prices, list) else None
    rows = []
    for constraint, prices in [(c.constraint, c.prices) for c in listed] if listed else [(None, model.prices)]:
        row = price_row(prices)
        if row:
            rows.append({**conditions(constraint), **row})
    return rows


def literal_names(match):
    if isinstance(match, ClauseOr):
        return [name for part in match.or_ for name in literal_names(part)]
    if isinstance(match, ClauseEquals):
        return [match.equals]
    if isinstance(match, ClauseStartsWith):
        return [match.starts_with]
    return []


def litellm_models(wheel, version):
    with zipfile.ZipFile(wheel) as archive:
        if f"litellm-{version}.dist-info/METADATA" not in archive.namelist():
            sys.exit(f"{wheel} is not litellm {version}")
        return json.loads(archive.read("litellm/model_prices_and_context_window_backup.json"))


def known_names(models, hosts, prefixes):
    """Their facts by the name that a client would send to this host."""
    out = {}
    for name, facts in models.items():
        if facts.get("litellm_provider") in hosts:
            prefix = next((p for p in prefixes if name.startswith(p)), None)
            if prefix is not None:
                out[name[len(prefix):].removeprefix("models/")] = facts
    return out


def aliases(provider, model, known):
    """Every name that the source itself takes for this model, less those that the catalogue derives by itself."""
    names = {n for n in literal_names(model.match) + list(known) if NAME.match(n) and n != model.id}
    bare = {SNAPSHOT.sub("", model.id), model.id}
    ids = {m.id for m in provider.models}

    def ours(name):
        found = provider.find_model(name)
        return name not in ids and found is not None and found.id == model.id and SNAPSHOT.sub("", name) not in bare

    return sorted(filter(ours, names))


def token_limit(facts, field):
    value = facts.get(field)
    return int(value) if isinstance(value, (int, float)) and 0 < value <= MAX_TOKENS else None


def short_name(name):
    return SNAPSHOT.sub("", name.rsplit("/", 1)[-1].lower().removesuffix(":free"))


def limits_elsewhere(litellm):
    """The largest context window and answer of each model on any host, by its name without maker and day."""
    out = {}
    for name, context, longest in (
        [(m.id, m.context_window or 0, 0) for p in providers for m in p.models] +
        [(n, token_limit(f, "max_input_tokens") or 0, token_limit(f, "max_output_tokens") or 0)
         for n, f in litellm.items()]):
        before = out.get(short_name(name), (0, 0))
        out[short_name(name)] = (max(before[0], context), max(before[1], longest))
    return out


def limits(model, facts, elsewhere, rows):
    """The context window, and the most that an answer may have: the largest that anyone says, since it must be a bound.

    Where the host says nothing, what the same model has elsewhere.
    """
    context = max([model.context_window or 0] + [token_limit(f, "max_input_tokens") or 0 for f in facts])
    longest = max([token_limit(f, "max_output_tokens") or 0 for f in facts], default=0)
    context_elsewhere, longest_elsewhere = elsewhere.get(short_name(model.id), (0, 0))
    context = context or context_elsewhere
    longest = longest or longest_elsewhere
    out = {}
    if context:
        out["context"] = context
    modes = {f.get("mode") for f in facts}
    reads_only = modes & {"embedding", "rerank"} or re.search("embed|rerank|voyage", model.id)
    if reads_only and all("output" not in row for row in rows):
        out["max_output"] = 0
    elif longest:
        out["max_output"] = longest
    return out


def same_prices(a, b):
    bookkeeping = ("id", "source", "from")
    return {k: v for k, v in a.items() if k not in bookkeeping} == {k: v for k, v in b.items() if k not in bookkeeping}


def first_day(row, rows, day):
    """What tells this row from the others of its model, in its id."""
    later = [r["from"] for r in rows if "from" in r]
    begin = row.get("from") or (f"until-{later[0]}" if later and "daily" not in row else day)
    return f"{begin},{row['daily']}" if "daily" in row else begin


def with_ids(name, rows, before, source, day):
    """Gives rows their ids; a changed price without a date of its own starts today and leaves the old row in place."""
    out = []
    for row in rows:
        old = next((b for b in before if same_prices(b, row) and row.get("from", b.get("from")) == b.get("from")), None)
        if old:
            out.append(old)
            continue
        if "from" not in row and "daily" not in row:
            out += [b for b in before if "daily" not in b and b not in out]
            if out:
                row = {"from": day, **row}
        out.append({"id": f"{name}@{first_day(row, rows, day)}", "source": source, **row})
    if len({row["id"] for row in out}) != len(out):
        raise ValueError(f"{name}: two rows of one day")
    return out


def previous():
    if not CATALOGUE.exists():
        return {}
    return {(m["provider"], m["model"]): m["prices"] for m in json.loads(CATALOGUE.read_text())["models"]}


def catalogue(litellm, source, day):
    before = previous()
    elsewhere = limits_elsewhere(litellm)
    models = []
    for provider in providers:
        if provider.id not in PROVIDERS:
            continue
        ours, hosts, prefixes = PROVIDERS[provider.id]
        known = known_names(litellm, hosts, prefixes)
        for model in provider.models:
            if ours == "openrouter" and not model.id.startswith(OPENROUTER_MAKERS):
                continue
            rows = model_rows(model)
            if not rows or not NAME.match(model.id):
                continue
            names = aliases(provider, model, known)
            entry = {"provider": ours, "model": model.id}
            if names:
                entry["aliases"] = names
            facts = [f for n, f in known.items() if (found := provider.find_model(n)) and found.id == model.id]
            entry |= limits(model, facts, elsewhere, rows)
            entry["prices"] = with_ids(f"{ours}/{model.id}", rows, before.get((ours, model.id), []), source, day)
            models.append(entry)
    return sorted(models, key=lambda m: (m["provider"], m["model"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--litellm", required=True, help="the wheel")
    parser.add_argument("--litellm-version", default="1.109.1")
    parser.add_argument("--read", required=True, help="the day of reading, YYYY-MM-DD")
    args = parser.parse_args()
    version = importlib.metadata.version("genai-prices")
    models = catalogue(litellm_models(args.litellm, args.litellm_version), f"genai-prices {version}", args.read)
    head = {
        "format": 1,
        "sources": [
            {"package": "genai-prices", "version": version, "read": args.read, "licence": "MIT",
             "of": "prices, names, context"},
            {"package": "litellm", "version": args.litellm_version, "read": args.read, "licence": "MIT",
             "of": "max_output, further names"},
        ],
        "fallback": FALLBACK,
        "makers": [ours for ours, _, _ in PROVIDERS.values()],
    }
    lines = [json.dumps(model, separators=(",", ":")) for model in models]
    text = json.dumps(head, indent=1)[:-2] + ',\n "models": [\n' + ",\n".join(lines) + "\n ]\n}\n"
    json.loads(text)
    CATALOGUE.write_text(text)
    print(f"{len(models)} models, {sum(len(m['prices']) for m in models)} price rows, {len(text)} bytes")


if __name__ == "__main__":
    main()
