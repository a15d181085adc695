"""The walk of a turn through the graph: from the message, from where a pause left it, or from what is stored."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from langgraph.types import Command

from domain.events import RunFinished, RunPaused
from domain.runs import Answer, Approval, Run
from domain.threads import Message
from graphs.conversation import Conversation, asking, entering
from graphs.history import as_turn
from storage.checkpoints import Checkpoints, place_of
from storage.postgres import Pool
from storage.runs import Runs
from tools.context import TurnContext

MOST_STEPS = 60


class Walk:
    """Knows the graph, and where it left a run that paused."""

    def __init__(self, *, pool: Pool, conversation: Conversation) -> None:
        self._pool = pool
        self._conversation = conversation

    async def go(self, context: TurnContext, run: Run, turn: Sequence[Message]) -> RunFinished | RunPaused:
        """Walk to the end or to a question; `turn` is what was said in the run's turn so far."""
        # What another attempt has stored lies beyond the place of the pause.
        if run.answers and run.attempts == 1:
            return await self._kept(context, run)
        given: Any = entering(as_turn(turn))
        walked: Any = await self._conversation.ainvoke(
            given, {"recursion_limit": MOST_STEPS}, context=context, version="v2"
        )
        if not walked.interrupts:
            return RunFinished(run.thread_id, run.id)
        # To keep its place costs a walk a quarter more, and few pause: one that does takes its last step once more.
        return await self._kept(context, run, asking(walked.value))

    async def _kept(self, context: TurnContext, run: Run, given: Any = None) -> RunFinished | RunPaused:
        """Walk on, and keep the place where the run pauses; without anything `given` from where it paused before."""
        user_id = context.profile.user_id
        saver = Checkpoints(self._pool, user_id, fresh=given is not None)
        graph = copy(self._conversation)
        graph.checkpointer = saver
        config: Any = {"configurable": {"thread_id": place_of(user_id, run)}, "recursion_limit": MOST_STEPS}
        if given is None:
            state = await graph.aget_state(config)
            if state.interrupts:
                given = Command(resume=_resumption(state.interrupts, context.answers))
            else:
                said, _ = await Runs(self._pool, user_id).turn(run)
                given = entering(as_turn(said))
        output: Any = await graph.ainvoke(given, config, context=context, durability="exit", version="v2")
        if not output.interrupts:
            return RunFinished(run.thread_id, run.id)
        await saver.keep()
        return RunPaused(run.thread_id, run.id, tuple(_approval(item.value) for item in output.interrupts))


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
