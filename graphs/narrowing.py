"""Narrowing: which tools a message needs, where what code read in it leaves no doubt.

A surface is a fixed set of tools in a fixed order, so that a provider can keep each one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import prompts
from graphs.pieces import Schema
from tools.tool import Tool

EVERYTHING = "everything"
ALWAYS = ("search", "remember", "undo")
"""Whatever a message is about, it may also want something found, kept in mind or taken back."""
TASKS = ("add_tasks", "find_tasks", "update_tasks", "complete_tasks", "delete_tasks", "plan_day")
NOTES = ("write_note", "update_note", "find_notes", "summarize_notes", "delete_notes")
HABITS = ("create_habit", "log_habit", "update_habit", "habit_insights", "delete_habit")
SURFACES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "tasks": frozenset(TASKS + ALWAYS),
        "notes": frozenset(NOTES + ALWAYS),
        "habits": frozenset(HABITS + ALWAYS),
        "tasks and habits": frozenset(TASKS + HABITS + ALWAYS),
        "tasks and notes": frozenset(TASKS + NOTES + ALWAYS),
        "memories": frozenset(("forget", *ALWAYS)),
    }
)
"""What fits none of them gets everything."""
NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("task_create", "task_find", "task_update", "task_complete", "task_delete", "plan_day"), TASKS),
        **dict.fromkeys(("note_write", "note_find", "note_update", "note_delete", "note_summarize"), NOTES),
        **dict.fromkeys(("habit_create", "habit_log", "habit_update", "habit_delete", "habit_insights"), HABITS),
        **dict.fromkeys(("memory_add", "memory_find", "memory_forget"), ("forget", *ALWAYS)),
        "greeting": ALWAYS,
        "datetime": ALWAYS,
    }
)
"""By the intent. What hangs on the turn before, and what may be a request that code cannot read, is not among them."""
BEFORE = re.compile(
    r"(?:it|its|this|that|these|those|them|they|one|ones|both|all|the (?:first|second|third|last)\b.*)", re.I
)
"""A reference to what was spoken of, which may be of any kind."""
NAMED = {
    re.compile(r"\b(?:tasks?|to-?dos?|reminders?|remind|agenda|action items?)\b", re.I): TASKS,
    re.compile(r"\b(?:notes?|journals?|jot|minutes)\b", re.I): NOTES,
    re.compile(r"\b(?:habits?|streaks?|goals?)\b", re.I): HABITS,
}
"""A kind of thing that is named is needed too, whatever is asked of it."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """The tools that a model is shown; `hash` names them, `text` is what their tokens are counted by."""

    name: str
    schemas: tuple[Schema, ...]
    text: str = field(repr=False)
    hash: str


def surfaces(tools: Mapping[str, Tool]) -> Mapping[str, Surface]:
    """All that there are, by name, of these tools."""
    shown = {EVERYTHING: frozenset(tools), **SURFACES}
    return {
        name: _surface(name, [tool.schema() for tool in tools.values() if tool.name in shown[name]]) for name in shown
    }


def narrowed(understanding: Mapping[str, Any] | None) -> str:
    """The name of the smallest surface that has all that the message may need."""
    requests = understanding.get("requests") if understanding else None
    needed: set[str] = set()
    for each in requests or ():
        needs = _needs(each)
        if needs is None:
            return EVERYTHING
        needed |= needs
    fitting = [name for name, tools in SURFACES.items() if needed and needed <= tools]
    return min(fitting, key=lambda name: len(SURFACES[name]), default=EVERYTHING)


def _needs(request: Mapping[str, Any]) -> set[str] | None:
    """None where that cannot be told."""
    needs = NEEDS.get(request.get("intent", ""))
    if needs is None or not request.get("sure", True) or BEFORE.fullmatch(request.get("reference") or ""):
        return None
    named = {tool for kind, tools in NAMED.items() if kind.search(request.get("text", "")) for tool in tools}
    otherwise = request.get("otherwise")
    more = _needs(otherwise) if otherwise else set[str]()
    return None if more is None else {*needs, *named, *more}


def _surface(name: str, schemas: list[Schema]) -> Surface:
    return Surface(name=name, schemas=tuple(schemas), text=prompts.shown(schemas), hash=prompts.tools_hash(schemas))
