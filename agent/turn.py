"""A turn: what a person said, or their answers to approvals, taken to its end in a run of its own."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from langgraph.types import Command

from agent.events import as_rows, to_dict
from agent.log import ATTEMPT, RunLog
from agent.runs import Runs
from domain.actions import Call, Origin
from domain.errors import Busy, Invalid, MetaCortexError, Unavailable
from domain.events import (
    Event,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    Terminal,
    TextStarted,
    ToolAnswered,
    ToolCallStarted,
    Withdrawn,
)
from domain.people import Profile
from domain.runs import Answer, Approval, Run, Status, message_id
from domain.threads import CUT, MESSAGE_LENGTH, Message, ToolCall, unanswered
from graphs.conversation import Conversation
from graphs.history import as_turn
from storage.checkpoints import Checkpoints
from storage.habits import Habits
from storage.ledger import Decision, Ledger
from storage.memories import Memories
from storage.notes import Notes
from storage.notices import Notices
from storage.people import Profiles
from storage.postgres import Pool
from storage.runs import Begun, LeaseLost, Settlement
from storage.search import Search
from storage.tasks import Tasks
from storage.threads import Threads
from tools.context import Embedder, TurnContext
from tools.tool import result_of

log = logging.getLogger(__name__)
OURS = "Something went wrong on our side; nothing more was done. Please try again."
LOST = "The server stopped again and again during this run; send the message again."
STOPPED = Decision(str(json.loads(CUT)["summary"]), (), ())
MOST_ATTEMPTS = 5
MOST_RUNS = 500
LOOK_SECONDS, MOST_LOOKS = 0.05, 40


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Either `text` (with the id of its message) or `answers` to what a paused run of the thread asks.

    A message id that is stored already asks for other words to the same message. `branch_from` is the message that
    the new one replaces, or, one of the assistant's, follows.
    """

    profile: Profile
    thread_id: str
    run_id: str
    message_id: str = ""
    text: str = ""
    answers: tuple[Answer, ...] = ()
    branch_from: str | None = None


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


