"""What the difficulty router sees of a text. The same, step for step, as src/routing/difficulty/features.cpp; tests compare the two."""
import re

TEXT_BITS, TOPIC_BITS = 18, 14
BYTES_MAX = 8_000
WORD = re.compile(rb"[a-z0-9\x80-\xff]+")
NUMBER = re.compile(rb"[0-9][0-9,]*")
MASK = 0xFFFFFFFF


def hash_of(word):
    """FNV-1a, 32 bits."""
    value = 0x811C9DC5
    for byte in word: value = ((value ^ byte) * 0x01000193) & MASK
    return value


def mixed(value):
    """The finisher of MurmurHash3."""
    value ^= value >> 16
    value = (value * 0x85EBCA6B) & MASK
    value ^= value >> 13
    value = (value * 0xC2B2AE35) & MASK
    return value ^ (value >> 16)


def pair_of(first, second): return (first * 31 + second) & MASK


def words_of(text): return [hash_of(word) for word in WORD.findall(text)]


def buckets(text):
    """Buckets of words and of pairs of neighbours, and of words alone, each once."""
    words = words_of(text)
    both = {mixed(word) >> (32 - TEXT_BITS) for word in words}
    both |= {mixed(pair_of(a, b)) >> (32 - TEXT_BITS) for a, b in zip(words, words[1:])}
    return sorted(both), sorted({mixed(word) >> (32 - TOPIC_BITS) for word in words})


SURFACE = ("log_bytes", "log_words", "root_numbers", "sentences", "commas", "log_largest", "times_words", "comparisons", "ifs",
           "mean_word", "operators", "negations", "lines")
TIMES = {hash_of(word) for word in (b"half", b"third", b"quarter", b"twice", b"times", b"double", b"triple")}
THAN, IF = hash_of(b"than"), hash_of(b"if")
NEGATIONS = {hash_of(word) for word in (b"not", b"except", b"never", b"incorrect", b"false", b"least")}


def surface(text):
    from math import log1p, sqrt
    words = words_of(text)
    numbers = [min(int(number.replace(b",", b"")[:12] or b"0"), 10**12) for number in NUMBER.findall(text)]
    count = lambda marks: sum(text.count(mark) for mark in marks)
    return [log1p(len(text)), log1p(len(words)), sqrt(len(numbers)), min(count((b".", b"?", b"!")), 40), min(text.count(b","), 40),
            log1p(max(numbers, default=0)), min(sum(word in TIMES for word in words), 10), min(words.count(THAN), 10), min(words.count(IF), 10),
            len(text) / (len(words) + 1), sqrt(count((b"+", b"-", b"*", b"/", b"=", b"^", b"<", b">"))), min(sum(word in NEGATIONS for word in words), 10),
            log1p(text.count(b"\n"))]


def prepared(prompt): return prompt.encode()[:BYTES_MAX].lower()
