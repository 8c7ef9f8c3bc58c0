#!/usr/bin/env python3
"""Writes src/tokens/golden.txt: texts of our own and what tiktoken makes of them, for src/tokens/encoding_test.cpp.

    .tools/venv/bin/python tools/tokens/golden.py

A line each: the text's bytes as hex, then for o200k_base, cl100k_base, p50k_base and r50k_base the ids, after tabs.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tokens"))
from packed import NAMES, encoding  # noqa: E402

TEXTS = [
    "", "a", "Hello, world!", "The budget of a team with 12 members is shared; 1234567 tokens were used.",
    "I'm sure they'LL say it's DON'T, we've, you're, he'd, 'tis, rock'n'roll, O'Brien's, 'S 's", "it\u2019s 'ſ Iſ 'ſ",
    "camelCase HTTPServer XMLHttpRequest iPhone ABCdefGHI aB Ab AB ab ǅungla ŉ", "snake_case, kebab-case, CONSTANT_CASE, $var, @user, #tag",
    "  two  spaces   three    four", "\t\ttabs\tinside \t mixed \t", "line\nline\r\nline\n\n\nline\r\r", "trailing spaces   ", "trailing line end \n  ", " \n \n x", "\n \t\n",
    "a\u00a0b \u00a0 c\u3000d\u2003\u2003e\u0085f\u1680g", "zero\u200bwidth\u200djoin\ufeffbom", "\x00\x01\x1b[31mred\x1b[0m\x7f",
    "for (int i = 0; i < 10; ++i) {\n    sum += values[i] * 2;  // twice\n}\n", '{"model": "gpt-4o", "n": 1, "stop": null, "tools": []}', "<|endoftext|> <|im_start|>user<|im_end|>",
    "https://example.com/a/b?c=d&e=%20#f", "//////\n/\n//", "!!!???...", "...\n\n...\r\n/ /", "3.14159 1e-10 0xDEADBEEF 1,000,000 ½ ² Ⅷ ٣٤٥٦ १२३४",
    "Größe, naïve, façade, Łódź, Ångström, señor, İstanbul, ﬁ ligature", "e\u0301 a\u0300\u0301 \u0301x \u0301 \u0301A !\u0301 !!\u0301a n\u0303ino",
    "Бюджет команды делится на всех; КОГДА он кончится, запросы ждут.", "Ο προϋπολογισμός της ομάδας", "תקציב הצוות", "ميزانية الفريق مشتركة بين الجميع، وعددهم ١٢", "टीम का बजट सबके लिए है।",
    "งบประมาณของทีม", "团队的预算由大家共享，用完之后请求会等待。", "チームの予算は全員で共有されます。ー々", "팀의 예산은 모두가 함께 씁니다.", "ABC中文abcあAあA한글X", "中A AA あAAA aあ",
    "😀👍🏽👨‍👩‍👧‍👦🇩🇪🏳️‍🌈 ok 😀😀😀", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𠀀𠀁", "ʰello ˠ ªº ǅ ᾈ", "₿ € £ ¥ → ∑ ∞ ≠ ☃ ♥", "ŏ" * 40, "a" * 300, "_" * 200, " " * 200 + "x", "\n" * 100, "-" * 99 + "=" * 101,
    "的" * 120, "ab" * 150, "!?" * 90, "0123456789" * 12, "aB" * 60, "é" * 90, "\u0301" * 50, "\u3000" * 30 + "x", "supercalifragilisticexpialidocious pneumonoultramicroscopicsilicovolcanoconiosis",
    "U2FsdGVkX1+vupppZksvRf5pq5g5XjFRlipRkwB0K1Y=", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "\ufffd \ufffd\ufffdx", "x\u2028y\u2029z", "\ue000\U000f0000\U0010ffff", "a" * 15 + " " + "b" * 16 + " " + "c" * 17,
]


def main():
    encodings = [encoding(name) for name in NAMES]
    lines = ["\t".join([text.encode().hex(), *(",".join(map(str, one.encode_ordinary(text))) for one in encodings)]) for text in TEXTS]
    (ROOT / "src" / "tokens" / "golden.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
