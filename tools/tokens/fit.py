#!/usr/bin/env python3
"""Fits the estimator (src/tokens/estimator.h) to what providers reported: writes src/tokens/estimator_fitted.inc and prints a table.

    ninja -C build/release tollgate_recorded
    .tools/venv/bin/python tools/tokens/fit.py

Of each recorded call of texts alone, or with function tools, our own program says what the estimator is asked: the tokens of its texts in o200k_base,
its messages, its tools. A prompt's tokens are taken for a sum of these times a row's weights. The weights of texts and messages come from calls of
texts alone, then those of tools from calls that have them. Made small is the mean of the square roots of the relative errors, after rounding: most
prompts are short, so that a frame that is right to the token counts more than a text's factor. A fifth of the calls, by the hash of their id, is left out
and tells how well it does.

Weights are steps of a grid, found by trying neighbours. Each step away from a usual prompt's (or the family's, where the row is a generation of it)
costs a little, so that a weight that few calls tell about stays where it was.
"""
import hashlib
import itertools
import math
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/tokens")]
import recorded_calls  # noqa: E402
from lib import shared  # noqa: E402

RECORDED = ROOT / "build/release/tests/tokens/tollgate_recorded"
OUT = ROOT / "src/tokens/estimator_fitted.inc"
# As tollgate_recorded says them; `request` is 1 where there are messages, `any_tools` where there are tools.
PARTS = ("text", "digits", "lines", "tool_text", "other_bytes", "request", "turns", "instructions", "tools", "any_tools", "reasons", "must_call")


@dataclass
class Weight:
    usual: float
    low: float
    high: float
    step: float


OF_TEXTS = {"text": Weight(1.05, 0.8, 1.7, 0.01), "digits": Weight(0.2, 0, 1, 0.1), "lines": Weight(0.2, 0, 1, 0.1), "request": Weight(3, 0, 60, 1), "turns": Weight(3, 0, 12, 0.5),
            "instructions": Weight(2, 0, 40, 0.5), "reasons": Weight(0, 0, 60, 1)}
OF_TOOLS = {"tool_text": Weight(0.9, 0.1, 1.6, 0.02), "other_bytes": Weight(0.22, 0.02, 0.45, 0.01), "tools": Weight(8, 0, 90, 1), "any_tools": Weight(20, 0, 800, 1),
            "must_call": Weight(0, 0, 120, 1)}
TOGETHER = [("text", "request"), ("text", "turns"), ("text", "digits"), ("request", "turns"), ("request", "instructions"), ("turns", "instructions"), ("tool_text", "tools"), ("tool_text", "any_tools"),
            ("tools", "any_tools"), ("any_tools", "must_call"), ("other_bytes", "any_tools")]
ALL = (*OF_TEXTS, *OF_TOOLS)
STARTS = [dict(zip(("text", "request", "turns"), values)) for values in itertools.product((0.95, 1.05, 1.15), (0, 4, 8), (0, 3))]
TOOL_STARTS = [dict(zip(("tool_text", "any_tools"), values)) for values in itertools.product((0.4, 0.8, 1.2), (0, 150, 400))]
STEPS = (1, 2, 3, 5, 10, 30, 100)
CAP, SHARP = 1, 0.0004  # an error counts as no more than the first, and what is added to it, so that below it all are much the same
SHRINK = 0.02             # what a weight costs that is a third of the way through its bounds from the usual one, in calls
LEFT_OUT = 5              # one in so many
LEARNED_MOST = 200        # calls of a form that a row learns from: more take time and tell no more
LONG_PROMPT, FACTOR_MIN, UPPER_SHARE = 100, 1.15, 0.97
ROWS = ("openai", "gpt_oss", "anthropic", "anthropic_4_5", "anthropic_4_7", "gemini", "mistral", "mistral_small", "cohere", "llama", "llama_3_1", "llama_4", "deepseek", "grok", "qwen", "other")
# Generations: a row begins with its family's weights, and only these are its own. Claude had one tokenizer until 4.6, so that the calls of
# both rows tell about texts.
OWN = {"anthropic_4_5": ("tools", "any_tools", "must_call"), "anthropic_4_7": ("text", "tools", "any_tools", "must_call"),
       "mistral_small": ("request", "tools", "any_tools"), "llama_3_1": ("request", "tools", "any_tools"), "llama_4": ("tool_text", "tools", "any_tools")}
PARENTS = {"anthropic_4_5": "anthropic", "anthropic_4_7": "anthropic_4_5", "mistral_small": "mistral", "llama_3_1": "llama", "llama_4": "llama"}
SAME_TEXTS = {"anthropic": ("anthropic_4_5",), "llama": ("llama_4",)}
LIMIT_S = 300


@dataclass
class Case:
    id: str
    row: str
    form: str
    parts: list
    reported: int


def rounded(value): return max(1, math.floor(value + 0.5))


def estimate(weights, parts): return rounded(sum(weights[name] * part for name, part in zip(PARTS, parts)))


def cost(tokens, reported): return math.sqrt(min(CAP, abs(rounded(tokens) / reported - 1)) + SHARP)


def shrinking(weights, usual, kinds):
    away = [(weights[name] - usual[name]) / (kind.high - kind.low) for name, kind in kinds.items()]
    return SHRINK * sum((3 * part) ** 2 + (0.02 if part else 0) for part in away)


def moves(kinds):
    """What is tried: one weight some steps up or down, or two of them a step each."""
    for name, kind in kinds.items():
        for steps in STEPS:
            for sign in (1, -1): yield {name: sign * steps * kind.step}
    for one, other in TOGETHER:
        if one not in kinds or other not in kinds: continue
        for up in (1, -1, 2, -2):
            for more in (1, -1, 2, -2, 3, -3): yield {one: up * kinds[one].step, other: more * kinds[other].step}


