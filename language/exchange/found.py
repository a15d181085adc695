"""Found: the things in a file, each with the name by which it is known again in a later import."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import Invalid
from domain.habits import Entry, Habit
from domain.notes import Note
from domain.tasks import Task

Thing: TypeAlias = Note | Task | Habit | Entry
OURS = UUID("5c8f2b6e-0d1a-5f0e-9a3c-6d1f7b2e4a90")
TAG_LENGTH, MOST_TAGS = 100, 50


@dataclass(frozen=True, kw_only=True)
class Found:
    """A thing, the words it was read from, and the version it had where it was exported by us."""

    path: str
    thing: Thing
    source: str
    version: int | None = None

    @property
    def hash(self) -> bytes:
        """The same words have the same."""
        return sha256(self.source.encode()).digest()


def id_of(*key: object) -> UUID:
    """The same key has the same id in every import."""
    return uuid5(OURS, "\n".join(map(str, key)))


def checked_tags(tags: list[str]) -> tuple[str, ...]:
    """Without marks, each once, as many and as long as ours may be."""
    plain = (tag.strip().lstrip("#@").strip()[:TAG_LENGTH] for tag in tags)
    return tuple(dict.fromkeys(tag for tag in plain if tag))[:MOST_TAGS]


def day_of(text: str) -> date | None:
    """`2026-11-27` within the years we keep."""
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
    return day if 1900 <= day.year < 9000 else None


def moment_of(text: str, zone: ZoneInfo) -> datetime | None:
    """An instant, or a civil time in that zone, or the first moment of a day in it."""
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment.astimezone(UTC) if 1900 <= moment.year < 9000 else None
    except (ValueError, OverflowError):
        return None


def zone_of(name: str | None) -> ZoneInfo | None:
    """The zone of that name, None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def check_storable(thing: Thing) -> None:
    """Raises `Invalid` for what Postgres cannot hold, such as half of a surrogate pair."""
    words = (word for value in vars(thing).values() for word in (value if isinstance(value, tuple) else (value,)))
    for word in words:
        if isinstance(word, str) and ("\x00" in word or _is_broken(word)):
            raise Invalid("text", "holds a character that cannot be stored; take out NUL and broken characters.")


def _is_broken(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return True
    return False
