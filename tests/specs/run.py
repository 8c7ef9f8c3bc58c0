#!/usr/bin/env python3
"""Recorded requests, written by the gateway for every other dialect, against the vendors' API descriptions: each must be one that the
vendor's own description allows. Cases that are decided otherwise stand in exceptions.json, each with its reason."""
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import jsonschema_rs
import yaml

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from lib import shared  # noqa: E402
from lib.programs import ROOT  # noqa: E402

TEST = ROOT / "build/release/tests/recordings/recordings_test"
SHOWN = 5
WORDS_MAX = 400
# Where each dialect's request is described; there is no description of Cohere's API.
DESCRIBED = {"openai_chat": ("openai.yaml", "CreateChatCompletionRequest"), "openai_responses": ("openai.yaml", "CreateResponse"),
             "anthropic_messages": ("anthropic.yaml", "BetaCreateMessageParams"), "gemini": ("gemini.json", "GenerateContentRequest"),
             "ollama": ("ollama.json", "ChatRequest")}
IN_PATH = {"gemini": {"model": "models/a-model"}}  # named by the path, which the description does not say
AWS_TYPES = {"string": "string", "blob": "string", "timestamp": "string", "integer": "integer", "long": "integer", "float": "number",
             "double": "number", "boolean": "boolean"}


def plain(node):
    """OpenAPI's own words in those of JSON Schema: `nullable` is a type, discriminators and formats decide nothing, and of alternatives
    that a discriminator would tell apart several may fit."""
    if isinstance(node, list): return [plain(one) for one in node]
    if not isinstance(node, dict): return node
    out = {key: plain(value) for key, value in node.items() if key not in ("discriminator", "format", "example", "examples", "default")}
    if "oneOf" in out: out["anyOf"] = out.pop("oneOf") + out.get("anyOf", [])
    if node.get("nullable") is True and isinstance(node.get("type"), str): out["type"] = [node["type"], "null"]
    return out


def openapi(folder, file, name):
    text = (folder / file).read_text()
    root = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=yaml.CSafeLoader)
    schemas = plain(root["components"]["schemas"])
    return {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}


def aws(folder):
    """AWS's shapes: members without a type are strings; a document is anything."""
    root = json.loads((folder / "bedrock-runtime-2023-09-30.json").read_text())

    def turned(shape):
        if "shape" in shape: return {"$ref": f"#/$defs/{shape['shape']}"}
        kind = shape.get("type", "string")
        if kind == "list": return {"type": "array", "items": turned(shape["member"])}
        if kind == "map": return {"type": "object"}
        if kind != "structure": return {"type": AWS_TYPES[kind]}
        if shape.get("document"): return {}
        body = {name: turned(member) for name, member in shape["members"].items() if member.get("location") != "uri"}
        needed = [name for name in shape.get("required", ()) if name in body]
        return {"type": "object", "properties": body, "required": needed, "additionalProperties": False}

    return {**turned(root["operations"]["Converse"]["input"]), "$defs": {name: turned(shape) for name, shape in root["shapes"].items()}}


def place_of(error):
    """The path of an error without its numbers, so that the same fault counts once."""
    return "/".join("N" if isinstance(step, int) else str(step) for step in error.instance_path)


def fault_of(validator, request, allowed, used):
    """(place, words) of the first fault that is no exception; None: there is none."""
    for error in validator.iter_errors(request):
        words = f"{place_of(error)}: {error.message}"
        excepted = next((pattern for pattern in allowed if pattern.search(words)), None)
        if excepted is None: return place_of(error), error.message
        used[excepted.pattern] += 1
    return None


def main():
    specs, recordings = shared.folder("specs"), shared.folder("recordings")
    if specs is None or recordings is None:
        print(f"there is no {shared.SHARED}: set TOLLGATE_SHARED\n0 passed, 0 failed, 1 skipped")
        return 0
    schemas = {name: openapi(specs, *described) for name, described in DESCRIBED.items()} | {"bedrock_converse": aws(specs)}
    exceptions = json.loads((HERE / "exceptions.json").read_text())
    passed, failed, used = 0, Counter(), Counter()
    with tempfile.TemporaryDirectory(prefix="tollgate-specs-") as folder:
        subprocess.run([TEST, "--gtest_brief=1", "--gtest_filter=RecordedTraffic*"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "TOLLGATE_REWRITTEN": folder})
        for dialect, schema in schemas.items():
            validator = jsonschema_rs.Draft202012Validator(schema)
            allowed = [re.compile(words) for words in exceptions.get(dialect, {})]
            for line in sorted(set(Path(folder, f"{dialect}.jsonl").read_text().splitlines())):
                fault = fault_of(validator, json.loads(line) | IN_PATH.get(dialect, {}), allowed, used)
                if fault is None:
                    passed += 1
                    continue
                place, words = fault
                failed[dialect, place] += 1
                if failed[dialect, place] <= SHOWN: print(f"FAILED {dialect} {place}: {words[:WORDS_MAX]}\n  {line[:WORDS_MAX]}")
    for (dialect, place), count in failed.items(): print(f"{dialect} {place}: {count}")
    for dialect, patterns in exceptions.items():
        for pattern in patterns: print(f"{dialect} /{pattern}/: {used[pattern]} decided otherwise, exceptions.json")
    print(f"{passed} passed, {sum(failed.values())} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
