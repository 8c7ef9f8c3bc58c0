#!/usr/bin/env python3
"""Fits the estimator (src/tokens/estimator.h) to what providers reported: writes src/tokens/estimator_fitted.inc and prints a table.

    ninja -C build/release tollgate_count
    .tools/venv/bin/python tools/tokens/fit.py ../shared/recordings

A prompt's tokens are taken for a sum: of each part of its texts so many, and so many for the request, a message and a tool, and for having
tools at all. First, from texts that o200k_base counts, what a part of any script costs; then each family's weights near those, for
recordings have little but English. What is made small is the relative error, |estimate - reported| / reported; each request weighs the
same, and a fifth of the requests, by the hash of their id, is left out and tells how well it does. Requests with images, files, audio or
the provider's own tools are left out: their reported tokens are not their texts'.
"""
import argparse
import collections
import hashlib
import struct
import subprocess
import sys
from pathlib import Path

import prompts

ROOT = Path(__file__).resolve().parents[2]

COUNT = ROOT / "build/release/tests/tokens/tollgate_count"
OUT = ROOT / "src/tokens/estimator_fitted.inc"
PARTS = ("words", "more_letters", "accents", "digits", "signs", "lines", "greek", "semitic", "indic", "wide", "others")
FRAME = ("request", "message", "tool", "tools")
FAMILIES = ("openai", "gpt_oss", "anthropic", "gemini", "mistral", "cohere", "llama", "deepseek", "grok", "qwen", "other")
LEFT_OUT = 5  # one in so many
# The weights of parts stay within so many times the general ones, and those of scripts that recordings lack are the general ones times the
# family's words.
NEAR = (0.6, 1.9)
RARE = PARTS[6:]
# A sign is no less than this, though in JSON several are one token: code has others.
GENERAL_HIGH = [1.6, 1.0, 0.8, 1.0, 1.0, 1.5, 2, 2, 2, 2, 2]
GENERAL_LOW = [0.02, 0.02, 0.02, 0.02, 0.3, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02]
SENTENCES = {
    "greek": ["Бюджет команды делится на всех, и когда он кончится, запросы будут ждать следующего месяца.", "Ο προϋπολογισμός της ομάδας μοιράζεται σε όλους και όταν τελειώσει τα αιτήματα περιμένουν."],
    "semitic": ["ميزانية الفريق مشتركة بين الجميع وعندما تنفد تنتظر الطلبات حتى الشهر القادم", "תקציב הצוות משותף לכולם וכשהוא נגמר הבקשות ממתינות עד החודש הבא"],
    "indic": ["टीम का बजट सबके लिए है और जब वह समाप्त हो जाता है तो अनुरोध अगले महीने तक प्रतीक्षा करते हैं", "งบประมาณของทีมใช้ร่วมกันทุกคน และเมื่อหมดแล้ว คำขอจะรอจนถึงเดือนหน้า"],
    "wide": ["团队的预算由大家共享，用完之后请求会等到下个月再处理。", "チームの予算は全員で共有され、使い切ると来月まで待つことになります。", "팀의 예산은 모두가 함께 쓰며 다 쓰면 요청은 다음 달까지 기다립니다."],
    "others": ["😀 👍🏽 → ✓ • — “ ” … ☃ ♥ ∑ ≠ 🚀 🎉"],
}
LONG_PROMPT, FACTOR_MIN = 100, 1.15
UPPER_SHARE = 0.97  # of the requests that the upper bound holds for, when it is fitted
ROUNDS, PASSES = 25, 12


def shapes(texts):
    asked = b"".join(bytes([0, 3]) + struct.pack("<I", len(text)) + text for text in texts)
    done = subprocess.run([COUNT], input=asked, capture_output=True, check=True)
    return [list(one) for one in struct.iter_unpack(f"<{len(PARTS)}I", done.stdout)]


def counts(texts, encoding):
    asked = b"".join(bytes([encoding, 0]) + struct.pack("<I", len(text)) + text for text in texts)
    return [one for one, in struct.iter_unpack("<I", subprocess.run([COUNT], input=asked, capture_output=True, check=True).stdout)]


def fit(rows, wanted, low, high):
    """Least absolute relative errors within bounds, by weighted least squares, a coordinate at a time."""
    width = len(low)
    weights = [(a + b) / 2 for a, b in zip(low, high)]
    scaled = [[value / right for value in row] for row, right in zip(rows, wanted)]
    trust = [1.0] * len(rows)
    for _ in range(ROUNDS):
        left = [1 - sum(value * weight for value, weight in zip(row, weights)) for row in scaled]
        for _ in range(PASSES):
            for column in range(width):
                square = sum(t * row[column] ** 2 for t, row in zip(trust, scaled)) + 1e-12
                slope = sum(t * row[column] * error for t, row, error in zip(trust, scaled, left))
                new = min(high[column], max(low[column], weights[column] + slope / square))
                change = new - weights[column]
                if change == 0: continue
                weights[column] = new
                left = [error - change * row[column] for error, row in zip(left, scaled)]
        trust = [1 / max(abs(error), 0.02) for error in left]
    return weights


