"""Imports: what a person brings from another program, how far it has come, and what it made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.actions import Kind

Format = Literal["vault", "todoist", "icalendar", "loop"]
Status = Literal["arriving", "going", "finished", "failed"]
MOST_PROBLEMS = 200


@dataclass(frozen=True, kw_only=True)
class File:
    """A text of an upload; `modified` is on the clock of whoever packed it. `name` and `title` are for wikilinks."""

    path: str
    text: str
    modified: datetime | None = None
    name: str = ""
    title: str | None = None


@dataclass(frozen=True)
class Problem:
    """What could not be brought in, or not all of it, and why."""

    path: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class Import:
    """`at_path` is the last file read to its end, `at_thing` how many things of the one after it are done.

    `hash` is that of the upload, empty where it is not known. `actions` stand in the ledger, oldest first: each can be
    undone, the latest first.
    """

    id: UUID
    format: Format
    name: str
    hash: bytes = b""
    status: Status = "arriving"
    files: int = 0
    files_done: int = 0
    at_path: str = ""
    at_thing: int = 0
    created: Mapping[Kind, int] = field(default_factory=dict)
    updated: Mapping[Kind, int] = field(default_factory=dict)
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    actions: tuple[UUID, ...] = ()
    attempts: int = 0
    error: str | None = None
    created_at: datetime
    finished_at: datetime | None = None
