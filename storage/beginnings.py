"""How runs begin: with a message, in a branch or with answers to one that waits; once or not at all."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from domain.errors import Conflict, Invalid
from domain.runs import Answer, Run
from domain.threads import Backdrop, Message, unanswered, without_its_last_words
from storage.chunks import rows_said
from storage.pipelines import Pipeline
from storage.runs import BY_ID, DONE_ASIDE, HISTORY_LENGTH, Lease, run_of
from storage.store import Store
from storage.threads import APPEND_HELD, HISTORY, REMEMBERED, as_rows, backdrop_of, message_of

# Whoever begins in this thread waits here for whoever came first. A run that is known makes no thread.
DOOR = f"""
    INSERT INTO threads (user_id, id, created_at, updated_at)
    SELECT %(user_id)s, %(thread_id)s, %(created_at)s, %(created_at)s
    WHERE NOT EXISTS (SELECT FROM runs WHERE user_id = %(user_id)s AND id = %(id)s)
    ON CONFLICT (user_id, id) DO UPDATE SET updated_at = greatest(threads.updated_at, excluded.updated_at)
    RETURNING summary, summary_upto, {REMEMBERED} AS memories
"""
HOLDER = "SELECT run_id FROM leases WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s"
# The paused runs of the thread that wait for one of these approvals, and those that were given one of them.
PAUSED = """
    SELECT * FROM runs
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND status = 'paused'
        AND EXISTS (SELECT FROM jsonb_array_elements(approvals) AS approval WHERE approval ->> 'id' = ANY(%(asked)s))
    ORDER BY created_at DESC, id
    FOR UPDATE
"""
ANSWERED = """
    SELECT * FROM runs
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s
        AND EXISTS (SELECT FROM jsonb_array_elements(answers) AS answer WHERE answer ->> 'approval_id' = ANY(%(asked)s))
    ORDER BY created_at DESC
"""
# Where a branch begins: at the person's message that is replaced, or after the assistant's that stays.
CUT_AT = """
    SELECT position + (role <> 'user')::int AS position FROM messages
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND id = %(branch_from)s AND NOT aside
"""
PLACE = """
    SELECT position FROM messages
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND id = %(first)s
"""
# From there on all stands aside. A tool's answer goes with the call that it answers, however much later it came.
SET_ASIDE = """
    WITH cut AS ({cut}), replaced AS (
        UPDATE messages SET aside = true
        FROM cut
        WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND NOT aside AND cut.position <= coalesce((
            SELECT calling.position FROM messages AS calling
            WHERE messages.role = 'tool' AND calling.user_id = messages.user_id
                AND calling.thread_id = messages.thread_id AND calling.id = messages.parent_id
        ), messages.position)
        RETURNING id
    ), forgotten AS (
        DELETE FROM chunks USING replaced
        WHERE user_id = %(user_id)s AND series = md5(%(thread_id)s)::uuid AND message_id = replaced.id
    ), read_anew AS (
        UPDATE threads SET summary = NULL, summary_upto = 0
        FROM cut WHERE user_id = %(user_id)s AND id = %(thread_id)s AND cut.position <= summary_upto
    ), closed AS (
        UPDATE runs SET status = 'cancelled', finished_at = %(at)s
        WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND status = 'paused'
            AND EXISTS (
                SELECT FROM jsonb_array_elements(approvals) AS approval
                WHERE approval ->> 'message_id' IN (SELECT id FROM replaced)
            )
    )
    SELECT position FROM cut
"""
_BEGIN = """
    WITH begun AS (
        INSERT INTO runs (user_id, id, thread_id, root_id, status, model, message_id, answers, created_at)
        SELECT %(user_id)s, %(id)s, %(thread_id)s, %(root_id)s, 'running', %(model)s, %(message_id)s, %(answers)s,
            %(created_at)s
        WHERE NOT EXISTS (SELECT FROM leases WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s){unless}
        ON CONFLICT (user_id, id) DO NOTHING
        RETURNING user_id, id, thread_id
    ), leased AS (
        INSERT INTO leases (user_id, thread_id, run_id, owner, until)
        SELECT user_id, thread_id, id, %(owner)s, now() + %(lease)s FROM begun
    ), told AS (
        INSERT INTO run_events (user_id, run_id, first, last, event)
        SELECT user_id, id, 1, 1, %(event)s FROM begun
    )
    SELECT id FROM begun
