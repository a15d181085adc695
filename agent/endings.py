"""Endings: how a run is settled, whatever became of it, so that each of its calls has an answer that is true."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from agent.events import as_rows
from agent.log import ATTEMPT, RunLog
from agent.runs import Runs
from domain.actions import Call
from domain.errors import MetaCortexError
from domain.events import RunCancelled, RunFailed, RunFinished, RunPaused, Terminal, ToolAnswered
from domain.runs import Approval, Run, Status
from domain.threads import CUT, Message, Role, ToolCall, unanswered
from storage.checkpoints import Checkpoints, place_of
from storage.ledger import Decision, Ledger
from storage.postgres import Pool
from storage.runs import LeaseLost, Settlement
from tools.tool import result_of

logger = logging.getLogger("metacortex.runs")
LOST = RunFailed("The server stopped again and again during this run; send the message again.", "lost")
OURS = RunFailed("Something went wrong on our side; nothing more was done. Please try again.", "internal")
STOPPED = Decision(str(json.loads(CUT)["summary"]), (), ())


class Endings:
    """Brings them about; `wrote` hears of each."""

    def __init__(self, *, pool: Pool, runs: Runs, now: Callable[[], datetime], wrote: Callable[[], None]) -> None:
        self._pool = pool
        self._runs = runs
        self._now = now
        self._wrote = wrote

    async def settle(self, told: RunLog, user_id: UUID, run: Run, end: Terminal) -> None:
        """Store the run's end and tell it; where the database is away or another process goes on, it is left.

        What nobody has foreseen must not have a model asked again: what was said is stored at least, and whoever takes
        the run over finds it; where not even that can be, or nothing was said to the end, the run has failed.
        One that was cancelled stays so.
        """
        # A cancellation that comes now must not keep the run from being settled.
        settling = asyncio.create_task(self._settle(told, user_id, run, end))
        while not settling.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([settling])
        settling.result()

    async def settle_unread(self, user_id: UUID, run: Run) -> None:
        """End a run of which not even what is stored can be read."""
        await self._end_alone(user_id, run, LOST)

    async def close_pause(self, user_id: UUID, run: Run) -> bool:
        """End a run whose questions nobody will answer, and leave no call of it without a result."""
        store = self._runs.store(user_id)
        turn, _ = await store.turn(run)
        answers = [await self._truth_of(user_id, run, message, call) for message, call in unanswered(turn)]
        is_closed = await store.close_paused(run.id, answers, self._now())
        if is_closed:
            await Checkpoints(self._pool, user_id).adelete_thread(place_of(user_id, run))
        return is_closed

    async def _settle(self, told: RunLog, user_id: UUID, run: Run, end: Terminal) -> None:
        try:
            await self._end(told, user_id, run, end)
        except Exception:
            # The end of a run: whatever kept it from being stored, the run must not stay as it is.
            logger.exception("run %s could not be settled", run.id)
            told.give_up()
            is_saved = await self._is_saved(told, run)
            alone = end if isinstance(end, RunCancelled | RunFailed) else OURS
            if alone is end or not is_saved:
                with suppress(LeaseLost, MetaCortexError):
                    await self._end_alone(user_id, run, alone)

    async def _is_saved(self, told: RunLog, run: Run) -> bool:
        try:
            await told.save()
        except Exception as error:
            # What could not be foreseen of the end may befall what was said too; the run ends without it then.
            logger.warning("what was said in run %s could not be stored: %r", run.id, error)
            return False
        return True

    async def _end(self, told: RunLog, user_id: UUID, run: Run, end: Terminal) -> None:
        try:
            if isinstance(end, RunCancelled | RunFailed):
                await self._close(told, user_id, run)
            await told.end(end, self._settlement(user_id, run, end))
        except (LeaseLost, MetaCortexError) as error:
            logger.warning("run %s is left for later: %r", run.id, error)
            told.give_up()
        finally:
            self._wrote()

    async def _end_alone(self, user_id: UUID, run: Run, end: RunCancelled | RunFailed) -> None:
        """Store that the run has ended, and nothing else of it."""
        rows = as_rows([(run.attempts * ATTEMPT, end)])
        settlement = self._settlement(user_id, run, end)
        await self._runs.store(user_id).record(run.id, self._runs.lease, events=rows, end=settlement)

    def _settlement(self, user_id: UUID, run: Run, end: Terminal) -> Settlement:
        # Only a pause leaves checkpoints: what resumes one has some to forget, or what follows an attempt at one.
        is_over = not isinstance(end, RunPaused) and (bool(run.answers) or run.attempts > 1)
        status, approvals, error = _outcome(end)
        return Settlement(
            status=status,
            approvals=approvals,
            error=error,
            at=self._now(),
            checkpoint=place_of(user_id, run) if is_over else None,
        )

    async def _close(self, told: RunLog, user_id: UUID, run: Run) -> None:
        """Keep what was said so far, and give each call that was cut off the answer that is true of it."""
        await told.flush()
        turn, _ = await self._runs.store(user_id).turn(run)
        parent = turn[-1].id if turn else None
        for id, text in told.open_messages.items():
            if text.strip():
                told.keep(self._message(run, id, "assistant", text, parent_id=parent))
        told.close_open()
        for message, call in unanswered(turn):
            answer = await self._truth_of(user_id, run, message, call)
            told.keep(answer)
            await told.tell_stored(ToolAnswered(answer.id, call.id, answer.content))
        # Those of a message that was cut off before it was complete: only readers know of them.
        for call_id in told.open_calls:
            told.tell(ToolAnswered(f"res_{call_id}", call_id, CUT))

    async def _truth_of(self, user_id: UUID, run: Run, message: Message, call: ToolCall) -> Message:
        """What became of a call, by the ledger."""
        ledger = Ledger(self._pool, user_id)
        if run.attempts == 1:
            action = await ledger.recorded(run.thread_id, message.id, call.id)
        else:
            # A process that was given up may only hang: it is to find the call answered when it comes back to act.
            action = await ledger.act(_call(run, message, call), lambda _: STOPPED, at=self._now())
        if action is None or action.summary == STOPPED.summary:
            content = CUT
        else:
            content = json.dumps(result_of(action), ensure_ascii=False, default=str)
        return self._message(run, f"res_{call.id}", "tool", content, parent_id=message.id, tool_call_id=call.id)

    def _message(
        self, run: Run, id: str, role: Role, content: str, *, parent_id: str | None, tool_call_id: str | None = None
    ) -> Message:
        return Message(
            id=id,
            thread_id=run.thread_id,
            parent_id=parent_id,
            run_id=run.id,
            role=role,
            content=content,
            tool_call_id=tool_call_id,
            created_at=self._now(),
        )


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
