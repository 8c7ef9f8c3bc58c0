#!/usr/bin/env python3
"""Writes data/tokens/unicode.bin: the class of each code point, as src/tokens/characters.h knows them.

    python3 -m venv /tmp/unicode && /tmp/unicode/bin/pip install unicodedata2==16.0.0
    /tmp/unicode/bin/python tools/tokens/unicode.py

Unicode 16.0 is what the regular expressions of tiktoken 0.14 know: its classes were compared for every code point, and 17.0 differs. White
space is the property White_Space. The file: 8,704 bytes, the number of the block for each 128 code points; then the blocks, a byte for each.
"""
from pathlib import Path

import unicodedata2 as unicode

VERSION = "16.0.0"
BLOCK = 128
SPACES = {*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
OTHER, SPACE, NUMBER, MARK, UPPER, LOWER, CASELESS = range(7)
CLASSES = {"Lu": UPPER, "Lt": UPPER, "Ll": LOWER, "Lm": CASELESS, "Lo": CASELESS}
OUT = Path(__file__).resolve().parents[2] / "data" / "tokens" / "unicode.bin"


def class_of(code):
    if code in SPACES: return SPACE
    category = unicode.category(chr(code))
    return CLASSES.get(category) or {"N": NUMBER, "M": MARK}.get(category[0], OTHER)


def main():
    if unicode.unidata_version != VERSION: raise SystemExit(f"this is Unicode {unicode.unidata_version}, not {VERSION}")
    numbers, first = {}, bytearray()
    for start in range(0, 0x110000, BLOCK):
        block = bytes(class_of(code) for code in range(start, start + BLOCK))
        first.append(numbers.setdefault(block, len(numbers)))
    OUT.write_bytes(bytes(first) + b"".join(numbers))
    print(f"{len(numbers)} blocks, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
