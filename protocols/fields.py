"""The types that requests are made of: what no part below should ever have to refuse."""

import re
from datetime import date, datetime
from math import isfinite
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from domain.due import Due
from domain.errors import Invalid
from domain.people import Profile

ID_LENGTH = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_YEARS = range(1900, 9000)


def storable(text: str) -> str:
    """Text that Postgres and UTF-8 can hold; raises `ValueError`."""
    if "\x00" in text:
        raise ValueError("holds a NUL character (\\u0000); leave it out.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half of a surrogate pair, which is not text; leave it out.") from error
    return text


def checked_id(field: str, value: str) -> str:
    """A client's id: 1 to 200 characters, no control and no slash (ids stand in paths); raises `Invalid`."""
    if not 0 < len(value) <= ID_LENGTH or _CONTROL.search(value) or "/" in value:
        raise Invalid(field, f"is not 1 to {ID_LENGTH} characters without control characters and slashes.")
    return checked_text(field, value)


def checked_text(field: str, value: str) -> str:
    """`storable`, raising `Invalid` with the field."""
    try:
        return storable(value)
    except ValueError as error:
        raise Invalid(field, str(error)) from error


def checked_json(field: str, value: Any) -> Any:
    """The value where all text and numbers inside it are storable; raises `Invalid`."""
    match value:
        case str():
            checked_text(field, value)
        case float() if not isfinite(value):
            raise Invalid(field, "is no finite number, which JSON does not have; leave it out.")
        case int() if not -(2**63) <= value < 2**63:
            raise Invalid(field, "is a number beyond 64 bits; send it as text.")
        case dict():
            for key, inner in value.items():
                checked_json(f"{field}.{checked_text(field, key)}", inner)
        case list():
            for inner in value:
                checked_json(field, inner)
    return value


def _plain_id(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("holds a control character; leave it out.")
    return storable(value)


def _in_range(day: date) -> date:
    if day.year not in _YEARS:
        raise ValueError(f"lies outside the years {_YEARS.start} to {_YEARS.stop - 1}.")
    return day


def _written_date(value: Any) -> Any:
    # pydantic would read a bare number as seconds since 1970.
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("is not written like 2026-11-27 or 2026-11-27T15:00:00+01:00.")
    return value


def _tag(value: str) -> str:
    return value.strip().lstrip("#").strip()


def _distinct(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tag for tag in tags if tag))


Text = Annotated[str, AfterValidator(storable)]
Name = Annotated[str, Field(max_length=200), AfterValidator(storable)]
Id = Annotated[str, Field(min_length=1, max_length=ID_LENGTH), AfterValidator(_plain_id)]
Day = Annotated[date, BeforeValidator(_written_date), AfterValidator(_in_range)]
Moment = Annotated[datetime, BeforeValidator(_written_date), AfterValidator(_in_range)]
RuleText = Annotated[str, Field(max_length=500), AfterValidator(storable)]
DueText = Annotated[str, Field(max_length=64), BeforeValidator(_written_date), AfterValidator(storable)]
Tags = Annotated[
    list[Annotated[str, Field(max_length=100), AfterValidator(storable), AfterValidator(_tag)]],
    Field(max_length=50),
    AfterValidator(_distinct),
]
Number = Annotated[float, Field(allow_inf_nan=False)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[Text | None, Query(max_length=2000)]


class Body(BaseModel):
    """A request's body: unknown fields are named and refused, an absent field differs from null."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def due_of(text: str, profile: Profile) -> Due:
    """A date, or an instant read in the person's zone (a time without an offset is one on their clock)."""
    try:
        if len(text) == 10:
            return Due.of(_in_range(date.fromisoformat(text)))
        return Due.of(moment_of(_in_range_moment(datetime.fromisoformat(text)), profile))
    except ValueError as error:
        raise Invalid(
            "due",
            f"{text!r} is not like 2026-11-27 or 2026-11-27T15:00:00+01:00, "
            f"between the years {_YEARS.start} and {_YEARS.stop - 1}.",
        ) from error


def moment_of(moment: datetime, profile: Profile) -> datetime:
    """The instant on the person's clock."""
    return moment.astimezone(profile.tzinfo) if moment.tzinfo else moment.replace(tzinfo=profile.tzinfo)


def range_of(field: str, text: str) -> tuple[date | None, date | None]:
    """`2026-11-21..2026-11-28`, one side open (`..2026-11-28`), or one day; both ends included."""
    first, dots, last = text.partition("..")
    try:
        start = _in_range(date.fromisoformat(first)) if first else None
        end = _in_range(date.fromisoformat(last)) if last else None
    except ValueError as error:
        raise Invalid(field, f"{text!r} is not a date or a range like 2026-11-21..2026-11-28.") from error
    if start and end and end < start:
        raise Invalid(field, f"{text!r} ends before it begins.")
    return (start, end) if dots else (start, start)


def _in_range_moment(moment: datetime) -> datetime:
    _in_range(moment)
    return moment
