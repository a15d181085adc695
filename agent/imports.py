"""Bringing in what a person has uploaded: in small batches with pauses, so that conversations go on beside it.

Each batch is one action of the ledger. A thing has the same id in every import: what is there as it was last brought in
is passed over, what has changed in the file since is changed here, and what the person has changed here stays theirs.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any
from uuid import UUID

from agent.import_files import Batch, batches, read
from domain.actions import Action, Call, Kind
from domain.habits import Entry, Habit
from domain.imports import MOST_PROBLEMS, File, Import, Problem
from domain.notes import Note
from domain.people import Clock
from domain.tasks import Task
from language.exchange import vault, wikilinks
from language.exchange.found import Found, Thing, id_of
from storage.imports import Imported, Imports, Known
from storage.ledger import Decision, Held, Ledger
from storage.people import Profiles
from storage.postgres import Pool

FILES = 100
PAUSE_SECONDS = 0.02
ROUND = timedelta(seconds=20)
"""After so long others are looked after, too."""
MOST_ATTEMPTS = 5
GIVEN_UP = "It could not be brought in; what was brought in so far stays. Import it again, or report the file."
NAMES: Mapping[Kind, str] = {"note": "note", "task": "task", "habit": "habit", "entry": "day"}


async def bring_in(
    pool: Pool,
    user_id: UUID,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    at_most: timedelta = ROUND,
) -> datetime | None:
    """Go on with what has arrived, for one round; when to come again, None where all is done."""
    imports, until = Imports(pool, user_id), monotonic() + at_most.total_seconds()
    profile = await Profiles(pool, user_id).get()
    while going := await imports.current():
        if going.attempts > MOST_ATTEMPTS:
            failed = replace(going, status="failed", error=GIVEN_UP, finished_at=now())
            await imports.advance(going, failed, ())
            continue
        clock = Clock(
            now=going.created_at.astimezone(profile.tzinfo), week_start=profile.week_start, day_first=profile.day_first
        )
        work = _Work(imports, Ledger(pool, user_id), clock, now)
        while going is not None and going.status == "going":
            going = await work.go_on(going)
            if monotonic() > until:
                return now()
    return None


class _Work:
    """One import being brought in."""

    def __init__(self, imports: Imports, ledger: Ledger, clock: Clock, now: Callable[[], datetime]) -> None:
        self._imports = imports
        self._ledger = ledger
        self._clock = clock
        self._now = now

    async def go_on(self, going: Import) -> Import | None:
        """Bring in the next files; None where another process does."""
        files = await self._imports.files(going.id, going.at_path, FILES)
        if not files:
            done = replace(going, status="finished", finished_at=self._now())
            return done if await self._imports.advance(going, done, ()) else None
        scene = await self._scene(going, files)
        parts = await asyncio.to_thread(read, going.format, files, scene, going.at_thing)
        known = await self._imports.known([one.thing.id for part in parts for one in part.found])
        kept, learnt = going, list[Imported]()
        for batch in batches(parts, going.at_path, going.at_thing):
            begun = monotonic()
            going, action, learnt_now = await self._bring(going, batch, known)
            learnt += learnt_now
            known |= {one.id: Known(**vars(one), is_there=True) for one in learnt_now}
            # Where nothing is written, how far it is can wait until something is.
            if action:
                if not await self._imports.advance(kept, going, learnt):
                    return None
                kept, learnt = going, []
                # As long as it took: the busier the house, the more of it is left to others.
                await asyncio.sleep(max(PAUSE_SECONDS, monotonic() - begun))
        return going if kept is going or await self._imports.advance(kept, going, learnt) else None

    async def _scene(self, going: Import, files: Sequence[File]) -> vault.Scene:
        if going.format != "vault":
            return vault.Scene(clock=self._clock)
        names = {name for file in files for name in wikilinks.names_in(file.text)}
        titles = await self._imports.titles(going.id, names) if names else {}
        return vault.Scene(clock=self._clock, titles=titles)

    async def _bring(
        self, going: Import, batch: Batch, known: Mapping[UUID, Known]
    ) -> tuple[Import, Action | None, list[Imported]]:
        """How far it is after a batch, what was done for it, and what was learnt of its things."""
        found, known = await self._told_apart(going, batch.found, known)
        new = [one for one in found if not _is_as_known(one, known.get(one.thing.id))]
        action = await self._act(going, new, known) if new else None
        outcomes = action.result["items"] if action else []
        learnt = [
            Imported(id=one.thing.id, path=one.path, hash=one.hash, version=outcome["version"])
            for one, outcome in zip(new, outcomes, strict=True)
            if outcome["ok"]
        ]
        left = [Problem(one.path, out["error"]) for one, out in zip(new, outcomes, strict=True) if not out["ok"]]
        after = replace(
            going,
            files_done=going.files_done + batch.files_done,
            at_path=batch.at_path,
            at_thing=batch.at_thing,
            created=_counted(going.created, outcomes, "created"),
            updated=_counted(going.updated, outcomes, "updated"),
            unchanged=going.unchanged + len(found) - len(new) + sum(out["outcome"] == "unchanged" for out in outcomes),
            problems=(*going.problems, *batch.problems, *left)[:MOST_PROBLEMS],
            actions=(*going.actions, action.id) if action and action.changes else going.actions,
        )
        return after, action, learnt

    async def _told_apart(
        self, going: Import, found: Sequence[Found], known: Mapping[UUID, Known]
    ) -> tuple[list[Found], Mapping[UUID, Known]]:
        """Each thing by an id of its own, and what is known of it."""
        moved = {
            known[one.thing.id].path for one in found if one.thing.id in known and known[one.thing.id].path != one.path
        }
        there = await self._imports.there(going.id, moved) if moved and going.format == "vault" else set()
        apart = _apart(found, known, there)
        copies = [one.thing.id for one in apart if one.thing.id not in {each.thing.id for each in found}]
        return apart, {**known, **await self._imports.known(copies)} if copies else known

    async def _act(self, going: Import, new: Sequence[Found], known: Mapping[UUID, Known]) -> Action:
        ids = [one.thing.id for one in new]
        at = self._now()
        # Read again after a crash, the same batch is the same call, and acts once.
        name = sha256(b"".join(one.thing.id.bytes + one.hash for one in new)).hexdigest()
        call = Call(
            thread_id="",
            message_id=f"import {going.id}",
            tool_call_id=name,
            origin="rest",
            tool="import",
            arguments={"import_id": str(going.id), "name": going.name, "format": going.format},
        )
        return await self._ledger.act(
            call,
            lambda held: decided(new, known, held, name=going.name, at=at),
            at=at,
            tasks=ids,
            notes=ids,
            habits=ids,
            entries=[(one.thing.habit_id, one.thing.date) for one in new if isinstance(one.thing, Entry)],
        )


def decided(new: Sequence[Found], known: Mapping[UUID, Known], held: Held, *, name: str, at: datetime) -> Decision:
    """What becomes of each thing of a batch; an item says its `outcome`."""
    changes: list[tuple[object | None, object | None]] = []
    items: list[dict[str, Any]] = []
    habits = set(held.habits) | {one.thing.id for one in new if isinstance(one.thing, Habit)}
    for one in new:
        there = _held(one.thing, held)
        kind = _kind(one.thing)
        item: dict[str, Any] = {"ok": True, "id": str(one.thing.id), "kind": kind}
        if isinstance(one.thing, Entry) and one.thing.habit_id not in habits:
            items.append({**item, "ok": False, "outcome": "left", "error": "Its habit is not there any more."})
        elif there is None:
            changes.append((None, one.thing))
            items.append({**item, "outcome": "created", "version": one.thing.version})
        elif _same(one.thing, there):
            items.append({**item, "id": str(there.id), "outcome": "unchanged", "version": there.version})
        elif there.version in (one.version, known[one.thing.id].version if one.thing.id in known else None):
            after = _anew(one.thing, there, at)
            changes.append((there, after))
            items.append({**item, "outcome": "updated", "version": after.version})
        else:
            problem = f"{_name(there)!r} was changed here since it was last in a file; it was left as it is."
            items.append({**item, "ok": False, "outcome": "left", "error": problem})
    return Decision(summary=_summary(changes, name), changes=tuple(changes), items=tuple(items))


def _apart(found: Sequence[Found], known: Mapping[UUID, Known], there: Collection[str]) -> list[Found]:
    """Each id once; a file that was copied carries the id of its model, which keeps it as long as it is `there`."""
    apart: dict[UUID, Found] = {}
    for one in found:
        before = known.get(one.thing.id)
        is_copy = one.thing.id in apart or (before is not None and before.path != one.path and before.path in there)
        if is_copy and one.version is not None:
            copy = replace(one.thing, id=id_of("copy", one.path, one.thing.id))
            one = replace(one, thing=copy, version=None)
        apart.setdefault(one.thing.id, one)
    return list(apart.values())


def _is_as_known(one: Found, known: Known | None) -> bool:
    return known is not None and known.is_there and known.hash == one.hash


def _held(thing: Thing, held: Held) -> Any:
    match thing:
        case Note():
            return held.notes.get(thing.id)
        case Task():
            return held.tasks.get(thing.id)
        case Habit():
            return held.habits.get(thing.id)
        case Entry():
            return held.entries.get((thing.habit_id, thing.date))


def _kind(thing: Thing) -> Kind:
    kinds: dict[type, Kind] = {Note: "note", Task: "task", Habit: "habit", Entry: "entry"}
    return kinds[type(thing)]


def _same(new: Thing, there: Any) -> bool:
    """True where the file says nothing else than what is here."""
    return bool(_anew(new, there, there.updated_at) == replace(there, version=there.version + 1))


def _anew(new: Thing, there: Any, at: datetime) -> Any:
    """A new version of what is here, as the file has it."""
    own: dict[str, Any] = {"id": there.id, "created_at": there.created_at}
    if isinstance(new, Task):
        own["series_id"] = there.series_id
    return replace(new, **own, updated_at=at, version=there.version + 1)


def _name(thing: Any) -> str:
    match thing:
        case Habit():
            return thing.name
        case Entry():
            return str(thing.date)
    return str(thing.title)[:80]


def _counted(before: Mapping[Kind, int], items: Sequence[Mapping[str, Any]], outcome: str) -> dict[Kind, int]:
    counts = dict(before)
    for item in items:
        if item["outcome"] == outcome:
            counts[item["kind"]] = counts.get(item["kind"], 0) + 1
    return counts


def _summary(changes: Sequence[tuple[object | None, object | None]], name: str) -> str:
    """`Imported 18 notes and 2 tasks from 'vault.zip'.`"""
    kinds = [_kind(after) for _, after in changes if isinstance(after, (Note, Task, Habit, Entry))]
    parts = [
        f"{kinds.count(kind)} {word}{'' if kinds.count(kind) == 1 else 's'}"
        for kind, word in NAMES.items()
        if kind in kinds
    ]
    said = " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) or "nothing new"
    return f"Imported {said} from {name!r}."
