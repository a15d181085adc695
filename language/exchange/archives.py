"""Archives: the texts of an upload, a single file or a zip of them, of which program they are, and what is refused.

Nothing is unpacked to a disk: a path in a zip is a name and no place.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import BinaryIO
from unicodedata import normalize

from domain.errors import Invalid
from domain.imports import File, Format, Problem
from language.exchange import loop, todoist, vault

MOST_ENTRIES = 100_000
MOST_BYTES = 500_000_000
MOST_TEXT, MOST_HABITS = 20_000_000, 50_000_000
"""Bytes of one file, and of all tables of Loop, which are read together."""
LARGEST_RATIO, SMALL = 100, 10_000_000
"""Text shrinks to a third or a tenth; what is small may shrink as it likes."""
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
ENDINGS: dict[str, Format] = {".md": "vault", ".markdown": "vault", ".csv": "todoist", ".ics": "icalendar"}
PLACE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)")
FIELD = "file"
WANTED = "a zip of a Markdown vault, a CSV of Todoist (or a zip of them), an iCalendar file, or a zip of Loop's CSVs"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What program it is from; `texts` reads it once, and raises `Invalid` where it breaks off."""

    format: Format
    texts: Callable[[], Iterator[File | Problem]]


def opened(content: BinaryIO, *, name: str, size: int) -> Upload:
    """Look into an upload of that many bytes; raises `Invalid` for what is nothing of ours or no honest zip."""
    begins = content.read(4)
    content.seek(0)
    if begins[:2] != b"PK":
        return _single(content, name)
    try:
        archive = zipfile.ZipFile(content)
        return _many(archive, _checked(archive, size))
    except BROKEN as error:
        raise Invalid(FIELD, f"is a zip that cannot be read ({_plainly(error)}); pack it again.") from error


def _single(content: BinaryIO, name: str) -> Upload:
    text = _decoded(content.read(MOST_TEXT + 1))
    if text is None or len(text) > MOST_TEXT:
        raise Invalid(FIELD, f"is not text in UTF-8 of at most {MOST_TEXT // 1_000_000} MB; send {WANTED}.")
    format = _format_of(text, name)
    if format is None:
        raise Invalid(FIELD, f"is none that can be read here; send {WANTED}.")
    file = File(path=PurePosixPath(normalize("NFC", name)).name or "import", text=text)
    single = {"loop": lambda: iter(loop.units([file])), "vault": lambda: iter([vault.named(file)])}
    return Upload(format=format, texts=single.get(format, lambda: iter([file])))


