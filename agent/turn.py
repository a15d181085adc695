"""A turn: what a person said, or their answers to approvals, taken to its end in a run of its own."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID
from weakref import WeakValueDictionary

from langchain_core.messages import HumanMessage
from langgraph.types import Command

from agent.runs import RunLog, Runs
from domain.actions import Origin
from domain.errors import Conflict, Invalid, MetaCortexError
from domain.events import (
    RunCancelled,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    Terminal,
    TextArrived,
    TextEnded,
    TextStarted,
)
from domain.people import Profile
from domain.runs import Answer, Approval, Run, Status
from domain.threads import MESSAGE_LENGTH, Message
from graphs.conversation import Conversation
from storage.checkpoints import Checkpoints
from storage.habits import Habits
from storage.ledger import Ledger
from storage.memories import Memories
from storage.notes import Notes
from storage.postgres import Pool
from storage.runs import Runs as StoredRuns
from storage.search import Search
from storage.tasks import Tasks
from storage.threads import Threads
from tools.context import Embedder, TurnContext

log = logging.getLogger(__name__)
OURS = "Something went wrong on our side; nothing more was done. Please try again."


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Either `text` (with the id of its message) or `answers` to what the thread's paused run asks."""

    profile: Profile
    thread_id: str
    run_id: str
    message_id: str = ""
    text: str = ""
    answers: tuple[Answer, ...] = ()