"""
BEGIN = _BEGIN.format(unless="")
# Unless what was said is stored already.
BEGIN_NEW = _BEGIN.format(
    unless="""
            AND NOT EXISTS (
                SELECT FROM messages
                WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND id = %(message_id)s
            )"""
)
ANSWERING = (
    "SELECT id FROM runs WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND message_id = %(message_id)s"
)
STORED = "SELECT * FROM messages WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND id = %(message_id)s"
# Where a run was begun in two threads at once, the one that came too late has made its thread in vain.
HELD_IN_VAIN = """
    SELECT FROM threads WHERE user_id = %(user_id)s AND id = %(thread_id)s AND created_at = %(created_at)s FOR UPDATE
"""
FORGET_IN_VAIN = """
    DELETE FROM threads
    WHERE user_id = %(user_id)s AND id = %(thread_id)s AND created_at = %(created_at)s
        AND NOT EXISTS (SELECT FROM runs WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s)
        AND NOT EXISTS (SELECT FROM messages WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s)
"""
RESUMED = """
    UPDATE runs SET status = 'finished', finished_at = %(at)s WHERE user_id = %(user_id)s AND id = %(paused_id)s
"""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What became of a wish to begin: `run` is the new one, or the one that was known by its id or its answers.

    Where neither is so, `busy` is the run that holds the thread, and nothing was stored. `turn` is what was said in
    this turn so far, from the person's message on; `history` what was said apart from it, and `backdrop` what stands
    behind both. `done_aside` tells what was done in the part of the conversation that the new message replaces, and
    stays done.
    """

    run: Run | None = None
    is_new: bool = False
    busy: str | None = None
    history: tuple[Message, ...] = ()
    turn: tuple[Message, ...] = ()
    done_aside: tuple[str, ...] = ()
    backdrop: Backdrop = field(default_factory=Backdrop)


