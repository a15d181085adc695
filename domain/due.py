"""When a thing is due: a civil date, perhaps with a civil time in a zone; the instant is derived."""

import datetime as dt
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.errors import Invalid

# A year short of what the calendar can hold, so that every due has an instant in every zone.
EARLIEST_YEAR, LATEST_YEAR = 2, 9998


@dataclass(frozen=True, kw_only=True)
class Due:
    """A `time` comes with a `zone`; without a time the whole day is meant."""

    date: dt.date
    time: dt.time | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if not EARLIEST_YEAR <= self.date.year <= LATEST_YEAR:
            raise Invalid("due", f"the year {self.date.year} is not between {EARLIEST_YEAR} and {LATEST_YEAR}.")
        if (self.time is None) != (self.zone is None):
            raise Invalid("due", "a time needs a zone and a zone a time.")

    @classmethod
    def of(cls, moment: dt.date | datetime) -> "Due":
        """From a plain date or a datetime whose tzinfo is a `ZoneInfo`."""
        if isinstance(moment, datetime):
            return cls(date=moment.date(), time=moment.time(), zone=str(moment.tzinfo))
        return cls(date=moment)

    @property
    def instant(self) -> datetime | None:
        """The moment in its zone, None for a whole day.

        A civil time that a clock change skips counts as the same time an hour on; one that comes twice, as its first.
        """
        if self.time is None or self.zone is None:
            return None
        zone = ZoneInfo(self.zone)
        return datetime.combine(self.date, self.time, zone).astimezone(UTC).astimezone(zone)

    def has_passed(self, now: datetime) -> bool:
        """True after the instant, or after the end of the day in the zone of `now`."""
        instant = self.instant
        return instant < now if instant else self.date < now.date()

    def day_of(self, moment: datetime) -> dt.date:
        """The day on which a moment lies in the zone of this due, where it has one."""
        return (moment.astimezone(ZoneInfo(self.zone)) if self.zone else moment).date()

    def moved(self, by: timedelta) -> "Due":
        """The same civil time, `by` whole days later."""
        return Due(date=self.date + by, time=self.time, zone=self.zone)

    def __str__(self) -> str:
        """`2026-11-27`, or `2026-11-27T15:00:00+01:00`."""
        instant = self.instant
        return instant.isoformat() if instant else self.date.isoformat()