class Agent:
    """Takes turns. What lives as long as the process comes in here; what lives as long as a turn, in `TurnContext`."""

    def __init__(
        self,
        *,
        pool: Pool,
        conversation: Conversation,
        embeddings: Embedder | None,
        model_name: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._pool = pool
        self._conversation = conversation
        self._embeddings = embeddings
        self._model_name = model_name
        self._now = now
        self._wrote = wrote
        self.runs = Runs()
        # One turn at a time finds out whether its thread is free; who waits keeps the lock alive.
        self._doors: WeakValueDictionary[tuple[UUID, str], asyncio.Lock] = WeakValueDictionary()

    def context(
        self,
        profile: Profile,
        *,
        thread_id: str = "",
        run_id: str | None = None,
        origin: Origin = "agent",
        history: Sequence[Message] = (),
    ) -> TurnContext:
        """All that a turn, or a request over REST, may touch: stores bound to this user, and now."""
        user_id = profile.user_id
        return TurnContext(
            profile=profile,
            now=self._now().astimezone(profile.tzinfo),
            thread_id=thread_id,
            run_id=run_id,
            origin=origin,
            history=tuple(history),
            tasks=Tasks(self._pool, user_id),
            notes=Notes(self._pool, user_id),
            habits=Habits(self._pool, user_id),
            memories=Memories(self._pool, user_id),
            search=Search(self._pool, user_id),
            ledger=Ledger(self._pool, user_id),
            threads=Threads(self._pool, user_id),
            embeddings=self._embeddings,
        )

    async def take(self, turn: Turn) -> RunLog:
        """Start the turn's run and return its log; the same run id again gives the same run.

        Raises `Invalid` for an empty or overlong message and for answers that nothing waits for, `Conflict` for a
        thread that is busy and watched, or a run id that belongs to another thread. The message is stored on return.
        """
        user_id = turn.profile.user_id
        known = self.runs.find(user_id, turn.run_id)
        if known is not None:
            if known.thread_id != turn.thread_id:
                raise Conflict(f"Run {turn.run_id!r} belongs to another thread; send a new run id.")
            return known
        _check(turn)
        async with self._doors.setdefault((user_id, turn.thread_id), asyncio.Lock()):
            return await self._begin(turn)

    async def _begin(self, turn: Turn) -> RunLog:
        user_id = turn.profile.user_id
        known = self.runs.find(user_id, turn.run_id)
        if known is not None:
            return known
        await self._make_room(user_id, turn.thread_id)
        runs = StoredRuns(self._pool, user_id)
        paused = (
            await runs.waiting([answer.approval_id for answer in turn.answers], turn.thread_id)
            if turn.answers
            else None
        )
        if turn.answers and paused is None:
            raise Invalid("resume", "nothing in this thread waits for that answer; it may have been given already.")
        run = Run(
            id=turn.run_id,
            thread_id=turn.thread_id,
            root_id=paused.root_id if paused else turn.run_id,
            status="running",
            model=self._model_name,
            created_at=self._now(),
        )
        threads = Threads(self._pool, user_id)
        stored = await runs.start(run)
        if stored.status != "running" or stored.created_at != run.created_at:
            return await self._told_again(user_id, stored, threads)
        started = RunLog(thread_id=turn.thread_id, run_id=turn.run_id)
        try:
            history = await threads.history(turn.thread_id)
            if turn.text:
                await threads.append([_said(turn, history, self._now())])
        except MetaCortexError as error:
            await runs.settle(run.id, "failed", error=error.message, at=self._now())
            raise
        context = self.context(turn.profile, thread_id=turn.thread_id, run_id=turn.run_id, history=history)
        self.runs.start(user_id, started, lambda log_: self._run(log_, turn, context, run, paused))
        return started

    async def close(self) -> None:
        """End what is under way; every stream gets a terminal event."""
        await self.runs.close()

    async def _make_room(self, user_id: UUID, thread_id: str) -> None:
        """One run a thread: refuse while somebody reads the running one; where nobody does, it is cancelled first."""
        busy = self.runs.busy(user_id, thread_id)
        if busy is None:
            return
        if busy.readers:
            raise Conflict(f"Run {busy.run_id!r} is still answering in this thread; wait for it or cancel it.")
        await self.runs.cancel(user_id, busy.run_id)

    async def _run(self, told: RunLog, turn: Turn, context: TurnContext, run: Run, paused: Run | None) -> None:
        """Tell the run from its first event to exactly one terminal one, and settle its row."""
        end: Terminal
        told.tell(RunStarted(run.thread_id, run.id))
        try:
            end = await self._walk(told, turn, context, run, paused)
        except asyncio.CancelledError:
            stopped = self.runs.was_stopped(turn.profile.user_id, run.id)
            end = (
                RunCancelled(run.thread_id, run.id)
                if stopped
                else RunFailed("The server is shutting down; send the message again.", "shutdown")
            )
        except MetaCortexError as error:
            end = RunFailed(error.message, type(error).__name__.lower())
        except Exception:
            log.exception("run %s failed", run.id)
            end = RunFailed(OURS, "internal")
        try:
            # A second cancellation must not keep the row from being settled.
            await asyncio.shield(self._settle(context, run, paused, end))
        finally:
            told.tell(end)
            self._wrote()
        if not isinstance(end, RunPaused):
            user_id = turn.profile.user_id
            await Checkpoints(self._pool, user_id).adelete_thread(_checkpoint(user_id, run))

    async def _walk(self, told: RunLog, turn: Turn, context: TurnContext, run: Run, paused: Run | None) -> Terminal:
        graph: Conversation = self._conversation.copy(
            update={"checkpointer": Checkpoints(self._pool, turn.profile.user_id)}
        )
        config: Any = {"configurable": {"thread_id": _checkpoint(turn.profile.user_id, run)}, "recursion_limit": 60}
        given: Any = {
            "messages": [HumanMessage(turn.text, id=turn.message_id)],
            "passages": [],
            "asks": [],
            "steps": 0,
        }
        if paused is not None:
            state = await graph.aget_state(config)
            given = Command(resume=_resumption(state.interrupts, turn.answers))
        waiting: list[Any] = []
        stream = graph.astream(given, config, context=context, stream_mode=["custom", "updates"], durability="exit")
        async with aclosing(stream) as parts:  # type: ignore[type-var]  # typed as an iterator, it is a generator
            part: Any  # an event of ours, or a node's update as a dictionary
            async for mode, part in parts:
                if mode == "custom":
                    told.tell(part)
                else:
                    waiting.extend(part.get("__interrupt__", ()))
        if waiting:
            return RunPaused(run.thread_id, run.id, tuple(_approval(item.value) for item in waiting))
        return RunFinished(run.thread_id, run.id)

    async def _settle(self, context: TurnContext, run: Run, resumed: Run | None, end: Terminal) -> None:
        runs = StoredRuns(self._pool, context.profile.user_id)
        status, approvals, error = _outcome(end)
        await runs.settle(run.id, status, approvals=approvals, error=error, at=self._now())
        if resumed is not None:
            await runs.settle(resumed.id, "finished", at=self._now())

    async def _told_again(self, user_id: UUID, run: Run, threads: Threads) -> RunLog:
        """A run that another process, or an earlier start of this one, has told: its messages and its end."""
        told = RunLog(thread_id=run.thread_id, run_id=run.id)
        told.tell(RunStarted(run.thread_id, run.id))
        for message in await threads.history(run.thread_id):
            if message.run_id == run.id and message.role == "assistant" and message.content:
                told.tell(TextStarted(message.id))
                told.tell(TextArrived(message.id, message.content))
                told.tell(TextEnded(message.id))
        match run.status:
            case "paused":
                told.tell(RunPaused(run.thread_id, run.id, run.approvals))
            case "cancelled":
                told.tell(RunCancelled(run.thread_id, run.id))
            case "finished":
                told.tell(RunFinished(run.thread_id, run.id))
            case "failed" | "running":
                told.tell(RunFailed(run.error or "The server stopped during this run; send the message again.", "lost"))
        self.runs.keep(user_id, told)
        return told


def _check(turn: Turn) -> None:
    if not turn.answers and not turn.text.strip():
        raise Invalid("messages", "the last message is empty; say something.")
    if len(turn.text) > MESSAGE_LENGTH:
        raise Invalid("messages", f"the message is longer than {MESSAGE_LENGTH} characters; split it or write a note.")


def _checkpoint(user_id: UUID, run: Run) -> str:
    return f"{user_id}/{quote(run.thread_id, safe='')}/{run.root_id}"


def _said(turn: Turn, history: Sequence[Message], now: datetime) -> Message:
    return Message(
        id=turn.message_id,
        thread_id=turn.thread_id,
        parent_id=history[-1].id if history else None,
        run_id=turn.run_id,
        role="user",
        content=turn.text,
        created_at=now,
    )


def _resumption(interrupts: Sequence[Any], answers: Sequence[Answer]) -> dict[str, Any]:
    """LangGraph's ids → our answers, for the interrupts that were answered; unknown answers are left out."""
    # The first word counts where somebody says both yes and no.
    given = {answer.approval_id: answer for answer in reversed(answers)}
    return {
        item.id: {"approved": answer.approved, "arguments": answer.arguments, "reason": answer.reason}
        for item in interrupts
        if (answer := given.get(item.value["id"]))
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
