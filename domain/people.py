"""The person who is calling, and how they read clocks and calendars."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import Invalid

LOCAL_USER = UUID("00000000-0000-4000-8000-000000000001")
LOCAL_TENANT = UUID("00000000-0000-4000-8000-000000000000")
_NO_ZONES = ("Factory", "localtime", "posixrules", "posix/", "right/")
"""Files beside the zones: no place's time, another machine's, or times that count leap seconds."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """`week_start` counts from Monday = 0; `locale` decides the order of day and month."""

    user_id: UUID
    name: str
    zone: str = "UTC"
    locale: str = "en-US"
    week_start: int = 0

    @property
    def tzinfo(self) -> ZoneInfo:
        """The person's zone, as an object that does arithmetic."""
        return ZoneInfo(self.zone)

    @property
    def day_first(self) -> bool:
        """True where 03/04 means 3 April."""
        return self.locale not in ("en-US", "en")


def checked_zone(name: str) -> str:
    """The zone's name where it is one of the tz database; raises `Invalid`."""
    problem = f"{name!r} is not a zone; use an IANA name such as 'Europe/Berlin'."
    if name.startswith(_NO_ZONES):
        raise Invalid("zone", problem)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("zone", problem) from error
    return name


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The now of a turn in the person's zone, with their conventions; all reading of time words is relative to it."""

    now: datetime
    week_start: int = 0
    day_first: bool = False

    @property
    def zone(self) -> str:
        """The IANA name of the zone of `now`."""
        return str(self.now.tzinfo)
