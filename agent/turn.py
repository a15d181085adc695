"""A turn: what a person said, or their answers to approvals, taken to its end in a run of its own."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from agent.contexts import Contexts
from agent.embedders import Embedders
from agent.endings import LOST, OURS, Endings
from agent.events import to_dict
from agent.log import RunLog
from agent.runs import Runs
from agent.walk import Walk
from domain.actions import Origin
from domain.errors import Busy, Invalid, MetaCortexError, Unavailable
from domain.events import (
    Event,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
    Terminal,
    TextStarted,
    ToolCallStarted,
    Withdrawn,
)
from domain.model_calls import ModelFailure
from domain.people import Profile
from domain.runs import Answer, Run, Status, message_id
from domain.threads import MESSAGE_LENGTH, Message
from graphs.conversation import Conversation
from storage.beginnings import Beginnings, Begun
from storage.model_calls import ModelCalls
from storage.notices import Notices
from storage.people import Profiles
from storage.postgres import Pool
from storage.runs import LeaseLost
from storage.threads import Threads
from tools.context import Looks, Summarizer, TurnContext

logger = logging.getLogger("metacortex.runs")
MOST_ATTEMPTS = 5
MOST_RUNS = 500
LOOK_SECONDS, MOST_LOOKS = 0.05, 40


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Either `text` (with the id of its message) or `answers` to what a paused run of the thread asks.

    A message id that is stored already asks for other words to the same message. `branch_from` is the message that
    the new one replaces, or, one of the assistant's, follows. `model` is one of those that a request may choose.
    """

    profile: Profile
    thread_id: str
    run_id: str
    message_id: str = ""
    text: str = ""
    answers: tuple[Answer, ...] = ()
    branch_from: str | None = None
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A run as it can be read, from any of its numbers on."""

    runs: Runs
    user_id: UUID
    thread_id: str
    run_id: str

    def read(self, after: int = 0) -> AsyncIterator[tuple[int, Event]]:
        """Numbered events to the terminal one; without one where this process stops, or nothing is left to tell."""
        return self.runs.read(self.user_id, self.run_id, after)

    def batches(self, after: int = 0) -> AsyncIterator[list[tuple[int, Event]]]:
        """The same, all that wait at a time."""
        return self.runs.batches(self.user_id, self.run_id, after)


class Agent:
    """Takes turns. What lives as long as the process comes in here; what lives as long as a turn, in `TurnContext`."""

    def __init__(
        self,
        *,
        pool: Pool,
        conversation: Conversation,
        embeddings: Embedders | None,
        model_name: str,
        models: Collection[str] = (),
        summarizer_of: Callable[[UUID], Summarizer] | None = None,
        notices: Notices | None = None,
        lease: timedelta = timedelta(seconds=10),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._pool = pool
        self._model_name = model_name
        self._models = frozenset({model_name, *models})
        self._now = now
        self._notices = notices or Notices(str(pool.conninfo))
        self.runs = Runs(pool=pool, notices=self._notices, lease=lease)
        self._contexts = Contexts(pool=pool, embeddings=embeddings, summarizer_of=summarizer_of, now=now)
        self._walk = Walk(pool=pool, conversation=conversation)
        self._endings = Endings(pool=pool, runs=self.runs, now=now, wrote=wrote)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Keep runs alive meanwhile, and take over those that other processes have left."""
        async with self._notices.listening():
            keeping = asyncio.create_task(self.runs.keep_alive(self._take_over), name="leases")
            try:
                yield
            finally:
                keeping.cancel()
                await asyncio.wait([keeping])

    def context(self, profile: Profile, *, origin: Origin = "agent") -> TurnContext:
        """All that this person's requests may touch: stores bound to them, and now."""
        return self._contexts.of(profile, origin=origin)

    @property
    def looks(self) -> Looks:
        """How this process has searched."""
        return self._contexts.looks

    async def take(self, turn: Turn) -> Reading:
        """Start the turn's run; the same run id again gives the same run. What was said is stored on return.

        Raises `Invalid` for an empty or overlong message, for a model that may not be chosen, and for answers that
        nothing waits for or that come too late; `Busy` for a thread where a run is read, `Conflict` for ids that stand
        for something else, `Unavailable` where this process takes no more.
        """
        _check(turn)
        if turn.model and turn.model not in self._models:
            raise Invalid("model", f"{turn.model!r} cannot be chosen; take one of {', '.join(sorted(self._models))}.")
        if self.runs.draining or self.runs.count >= MOST_RUNS:
            raise Unavailable("This server takes no more runs right now; send it again in a moment.")
        user_id = turn.profile.user_id
        run = Run(
            id=turn.run_id,
            thread_id=turn.thread_id,
            root_id=turn.run_id,
            status="running",
            model=turn.model or self._model_name,
            message_id=turn.message_id or None,
            answers=turn.answers,
            created_at=self._now(),
        )
        said = _said(turn, run) if turn.text else None
        embedding = self._contexts.embedding(user_id, run, turn.text) if said else None
        wanted = None
        try:
            begun = await self._begun(turn, run, said)
            assert begun.run is not None
            if begun.is_new:
                # Where other words are asked for, the message is the one that is stored.
                is_said = bool(begun.turn) and begun.turn[0].content == turn.text
                wanted = embedding if is_said else None
                self._start(turn.profile, begun, wanted)
        finally:
            if embedding and embedding is not wanted:
                embedding.cancel()
        return Reading(runs=self.runs, user_id=user_id, thread_id=turn.thread_id, run_id=begun.run.id)

    async def cancel(self, user_id: UUID, run_id: str) -> bool:
        """End a run, wherever it is under way or waiting; False where it had ended. Raises `NotFound`."""
        store = self.runs.store(user_id)
        run = await store.get(run_id)
        if run.status == "paused":
            return await self._endings.close_pause(user_id, run)
        if run.status != "running":
            return False
        if not await self.runs.cancel(user_id, run_id):
            await self._end_by_force(user_id, run_id)
        # It may have come to its own end just before.
        return await self._end_of(user_id, run_id) == "cancelled"

    async def drain(self, grace: float) -> None:
        """Take nothing more, let runs end for so many seconds, and let others go on with the rest."""
        await self.runs.drain(grace)

    async def _begun(self, turn: Turn, run: Run, said: Message | None) -> Begun:
        """The run as it is stored, with room made for it in its thread; raises as `take` does."""
        user_id = turn.profile.user_id
        begun = await self._begin(user_id, run, said, turn.branch_from)
        for _ in range(2):
            if begun.busy is None:
                break
            await self._make_room(turn, begun.busy)
            begun = await self._begin(user_id, run, said, turn.branch_from)
        if begun.run is None:
            raise Busy(str(begun.busy))
        if begun.is_new and self.runs.draining:
            await self.runs.let_go()
            raise Unavailable("This server is stopping; send it again in a moment.")
        return begun

    async def _begin(self, user_id: UUID, run: Run, said: Message | None, branch_from: str | None) -> Begun:
        first = to_dict(RunStarted(run.thread_id, run.id))
        store = Beginnings(self._pool, user_id)
        return await store.begin(run, self.runs.lease, first, said=said, branch_from=branch_from)

    async def _make_room(self, turn: Turn, busy: str) -> None:
        """One run a thread: refuse while somebody reads the running one; where nobody does, it is cancelled first."""
        user_id = turn.profile.user_id
        # What a resumed run was allowed is not to be lost to another answer.
        if turn.answers:
            raise Busy(busy)
        if not await self.runs.cancel(user_id, busy, only_unread=True):
            if self.runs.is_read(user_id, busy):
                raise Busy(busy)
            # Its process may only be slow to say that somebody reads: it keeps the run as long as its lease lasts.
            await self._take_over(user_id, busy, cancel=True)
            await self.runs.wait(user_id, busy)

    def _start(self, profile: Profile, begun: Begun, embedding: asyncio.Task[list[list[float]]] | None) -> None:
        run = begun.run
        assert run is not None
        told = self._log(profile.user_id, run, [(1, RunStarted(run.thread_id, run.id))])
        context = self._contexts.of_run(
            profile,
            run,
            told,
            embedding=embedding,
            turn=begun.turn,
            history=begun.history,
            backdrop=begun.backdrop,
            done_aside=begun.done_aside,
        )
        self.runs.start(profile.user_id, told, lambda: self._run(told, context, run, begun.turn))

    def _log(self, user_id: UUID, run: Run, told: Sequence[tuple[int, Event]]) -> RunLog:
        return RunLog(
            thread_id=run.thread_id,
            run_id=run.id,
            store=self.runs.store(user_id),
            lease=self.runs.lease,
            attempt=run.attempts,
            told=told,
            lost=lambda: self.runs.lost(user_id, run.id),
        )

    async def _run(self, told: RunLog, context: TurnContext, run: Run, turn: Sequence[Message]) -> None:
        """Take the run to exactly one terminal event, or leave it for whoever takes it over."""
        try:
            await self._taken(told, context, run, turn)
        finally:
            # What a run that was left has cost cannot travel with its events.
            if told.charges_left:
                with suppress(MetaCortexError):
                    await ModelCalls(self._pool, context.profile.user_id).record(told.charges_left)

    async def _taken(self, told: RunLog, context: TurnContext, run: Run, turn: Sequence[Message]) -> None:
        end: Terminal
        try:
            end = await self._walk.go(context, run, turn)
        except asyncio.CancelledError:
            if told.given_up:
                return
            end = RunCancelled(run.thread_id, run.id)
        except (LeaseLost, Unavailable) as error:
            # The database is away, or another process goes on. What was done is found when the lease has run out.
            logger.warning("run %s is left for later: %r", run.id, error)
            told.give_up()
            return
        except MetaCortexError as error:
            code = error.kind if isinstance(error, ModelFailure) else type(error).__name__.lower()
            end = RunFailed(error.message, code)
        except Exception:
            logger.exception("run %s failed", run.id)
            end = OURS
        if isinstance(end, RunFinished):
            end = replace(end, model=told.model, usage=told.usage)
        await self._endings.settle(told, context.profile.user_id, run, end)

    async def _take_over(self, user_id: UUID, run_id: str, *, cancel: bool = False, by_force: bool = False) -> None:
        """Go on with a run that its process has left (by force: any), from what is stored; or end it."""
        if self._is_here(user_id, run_id, cancel):
            return
        store = self.runs.store(user_id)
        taken = await store.take_over(run_id, self.runs.lease, by_force=by_force)
        if taken is None:
            return
        run, cancel_asked = taken
        if run.attempts > 2 * MOST_ATTEMPTS:
            await self._endings.settle_unread(user_id, run)
            return
        events = await self.runs.so_far(user_id, run_id)
        told = self._log(user_id, run, events)
        turn, history = await store.turn(run)
        profile = await Profiles(self._pool, user_id).get()
        done_aside = await store.done_aside(run.thread_id)
        context = self._contexts.of_run(
            profile,
            run,
            told,
            turn=turn,
            history=history,
            backdrop=await Threads(self._pool, user_id).backdrop(run.thread_id),
            done_aside=done_aside,
        )
        if self._is_here(user_id, run_id, cancel):
            return  # whoever else wanted it in this process was quicker, and holds the same lease
        logger.info("run %s is taken over, attempt %d", run_id, run.attempts)
        taken_back = _withdrawn(run, turn, [event for _, event in events])
        is_cancelled = cancel or cancel_asked
        self.runs.start(
            user_id, told, lambda: self._go_on(told, context, run, turn, taken_back, is_cancelled=is_cancelled)
        )

    async def _go_on(
        self,
        told: RunLog,
        context: TurnContext,
        run: Run,
        turn: Sequence[Message],
        taken_back: Sequence[Withdrawn],
        *,
        is_cancelled: bool,
    ) -> None:
        """Take back what was half said, then take the run to its end."""
        try:
            # Without ends of what is open: a reader may have had them, unstored. What is taken back is closed.
            await told.tell_stored(*taken_back)
        except (LeaseLost, Unavailable):
            told.give_up()
        except asyncio.CancelledError:
            is_cancelled = True
        if told.given_up:
            return
        if is_cancelled:
            await self._endings.settle(told, context.profile.user_id, run, RunCancelled(run.thread_id, run.id))
        elif run.attempts > MOST_ATTEMPTS:
            await self._endings.settle(told, context.profile.user_id, run, LOST)
        else:
            await self._run(told, context, run, turn)

    def _is_here(self, user_id: UUID, run_id: str, cancel: bool) -> bool:
        """True where this process keeps the run alive; it is asked to end it where that is wanted."""
        if cancel:
            self.runs.stop(user_id, run_id)
        return self.runs.is_here(user_id, run_id)

    async def _end_by_force(self, user_id: UUID, run_id: str) -> None:
        """Cancel a run whose process does not answer."""
        await self._take_over(user_id, run_id, cancel=True, by_force=True)
        await self.runs.wait(user_id, run_id)

    async def _end_of(self, user_id: UUID, run_id: str) -> Status:
        """What became of a run that is being ended; others may be at it too."""
        status = (await self.runs.store(user_id).get(run_id)).status
        for _ in range(MOST_LOOKS):
            if status != "running":
                break
            await asyncio.sleep(LOOK_SECONDS)
            status = (await self.runs.store(user_id).get(run_id)).status
        return status