def fit(cases, weights, usual, kinds):
    """The weights of `kinds` anew, all others as they are in `weights`; and what is left of errors. The search starts there, and is drawn to `usual`."""
    columns = {name: [case.parts[PARTS.index(name)] for case in cases] for name in kinds}
    tokens = [sum(weights[name] * part for name, part in zip(PARTS, case.parts)) for case in cases]
    wanted = [case.reported for case in cases]
    best, improved = sum(map(cost, tokens, wanted)) + shrinking(weights, usual, kinds), True
    while improved:
        improved = False
        for move in moves(kinds):
            tried = {name: round(weights[name] + step, 4) + 0.0 for name, step in move.items()}
            if any(not kinds[name].low <= value <= kinds[name].high or not any(columns[name]) for name, value in tried.items()): continue
            moved = tokens
            for name, value in tried.items(): moved = [one + (value - weights[name]) * part for one, part in zip(moved, columns[name])]
            found = sum(map(cost, moved, wanted)) + shrinking({**weights, **tried}, usual, kinds)
            if found < best - 1e-9: best, tokens, weights, improved = found, moved, {**weights, **tried}, True
    return weights, best


def valley(cases, starts, usual, kinds):
    """From several starts, since a search ends in the next valley."""
    own = {tuple((name, value) for name, value in start.items() if name in kinds) for start in [usual, *starts]}
    return min((fit(cases, {**usual, **dict(start)}, usual, kinds) for start in sorted(own)), key=lambda found: found[1])[0]


def fit_row(texts, tools, usual, own):
    of_texts, of_tools = ({name: kind for name, kind in kinds.items() if name in own} for kinds in (OF_TEXTS, OF_TOOLS))
    if of_texts: usual = valley(texts, STARTS, usual, of_texts)
    return valley(tools, TOOL_STARTS, usual, of_tools)


def some(cases): return sorted(cases, key=lambda case: hashlib.sha256(case.id.encode()).digest())[:LEARNED_MOST]


def fitted(learned):
    """{row: weights} of {row: cases}."""
    rows = {}
    for name in ROWS:
        usual = rows[PARENTS[name]] if name in PARENTS else {part: kind.usual for part, kind in {**OF_TEXTS, **OF_TOOLS}.items()}
        texts, tools = ([case for one in (name, *SAME_TEXTS.get(name, ())) for case in learned[one] if case.form == "texts"], [case for case in learned[name] if case.form == "tools"])
        rows[name] = fit_row(some(texts), some(tools), usual, OWN.get(name, ALL))
        print(name, len(texts), len(tools), rows[name], file=sys.stderr, flush=True)
    return rows


def is_left_out(case): return int(hashlib.sha256(case.id.encode()).hexdigest(), 16) % LEFT_OUT == 0


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def upper_bound(cases, weights):
    """(factor, summand): reported <= estimate x factor + summand, for UPPER_SHARE of the calls; the factor from those long enough to
    show one, the summand from all, for hosts put prompts of their own before short ones."""
    pairs = [(case.reported, estimate(weights, case.parts)) for case in cases]
    long = [reported / tokens for reported, tokens in pairs if tokens >= LONG_PROMPT]
    factor = max(FACTOR_MIN, quantile(long, UPPER_SHARE)) if long else FACTOR_MIN
    return factor, max(0.0, quantile([reported - tokens * factor for reported, tokens in pairs], UPPER_SHARE))


def cases_of(folder):
    """Calls of texts or tools, as our program takes them apart."""
    calls = [call for call in recorded_calls.read(folder) if call.form != "other"]
    asked = "".join(call.line() + "\n" for call in calls).encode()
    lines = subprocess.run([RECORDED, "--parts"], input=asked, capture_output=True, check=True, timeout=LIMIT_S).stdout.decode().splitlines()
    for call, line in zip(calls, lines, strict=True):
        row, *parts = line.split()
        if row != "-": yield Case(call.id, row, call.form, list(map(int, parts)), call.reported)


def report(name, form, cases, weights, upper):
    found = [(estimate(weights, case.parts), case.reported) for case in cases if case.form == form]
    if not found: return f"| {name} | {form} | 0 | - | - | - | - |"
    errors = [abs(tokens / reported - 1) for tokens, reported in found]
    over = sum(tokens * upper[0] + upper[1] < reported for tokens, reported in found)
    return f"| {name} | {form} | {len(errors)} | {sum(error == 0 for error in errors) / len(errors):.0%} | {quantile(errors, 0.5):.1%} | {quantile(errors, 0.9):.1%} | {over} |"


def main():
    folder = shared.folder("recordings")
    if folder is None: raise SystemExit("there is no ../shared/recordings (TOLLGATE_SHARED)")
    by_row = defaultdict(list)
    for case in cases_of(folder): by_row[case.row].append(case)
    learned = {name: [case for case in by_row[name] if not is_left_out(case)] for name in ROWS}
    rows, lines, table = fitted(learned), [], []
    for name, weights in rows.items():
        cases = by_row[name]
        upper = upper_bound(learned[name], weights) if learned[name] else (FACTOR_MIN, 0.0)
        lines.append(f'{{"{name}", {", ".join(f"{weights[part]:g}" for part in PARTS)}, {upper[0]:.2f}, {upper[1]:.0f}}},')
        table += [report(name, form, [case for case in cases if is_left_out(case)], weights, upper) for form in ("texts", "tools")]
    OUT.write_text("// Written by tools/tokens/fit.py: " + ", ".join(PARTS) + ", and the upper bound's factor and summand.\n" + "\n".join(lines) + "\n")
    print("| row | form | calls left out | right | median | p90 | above upper |\n| --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(table))


if __name__ == "__main__":
    main()
