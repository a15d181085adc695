"""Pages of a long list: a cursor is the place after the last thing shown, opaque to those who hand it back."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Generic, TypeVar

from domain.errors import Invalid

LARGEST = 200
T = TypeVar("T")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next` is the cursor of what follows, None at the end."""

    items: tuple[T, ...]
    next: str | None


def page(
    found: Sequence[Row], limit: int, *, item: Callable[[Row], T], place: Callable[[Row], Sequence[object]]
) -> Page[T]:
    """A page of rows of which one more than `limit` was asked for; `place` is where a row stands in the order."""
    shown = found[:limit]
    return Page(tuple(item(row) for row in shown), encode(place(shown[-1])) if len(found) > limit else None)


def checked_limit(limit: int) -> int:
    """Raises `Invalid` outside 1 to 200."""
    if not 1 <= limit <= LARGEST:
        raise Invalid("limit", f"{limit!r} is not between 1 and {LARGEST}.")
    return limit


def encode(place: Sequence[object]) -> str:
    """A cursor for these values."""
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in place]).encode()).decode().rstrip("=")


def decode(cursor: str | None, *read: Callable[[str], Any]) -> list[Any] | None:
    """The values of a cursor, each read by its function, None without one; raises `Invalid` for one not made here."""
    if cursor is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [function(value) for function, value in zip(read, values, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error, OverflowError, RecursionError) as error:
        raise Invalid("cursor", "is not one that this list gave; start again without it.") from error


def moment_and_id(row: Mapping[str, Any], moment: str) -> tuple[object, ...]:
    """The place of a row in a list by time."""
    return (row[moment].astimezone(UTC).isoformat(), row["id"])


def number(value: str) -> int:
    """A whole number that the database can hold."""
    if not -(2**63) <= (read := int(value)) < 2**63:
        raise ValueError(value)
    return read


def text(value: str) -> str:
    """Text that the database can hold."""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value.encode().decode()


def like(words: str | None) -> str | None:
    """A pattern for ILIKE that finds the words as they are, anywhere."""
    if words is None:
        return None
    escaped = words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