def estimate(row, weights): return max(1.0, sum(value * weight for value, weight in zip(row, weights)))


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def is_left_out(one): return int(hashlib.sha256(one.id.encode()).hexdigest(), 16) % LEFT_OUT == 0


def weight_of_script(sentences):
    """Tokens of a character, in the mean of o200k_base and cl100k_base: tokenizers that we do not have are like one or the other."""
    texts = [sentence.encode() for sentence in sentences]
    characters = sum(sum(shape[len(PARTS) - len(RARE):]) for shape in shapes(texts))
    return sum(sum(counts(texts, encoding)) for encoding in (0, 1)) / 2 / characters


def general_weights(found):
    """What o200k_base makes of the recordings' texts; of scripts that they lack, what is made of sentences of our own."""
    texts = [text.encode() for one in found[::3] for text in one.texts if len(text) > 40]
    weights = fit(shapes(texts), [max(1, count) for count in counts(texts, 0)], GENERAL_LOW, GENERAL_HIGH)
    return [*weights[:len(PARTS) - len(RARE)], *(weight_of_script(SENTENCES[part]) for part in RARE)]


def family_weights(rows, wanted, general):
    fitted = [i for i, part in enumerate(PARTS) if part not in RARE]
    # The scripts that recordings lack follow the words.
    merged = [[*(row[i] for i in fitted), *row[len(PARTS):]] for row in rows]
    low = [*(general[i] * NEAR[0] for i in fitted), 0, 0, 0, 0]
    high = [*(general[i] * NEAR[1] for i in fitted), 60, 30, 90, 700]
    for line, row in zip(merged, rows): line[0] += sum(row[i] * general[i] for i, part in enumerate(PARTS) if part in RARE) / general[0]
    weights = fit(merged, wanted, low, high)
    factor = weights[0] / general[0]
    return [*(weights[fitted.index(i)] if i in fitted else general[i] * factor for i in range(len(PARTS))), *weights[len(fitted):]]


def upper_bound(cases, weights):
    """(factor, summand): reported <= estimate x factor + summand, for UPPER_SHARE of the requests; the factor from those long enough to
    show one, the summand from all, for hosts put prompts of their own before short ones."""
    long = [right / estimate(row, weights) for row, right in cases if estimate(row, weights) >= LONG_PROMPT]
    factor = max(FACTOR_MIN, quantile(long, UPPER_SHARE)) if long else FACTOR_MIN
    return factor, max(0.0, quantile([right - estimate(row, weights) * factor for row, right in cases], UPPER_SHARE))


def report(family, cases, weights, upper):
    factor, summand = upper
    errors = [abs(estimate(row, weights) / right - 1) for row, right in cases]
    over = sum(estimate(row, weights) * factor + summand < right for row, right in cases)
    shown = " | ".join(f"{quantile(errors, share):.0%}" for share in (0.5, 0.9, 0.99)) if errors else "- | - | -"
    return f"| {family} | {len(errors)} | {shown} | {over} | {factor:.2f} x + {summand:.0f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", type=Path)
    found = list(prompts.read(parser.parse_args().recordings))
    general = general_weights(found)
    frames = [[1, one.messages, one.tools, 1 if one.tools else 0] for one in found]
    by_family = collections.defaultdict(list)
    for one, parts, frame in zip(found, shapes(["\n".join(one.texts).encode() for one in found]), frames):
        by_family[one.family].append((one, [*parts, *frame]))
    lines, table = [], []
    everything = [case for cases in by_family.values() for case in cases]
    for family in FAMILIES:
        cases = by_family.get(family, []) if family != "other" else everything
        learned = [(row, one.tokens) for one, row in cases if not is_left_out(one)]
        tried = [(row, one.tokens) for one, row in cases if is_left_out(one)]
        weights = family_weights([row for row, _ in learned], [right for _, right in learned], general)
        upper = upper_bound(learned, weights)
        numbers = [*(f"{weight:.2f}" for weight in weights[len(PARTS):]), f"{upper[0]:.2f}", f"{upper[1]:.0f}"]
        lines.append(f"{{{{{', '.join(f'{weight:.3f}' for weight in weights[:len(PARTS)])}}}, {', '.join(numbers)}}},  // {family}")
        table.append(report(family, tried, weights, upper))
    OUT.write_text("// Written by tools/tokens/fit.py.\n" + "\n".join(lines) + "\n")
    print("| family | requests left out | median | p90 | p99 | above upper | upper is estimate |\n| --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(table))


if __name__ == "__main__":
    main()
