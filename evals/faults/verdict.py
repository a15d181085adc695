"""The verdict: what clients saw held against what is stored, and every contradiction named."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from domain.threads import CUT
from evals.faults.told import Event, Told, acknowledged, attempt_of, fold, whole

LOST = "acknowledged effects lost"
TWICE = "effects done twice"
UNASKED = "effects without a yes"
WOUNDED = "threads wounded"
ENDLESS = "streams without exactly one terminal event"
EVENTS = "events missed, repeated or contradicted"
OPEN = "runs neither ended nor paused"
CANCELS = "cancels not kept, or by nobody"
ZEROS = (LOST, TWICE, UNASKED, WOUNDED, ENDLESS, EVENTS, OPEN, CANCELS)
# A run's status by how its stream ended; a pause that was answered since is finished.
STATUS = {"success": {"finished"}, "interrupt": {"paused", "finished", "cancelled"}, "cancelled": {"cancelled"}}

Key: TypeAlias = tuple[UUID, str]
"""A person's run or thread."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One contradiction: which of the zeros it breaks, where, and how."""

    zero: str
    where: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One wish and all who read what came of it: one run, also where it was sent or answered twice.

    `adds` and `deletes` are the titles it is about; `approved` is the person's answer where it is one.
    `cancel_tried` and `cancelled` say that a cancel was sent, and that it was said to have been done.
    """

    user_id: UUID
    thread_id: str
    readers: tuple[Told, ...]
    adds: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    approved: bool | None = None
    cancel_tried: bool = False
    cancelled: bool = False

    @property
    def run_id(self) -> str:
        """The run's id, as the server named it."""
        return next((told.run_id for told in self.readers if told.run_id), "")

    @property
    def end(self) -> str | None:
        """How it ended, by the first reader to the end."""
        ends = [end for told in self.readers if told.ended for end in fold(told.events[-1:]).ends]
        return ends[0] if ends else None


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message of a run, as stored; `calls` are the tool and arguments by the call's id."""

    id: str
    content: str
    calls: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    answers: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A run, as stored."""

    status: str
    attempts: int
    log: Sequence[tuple[int, Event]] = ()
    messages: Sequence[Said] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known when everything is over; titles are each used by one wish."""

    sent: Sequence[Sent]
    runs: Mapping[Key, Stored]
    tasks: Counter[str]
    added: Counter[str]
    deleted: Counter[str]
    leases: Sequence[str] = ()
    refused: Sequence[str] = ()
    last_turns: Mapping[Key, str | None] = field(default_factory=dict)


def findings(facts: Facts) -> list[Finding]:
    """Everything that is wrong."""
    return [*_effects(facts), *_streams(facts), *_runs(facts), *_threads(facts), *_cancels(facts)]


def _effects(facts: Facts) -> Iterator[Finding]:
    promised: set[str] = set()
    removed: set[str] = set()
    for sent in facts.sent:
        seen = {title for told in sent.readers for title in acknowledged(fold(told.events))}
        done = sent.end == "success"
        promised |= {title for title in sent.adds if done or title in seen}
        removed |= {title for title in sent.deletes if sent.approved and (done or title in seen)}
    allowed = {title for sent in facts.sent if sent.approved for title in sent.deletes}
    for title in sorted({title for sent in facts.sent for title in sent.adds}):
        tasks, added, deleted = facts.tasks[title], facts.added[title], facts.deleted[title]
        books = f"{added} times added and {deleted} times deleted in the ledger, {tasks} tasks"
        if added > 1 or deleted > 1 or tasks > max(0, added - deleted):
            yield Finding(zero=TWICE, where=title, what=books)
        elif tasks < added - deleted or (title in promised and not added) or (title in removed and not deleted):
            yield Finding(zero=LOST, where=title, what=books)
        if deleted and title not in allowed:
            yield Finding(zero=UNASKED, where=title, what=books)


def _streams(facts: Facts) -> Iterator[Finding]:
    for sent in facts.sent:
        where = f"run {sent.run_id or '(unnamed)'} of thread {sent.thread_id}"
        stored = facts.runs.get((sent.user_id, sent.run_id))
        for told in sent.readers:
            if not told.ended:
                yield Finding(zero=ENDLESS, where=where, what=_tail(told, "no terminal event came"))
            elif told.run_id != sent.run_id:
                yield Finding(zero=EVENTS, where=where, what=f"the same wish made another run, {told.run_id}")
            elif stored is None:
                yield Finding(zero=EVENTS, where=where, what="was told, and is not stored")
            else:
                yield from (Finding(zero=EVENTS, where=where, what=what) for what in _contradictions(told, stored))
        if stored is not None:
            yield from (Finding(zero=ENDLESS, where=where, what=what) for what in _ending(sent, stored))


