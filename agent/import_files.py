"""What the files of an import hold: so much of it that memory stays small, and few things at a time."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from domain.errors import Invalid
from domain.imports import File, Format, Problem
from language.exchange import calendars, loop, todoist, vault
from language.exchange.found import Found, check_storable

THINGS, LETTERS = 20, 40_000
"""What one batch holds at most; a single note may be longer."""
AT_ONCE, MOST_THINGS = 5_000, 50_000
"""So many things are held at once, and so many are taken from one file."""
UNREADABLE = (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, RecursionError, csv.Error)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a file holds, behind what was read of it before; more may come where it is not the last of it."""

    file: File
    results: Sequence[Found | Problem]
    is_last: bool = True

    @property
    def found(self) -> list[Found]:
        """The things among the results."""
        return [result for result in self.results if isinstance(result, Found)]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some results, and how far the import is after them."""

    results: tuple[Found | Problem, ...]
    at_path: str
    at_thing: int
    files_done: int

    @property
    def found(self) -> list[Found]:
        """The things among the results."""
        return [result for result in self.results if isinstance(result, Found)]

    @property
    def problems(self) -> list[Problem]:
        """What could not be read."""
        return [result for result in self.results if isinstance(result, Problem)]


def batches(parts: Sequence[Part], at_path: str, at_thing: int) -> Iterator[Batch]:
    """The results in order, few at a time; of the first file, `at_thing` were done before."""
    results: list[Found | Problem] = []
    letters = done = 0
    for part in parts:
        for result in part.results:
            results.append(result)
            letters += len(result.source) if isinstance(result, Found) else 0
            at_thing += 1
            if len(results) == THINGS or letters >= LETTERS:
                yield Batch(results=tuple(results), at_path=at_path, at_thing=at_thing, files_done=done)
                results, letters, done = [], 0, 0
        if part.is_last:
            at_path, at_thing, done = part.file.path, 0, done + 1
    yield Batch(results=tuple(results), at_path=at_path, at_thing=at_thing, files_done=done)


def read(format: Format, files: Sequence[File], scene: vault.Scene, at_thing: int) -> list[Part]:
    """As much as may be held at once, from that thing of the first file on."""
    parts: list[Part] = []
    room = AT_ONCE
    for file in files:
        most = min(room, MOST_THINGS - at_thing)
        results = list(islice(_read_one(format, file, scene), at_thing, at_thing + most))
        is_full = at_thing + len(results) >= MOST_THINGS
        if is_full:
            results.append(Problem(file.path, f"It holds more than {MOST_THINGS:,} things; the rest was left out."))
        parts.append(Part(file=file, results=results, is_last=len(results) < most or is_full))
        room -= len(results)
        if room <= 0 or not parts[-1].is_last:
            break
        at_thing = 0
    return parts


def _read_one(format: Format, file: File, scene: vault.Scene) -> Iterator[Found | Problem]:
    """What is in a file; where its reader breaks off, what came before is kept."""
    readers: Mapping[Format, Callable[[], Iterator[Found | Problem]]] = {
        "vault": lambda: vault.read(file, scene),
        "todoist": lambda: todoist.read(file, scene.clock),
        "icalendar": lambda: calendars.read(file, scene.clock),
        "loop": lambda: loop.read(file, scene.clock),
    }
    try:
        for result in readers[format]():
            if isinstance(result, Found):
                check_storable(result.thing)
            yield result
    except Invalid as error:
        yield Problem(file.path, error.message)
    except UNREADABLE as error:
        yield Problem(file.path, f"It cannot be read any further ({str(error)[:200]}).")
