"""Counts with a tokenizer.json are those of Hugging Face's `tokenizers`: of each kind one that is trained here on the repository's own pages, and
those of real models where TOLLGATE_TOKENIZERS names a folder with such files (NAME.json).

TOLLGATE_RANDOM_TEXTS says how many random texts there are (20,000 at most are asked), TOLLGATE_SEED where they begin.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile
import unicodedata
import unittest
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib import shared  # noqa: E402
from lib.programs import ROOT, TOLLGATE  # noqa: E402
from tokens_test import ALPHABETS, PIECES_MAX, RANDOM_TEXTS, RUNS, SEED  # noqa: E402

COUNT = Path(os.environ.get("TOLLGATE_COUNT_FILE") or ROOT / "build/release/tests/tokens/tollgate_count_file")
TEXTS = min(RANDOM_TEXTS, 20_000)
LIMIT_S = 300
SIZE = 1000
NOT_EXACT = 1 << 31
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
# Characters that Python and PCRE2 know too (Unicode 14), but for those whose forms came after Unicode 9, which is what `tokenizers` has, and
# for marks, of which many came later; ALPHABETS has some.
LATE_FORMS = [range(0xA7F2, 0xA7FA), range(0x10780, 0x107BB), range(0x1FBF0, 0x1FBFA)]
CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) != "Cn"
              and not unicodedata.category(chr(code)).startswith("M")
              and not any(code in late for late in LATE_FORMS)]


def random_text(dice):
    text = []
    for _ in range(dice.choice(PIECES_MAX)):
        alphabet, length, way = dice.choice(ALPHABETS), dice.choice(RUNS), dice.random()
        if way < 0.1: text.append(dice.choice(alphabet) * length)
        elif way < 0.9: text.append("".join(dice.choices(alphabet, k=length)))
        else: text.append(dice.choice(CHARACTERS))
    return "".join(text)


def naughty():
    folder = shared.folder("badinput/naughty-strings")
    return [] if folder is None else [shared.from64(case["s_b64"]).decode("utf-8", "replace") for case in shared.lines(folder / "strings.jsonl")]


def broken():
    folder = shared.folder("badinput/utf8")
    return [] if folder is None else [bytes.fromhex(case["hex"]) for case in shared.lines(folder / "cases.jsonl")]


def pages(): return [path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))]


def long_words():
    return [unit * (20_000 // len(unit)) for unit in ("a", "_", " ", "\n", "!?", "ab", "的", "我们的人民", "é", "/", "aB", "\t ", "<unk>", "▁")]


def ours(path, texts):
    """(count, exact) of each."""
    asked = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    done = subprocess.run([COUNT, path], input=asked, capture_output=True, timeout=LIMIT_S, check=False)
    if done.returncode != 0: raise AssertionError(f"{path}: {done.stderr.decode()}")
    return [(number % NOT_EXACT, number < NOT_EXACT) for number in struct.unpack(f"<{len(texts)}I", done.stdout)]


def bpe(**options): return Tokenizer(models.BPE(**options))


def byte_level():
    made = bpe()
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    return made, trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
                                     special_tokens=["<|end|>"])


def llama3():
    made = bpe(ignore_merges=True)
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return made, trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)


def some_bytes_missing():
    made = bpe(unk_token="<unk>", fuse_unk=True)
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return made, trainers.BpeTrainer(vocab_size=400, show_progress=False, special_tokens=["<unk>"])


def metaspace(byte_fallback):
    made = bpe(unk_token="<unk>", fuse_unk=True, byte_fallback=byte_fallback)
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    names = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))] if byte_fallback else ["<unk>"]
    return made, trainers.BpeTrainer(vocab_size=SIZE, show_progress=False, special_tokens=names)


def split_parts():
    made = bpe(unk_token="<unk>")
    made.normalizer = normalizers.Sequence([normalizers.Strip(), normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(individual_digits=False),
                                                  pre_tokenizers.Punctuation("merged_with_previous"), pre_tokenizers.Split("e", "merged_with_next")])
    return made, trainers.BpeTrainer(vocab_size=SIZE, show_progress=False, special_tokens=["<unk>"])


def whitespace():
    made = bpe(unk_token="<unk>")
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made, trainers.BpeTrainer(vocab_size=SIZE, show_progress=False, special_tokens=["<unk>"])


def unigram(scheme, form):
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.Sequence([form, normalizers.Replace(Regex(" {2,}"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=scheme != "never")
    return made, trainers.UnigramTrainer(vocab_size=SIZE, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)


KINDS = {"byte_level": byte_level, "llama3": llama3, "some_bytes_missing": some_bytes_missing, "metaspace": lambda: metaspace(True),
         "metaspace_unknown": lambda: metaspace(False), "split_parts": split_parts, "whitespace": whitespace,
         "unigram": lambda: unigram("always", normalizers.NFKC()), "unigram_first": lambda: unigram("first", normalizers.NFC()),
         "unigram_unsplit": lambda: unigram("never", normalizers.NFKD())}


class TokenizerFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dice = random.Random(SEED)
        cls.texts = [*pages(), *naughty(), *long_words(), *(random_text(dice) for _ in range(TEXTS))]
        cls.broken = broken()

    def compare(self, name, path):
        theirs = Tokenizer.from_file(str(path))
        theirs.encode_special_tokens = True
        theirs.no_truncation()
        texts = [*self.texts, *(case.decode("utf-8", "replace") for case in self.broken)]
        sent = [*(text.encode() for text in self.texts), *self.broken]
        wanted = [len(found.ids) for found in theirs.encode_batch_fast(texts, add_special_tokens=False)]
        for text, (count, exact), right in zip(texts, ours(path, sent), wanted):
            if exact and count != right: self.fail(f"{name}: {count}, not {right} for {text[:200]!r}")

    def test_each_kind_as_it_is_trained_here(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, make in KINDS.items():
                with self.subTest(kind=name):
                    made, trainer = make()
                    made.train_from_iterator(pages(), trainer)
                    made.add_tokens([AddedToken("<tool_call>", normalized=False), AddedToken("été", normalized=True)])
                    made.decoder = decoders.Fuse()
                    path = Path(folder, f"{name}.json")
                    made.save(str(path))
                    self.compare(name, path)

    def test_those_of_real_models(self):
        folder = os.environ.get("TOLLGATE_TOKENIZERS")
        if not folder: self.skipTest("TOLLGATE_TOKENIZERS names no folder with tokenizers of models (NAME.json)")
        for path in sorted(Path(folder).glob("*.json")):
            with self.subTest(model=path.stem): self.compare(path.stem, path)

    def test_a_long_word_takes_no_more_time_than_its_length(self):
        with tempfile.TemporaryDirectory() as folder:
            made, trainer = metaspace(True)
            made.train_from_iterator(pages(), trainer)
            path = Path(folder, "metaspace.json")
            made.save(str(path))
            for unit in ("a", "ab", "the", "é"):
                (count, _), = ours(path, [unit.encode() * (4_000_000 // len(unit.encode()))])
                self.assertGreater(count, 0)

    def test_the_command_counts_with_a_file_or_a_configuration(self):
        with tempfile.TemporaryDirectory() as folder:
            made, trainer = byte_level()
            made.train_from_iterator(pages(), trainer)
            path, config = Path(folder, "tokenizer.json"), Path(folder, "tollgate.yaml")
            made.save(str(path))
            config.write_text(f"tokenizers:\n  own: {{ file: {path}, models: [\"own-*\"] }}\n")
            text = "How many tokens is this?"
            right = len(made.encode(text, add_special_tokens=False).ids)
            for options in (["--tokenizer", path], ["--config", config]):
                done = subprocess.run([TOLLGATE, "count", "--model", "own-1", *options], input=text, capture_output=True, text=True, timeout=LIMIT_S, check=True)
                self.assertEqual(done.stdout, f"{right} exact\n")
            done = subprocess.run([TOLLGATE, "count", "--model", "other", "--config", config], input=text, capture_output=True, text=True, timeout=LIMIT_S, check=True)
            self.assertIn("estimated", done.stdout)
            checked = subprocess.run([TOLLGATE, "check", config], capture_output=True, text=True, timeout=LIMIT_S, check=False)
            self.assertEqual(checked.returncode, 0, checked.stdout)
            path.write_text('{"model": {"type": "WordPiece"}}')
            checked = subprocess.run([TOLLGATE, "check", config], capture_output=True, text=True, timeout=LIMIT_S, check=False)
            self.assertEqual(checked.returncode, 1)
            self.assertIn("tollgate.yaml:2:16: tokenizers.own.file: ", checked.stdout)
            self.assertIn("'WordPiece' is not known", checked.stdout)


if __name__ == "__main__":
    unittest.main()
