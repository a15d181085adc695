"""Dates: what the words for time in a text mean, against readings that others hold for right.

A prediction is right at the grain that is expected: to the minute, in the hour, on the day, or anywhere in the week,
month, quarter or year. An interval must also end there; its end may be told as the last day or the moment after. A
recurrence is right where its first twelve occurrences are. We tell whole days with their last day, a time in a zone
that was named as it was said (a case does not tell its own zone), and a rule without its start unless the start decides
which days it falls on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from domain.people import Clock
from evals.suites.suite import Judged, Row, Suite, by, each
from language import when
from language.readings import Reading
from language.recurrence import in_rfc

ZONE = "UTC"
FIELDS = ("start", "end", "rrule", "seconds")
OCCURRENCES = 12
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
Pair = tuple[datetime | None, datetime | None]


def predicted(case: Row) -> Row:
    """The likeliest reading of the text in the fields of this shape; empty where there is none.

    Whether a text speaks of time is seen as in any message, by what is found in it; what it means, where it says
    nothing else, as of a phrase that is known to be a time.
    """
    clock = Clock(now=datetime.fromisoformat(case["ref"]).replace(tzinfo=ZoneInfo(ZONE)))
    mentioned = when.read(case["text"], clock)
    if not mentioned:
        return {}
    readings = when.resolve(case["text"], clock) or mentioned
    best = max(readings, key=lambda reading: reading.weight)
    found = {
        "start": iso(_as_said(best.instant or best.start, best)),
        "end": iso(_as_said(_last(best), best)),
        "rrule": in_rfc(best) if best.rule else None,
        "seconds": best.seconds,
    }
    return {name: value for name, value in found.items() if value is not None}


def score(case: Row, prediction: Row) -> float:
    """1 where the prediction means what is expected."""
    expected, kind = case["expected"], case["kind"]
    said = any(prediction.get(name) is not None for name in FIELDS)
    if kind == "none" or not said:
        return float(kind == "none" and not said)
    match kind:
        case "duration":
            right = "seconds" in prediction and abs(prediction["seconds"] - expected["seconds"]) < 1
        case "time":
            right = _is_time(expected, prediction)
        case "recurrence":
            right = _recurs(expected, prediction, datetime.fromisoformat(case["ref"]))
        case _:
            right = _is_then(case, prediction)
    return float(right)


def table(cases: Sequence[Judged]) -> Iterable[str]:
    """Core by kind, all by kind, then by source."""
    core = [judged for judged in cases if judged.case["core"]]
    return [
        *by(core, lambda case: f"core {case['kind']}"),
        *by(cases, lambda case: f"all {case['kind']}"),
        *by(cases, lambda case: "every row"),
        *by(cases, lambda case: f"source {case['source']}"),
    ]


def _as_said(moment: date | datetime | None, reading: Reading) -> date | datetime | None:
    return moment.astimezone(ZoneInfo(reading.zone)) if isinstance(moment, datetime) and reading.zone else moment


def _last(reading: Reading) -> date | datetime | None:
    """The end; of an interval of whole days its last day."""
    whole = (
        reading.kind == "interval"
        and reading.bound is None
        and reading.end is not None
        and not isinstance(reading.end, datetime)
    )
    return reading.end - timedelta(days=1) if whole and reading.end else reading.end


def iso(moment: date | datetime | None) -> str | None:
    """Local time without its zone; a day is its midnight."""
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None).isoformat()
    return f"{moment.isoformat()}T00:00:00" if moment else None


def _moment(text: str | None) -> datetime | None:
    """Local time without its zone; None where it cannot be read."""
    try:
        return datetime.fromisoformat(text[:19].rstrip("Z")) if text else None
    except ValueError:
        return None


def _is_time(expected: Row, prediction: Row) -> bool:
    said = [(expected["time"], prediction.get("start")), (expected.get("end_time"), prediction.get("end"))]
    return all((moment := _moment(told)) is not None and f"{moment:%H:%M}" == clock for clock, told in said if clock)


def _is_then(case: Row, prediction: Row) -> bool:
    """True where one of the accepted readings is told."""
    expected, told = case["expected"], (_moment(prediction.get("start")), _moment(prediction.get("end")))
    if prediction.get("rrule") and told[0] is None:
        return False
    grain = expected.get("grain", "day")
    alternatives = [other for other in case.get("alts", ()) if other.get("start") or other.get("end")]
    accepted = [(_moment(other.get("start")), _moment(other.get("end"))) for other in (expected, *alternatives)]
    match case["kind"]:
        case "point":
            return any(_starts(grain, start, told[0]) for start, _ in accepted)
        case "open":
            return any(_opens(grain, each, told) for each in accepted)
        case _:
            return any(_starts(grain, start, told[0]) and _ends(grain, end, told[1]) for start, end in accepted)


def _opens(grain: str, expected: Pair, told: Pair) -> bool:
    """Either edge may be told as the start or the end."""
    start, end = expected
    edges = [edge for edge in told if edge is not None]
    return any(
        (start is not None and _starts(grain, start, edge))
        or (end is not None and (_starts(grain, end, edge) or _ends(grain, end, edge)))
        for edge in edges
    )


def _starts(grain: str, expected: datetime | None, told: datetime | None) -> bool:
    if expected is None or told is None:
        return False
    match grain:
        case "second" | "minute":
            return abs(expected - told) < MINUTE
        case "hour":
            return (expected.date(), expected.hour) == (told.date(), told.hour)
        case "week":
            return timedelta() <= told.date() - expected.date() < timedelta(days=7)
        case "month":
            return (expected.year, expected.month) == (told.year, told.month)
        case "quarter":
            return (expected.year, (expected.month - 1) // 3) == (told.year, (told.month - 1) // 3)
        case "year":
            return expected.year == told.year
        case _:
            return expected.date() == told.date()


def _ends(grain: str, expected: datetime | None, told: datetime | None) -> bool:
    if expected is None or told is None:
        return expected is None
    if grain in ("second", "minute", "hour"):
        return abs(expected - told) < (60 * MINUTE if grain == "hour" else MINUTE + SECOND)
    return told.date() in (expected.date(), (expected - SECOND).date())


def _recurs(expected: Row, prediction: Row, ref: datetime) -> bool:
    """True where both rules begin alike; where only the next date is expected, it is one of the first three."""
    rule, told = expected.get("rrule"), prediction.get("rrule")
    try:
        if not told:
            return False
        if not rule:
            start = _moment(expected["start"])
            return start is not None and any(
                found.date() == start.date() for found in islice(occurrences(told, ref), 3)
            )
        return _alike(rule, told, ref)
    except (ValueError, TypeError, KeyError, OverflowError):
        return False


def _alike(rule: str, told: str, ref: datetime) -> bool:
    timed = re.search("BYHOUR|HOURLY|MINUTELY|SECONDLY", rule) is not None
    ours, theirs = (list(islice(occurrences(each, ref), OCCURRENCES)) for each in (told, rule))
    if timed:
        return [f"{found:%F %H:%M}" for found in ours] == [f"{found:%F %H:%M}" for found in theirs]
    if [found.date() for found in ours] == [found.date() for found in theirs]:
        return True
    if "DTSTART" not in told:
        return False
    coming, expected = ([found.date() for found in each if found >= ref] for each in (ours, theirs))
    return bool(coming) and coming[:6] == expected[:6]


def occurrences(rule: str, ref: datetime) -> Iterator[datetime]:
    """From its own start, or the midnight before `ref`; exceptions are left out and UNTIL lasts its whole day."""
    start = ref.replace(hour=0, minute=0, second=0, microsecond=0)
    rule = rule.replace("RRULE:", "")
    if said := re.search(r"DTSTART[^:]*:(\d{8})(?:T\d{6})?\n?", rule):
        start, rule = datetime.strptime(said[1], "%Y%m%d"), rule.replace(said[0], "").strip()
    rule = re.sub(r"(?:^|\n)EX(?:RULE|DATE).*", "", rule)
    return iter(rrulestr(re.sub(r"UNTIL=(\d{8})(?:T\d{6}Z?)?", r"UNTIL=\1T235959", rule), dtstart=start))


SUITE = Suite(answer=each(predicted), score=score, table=table, counts=lambda case: bool(case["core"]))