class Beginnings(Store):
    """Makes them."""

    async def begin(
        self,
        run: Run,
        lease: Lease,
        event: Mapping[str, Any],
        *,
        said: Message | None = None,
        branch_from: str | None = None,
    ) -> Begun:
        """Store the run, its lease, its first event and what was said, all or none of them, in one round trip.

        With `answers` it takes up the paused run that waits for one of them. Where the message is stored already, the
        answer to it is worded again. Raises `Conflict` (an id that stands for something else, a contradicting answer),
        `Invalid` (answers that nothing waits for or that come too late, a branch from nowhere).
        """
        wanted: dict[str, Any] = {
            "user_id": self._user_id, "id": run.id, "thread_id": run.thread_id, "model": run.model,
            "root_id": run.root_id, "message_id": run.message_id, "answers": _answers(run.answers),
            "created_at": run.created_at, "at": run.created_at, "owner": lease.owner, "lease": lease.lasts,
            "event": Jsonb(event), "asked": [answer.approval_id for answer in run.answers],
            "branch_from": branch_from, "limit": HISTORY_LENGTH, "rows": Jsonb(as_rows([said] if said else [])),
            "passages": Jsonb(rows_said([said] if said else [], self._user_id)),
        }  # fmt: skip
        try:
            if run.answers:
                return await self._resume(run, wanted)
            if branch_from:
                with suppress(_NothingNew):
                    return await self._branch(run, wanted)
            return await self._begin(run, said, wanted)
        except _Refused as refused:
            return refused.begun

    async def _begin(self, run: Run, said: Message | None, wanted: Mapping[str, Any]) -> Begun:
        steps = (DOOR, BEGIN_NEW, APPEND_HELD, HISTORY)
        door, begun, _, history = await self._together(*((step, wanted) for step in steps))
        if begun:
            return _begun(run, [message_of(row) for row in history], door)
        try:
            return await self._begin_again(run, said, wanted)
        except Conflict:
            # Locked first: whoever else begins in that thread is seen by what forgets it.
            await self._together((HELD_IN_VAIN, wanted), (FORGET_IN_VAIN, wanted))
            raise

    async def _begin_again(self, run: Run, said: Message | None, wanted: Mapping[str, Any]) -> Begun:
        """Say why it did not begin, or begin now that nothing is in the way any more.

        Of the answer to a message that is stored already, the last words are taken back.
        """
        async with self._transaction() as pipeline:
            door = pipeline.execute(DOOR, wanted)
            known, holder = pipeline.execute(BY_ID, wanted), pipeline.execute(HOLDER, wanted)
            stored, answering = pipeline.execute(STORED, wanted), pipeline.execute(ANSWERING, wanted)
            history = pipeline.execute(HISTORY, wanted)
            _refuse(run, await known.fetchall(), await holder.fetchall())
            row = await stored.fetchone()
            if row is None:
                return await self._begin_late(pipeline, run, wanted, await door.fetchall())
            _check_stored(said, message_of(row))
            runs = {each["id"] for each in await answering.fetchall()}
            messages = [message_of(each) for each in await history.fetchall()]
            if not any(message.id == run.message_id for message in messages):
                raise Conflict(f"Message {run.message_id!r} lies too far back; say it again with a new message id.")
            kept = without_its_last_words(messages, str(run.message_id), runs)
            if unanswered([message for message in kept if message.run_id in runs]):
                raise Conflict("A question of that turn is still open; answer it first.")
            if (first := next((message for message in messages if message not in kept), None)) is not None:
                pipeline.execute(SET_ASIDE.format(cut=PLACE), {**wanted, "first": first.id})
            begun = pipeline.execute(BEGIN, wanted)
            done = pipeline.execute(DONE_ASIDE, wanted)
            row = await begun.fetchone()
            assert row is not None  # nobody else begins in this thread meanwhile
            done_aside = tuple(each["summary"] for each in await done.fetchall())
            behind = await door.fetchall()
        cut = first.position if first else None
        return replace(_begun(run, kept, behind, cut, runs), done_aside=done_aside)

    async def _begin_late(
        self, pipeline: Pipeline, run: Run, wanted: Mapping[str, Any], door: Sequence[Mapping[str, Any]]
    ) -> Begun:
        """What held the thread has ended meanwhile; the id may have been taken in another one."""
        begun = pipeline.execute(BEGIN_NEW, wanted)
        pipeline.execute(APPEND_HELD, wanted)
        history = pipeline.execute(HISTORY, wanted)
        row = await begun.fetchone()
        if row is None:
            raise Conflict(f"Run {run.id!r} belongs to another thread; send a new run id.")
        return _begun(run, [message_of(each) for each in await history.fetchall()], door)

    async def _branch(self, run: Run, wanted: Mapping[str, Any]) -> Begun:
        async with self._transaction() as pipeline:
            door = pipeline.execute(DOOR, wanted)
            known, holder = pipeline.execute(BY_ID, wanted), pipeline.execute(HOLDER, wanted)
            cut = pipeline.execute(SET_ASIDE.format(cut=CUT_AT), wanted)
            begun = pipeline.execute(BEGIN, wanted)
            appended = pipeline.execute(APPEND_HELD, wanted)
            history, done = pipeline.execute(HISTORY, wanted), pipeline.execute(DONE_ASIDE, wanted)
            _refuse(run, await known.fetchall(), await holder.fetchall())
            place = await cut.fetchone()
            if place is None:
                raise Invalid("forwardedProps.branchFrom", "names no message of this conversation; leave it out.")
            row = await begun.fetchone()
            if row is None:
                raise Conflict(f"Run {run.id!r} belongs to another thread; send a new run id.")
            if await appended.fetchone() is None:
                raise _NothingNew
            messages = [message_of(each) for each in await history.fetchall()]
            done_aside = tuple(each["summary"] for each in await done.fetchall())
            behind = await door.fetchall()
        return replace(_begun(run, messages, behind, place["position"]), done_aside=done_aside)

    async def _resume(self, run: Run, wanted: Mapping[str, Any]) -> Begun:
        async with self._transaction() as pipeline:
            door = pipeline.execute(DOOR, wanted)
            known, holder = pipeline.execute(BY_ID, wanted), pipeline.execute(HOLDER, wanted)
            paused, answered = pipeline.execute(PAUSED, wanted), pipeline.execute(ANSWERED, wanted)
            history = pipeline.execute(HISTORY, wanted)
            _refuse(run, await known.fetchall(), [])
            rows, held_by = await paused.fetchall(), await holder.fetchall()
            given_before = [run_of(each) for each in await answered.fetchall()]
            _check_no_contradiction(run.answers, given_before)
            if not rows and given_before:
                raise _Refused(Begun(run=given_before[0]))
            # What is under way here may be about to ask it.
            _refuse(run, [], held_by)
            if not rows:
                raise Invalid("resume", "nothing in this thread waits for that answer.")
            if len(rows) > 1:
                raise Invalid("resume", "answers questions of several runs; answer those of one run at a time.")
            waiting = run_of(rows[0])
            answers = _first_words(run.answers, waiting)
            _check_in_time(answers, waiting, run.created_at)
            pipeline.execute(RESUMED, {**wanted, "paused_id": waiting.id})
            run = replace(run, root_id=waiting.root_id, message_id=waiting.message_id, answers=tuple(answers))
            own = {**wanted, "root_id": run.root_id, "message_id": run.message_id, "answers": _answers(answers)}
            begun = await pipeline.execute(BEGIN, own).fetchone()
            assert begun is not None  # nobody else begins in this thread meanwhile
            messages = tuple(message_of(each) for each in await history.fetchall())
            behind = await door.fetchall()
        return Begun(run=run, is_new=True, history=messages, backdrop=_backdrop(behind))


