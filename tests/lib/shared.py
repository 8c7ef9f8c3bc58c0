"""Test data that stands outside the repository: TOLLGATE_SHARED, else beside it."""
import base64
import gzip
import json
import os
from pathlib import Path

from lib.programs import ROOT

SHARED = Path(os.environ.get("TOLLGATE_SHARED") or ROOT.parent / "shared")


def folder(name):
    """The folder, or None where it is missing."""
    path = SHARED / name
    return path if path.is_dir() else None


def lines(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file: yield from (json.loads(line) for line in file)


def from64(text): return base64.b64decode(text)
