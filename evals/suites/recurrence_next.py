"""What follows: the dates of the next occurrence of a task whose rule is given in words.

A case may have several dates (due, scheduled, start): the first of these that is there follows the rule, the others
keep their distance to it. With a day of completion, a rule "when done" is counted from that day. Right is all dates.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from domain.due import Due
from domain.people import Clock
from domain.recurrence import next_due
from evals.suites.suite import Judged, Row, Suite, by, each
from language.recurrence import read_rule

LEADING = ("dueDate", "scheduledDate", "startDate")


def predicted(case: Row) -> Row:
    """The dates asked for, all where none is; none where the rule is not understood or the series has ended."""
    dates = {name: date.fromisoformat(day) for name, day in case["dates"].items() if day}
    leading = next((dates[name] for name in LEADING if name in dates), None)
    following = _following(case, leading) if leading else None
    if leading is None or following is None:
        return {"next": {}}
    moved = {name: (day + (following - leading)).isoformat() for name, day in dates.items()}
    return {"next": {name: moved[name] for name in case["expected"] or dates if name in moved}}


def _following(case: Row, leading: date) -> date | None:
    reading = read_rule(case["rule"], Clock(now=datetime.combine(leading, time(), UTC)))
    if reading is None or reading.rule is None:
        return None
    done = case.get("completed_on")
    completed = datetime.fromisoformat(done) if done and reading.recurs_from == "completion" else None
    due = next_due(reading.rule, due=Due(date=leading), start=leading, occurrence=1, completed=completed)
    return due.date if due else None


def score(case: Row, prediction: Row) -> float:
    """1 where the dates are those that are expected."""
    return float(prediction["next"] == (case["expected"] or {}))


def table(cases: Sequence[Judged]) -> Iterable[str]:
    """By what the next date is counted from."""
    return by(cases, lambda case: "from completion" if case.get("completed_on") else "from the last date")


SUITE = Suite(answer=each(predicted), score=score, table=table)
