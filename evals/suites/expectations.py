"""Expectations: what tasks must be after a dialogue and what must be said in it, held against what came of it.

The rule is strict. Every task that was there must be as before, changed exactly as expected, or gone; every new one
must be an expected one, each once; notes, habits and memories must be as before. A title is right where it shares 0.6
of its words with the expected one (Dice, without articles, possessives and prepositions). A time is right to the
minute, as due or, of a task without a time, as reminder; midnight and the last second of a day stand for the day, and
then the task must be due that day without a time. A time of day alone (an alarm) is right on any day. What an
expectation does not name is not looked at in a new task and must be as before in an old one. An answer must name each
thing that is asked for, and none of those that are not.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

ALIKE = 0.6
EMPTY = frozenset("a an the my your our his her their to for of at in on with and by from about is it s".split())
ENDS_OF_DAY = ("00:00:00", "23:59:59")
KEPT = ("title", "priority", "tags", "project", "recurrence", "duration_minutes", "done")
Rows = Mapping[str, Mapping[str, Any]]
State = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One task; `at` is a local ISO moment, or a time of day alone. None is not looked at."""

    title: str | None = None
    at: str | None = None
    minutes: int | None = None
    done: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What comes of the tasks that were there, by id (None: gone), which are new, and what is said.

    `moved` may be changed so, or be gone with a new one in its place. `says`: of each group one must be said; `unsaid`:
    none may be.
    """

    old: Mapping[str, Thing | None] = field(default_factory=dict)
    new: tuple[Thing, ...] = ()
    moved: tuple[tuple[str, Thing], ...] = ()
    says: tuple[tuple[str, ...], ...] = ()
    unsaid: tuple[str, ...] = ()


def faults(expected: Expected, before: State, after: State, replies: Iterable[str]) -> list[str]:
    """What is missing, what is wrong and what nobody asked for; empty where all is as expected."""
    was, now = _by_id(before["tasks"]), _by_id(after["tasks"])
    expected = _settled(expected, now)
    others = [kind for kind in before if kind != "tasks" and list(before[kind]) != list(after[kind])]
    return [
        *(fault for id, row in was.items() for fault in _of_old(id, row, now.get(id), expected)),
        *_of_new([row for id, row in now.items() if id not in was], expected.new),
        *(f"{kind} were changed and nobody asked for that" for kind in others),
        *_of_speech(" ".join(replies), expected),
    ]


def _settled(expected: Expected, now: Rows) -> Expected:
    """Each thing that is moved as what became of it: changed where it is still there, else exchanged."""
    kept = {id: thing for id, thing in expected.moved if id in now}
    exchanged = {id: thing for id, thing in expected.moved if id not in now}
    return replace(
        expected,
        old={**expected.old, **kept, **dict.fromkeys(exchanged)},
        new=(*expected.new, *exchanged.values()),
        moved=(),
    )


def alike(one: str, other: str) -> float:
    """The share of words that two titles have in common (Dice), 0 to 1."""
    first, second = content(one), content(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def content(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, folded."""
    words = frozenset(_stem(word) for word in re.findall(r"[^\W_]+", text.casefold()))
    return words - EMPTY


def clock_times(time: str) -> tuple[str, ...]:
    """How a time of day may be said: `14:30`, `2:30 pm`."""
    hour, minute = int(time[:2]), time[3:5]
    half, short = ("am" if hour < 12 else "pm"), (hour % 12 or 12)
    said = [f"{hour:02}:{minute}", f"{hour}:{minute}", f"{short}:{minute} {half}", f"{short}:{minute}{half}"]
    return (*said, f"{short} {half}", f"{short}{half}") if minute == "00" else tuple(said)


def _of_old(id: str, was: Mapping[str, Any], now: Mapping[str, Any] | None, expected: Expected) -> Iterable[str]:
    if id not in expected.old:
        if now is None:
            yield f"{was['title']!r} is gone and nobody asked for that"
        elif now != was:
            yield f"{was['title']!r} was changed and nobody asked for that"
        return
    thing = expected.old[id]
    if thing is None or now is None:
        if now is not None:
            yield f"{was['title']!r} should be gone"
        elif thing is not None:
            yield f"{was['title']!r} is gone, expected: {_shown(thing)}"
        return
    named = {"title": thing.title, "duration_minutes": thing.minutes, "done": thing.done}
    wrong = [name for name in KEPT if named.get(name) is None and now[name] != was[name]]
    if thing.at is None and (now["due"], now["remind_at"]) != (was["due"], was["remind_at"]):
        wrong.append("due")
    if wrong or not _fits(thing, now):
        yield f"{was['title']!r} should be {_shown(thing)}, is {_row(now)}"


def _of_new(rows: Sequence[Mapping[str, Any]], things: Sequence[Thing]) -> Iterable[str]:
    free = list(rows)
    for thing in things:
        fitting = [row for row in free if _fits(thing, row)]
        if not fitting:
            yield f"expected {_shown(thing)}, new are {[_row(row) for row in free] or 'none'}"
            continue
        free.remove(max(fitting, key=lambda row: alike(thing.title or "", row["title"])))
    for row in free:
        yield f"{_row(row)} was added and nobody asked for that"


def _of_speech(said: str, expected: Expected) -> Iterable[str]:
    folded = f" {_folded(said)} "
    for group in expected.says:
        if not any(f" {_folded(words)} " in folded for words in group):
            yield f"the answer does not say {group[0]!r}"
    for words in expected.unsaid:
        if f" {_folded(words)} " in folded:
            yield f"the answer should not say {words!r}"


def _fits(thing: Thing, row: Mapping[str, Any]) -> bool:
    return (
        (thing.title is None or alike(thing.title, row["title"]) >= ALIKE)
        and (thing.at is None or _is_at(thing.at, row))
        and (thing.minutes is None or thing.minutes == row["duration_minutes"])
        and (thing.done is None or thing.done == row["done"])
    )


def _is_at(at: str, row: Mapping[str, Any]) -> bool:
    """Right to the minute; see the rule above."""
    due, remind = row["due"] or "", row["remind_at"] or ""
    if len(at) <= 8:
        return at[:5] in (due[11:16], remind[11:16])
    day, time = at[:10], at[11:]
    if time in ENDS_OF_DAY and due == day:
        return True
    if len(due) > 10:
        return bool(due[:16] == f"{day}T{time[:5]}")
    return bool(remind[:16] == f"{day}T{time[:5]}")


def _by_id(rows: Iterable[Mapping[str, Any]]) -> Rows:
    return {str(row["id"]): row for row in rows}


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _shown(thing: Thing) -> str:
    named = {name: value for name, value in asdict(thing).items() if value is not None}
    return str(named)


def _row(row: Mapping[str, Any]) -> str:
    shown = {name: row[name] for name in ("title", "due", "remind_at", "duration_minutes", "done") if row.get(name)}
    return str(shown)
