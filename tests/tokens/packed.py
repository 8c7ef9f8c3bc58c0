"""Encodings for tiktoken from our own files (docs/formats/tokens.md), since its own download asks the network."""
import struct
from pathlib import Path

import tiktoken
import tiktoken_ext.openai_public as public

DATA = Path(__file__).resolve().parents[2] / "data" / "tokens"
HEAD = 16
R50K_TOKENS = 50256
NAMES = ("o200k_base", "cl100k_base", "p50k_base", "r50k_base")  # in the order of EncodingId


def ranks(name):
    """{token: rank}"""
    packed = (DATA / f"{'p50k_base' if name == 'r50k_base' else name}.bin").read_bytes()
    count, _ = struct.unpack("<II", packed[8:HEAD])
    shared, rest = packed[HEAD:HEAD + count], packed[HEAD + count:HEAD + 2 * count]
    ids, text = HEAD + 3 * count, HEAD + 9 * count
    found, token = {}, b""
    for i in range(count):
        token = token[:shared[i]] + packed[text:text + rest[i]]
        text += rest[i]
        found[token] = int.from_bytes(packed[ids + 3 * i:ids + 3 * i + 3], "little")
    limit = R50K_TOKENS if name == "r50k_base" else len(found) + 1
    return {token: rank for token, rank in found.items() if rank < limit}


def encoding(name):
    # What tiktoken says of an encoding besides its ranks, which it would fetch.
    public.load_tiktoken_bpe = lambda *_, **__: ranks(name)
    return tiktoken.Encoding(**getattr(public, name)())
