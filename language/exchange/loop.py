"""Loop: the CSVs of the habit tracker Loop, a list of habits and for each a file of what was done on which day.

Its numbers are thousandths. A day that it worked out by itself, `YES_AUTO`, is none that somebody logged. Two columns
at the end are ours: the habit's id and its first day.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from uuid import UUID

from domain.errors import Invalid
from domain.habits import NAME_LENGTH, Entry, Habit, Status
from domain.imports import File, Problem
from domain.people import Clock
from language.exchange.found import Found, day_of, id_of, moment_of

HABITS, CHECKMARKS = "Habits.csv", "Checkmarks.csv"
COLUMNS = (
    *("Position", "Name", "Type", "Question", "Description", "FrequencyNumerator", "FrequencyDenominator", "Color"),
    *("Unit", "Target Type", "Target Value", "Archived?", "Id", "Created"),
)
ENTRY_COLUMNS = ("Date", "Value", "Notes")
COLOUR = "#00897B"
CODES = {"-1": "UNKNOWN", "0": "NO", "1": "YES_AUTO", "2": "YES_MANUAL", "3": "SKIP"}
STATUSES: Mapping[str, Status] = {"YES_MANUAL": "done", "SKIP": "skipped", "NO": "missed", "MISSED": "missed"}
UNFIT = re.compile(r"[^ a-zA-Z0-9._-]+")
MOST_HABITS = 1_000
BETWEEN = "\f"
"""Stands between a habit's line and its days."""
NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")


def is_one(text: str) -> bool:
    """True where the first line names the columns of Loop's list of habits."""
    return text.lstrip("\ufeff").partition("\n")[0].replace('"', "").startswith(("Position,Name,",))


def units(files: Sequence[File]) -> list[File]:
    """One file for each habit: its line of the list, and behind it its days."""
    listed = next((file for file in files if is_one(file.text)), None)
    if listed is None:
        return []
    within = "".join(f"{part}/" for part in PurePosixPath(listed.path).parts[:-1])
    days = {position: file for file in files if (position := _position(file.path, within))}
    together: list[list[str]] = next(
        (_table(file.text) for file in files if file.path == f"{within}{CHECKMARKS}"), [[]]
    )
    found: list[File] = []
    counts: dict[str, int] = {}
    head, *rows = _table(listed.text)
    for number, row in enumerate(rows[:MOST_HABITS]):
        named = dict(zip(head, row, strict=False))
        own = days.get(named.get("Position") or f"{number + 1:03d}")
        name = " ".join(named.get("Name", "").split())
        counts[name] = counts.get(name, 0) + 1
        path = name if counts[name] == 1 else f"{name} {counts[name]}"
        text = own.text if own else _column(together, number)
        line = _csv([head, row]).replace(BETWEEN, " ")
        found.append(File(path=path, text=line + BETWEEN + text, modified=listed.modified))
    return found


def read(file: File, clock: Clock) -> Iterator[Found | Problem]:
    """The habit of a file, and its entries."""
    listed, _, days = file.text.partition(BETWEEN)
    head, row = (*_table(listed), [])[:2]
    named = dict(zip(head, row, strict=False))
    entries = _table(days)[1:]
    try:
        habit = _habit(file.path, named, entries, clock)
    except Invalid as error:
        yield Problem(file.path, error.message)
        return
    yield Found(path=file.path, thing=habit, source=",".join(row))
    for cells in entries:
        date, value, comment = (*cells, "", "", "")[:3]
        try:
            entry = _entry(habit, date, value, comment, clock)
        except Invalid as error:
            yield Problem(file.path, f"{date[:20]}: {error.message}")
            continue
        if entry:
            yield Found(path=file.path, thing=entry, source=",".join((date, value, comment)))


def write_habit(habit: Habit, position: int) -> str:
    """A line of the list."""
    is_numeric = habit.kind == "numeric"
    goal = ("" if habit.target is None else f"{habit.target!r}",) if is_numeric or habit.target is not None else ("",)
    aims = habit.direction.upper() if is_numeric or habit.direction != "at_least" else ""
    return _csv(
        [
            (
                *(f"{position:03d}", habit.name, "NUMERICAL" if is_numeric else "YES_NO", "", ""),
                *(str(habit.times), str(habit.per_days), COLOUR, habit.unit or "", aims, *goal),
                *(
                    habit.archived_at.isoformat() if habit.archived_at else "false",
                    str(habit.id),
                    str(habit.created_on),
                ),
            )
        ]
    )