def _contradictions(told: Told, stored: Stored) -> Iterator[str]:
    folded, kept = fold(told.events), fold(stored.log)
    yield from folded.broken
    heard, logged = whole(told.events), whole(stored.log)
    # The last that a killed process told may have been heard and never stored.
    latest = attempt_of(max(logged, default=1))
    abandoned = {number for number in heard.keys() - logged.keys() if attempt_of(number) < latest}
    for number in sorted((heard.keys() | logged.keys()) - abandoned):
        if heard.get(number) != logged.get(number):
            yield f"event {number}: heard {_shown(heard.get(number))}, stored {_shown(logged.get(number))}"
    for name, ours, theirs in zip(("texts", "calls", "results"), folded.content, kept.content, strict=False):
        if ours != theirs:
            yield f"{name} heard {_shown(ours)}, in the log {_shown(theirs)}"
    spoken = {message.id: message.content for message in stored.messages if message.answers is None and message.content}
    calls = {id: (said.id, *call) for said in stored.messages for id, call in said.calls.items()}
    results = {said.answers: said.content for said in stored.messages if said.answers is not None}
    if folded.ends[-1:] == ("interrupt",) and stored.status == "cancelled":
        # The pause was closed after it had been told, and its calls with it.
        results = {id: text for id, text in results.items() if text != CUT}
    ours = {id: (of, tool, _parsed(text)) for id, (of, tool, text) in folded.calls.items()}
    # Of what was cut off, something may have been heard and not kept.
    complete = folded.ends[-1:] in (("success",), ("interrupt",))
    for name, heard_of, kept_of in (
        ("message", folded.texts, spoken),
        ("call", ours, calls),
        ("result", folded.results, results),
    ):
        for id in sorted(heard_of.keys() | kept_of.keys()) if complete else sorted(kept_of):
            if heard_of.get(id) != kept_of.get(id):
                yield f"{name} {id}: heard {_shown(heard_of.get(id))}, kept {_shown(kept_of.get(id))}"


def _ending(sent: Sent, stored: Stored) -> Iterator[str]:
    ends = fold(stored.log).ends
    if len(ends) != 1:
        yield f"its log holds {len(ends)} terminal events: {', '.join(ends)}"
    elif sent.end is not None and stored.status not in STATUS.get(sent.end, {"failed"}):
        yield f"was told to end with {sent.end}, and stands as {stored.status}"


def _runs(facts: Facts) -> Iterator[Finding]:
    for (_, run_id), stored in facts.runs.items():
        if stored.status == "running":
            yield Finding(zero=OPEN, where=f"run {run_id}", what=f"still running at attempt {stored.attempts}")
    for run_id in facts.leases:
        yield Finding(zero=OPEN, where=f"run {run_id}", what="still has a lease")


def _threads(facts: Facts) -> Iterator[Finding]:
    for (_, thread_id), end in facts.last_turns.items():
        if end != "success":
            yield Finding(zero=WOUNDED, where=f"thread {thread_id}", what=f"its last turn ended with {end}")
    answered = {(user, said.answers) for (user, _), stored in facts.runs.items() for said in stored.messages}
    for (user, run_id), stored in facts.runs.items():
        calls = [] if stored.status in ("running", "paused") else [id for said in stored.messages for id in said.calls]
        for call in calls:
            if (user, call) not in answered:
                yield Finding(zero=WOUNDED, where=f"run {run_id} ({stored.status})", what=f"{call} has no result")
    for call in facts.refused:
        yield Finding(zero=WOUNDED, where=f"call {call}", what="was given to the model without its result")


def _cancels(facts: Facts) -> Iterator[Finding]:
    for sent in facts.sent:
        where = f"run {sent.run_id} of thread {sent.thread_id}"
        stored = facts.runs.get((sent.user_id, sent.run_id))
        closed = sent.end == "interrupt" and stored is not None and stored.status == "cancelled"
        if sent.cancelled and not closed and sent.end not in (None, "cancelled"):
            yield Finding(zero=CANCELS, where=where, what=f"was said to be cancelled, and ended with {sent.end}")
        if sent.end == "cancelled" and not sent.cancel_tried:
            yield Finding(zero=CANCELS, where=where, what="was cancelled by nobody")


def _tail(told: Told, what: str) -> str:
    last = f"after event {told.last} ({told.events[-1][1]['type']})" if told.events else "nothing was heard"
    return f"{what}; {last}, {told.connections} connections"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError:
        return text


def _shown(value: object) -> str:
    text = json.dumps(value, default=str) if value is not None else "nothing"
    return text if len(text) <= 300 else f"{text[:300]}…"