def _check(turn: Turn) -> None:
    if not turn.answers and not turn.text.strip():
        raise Invalid("messages", "the last message is empty; say something.")
    if len(turn.text) > MESSAGE_LENGTH:
        raise Invalid("messages", f"the message is longer than {MESSAGE_LENGTH} characters; split it or write a note.")


def _said(turn: Turn, run: Run) -> Message:
    return Message(
        id=turn.message_id,
        thread_id=run.thread_id,
        parent_id=None,
        run_id=run.id,
        role="user",
        content=turn.text,
        created_at=run.created_at,
    )


def _withdrawn(run: Run, turn: Sequence[Message], events: Sequence[Event]) -> list[Withdrawn]:
    """What attempts before this one had begun to say and did not store, also where its beginning was not stored.

    Each attempt stores what it takes back before it says anything, so all that is lost began at the same step.
    """
    begun = [event.message_id for event in events if isinstance(event, TextStarted | ToolCallStarted)]
    step = sum(message.role == "assistant" for message in turn) + 1
    known = {message.id for message in turn} | {event.message_id for event in events if isinstance(event, Withdrawn)}
    # An answer that was begun anew was taken back, and that stored, before; only the last start is unknown.
    unknown = [
        next(id for start in count() if (id := message_id(run.id, attempt, step, start)) not in known)
        for attempt in range(1, run.attempts)
    ]
    return [Withdrawn(id) for id in dict.fromkeys([*begun, *unknown]) if id not in known]
