#!/usr/bin/env python3
"""Writes data/prices/catalogue.json from the data of two PyPI packages; docs/formats/prices.md describes the file.

    python3 -m venv /tmp/prices && /tmp/prices/bin/pip install genai-prices==0.2.3
    /tmp/prices/bin/pip download --no-deps --dest /tmp/prices litellm==1.109.1
    /tmp/prices/bin/python tools/prices/refresh.py --litellm /tmp/prices/litellm-*.whl --read 2026-11-29

genai-prices gives names, prices and context windows; from litellm's model list come only the longest answers and
further names by which a model is known. The same packages, date and previous file give the same bytes.

A price id never changes its meaning: a row whose prices are what they were keeps its id and its day; a new price gets
a row of its own that starts on the day of reading, unless the source says when it started.
"""

import argparse
import datetime
import importlib.metadata
import json
import pathlib
import re
import sys
import zipfile
from decimal import ROUND_CEILING, Decimal

from genai_prices.data import providers
from genai_prices.types import (ClauseContains, ClauseEquals, ClauseOr, ClauseStartsWith, StartDateConstraint,
                                TieredPrices, TimeOfDateConstraint)

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
    "zai": ("zhipu", ("zai",), ("zai/",)),
    "zhipuai": ("zhipu", ("zai",), ("zai/",)),  # the same models at home, in other money; only those that the first lacks
    "aws": ("bedrock", ("bedrock", "bedrock_converse"), ("",)),
    "databricks": ("databricks", ("databricks",), ("databricks/", "")),
    "openrouter": ("openrouter", ("openrouter",), ("openrouter/",)),
}
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
    "input_image_mtok": "image_input",
    "input_video_mtok": "video_input",
    "cache_audio_read_mtok": "cached_audio",
    "cache_image_read_mtok": "cached_image",
    "output_image_mtok": "image_output",
    "output_video_mtok": "video_output",
    "input_mchars": "characters",
    "audio_hours": "audio_hour",
    "input_audio_hours": "audio_hour",
}
# Theirs for a thousand, ours for each.
THOUSANDS = {
    "requests_kcount": "request",
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "file_search",
    "input_document_kpages": "page",
    "input_annotated_document_kpages": "annotated_page",
}
# Theirs that we have no place for. Anything else stops the script.
LEFT_OUT = {"input_text_messages_kcount", "output_citation_mtok"}
# Circumstances of a call that have prices of their own, theirs and ours.
SERVICES = {("processing", "batch"): "batch", ("service_tier", "flex"): "flex", ("service_tier", "priority"): "priority",
            ("service_tier", "fast"): "fast", ("speed", "fast"): "fast"}
# Shorter audio costs as much as this, says their code (Model.calc_price in types.py) and not their data.
AUDIO_LEAST_MS = {("groq", "whisper-large-v3"): 10_000, ("groq", "whisper-large-v3-turbo"): 10_000}
# What stands before a model's name on Bedrock where its region says it.
BEDROCK_PLACES = ("us.", "eu.", "jp.", "au.", "apac.", "ca.", "in.", "us-gov.", "")
MAX_TOKENS = 100_000_000  # above: a slip in the source
NAME = re.compile(r"^[A-Za-z0-9~][A-Za-z0-9._:/@+-]*[A-Za-z0-9]$")
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
    for theirs, ours in THOUSANDS.items():
        value = getattr(prices, theirs)
        if value is not None:
            out[ours] = decimal_text(priced_at(value, input_tokens) / 1000)
    return out


def price_row(prices, least_ms):
    """The prices of one row, or None when nothing in it can be counted."""
    unknown = {name for name, value in vars(prices).items() if value is not None} - {*PRICE_FIELDS, *THOUSANDS, *LEFT_OUT}
    if unknown:
        raise ValueError(f"prices of an unknown kind: {unknown}")
    row = flat_prices(prices, 0)
    if not row:
        return None
    if least_ms:
        row["audio_least_ms"] = least_ms
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


def service_rows(model, day, least_ms):
    """The prices of each service that has its own, on that day."""
    noon = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    usual = price_row(model.get_prices(noon), least_ms)
    out = []
    for variant in model.price_variants or ():
        pairs = list(variant.when.items())
        service = SERVICES.get(pairs[0]) if len(pairs) == 1 else None
        if service is None or any(row["service"] == service for row in out):
            continue
        row = price_row(model.get_prices(noon, dict(variant.when)), least_ms)
        if row and row != usual:
            out.append({"service": service, **row})
    return out


def model_rows(model, least_ms):
    listed = model.prices if isinstance(model.prices, list) else None
    rows = []
    for constraint, prices in [(c.constraint, c.prices) for c in listed] if listed else [(None, model.prices)]:
        row = price_row(prices, least_ms)
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


def bedrock_names(model):
    """How a model is called in each place, as far as its clauses tell; `regional.` is theirs for all places but `global.`."""
    parts = model.match.or_ if isinstance(model.match, ClauseOr) else [model.match]
    stems = {part.contains for part in parts if isinstance(part, ClauseContains)} | {model.id, model.id.removeprefix("regional.")}
    stems = {next(stem[len(place):] for place in BEDROCK_PLACES if stem.startswith(place)) for stem in stems}
    return {place + stem for place in BEDROCK_PLACES for stem in stems if not stem.startswith("regional.")}


