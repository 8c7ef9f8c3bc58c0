"""Counts are those of tiktoken: for every text of ../shared/recordings, for hostile strings, and for random ones over all scripts.

TOLLGATE_RANDOM_TEXTS says how many random texts there are (100,000), TOLLGATE_SEED where they begin. With a million or more, every
character is tried and not a part of them, and every recorded text with both of the larger encodings (minutes).
"""
import gzip
import json
import os
import random
import struct
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import shared  # noqa: E402
from lib.programs import ROOT  # noqa: E402
from packed import NAMES, encoding  # noqa: E402

COUNT = Path(os.environ.get("TOLLGATE_COUNT") or ROOT / "build/release/tests/tokens/tollgate_count")
RANDOM_TEXTS = int(os.environ.get("TOLLGATE_RANDOM_TEXTS", "100000"))
SEED = int(os.environ.get("TOLLGATE_SEED", "20261129"))
LONG = RANDOM_TEXTS >= 1_000_000
CHUNK = 10_000
THREADS = 2
LIMIT_S = 600
PLAIN, JSON = 0, 1
O200K, CL100K, P50K, R50K = range(4)
# Of a hundred random texts so many are for each encoding.
SHARES = (O200K,) * 50 + (CL100K,) * 40 + (P50K,) * 5 + (R50K,) * 5

ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "     ", "\n\r\t \v\f\x85\xa0\u3000\u2003", "'sStTrReEvVmMlLdD\u017f",
    "!?.,;:-_/\\()[]{}<>@#$%^&*+=|~`\"", "áéüñßøÀÉÖ", "абвгдежзАБВГД", "αβγδΑΒΓΔ", "的一是不了人我在有他这中大来上", "ひらがなカタカナー々", "한국어글자",
    "مرحباسلام٣٤", "אבגדה", "नमस्ते१२", "ไทยภาษา", "\u0301\u0300\u0345\u0903\u20dd\u0e31", "😀👍🏽👨\u200d👩🇩🇪", "ǅǈʰˠªºŉ", "½²Ⅷ", "\u200b\u200d\ufe0f\ufffd\0\x1b", "𝔘𐍈𠀀",
]
PIECES_MAX = (1, 2, 3, 5, 8, 13)
RUNS = (1, 1, 1, 2, 3, 6, 20)


def random_text(dice):
    text = []
    for _ in range(dice.choice(PIECES_MAX)):
        alphabet, length, way = dice.choice(ALPHABETS), dice.choice(RUNS), dice.random()
        if way < 0.1: text.append(dice.choice(alphabet) * length)
        elif way < 0.9: text.append("".join(dice.choices(alphabet, k=length)))
        else: text.append(chr(dice.choice((dice.randrange(0xD800), dice.randrange(0xE000, 0x110000)))))
    return "".join(text)


def counts(texts, number, form=PLAIN):
    """Ours."""
    asked = b"".join(bytes([number, form]) + struct.pack("<I", len(text)) + text for text in texts)
    done = subprocess.run([COUNT], input=asked, capture_output=True, check=True, timeout=LIMIT_S)
    return struct.unpack(f"<{len(texts)}I", done.stdout)


def strings(value):
    """All strings in a JSON value, keys too."""
    if isinstance(value, str): yield value
    elif isinstance(value, list):
        for one in value: yield from strings(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from strings(one)


def recorded_texts(folder):
    found = set()
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                found.update(strings(record["request"].get("body")))
                if record["response"].get("body_encoding") != "base64": found.add(record["response"].get("body_raw") or "")
    return sorted(found)


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.theirs = [encoding(name) for name in NAMES]

    def compare(self, texts, number):
        """Texts may hold lone surrogates, which both sides take for U+FFFD."""
        sent = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode() for text in texts]
        wanted = [len(ids) for ids in self.theirs[number].encode_ordinary_batch(texts, num_threads=THREADS)]
        for form, bodies in ((PLAIN, sent), (JSON, [json.dumps(text)[1:-1].encode() for text in texts])):
            for text, count, right in zip(texts, counts(bodies, number, form), wanted):
                if count != right: self.fail(f"{NAMES[number]} form {form}: {count}, not {right} for {text[:200]!r}")

    def folder(self, name):
        found = shared.folder(name)
        if found is None: self.skipTest(f"there is no ../shared/{name} (TOLLGATE_SHARED)")
        return found

    def test_every_character_in_its_neighbourhood(self):
        codes = range(0x110000) if LONG else [*range(SEED % 16, 0x32000, 16), *range(0x32000, 0x110000, 997)]
        characters = [chr(code) for code in codes if not 0xD800 <= code < 0xE000]
        for number in (O200K, CL100K, P50K):
            for start in range(0, len(characters), CHUNK):
                self.compare([f"aB{c}x {c}A1{c}1{c}{c}  {c}'s!{c}" for c in characters[start:start + CHUNK]], number)

    def test_random_texts(self):
        dice = random.Random(SEED)
        for start in range(0, RANDOM_TEXTS, CHUNK):
            texts = [random_text(dice) for _ in range(min(CHUNK, RANDOM_TEXTS - start))]
            for number in range(len(NAMES)):
                self.compare([text for i, text in enumerate(texts) if SHARES[i % len(SHARES)] == number], number)

    def test_recordings(self):
        texts = recorded_texts(self.folder("recordings"))
        self.assertGreater(len(texts), 1000)
        self.compare(texts, O200K)
        self.compare(texts if LONG else texts[::4], CL100K)

    def test_naughty_strings(self):
        folder = self.folder("badinput/naughty-strings")
        texts = [shared.from64(case["s_b64"]).decode("utf-8", "replace") for case in shared.lines(folder / "strings.jsonl")]
        for number in range(len(NAMES)): self.compare(texts, number)

    def test_bytes_that_are_no_utf8(self):
        folder = self.folder("badinput/utf8")
        cases = [bytes.fromhex(case["hex"]) for case in shared.lines(folder / "cases.jsonl")]
        cases += [b"x" + case + b" word " + case * 3 for case in cases]
        for number in range(len(NAMES)):
            wanted = [len(self.theirs[number].encode_ordinary(case.decode("utf-8", "replace"))) for case in cases]
            self.assertEqual(list(counts(cases, number)), wanted)

    def test_long_words(self):
        texts = [unit * (20_000 // len(unit)) for unit in ("a", "_", " ", "\n", "!?", "ab", "的", "我们的人民", "é", "/", "\u0301", "aB", "\t ")]
        for number in (O200K, CL100K): self.compare(texts, number)


if __name__ == "__main__":
    unittest.main()