class _NothingNew(Exception):
    """What was said is stored already: there is nothing to branch with."""


class _Refused(Exception):
    """The run may not begin; rolls back what was written on the chance that it may."""

    def __init__(self, begun: Begun) -> None:
        self.begun = begun


def _refuse(run: Run, known: Sequence[Mapping[str, Any]], holder: Sequence[Mapping[str, Any]]) -> None:
    """Where the run is known already, or another one holds the thread."""
    if known and known[0]["thread_id"] != run.thread_id:
        raise Conflict(f"Run {run.id!r} belongs to another thread; send a new run id.")
    if known:
        raise _Refused(Begun(run=run_of(known[0])))
    if holder:
        raise _Refused(Begun(busy=holder[0]["run_id"]))


def _begun(
    run: Run,
    messages: Sequence[Message],
    door: Sequence[Mapping[str, Any]],
    cut: int | None = None,
    runs: Collection[str] = (),
) -> Begun:
    """Part what was said in this turn, which `runs` answered before, from the rest; all from `cut` on was set aside."""
    turn = [each for each in messages if each.id == run.message_id or (each.role != "user" and each.run_id in runs)]
    history = [each for each in messages if each not in turn]
    return Begun(run=run, is_new=True, history=tuple(history), turn=tuple(turn), backdrop=_backdrop(door, cut))


def _backdrop(door: Sequence[Mapping[str, Any]], cut: int | None = None) -> Backdrop:
    """What stands behind a run that begins; a summary of what was set aside counts no more."""
    behind = backdrop_of(door[0])
    return replace(behind, summary="", upto=0) if cut is not None and cut <= behind.upto else behind


def _check_stored(said: Message | None, stored: Message) -> None:
    """Raises `Conflict` unless what was said is what is stored, and part of the conversation."""
    if said is None or stored.role != "user" or stored.content != said.content:
        raise Conflict(f"Message {stored.id!r} stands for something else already; send a new message id.")
    if stored.aside:
        raise Conflict(f"Message {stored.id!r} was replaced by another; say it again with a new message id.")


def _check_no_contradiction(answers: Sequence[Answer], given_before: Sequence[Run]) -> None:
    """Raises `Conflict` for a no to what was carried out, or a yes to what was not."""
    before = {answer.approval_id: answer.approved for run in given_before for answer in run.answers}
    for id, answer in _by_id(answers).items():
        if before.get(id, answer.approved) != answer.approved:
            said = "yes" if before[id] else "no"
            raise Conflict(f"Approval {id!r} was answered with {said} already; undo what was done.")


def _first_words(answers: Sequence[Answer], waiting: Run) -> list[Answer]:
    """What is said to the approvals that the run waits for, each with what was shown or what they made of it."""
    first = _by_id(answers)
    return [
        replace(first[each.id], arguments=first[each.id].arguments or each.arguments)
        for each in waiting.approvals
        if each.id in first
    ]


def _by_id(answers: Sequence[Answer]) -> dict[str, Answer]:
    """The first word counts where somebody says both yes and no."""
    return {answer.approval_id: answer for answer in reversed(answers)}


def _check_in_time(answers: Sequence[Answer], waiting: Run, at: datetime) -> None:
    """Raises `Invalid` for a yes to what has expired."""
    approved = {answer.approval_id for answer in answers if answer.approved}
    late = [each for each in waiting.approvals if each.id in approved and each.expires_at <= at]
    if late:
        raise Invalid("resume", f"{late[0].id!r} has expired; answer it with status 'cancelled' and ask anew.")


def _answers(answers: Sequence[Answer]) -> Jsonb:
    return Jsonb([vars(answer) for answer in answers])