def _many(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> Upload:
    """Of a zip with Markdown in it that is read, else its CSVs or its calendars."""
    by_ending: dict[Format, list[zipfile.ZipInfo]] = {}
    for entry in entries:
        by_ending.setdefault(_kind(entry), []).append(entry)
    if "vault" in by_ending:
        root = _root(archive)
        return Upload(format="vault", texts=lambda: _vault(_read(archive, by_ending["vault"], root)))
    if "todoist" in by_ending:
        if any(PurePosixPath(entry.filename).name == loop.HABITS for entry in by_ending["todoist"]):
            if sum(entry.file_size for entry in by_ending["todoist"]) > MOST_HABITS:
                raise Invalid(FIELD, f"holds more than {MOST_HABITS // 1_000_000} MB of habits; send parts of it.")
            return Upload(format="loop", texts=lambda: _loop(_read(archive, by_ending["todoist"], "")))
        return Upload(format="todoist", texts=lambda: _todoist(_read(archive, by_ending["todoist"], "")))
    if "icalendar" in by_ending:
        return Upload(format="icalendar", texts=lambda: _read(archive, by_ending["icalendar"], ""))
    raise Invalid(FIELD, f"holds nothing that can be read here; send {WANTED}.")


def _checked(archive: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    """The entries that may be read; raises `Invalid` for a zip that would fill the house or climb out of it."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_ENTRIES:
        raise Invalid(FIELD, f"holds {len(entries):,} files, and at most {MOST_ENTRIES:,} are taken; send parts of it.")
    for entry in entries:
        if PLACE.match(entry.filename):
            raise Invalid(FIELD, f"holds {entry.filename[:200]!r}, which leads out of the zip; pack it again.")
    wanted = [entry for entry in entries if _is_wanted(entry.filename)]
    total = sum(entry.file_size for entry in wanted)
    if total > MOST_BYTES or total > max(SMALL, LARGEST_RATIO * size):
        raise Invalid(FIELD, f"unpacks to {total / 1e6:,.0f} MB, which is too much for {size / 1e6:,.1f} MB packed.")
    for entry in wanted:
        if entry.flag_bits & 1:
            raise Invalid(FIELD, "is locked with a password; pack it without.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Invalid(FIELD, "is packed in a rare way; pack it as a plain zip (deflate).")
    return wanted


def _is_wanted(path: str) -> bool:
    """Text that is not a program's own, as in `.obsidian/` and `__MACOSX/`."""
    parts = PurePosixPath(path).parts
    return (
        not any(part.startswith((".", "__MACOSX")) for part in parts) and PurePosixPath(path).suffix.lower() in ENDINGS
    )


def _kind(entry: zipfile.ZipInfo) -> Format:
    return ENDINGS[PurePosixPath(entry.filename).suffix.lower()]


def _root(archive: zipfile.ZipFile) -> str:
    """The folder of the vault within the zip: where Obsidian keeps its own."""
    places = {path.partition(".obsidian/")[0] for path in archive.namelist() if ".obsidian/" in path}
    return min(places, key=len, default="")


def _read(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], root: str) -> Iterator[File | Problem]:
    arrived = 0
    known: set[str] = set()
    for entry in entries:
        path = normalize("NFC", entry.filename.replace("\x00", ""))
        if entry.file_size > MOST_TEXT:
            yield Problem(path, f"It is larger than {MOST_TEXT // 1_000_000} MB.")
            continue
        try:
            with archive.open(entry) as packed:
                content = packed.read(MOST_TEXT + 1)
        except BROKEN as error:
            raise Invalid(FIELD, f"is a zip that breaks off at {path!r} ({_plainly(error)}); pack it again.") from error
        arrived += len(content)
        if arrived > MOST_BYTES:
            raise Invalid(FIELD, f"unpacks to more than {MOST_BYTES // 1_000_000} MB; send parts of it.")
        text = _decoded(content)
        if text is None:
            yield Problem(path, "It is not text in UTF-8.")
        elif path in known:
            yield Problem(path, "It is there twice; the first one was taken.")
        else:
            known.add(path)
            yield File(path=path.removeprefix(root), text=text, modified=_modified(entry))


def _vault(texts: Iterator[File | Problem]) -> Iterator[File | Problem]:
    return (vault.named(text) if isinstance(text, File) else text for text in texts)


def _todoist(texts: Iterator[File | Problem]) -> Iterator[File | Problem]:
    for text in texts:
        if isinstance(text, File) and not todoist.is_one(text.text):
            yield Problem(text.path, "Its first line is not that of a CSV of Todoist.")
        else:
            yield text


def _loop(texts: Iterator[File | Problem]) -> Iterator[File | Problem]:
    read = list(texts)
    yield from (text for text in read if isinstance(text, Problem))
    yield from loop.units([text for text in read if isinstance(text, File)])


def _format_of(text: str, name: str) -> Format | None:
    if text.lstrip()[:15].upper() == "BEGIN:VCALENDAR":
        return "icalendar"
    if todoist.is_one(text):
        return "todoist"
    if loop.is_one(text):
        return "loop"
    return "vault" if ENDINGS.get(PurePosixPath(name).suffix.lower()) == "vault" else None


def _decoded(content: bytes) -> str | None:
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
        text.encode()
    except UnicodeError:
        return None
    return text.replace("\x00", "")


def _modified(entry: zipfile.ZipInfo) -> datetime | None:
    # The first moment of the format stands for "not known".
    if entry.date_time <= (1980, 1, 1, 0, 0, 0):
        return None
    try:
        return datetime(*entry.date_time)
    except ValueError:
        return None


def _plainly(error: Exception) -> str:
    return str(error)[:100] or type(error).__name__