def write_entries(habit: Habit, entries: Iterable[Entry]) -> str:
    """The days of a habit, with their first line."""
    return _csv([ENTRY_COLUMNS, *((str(e.date), _written(habit, e), e.comment or "") for e in entries)])


def folder_of(habit: Habit, position: int) -> str:
    """Where its days stand."""
    return f"{position:03d} {UNFIT.sub('', habit.name)[:100]}".strip()


def head() -> str:
    """The first line of the list."""
    return _csv([COLUMNS])


def _habit(path: str, named: Mapping[str, str], entries: Sequence[Sequence[str]], clock: Clock) -> Habit:
    def number(*names: str) -> int:
        text = next((named[name] for name in names if named.get(name)), "1")
        return int(text) if text.isdecimal() and len(text) < 6 else 1

    name = " ".join(named.get("Name", "").split())[:NAME_LENGTH]
    given = named.get("Id", "")
    days = [day for cells in entries if cells and (day := day_of(cells[0]))]
    first = day_of(named.get("Created", "")) or min(days, default=clock.now.date())
    times, per_days = number("FrequencyNumerator", "NumRepetitions"), number("FrequencyDenominator", "Interval")
    goal = named.get("Target Value", "")
    archived = named.get("Archived?", "").strip().lower()
    archived_at = clock.now if archived == "true" else moment_of(archived.upper(), clock.now.tzinfo)  # type: ignore[arg-type]  # a clock has a zone
    return Habit(
        id=UUID(given) if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", given) else id_of("loop", path),
        name=name,
        kind="numeric" if named.get("Type") == "NUMERICAL" else "boolean",
        target=float(goal) if NUMBER.fullmatch(goal) else None,
        unit=named.get("Unit", "").strip()[:NAME_LENGTH] or None,
        direction="at_most" if named.get("Target Type") == "AT_MOST" else "at_least",
        times=min(times, per_days, 366),
        per_days=min(per_days, 366),
        created_on=first,
        archived_at=archived_at,
        created_at=clock.now,
        updated_at=clock.now,
    )


def _entry(habit: Habit, date: str, value: str, comment: str, clock: Clock) -> Entry | None:
    """None for a day that nobody logged."""
    day = day_of(date)
    if day is None:
        raise Invalid("date", f"{date[:20]!r} is not a day like 2026-11-27.")
    if day > clock.now.date():
        raise Invalid("date", "it lies in the future.")
    is_numeric = habit.kind == "numeric"
    word = value.strip() if is_numeric else CODES.get(value.strip(), value.strip())
    status, amount = STATUSES.get(word), None
    if is_numeric and word == "NO":
        # It writes a nought as it writes a no.
        status, amount = "done", 0.0
    elif status is None and NUMBER.fullmatch(word):
        status, amount = "done", float(word) if "." in word else int(word) / 1000
    if status is None:
        return None
    moment = datetime.combine(day, datetime.min.time(), UTC)
    return Entry(
        id=id_of(habit.id, day),
        habit_id=habit.id,
        date=day,
        status=status,
        value=amount,
        comment=comment.strip() or None,
        created_at=min(moment, clock.now.astimezone(UTC)),
        updated_at=clock.now,
    )


def _written(habit: Habit, entry: Entry) -> str:
    if entry.status == "done" and entry.value is not None:
        thousandths = entry.value * 1000
        # A word of its own, for the two that its codes would take for something else.
        is_whole = thousandths.is_integer() and (habit.kind == "numeric" or str(int(thousandths)) not in CODES)
        return str(int(thousandths)) if is_whole else f"{entry.value:.9f}"
    is_numeric = habit.kind == "numeric"
    return {"done": "YES_MANUAL", "skipped": "SKIP", "missed": "MISSED" if is_numeric else "NO"}[entry.status]


def _position(path: str, within: str) -> str | None:
    """Of a habit whose days these are: `003` of `003 Read/Checkmarks.csv`."""
    folder, _, name = path.removeprefix(within).partition("/")
    return folder.partition(" ")[0] if path.startswith(within) and name == CHECKMARKS else None


def _column(table: Sequence[Sequence[str]], number: int) -> str:
    """The days of one habit, of a table that holds those of all, beside each other."""
    rows = [row for row in table[1:] if len(row) > number + 1]
    return _csv([ENTRY_COLUMNS, *((row[0], row[number + 1], "") for row in rows)])


def _table(text: str) -> list[list[str]]:
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    return [row for row in rows if row] or [[]]


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