class Agent:
    """Takes turns. What lives as long as the process comes in here; what lives as long as a turn, in `TurnContext`."""

    def __init__(
        self,
        *,
        pool: Pool,
        conversation: Conversation,
        embeddings: Embedder | None,
        model_name: str,
        lease: timedelta = timedelta(seconds=10),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._pool = pool
        self._conversation = conversation
        self._embeddings = embeddings
        self._model_name = model_name
        self._now = now
        self._wrote = wrote
        self._notices = Notices(str(pool.conninfo))
        self.runs = Runs(pool=pool, notices=self._notices, lease=lease)

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

    def context(
        self,
        profile: Profile,
        *,
        thread_id: str = "",
        run_id: str | None = None,
        origin: Origin = "agent",
        now: datetime | None = None,
        **more: Any,
    ) -> TurnContext:
        """All that a turn, or a request over REST, may touch: stores bound to this user, and now."""
        user_id = profile.user_id
        return TurnContext(
            profile=profile,
            now=(now or self._now()).astimezone(profile.tzinfo),
            thread_id=thread_id,
            run_id=run_id,
            origin=origin,
            tasks=Tasks(self._pool, user_id),
            notes=Notes(self._pool, user_id),
            habits=Habits(self._pool, user_id),
            memories=Memories(self._pool, user_id),
            search=Search(self._pool, user_id),
            ledger=Ledger(self._pool, user_id),
            threads=Threads(self._pool, user_id),
            embeddings=self._embeddings,
            **more,
        )

    async def take(self, turn: Turn) -> Reading:
        """Start the turn's run; the same run id again gives the same run. What was said is stored on return.

        Raises `Invalid` for an empty or overlong message and for answers that nothing waits for or that come too late,
        `Busy` for a thread where a run is read, `Conflict` for ids that stand for something else, `Unavailable` where
        this process takes no more.
        """
        _check(turn)
        if self.runs.draining or self.runs.count >= MOST_RUNS:
            raise Unavailable("This server takes no more runs right now; send it again in a moment.")
        user_id = turn.profile.user_id
        run = Run(
            id=turn.run_id,
            thread_id=turn.thread_id,
            root_id=turn.run_id,
            status="running",
            model=self._model_name,
            message_id=turn.message_id or None,
            answers=turn.answers,
            created_at=self._now(),
        )
        said = _said(turn, run) if turn.text else None
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
        if begun.is_new:
            self._start(turn.profile, begun)
        return Reading(runs=self.runs, user_id=user_id, thread_id=turn.thread_id, run_id=begun.run.id)

    async def cancel(self, user_id: UUID, run_id: str) -> bool:
        """End a run, wherever it is under way or waiting; False where it had ended. Raises `NotFound`."""
        store = self.runs.store(user_id)
        run = await store.get(run_id)
        if run.status == "paused":
            return await self._close_pause(run, user_id)
        if run.status != "running":
            return False
        if not await self.runs.cancel(user_id, run_id):
            await self._end_by_force(user_id, run_id)
        # It may have come to its own end just before.
        return await self._end_of(user_id, run_id) == "cancelled"

    async def drain(self, grace: float) -> None:
        """Take nothing more, let runs end for so many seconds, and let others go on with the rest."""
        await self.runs.drain(grace)

    async def _begin(self, user_id: UUID, run: Run, said: Message | None, branch_from: str | None) -> Begun:
        first = to_dict(RunStarted(run.thread_id, run.id))
        store = self.runs.store(user_id)
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

    def _start(self, profile: Profile, begun: Begun) -> None:
        run = begun.run
        assert run is not None
        told = self._log(profile.user_id, run, [(1, RunStarted(run.thread_id, run.id))])
        context = self._turn_context(profile, run, told, begun.turn, begun.history, done_aside=begun.done_aside)

        async def work() -> None:
            await self._run(told, context, run, begun.turn, resumes=bool(run.answers))

        self.runs.start(profile.user_id, told, work)

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
            await self._end_unread(user_id, run)
            return
        events = await self.runs.so_far(user_id, run_id)
        told = self._log(user_id, run, events)
        turn, history = await store.turn(run)
        profile = await Profiles(self._pool, user_id).get()
        done_aside = await store.done_aside(run.thread_id)
        context = self._turn_context(profile, run, told, turn, history, done_aside=done_aside)
        if self._is_here(user_id, run_id, cancel):
            return  # whoever else wanted it in this process was quicker, and holds the same lease
        log.info("run %s is taken over, attempt %d", run_id, run.attempts)
        taken_back = _withdrawn(run, turn, [event for _, event in events])

        async def work() -> None:
            await self._go_on(told, context, run, turn, taken_back, is_cancelled=cancel or cancel_asked)

        self.runs.start(user_id, told, work)

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
            await self._settle(told, context, run, RunCancelled(run.thread_id, run.id))
        elif run.attempts > MOST_ATTEMPTS:
            await self._settle(told, context, run, RunFailed(LOST, "lost"))
        else:
            await self._run(told, context, run, turn, resumes=False)

    async def _end_unread(self, user_id: UUID, run: Run) -> None:
        """End a run of which not even what is stored can be read."""
        end = RunFailed(LOST, "lost")
        rows = as_rows([(run.attempts * ATTEMPT, end)])
        settlement = Settlement(status="failed", error=end.message, at=self._now())
        await self.runs.store(user_id).record(run.id, self.runs.lease, events=rows, end=settlement)

    def _is_here(self, user_id: UUID, run_id: str, cancel: bool) -> bool:
        """True where this process keeps the run alive; it is asked to end it where that is wanted."""
        if cancel:
            self.runs.stop(user_id, run_id)
        return self.runs.is_here(user_id, run_id)

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

    def _turn_context(
        self,
        profile: Profile,
        run: Run,
        told: RunLog,
        turn: Sequence[Message],
        history: Sequence[Message],
        *,
        done_aside: Sequence[str] = (),
    ) -> TurnContext:
        asked = next((message for message in turn if message.role == "user"), None)
        only_words = asked is not None and run.root_id == run.id and asked.run_id != run.id
        return self.context(
            profile,
            thread_id=run.thread_id,
            run_id=run.id,
            now=run.created_at,
            log=told,
            history=tuple(history),
            answers={answer.approval_id: answer for answer in run.answers},
            done_aside=tuple(done_aside),
            attempt=run.attempts,
            may_write=not (only_words and any(_has_acted(message, run) for message in turn)),
        )

    async def _run(
        self, told: RunLog, context: TurnContext, run: Run, turn: Sequence[Message], *, resumes: bool
    ) -> None:
        """Take the run to exactly one terminal event, or leave it for whoever takes it over."""
        end: Terminal
        try:
            end = await self._walk(context, run, turn, resumes=resumes)
        except asyncio.CancelledError:
            if told.given_up:
                return
            end = RunCancelled(run.thread_id, run.id)
        except (LeaseLost, Unavailable) as error:
            # The database is away, or another process goes on. What was done is found when the lease has run out.
            log.warning("run %s is left for later: %r", run.id, error)
            told.give_up()
            return
        except MetaCortexError as error:
            end = RunFailed(error.message, type(error).__name__.lower())
        except Exception:
            log.exception("run %s failed", run.id)
            end = RunFailed(OURS, "internal")
        await self._settle(told, context, run, end)

    async def _walk(self, context: TurnContext, run: Run, turn: Sequence[Message], *, resumes: bool) -> Terminal:
        """Through the graph: from the message, from where a pause left it, or from what is stored."""
        place = _checkpoint(context, run)
        config: Any = {"configurable": {"thread_id": place}, "recursion_limit": 60}
        saver = Checkpoints(self._pool, context.profile.user_id, fresh=not resumes)
        graph: Conversation = self._conversation.copy(update={"checkpointer": saver})
        given: Any = {"messages": as_turn(turn), "passages": [], "asks": []}
        if resumes:
            state = await graph.aget_state(config)
            if state.interrupts:
                given = Command(resume=_resumption(state.interrupts, context.answers))
            else:
                said, _ = await self.runs.store(context.profile.user_id).turn(run)
                given["messages"] = as_turn(said)
        output: Any = await graph.ainvoke(given, config, context=context, durability="exit", version="v2")
        if output.interrupts:
            await saver.keep()
            return RunPaused(run.thread_id, run.id, tuple(_approval(item.value) for item in output.interrupts))
        return RunFinished(run.thread_id, run.id)

    async def _settle(self, told: RunLog, context: TurnContext, run: Run, end: Terminal) -> None:
        # A cancellation that comes now must not keep the run from being settled.
        settling = asyncio.create_task(self._end(told, context, run, end))
        while not settling.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([settling])
        settling.result()

    async def _end(self, told: RunLog, context: TurnContext, run: Run, end: Terminal) -> None:
        try:
            if isinstance(end, RunCancelled | RunFailed):
                await self._close(told, context, run)
            await told.end(end, self._settlement(context, run, end))
        except (LeaseLost, MetaCortexError) as error:
            log.warning("run %s is left for later: %r", run.id, error)
            told.give_up()
        finally:
            self._wrote()

    def _settlement(self, context: TurnContext, run: Run, end: Terminal) -> Settlement:
        # Only a pause leaves checkpoints: what resumes one has some to forget, or what follows an attempt at one.
        is_over = not isinstance(end, RunPaused) and (bool(run.answers) or run.attempts > 1)
        status, approvals, error = _outcome(end)
        return Settlement(
            status=status,
            approvals=approvals,
            error=error,
            at=self._now(),
            checkpoint=_checkpoint(context, run) if is_over else None,
        )

    async def _close(self, told: RunLog, context: TurnContext, run: Run) -> None:
        """Keep what was said so far, and give each call that was cut off the answer that is true of it."""
        await told.flush()
        turn, _ = await self.runs.store(context.profile.user_id).turn(run)
        parent = turn[-1].id if turn else None
        for id, text in told.open_messages.items():
            if text.strip():
                told.keep(_message(run, id, "assistant", text, self._now(), parent_id=parent))
        told.close_open()
        for message, call in unanswered(turn):
            answer = await self._truth_of(context, run, message, call)
            told.keep(answer)
            await told.tell_stored(ToolAnswered(answer.id, call.id, answer.content))
        # Those of a message that was cut off before it was complete: only readers know of them.
        for call_id in told.open_calls:
            told.tell(ToolAnswered(f"res_{call_id}", call_id, CUT))

    async def _close_pause(self, run: Run, user_id: UUID) -> bool:
        """End a run whose questions nobody will answer, and leave no call of it without a result."""
        store = self.runs.store(user_id)
        turn, _ = await store.turn(run)
        context = self.context(await Profiles(self._pool, user_id).get(), thread_id=run.thread_id, run_id=run.id)
        answers = [await self._truth_of(context, run, message, call) for message, call in unanswered(turn)]
        is_closed = await store.close_paused(run.id, answers, self._now())
        if is_closed:
            await Checkpoints(self._pool, user_id).adelete_thread(_checkpoint(context, run))
        return is_closed

    async def _truth_of(self, context: TurnContext, run: Run, message: Message, call: ToolCall) -> Message:
        """What became of a call, by the ledger."""
        if run.attempts == 1:
            action = await context.ledger.recorded(run.thread_id, message.id, call.id)
        else:
            # A process that was given up may only hang: it is to find the call answered when it comes back to act.
            action = await context.ledger.act(_call(run, message, call), lambda _: STOPPED, at=self._now())
        if action is None or action.summary == STOPPED.summary:
            content = CUT
        else:
            content = json.dumps(result_of(action), ensure_ascii=False, default=str)
        return _message(run, f"res_{call.id}", "tool", content, self._now(), parent_id=message.id, tool_call_id=call.id)


def _check(turn: Turn) -> None:
    if not turn.answers and not turn.text.strip():
        raise Invalid("messages", "the last message is empty; say something.")
    if len(turn.text) > MESSAGE_LENGTH:
        raise Invalid("messages", f"the message is longer than {MESSAGE_LENGTH} characters; split it or write a note.")


def _checkpoint(context: TurnContext, run: Run) -> str:
    return f"{context.profile.user_id}/{quote(run.thread_id, safe='')}/{run.root_id}"


def _said(turn: Turn, run: Run) -> Message:
    return _message(run, turn.message_id, "user", turn.text, run.created_at)


def _call(run: Run, message: Message, call: ToolCall) -> Call:
    return Call(
        thread_id=run.thread_id,
        message_id=message.id,
        tool_call_id=call.id,
        run_id=run.id,
        origin="agent",
        tool=call.name,
        arguments=call.arguments,
    )


def _message(run: Run, id: str, role: Any, content: str, at: datetime, **more: Any) -> Message:
    fields: dict[str, Any] = {"parent_id": None} | more
    return Message(id=id, thread_id=run.thread_id, run_id=run.id, role=role, content=content, created_at=at, **fields)


def _withdrawn(run: Run, turn: Sequence[Message], events: Sequence[Event]) -> list[Withdrawn]:
    """What attempts before this one had begun to say and did not store, also where its beginning was not stored.

    Each attempt stores what it takes back before it says anything, so all that is lost began at the same step.
    """
    stored = {message.id for message in turn}
    begun = [event.message_id for event in events if isinstance(event, TextStarted | ToolCallStarted)]
    step = sum(message.role == "assistant" for message in turn) + 1
    unknown = [message_id(run.id, attempt, step) for attempt in range(1, run.attempts)]
    known = stored | {event.message_id for event in events if isinstance(event, Withdrawn)}
    return [Withdrawn(id) for id in dict.fromkeys([*begun, *unknown]) if id not in known]


def _has_acted(message: Message, run: Run) -> bool:
    """True for the answer of a call that changed something in a run before this one."""
    if message.role != "tool" or message.run_id == run.id:
        return False
    result = json.loads(message.content)
    return isinstance(result, dict) and bool(result.get("action_id"))


def _resumption(interrupts: Sequence[Any], answers: Mapping[str, Answer]) -> dict[str, Any]:
    """LangGraph's ids → our answers, for the interrupts that were answered; unknown answers are left out."""
    return {
        item.id: {"approved": answer.approved, "arguments": answer.arguments, "reason": answer.reason}
        for item in interrupts
        if (answer := answers.get(item.value["id"]))
    }


def _approval(asked: Mapping[str, Any]) -> Approval:
    return Approval(
        id=asked["id"],
        message_id=asked["message_id"],
        tool_call_id=asked["tool_call_id"],
        tool=asked["tool"],
        arguments=asked["arguments"],
        question=asked["question"],
        expires_at=datetime.fromisoformat(asked["expires_at"]),
    )


def _outcome(end: Terminal) -> tuple[Status, tuple[Approval, ...], str | None]:
    match end:
        case RunPaused(_, _, approvals):
            return "paused", approvals, None
        case RunCancelled():
            return "cancelled", (), None
        case RunFailed(message):
            return "failed", (), message
        case RunFinished():
            return "finished", (), None
