#!/usr/bin/python3
"""What counting costs beside the crates that Rust gateways count with: tiktoken-rs and bpe-openai, in the same run.

    ninja -C build/release tokens_tokens_bench
    bench/tokens.py [--rounds 7] [--name tokens]

Needs cargo; builds bench/tokens_peers/ once, in build/tokens_peers. Texts are made of docs/ (prose) and src/ (code), pieces of 1 to 8 KiB,
half of which are counted before, so that all programs are in use as they are in a running gateway. In each round all programs measure all
texts, in another order; one thread, CPU time. Writes bench/results/DATE-NAME.md.
"""
import argparse
import datetime
import json
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from subjects import BENCH, ROOT, machine

OURS = ROOT / "build/release/src/tokens/tokens_tokens_bench"
PEERS = ROOT / "build/tokens_peers"
CRATES = ("tiktoken-rs", "bpe-openai")
ENCODINGS = ("o200k_base", "cl100k_base")
SIZES = range(1024, 8193, 1024)
TEXTS_MAX = 120
MEBIBYTE = 1 << 20
LONG = {"1 MiB of a": "a", "1 MiB of _": "_", "1 MiB of space": " ", "1 MiB of Chinese": "我们的人民在这里生活"}
RUN_LIMIT_S = 600
FACTS = ("processor", "memory_gib", "kernel", "compiler", "commit")


def build_peers():
    shutil.copytree(BENCH / "tokens_peers", PEERS, dirs_exist_ok=True)
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=PEERS, check=True)
    return PEERS / "target/release/tokens_peers"


def pieces(folder, pattern):
    text = b"".join(path.read_bytes() for path in sorted((ROOT / folder).rglob(pattern)))
    found, at, sizes = [], 0, list(SIZES)
    while at + sizes[-1] < len(text) and len(found) < TEXTS_MAX:
        size = sizes[len(found) % len(sizes)]
        found.append(text[at:at + size].decode("utf-8", "ignore").encode())
        at += size
    return found


def write(path, texts): path.write_bytes(b"".join(struct.pack("<I", len(text)) + text for text in texts))


def cases(folder):
    """{name: (file, bytes measured)}"""
    made = {"prose, 1-8 KiB": pieces("docs", "*.md"), "code, 1-8 KiB": pieces("src", "*.cpp")}
    made |= {name: [(unit * (MEBIBYTE // len(unit.encode()))).encode()] for name, unit in LONG.items()}
    found = {}
    for number, (name, texts) in enumerate(made.items()):
        write(folder / str(number), texts)
        found[name] = folder / str(number), sum(map(len, texts[len(texts) // 2:]))
    return found


def measure(command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=RUN_LIMIT_S, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def table(results, rounds):
    """`results`: {(encoding, case, program): [result or None]}; each result has ns for a byte."""
    lines = []
    for encoding in ENCODINGS:
        lines += [f"## {encoding}\n", "| texts | program | cold ns/byte | ratio to ours | warm ns/byte | ratio to ours | tokens |", "| --- | --- | --- | --- | --- | --- | --- |"]
        for case in dict.fromkeys(case for one, case, _ in results if one == encoding):
            ours = results[encoding, case, "tollgate"]
            for program in ("tollgate", *CRATES):
                theirs = results[encoding, case, program]
                if None in theirs:
                    lines.append(f"| {case} | {program} | failed | | | | |")
                    continue
                ratio = [statistics.median(a[way] / b[way] for a, b in zip(theirs, ours)) for way in ("cold", "warm")]
                cold, warm = (statistics.median(one[way] for one in theirs) for way in ("cold", "warm"))
                lines.append(f"| {case} | {program} | {cold:.2f} | {ratio[0]:.1f} | {warm:.2f} | {ratio[1]:.1f} | {theirs[0]['tokens']:,} |")
        lines.append("")
    facts = "\n".join(f"- {key}: {value}" for key, value in machine().items() if key in FACTS)
    return f"{rounds} rounds in changing order, medians; ratios are medians of the ratios within a round. Cold: after 8 MiB of other memory.\n\n{facts}\n- crates: tiktoken-rs 0.12.1, bpe-openai 0.3.2\n\n" + "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--name", default="tokens")
    options = parser.parse_args()
    peers = build_peers()
    programs = {"tollgate": [OURS], **{crate: [peers, crate] for crate in CRATES}}
    with tempfile.TemporaryDirectory(prefix="tollgate-tokens-") as folder:
        files = cases(Path(folder))
        cells = [(encoding, case, program) for encoding in ENCODINGS for case in files for program in programs]
        results = {cell: [] for cell in cells}
        for number in range(options.rounds):
            order = cells[:]
            random.shuffle(order)
            for encoding, case, program in order:
                path, size = files[case]
                found = measure([*programs[program], encoding, path])
                results[encoding, case, program].append(found and {"tokens": found["tokens"], "cold": found["cold_ns"] / size, "warm": found["warm_ns"] / size})
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    path = ROOT / f"bench/results/{datetime.date.today()}-{options.name}.md"
    path.write_text(f"# Counting tokens, {datetime.date.today()}\n\n{table(results, options.rounds)}\n")
    print(path.read_text())


if __name__ == "__main__":
    main()