def aliases(provider, model, known):
    """Every name that the source itself takes for this model, less those that the catalogue derives by itself."""
    names = literal_names(model.match) + list(known)
    if provider.id == "aws":
        names = [n for n in [*names, *bedrock_names(model)] if "/" not in n]
    bare = {SNAPSHOT.sub("", model.id), model.id}
    ids = {m.id for m in provider.models}

    def ours(name):
        found = provider.find_model(name)
        return name not in ids and found is not None and found.id == model.id and SNAPSHOT.sub("", name) not in bare

    return sorted(filter(ours, {n for n in names if NAME.match(n) and n != model.id}))


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
    no_tokens = all("input" not in row for row in rows)  # by characters, by length, by page
    if (reads_only or no_tokens) and all("output" not in row for row in rows):
        out["max_output"] = 0
    elif longest:
        out["max_output"] = longest
    return out


def same_prices(a, b):
    bookkeeping = ("id", "source", "from", "services")
    return {k: v for k, v in a.items() if k not in bookkeeping} == {k: v for k, v in b.items() if k not in bookkeeping}


def same_time(a, b):
    return a.get("daily") == b.get("daily") and a.get("from") == b.get("from")


def first_day(row, rows, day):
    """What tells this row from the others of its model, in its id."""
    later = [r["from"] for r in rows if "from" in r]
    begin = row.get("from") or (f"until-{later[0]}" if later and "daily" not in row else day)
    return f"{begin},{row['daily']}" if "daily" in row else begin


def current(rows, day):
    """The row whose prices hold all of that day."""
    holding = [row for row in rows if "daily" not in row and row.get("from", day) <= day]
    return holding[-1] if holding else rows[0]


def with_ids(name, rows, before, source, day):
    """Gives rows their ids. A row that is there stays as it is, for ledger rows name it: of what the source tells anew of the past
    nothing is taken; what it tells of today starts today, in a row behind the old one; what it tells of days to come replaces that."""
    out = []
    today = current(rows, day)
    for row in rows:
        olds = [b for b in before if same_time(b, row)]
        newer = [b for b in before if row is today and b.get("from", "") > row.get("from", "") and b.get("from", "") <= day and "daily" not in b]
        if olds or newer:
            kept = [*olds, *newer]
            out += [old for old in kept if old not in out]
            is_past = row is not today and row.get("from", "") <= day
            if is_past or any(same_prices(old, row) for old in kept[-1:]):
                continue
            if row.get("from", "") > day:
                out[-1] = {"id": olds[0]["id"], "source": source, **row}
                continue
            row = {**row, "from": day}
            out = [old for old in out if not (old.get("from") == day and "daily" not in old)]
        out.append({"id": f"{name}@{first_day(row, rows, day)}", "source": source, **row})
    if len({row["id"] for row in out}) != len(out):
        raise ValueError(f"{name}: two rows of one day")
    return out


def add_services(name, model, rows, day, least_ms):
    """To the row of today and to those of days to come; a service whose prices are what they were keeps its id."""
    today = current(rows, day)
    for row in [today, *(row for row in rows if row.get("from", "") > day)]:
        before = row.pop("services", [])
        since = max(day, row.get("from", day))
        services = service_rows(model, since, least_ms)
        for service in services:
            old = next((b for b in before if b["service"] == service["service"] and same_prices(b, service)), None)
            service["id"] = old["id"] if old else f"{name}@{since}/{service['service']}"
        if services:
            row["services"] = services


def previous():
    if not CATALOGUE.exists():
        return {}
    return {(m["provider"], m["model"]): m["prices"] for m in json.loads(CATALOGUE.read_text())["models"]}


def catalogue(litellm, source, day):
    before = previous()
    elsewhere = limits_elsewhere(litellm)
    models = []
    done = set()
    for provider in sorted((p for p in providers if p.id in PROVIDERS), key=lambda p: list(PROVIDERS).index(p.id)):
        ours, hosts, prefixes = PROVIDERS[provider.id]
        known = known_names(litellm, hosts, prefixes)
        for model in provider.models:
            least_ms = AUDIO_LEAST_MS.get((ours, model.id))
            rows = model_rows(model, least_ms)
            if not rows or not NAME.match(model.id) or (ours, model.id) in done:
                continue
            done.add((ours, model.id))
            names = aliases(provider, model, known)
            entry = {"provider": ours, "model": model.id}
            if names:
                entry["aliases"] = names
            facts = [f for n, f in known.items() if (found := provider.find_model(n)) and found.id == model.id]
            entry |= limits(model, facts, elsewhere, rows)
            name = f"{ours}/{model.id}"
            entry["prices"] = with_ids(name, rows, before.get((ours, model.id), []), source, day)
            add_services(name, model, entry["prices"], day, least_ms)
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
        "makers": list(dict.fromkeys(ours for ours, _, _ in PROVIDERS.values())),
    }
    lines = [json.dumps(model, separators=(",", ":")) for model in models]
    text = json.dumps(head, indent=1)[:-2] + ',\n "models": [\n' + ",\n".join(lines) + "\n ]\n}\n"
    json.loads(text)
    CATALOGUE.write_text(text)
    print(f"{len(models)} models, {sum(len(m['prices']) for m in models)} price rows, {len(text)} bytes")


if __name__ == "__main__":
    main()
