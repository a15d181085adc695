"""Utterances: sentences written for this project, a file for each kind of thing that is asked for."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).with_name("intents")


def read(folder: Path = FOLDER) -> dict[str, list[str]]:
    """The utterances of every kind, a line each, in the order of the files' names."""
    files = sorted(folder.glob("*.txt"))
    return {file.stem: [line for line in file.read_text(encoding="utf-8").splitlines() if line] for file in files}


def digest(utterances: Mapping[str, Sequence[str]]) -> str:
    """A mark of the utterances; it changes with any of them."""
    written = "\n".join(f"{kind}\t{text}" for kind, texts in utterances.items() for text in texts)
    return hashlib.sha256(written.encode()).hexdigest()[:12]
