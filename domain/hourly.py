"""Hourly: what follows in a rule of hours, counted in real time, so that a clock change does not disturb it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.due import LATEST_YEAR, Due
from domain.occurrences import WEEKDAYS

# A year of hours: a rule that allows none of them allows none at all.
TRIED = 366 * 24


def next_hour(parts: Mapping[str, str], *, due: Due, completed: datetime | None) -> Due | None:
    """The first due after `due`, or after `completed`, that the rule allows; None where the calendar ends."""
    after = due.instant if completed is None else completed.replace(second=0, microsecond=0)
    if after is None or due.zone is None:
        return None
    step, zone = timedelta(hours=int(parts.get("INTERVAL", "1"))), ZoneInfo(due.zone)
    moment = after.astimezone(UTC)
    for _ in range(TRIED):
        if moment.year >= LATEST_YEAR:
            return None
        moment += step
        local = moment.astimezone(zone)
        following = Due.of(local)
        # The hour that comes twice in autumn is one hour on the clock, and a due names its first.
        if _allows(parts, local) and following.instant and following.instant > after:
            return following
    return None


def _allows(parts: Mapping[str, str], moment: datetime) -> bool:
    said = {
        "BYHOUR": str(moment.hour),
        "BYDAY": WEEKDAYS[moment.weekday()],
        "BYMONTH": str(moment.month),
    }
    return all(value in parts[name].split(",") for name, value in said.items() if name in parts)
