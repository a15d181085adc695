"""Reminders: scenarios over a list of reminders, each of which becomes a task.

Selected is what needs neither a place nor a setting of a device.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from evals.suites.dialogues import Dialogue, suite, task
from evals.suites.expectations import Expected, Thing, content
from evals.suites.lines import Line
from evals.suites.suite import Row


def dialogue(case: Row, file: Path) -> Dialogue:
    """The case as a dialogue."""
    return Dialogue(
        now=datetime.fromisoformat(case["ref"]),
        has=tuple(
            task(
                reminder["content"],
                at=datetime.fromisoformat(reminder["created"]),
                moment=reminder["due"],
                id=UUID(reminder["id"]),
            )
            for reminder in case["reminders"]
        ),
        lines=tuple(Line(words=words) for words in case["turns"]),
        whole=case["full_request"],
        expected=_expected(case),
    )


def left_out(case: Row) -> str | None:
    """Why the case is none of ours."""
    if not case.get("ref"):
        return "no clock"
    if case["needs_location"]:
        return "needs places"
    return "needs the device" if case["needs_device"] else None


def _expected(case: Row) -> Expected:
    effects, answers = case["expected"]["db"], tuple(case["expected"]["answer_any"])
    changed: dict[str, Thing | None] = {str(each["reminder_id"]): _thing(each) for each in effects["update"]}
    gone: dict[str, Thing | None] = {_id(each): None for each in effects["remove"]}
    named = [each["content"] for each in case["reminders"]]
    others = [title for title in named if answers and not any(_holds(answer, title) for answer in answers)]
    forbidden = [words for words in case["expected"]["must_not"] if isinstance(words, str)]
    return Expected(
        old=changed | gone,
        new=tuple(_thing(each) for each in effects["add"]),
        says=(answers,) if answers else (),
        unsaid=(*others, *forbidden),
    )


def _thing(fields: Mapping[str, Any]) -> Thing:
    return Thing(title=fields.get("content"), at=fields.get("reminder_timestamp"))


def _id(removed: Any) -> str:
    return str(removed["reminder_id"] if isinstance(removed, Mapping) else removed)


def _holds(answer: str, title: str) -> bool:
    return content(title) <= content(answer)


SUITE = suite(dialogue, left_out)
