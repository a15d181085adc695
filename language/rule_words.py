"""Rule words: a rule as a person says it, in words that read back to the same rule."""

from collections.abc import Sequence
from datetime import date, datetime, time

from domain.occurrences import WEEKDAYS
from domain.recurrence import checked_rule

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
UNITS = {"HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
PLACES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second last"}
WORKING_DAYS = ["MO", "TU", "WE", "TH", "FR"]


def in_words(rule: str, *, at: time | None = None) -> str:
    """ "every other week on Tuesday at 07:00 until 3 March 2027"; raises `Invalid` where no task can follow."""
    parts = dict(part.split("=", 1) for part in checked_rule(rule).split(";"))
    words = [_rhythm(parts), *_hours(parts), *_months(parts)]
    if at is not None:
        words.append(f"at {at:%H:%M}")
    if "COUNT" in parts:
        words[-1] += f", {parts['COUNT']} times"
    if "UNTIL" in parts:
        end = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date()
        words.append(f"until {_date(end)}")
    return " ".join(words)


def _rhythm(parts: dict[str, str]) -> str:
    freq, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    days = sorted(parts["BYDAY"].split(","), key=_weekday) if "BYDAY" in parts else []
    if freq in ("DAILY", "WEEKLY") and days and interval == 1:
        return f"every {_days(days)}"
    unit = UNITS[freq]
    each = {1: f"every {unit}", 2: f"every other {unit}"}.get(interval, f"every {interval} {unit}s")
    on = [*_placed(parts, days), *_numbered(parts)]
    return f"{each} on {_listed(on)}" if on else each


def _placed(parts: dict[str, str], days: Sequence[str]) -> list[str]:
    """The days of the week in their places: "the first and third Friday", "the last weekday"."""
    if "BYSETPOS" in parts and days:
        places = [int(place) for place in parts["BYSETPOS"].split(",")]
        names = "weekday" if days == WORKING_DAYS else " or ".join(_days([day]) for day in days)
        return [f"the {_listed([_place(place) for place in places])} {names}"]
    plain = [day for day in days if day in WEEKDAYS]
    named: dict[str, list[int]] = {}
    for day in days:
        if day not in plain:
            named.setdefault(day[-2:], []).append(int(day[:-2]))
    placed = [f"the {_listed([_place(place) for place in places])} {_days([day])}" for day, places in named.items()]
    unplaced = ["weekdays" if plain == WORKING_DAYS else _days(plain)] if plain else []
    return unplaced + placed


def _numbered(parts: dict[str, str]) -> list[str]:
    """The days of the month or of the year by their number."""
    if "BYYEARDAY" in parts:
        return [f"the {_listed([_place(int(day)) for day in parts['BYYEARDAY'].split(',')])} day"]
    numbers = [int(day) for day in parts["BYMONTHDAY"].split(",")] if "BYMONTHDAY" in parts else []
    if not numbers:
        return []
    if _is_date(parts):
        return [f"{number} {MONTH_NAMES[int(parts['BYMONTH']) - 1]}" for number in numbers]
    from_end = [f"{_place(number)} day" for number in numbers if number < 0]
    return [f"the {_listed([_ordinal(number) for number in numbers if number > 0] + from_end)}"]


def _months(parts: dict[str, str]) -> list[str]:
    if "BYMONTH" not in parts or _is_date(parts):
        return [f"in week {parts['BYWEEKNO'].replace(',', ' and ')}"] if "BYWEEKNO" in parts else []
    said = {int(month) for month in parts["BYMONTH"].split(",")}
    left = set(range(1, 13)) - said
    if left and len(left) < 4 and parts["FREQ"] != "YEARLY":
        return [f"except in {_listed([MONTH_NAMES[month - 1] for month in sorted(left)])}"]
    return [f"in {_listed([MONTH_NAMES[month - 1] for month in sorted(said)])}"]


def _hours(parts: dict[str, str]) -> list[str]:
    hours = sorted(map(int, parts["BYHOUR"].split(","))) if "BYHOUR" in parts else []
    if not hours:
        return []
    if len(hours) > 1 and hours == list(range(hours[0], hours[-1] + 1)):
        return [f"between {hours[0]}:00 and {hours[-1]}:00"]
    return [f"at {_listed([f'{hour}:00' for hour in hours])}"]


def _is_date(parts: dict[str, str]) -> bool:
    """True where days and a month are said together: "on 3 March"."""
    one_month = parts["FREQ"] == "YEARLY" and "," not in parts.get("BYMONTH", ",")
    numbers = parts.get("BYMONTHDAY", "-")
    return one_month and "-" not in numbers and "BYDAY" not in parts


def _days(days: Sequence[str]) -> str:
    if list(days) == WORKING_DAYS:
        return "weekday"
    return _listed([DAY_NAMES[_weekday(day)] for day in days])


def _weekday(day: str) -> int:
    return WEEKDAYS.index(day[-2:])


def _date(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def _place(place: int) -> str:
    return PLACES.get(place) or (_ordinal(place) if place > 0 else f"{_ordinal(-place)} last")


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
