"""Hearing: one message said to the agent, what it told and called until the turn was over, approvals answered."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from agent.turn import Agent, Turn
from domain.errors import MetaCortexError
from domain.events import (
    Cited,
    RunFailed,
    RunPaused,
    TextArrived,
    TextStarted,
    ToolAnswered,
    ToolArgumentsArrived,
    ToolCallStarted,
    Withdrawn,
)
from domain.people import Profile
from domain.runs import Answer, Approval
from domain.threads import Citation

MOST_APPROVALS = 3


@dataclass(kw_only=True)
class Called:
    """A call of a tool; `arguments` and `result` are JSON text, the result None where it never came."""

    id: str
    tool: str
    arguments: str = ""
    result: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The call with its JSON read."""
        return {"tool": self.tool, "arguments": _read(self.arguments or "{}"), "result": _read(self.result or "null")}


@dataclass(kw_only=True)
class Said:
    """One message of the assistant: its words, the calls it made, and the passages it used."""

    words: str = ""
    calls: list[Called] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)


@dataclass(kw_only=True)
class Heard:
    """What a turn told: the assistant's messages by their ids, in order, without those that were taken back."""

    said: dict[str, Said] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    error: str | None = None

    @property
    def words(self) -> str:
        """What the assistant said in all, a line for each message."""
        return "\n".join(said.words for said in self.said.values() if said.words)

    @property
    def calls(self) -> list[Called]:
        """All calls, in order."""
        return [call for said in self.said.values() for call in said.calls]

    @property
    def citations(self) -> list[Citation]:
        """All passages that were used, in order."""
        return [citation for said in self.said.values() for citation in said.citations]

    @property
    def tools(self) -> list[str]:
        """The names of the tools that were called, in order."""
        return [call.tool for call in self.calls]


async def hear(words: str, *, agent: Agent, profile: Profile, thread_id: str, approve: bool) -> Heard:
    """Say the words in the thread and listen to the end; what asks for approval gets this answer."""
    heard = Heard()
    said = Turn(profile=profile, thread_id=thread_id, run_id=uuid4().hex, message_id=uuid4().hex, text=words)
    try:
        waiting = await _listen(agent, said, heard)
        for _ in range(MOST_APPROVALS):
            if not waiting:
                break
            answers = tuple(Answer(approval_id=one.id, approved=approve) for one in waiting)
            answer = Turn(profile=profile, thread_id=thread_id, run_id=uuid4().hex, answers=answers)
            waiting = await _listen(agent, answer, heard)
    except MetaCortexError as error:
        heard.error = error.message
    return heard


def _read(text: str) -> Any:
    """The JSON of it; what is none, as a model may write it, stays text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


async def _listen(agent: Agent, turn: Turn, heard: Heard) -> Sequence[Approval]:
    """Read the run to its end into `heard`; returns what it waits for."""
    log = await agent.take(turn)
    async with aclosing(log.read()) as events:  # type: ignore[type-var]  # typed as an iterator, it is a generator
        async for _, event in events:
            match event:
                case TextStarted(message_id):
                    heard.said.setdefault(message_id, Said())
                case TextArrived(message_id, delta):
                    heard.said[message_id].words += delta
                case ToolCallStarted(id, tool, message_id):
                    heard.said.setdefault(message_id, Said()).calls.append(Called(id=id, tool=tool))
                case ToolArgumentsArrived(id, delta):
                    next(call for call in heard.calls if call.id == id).arguments += delta
                case ToolAnswered(_, id, content):
                    next(call for call in heard.calls if call.id == id).result = content
                case Cited(message_id, citations):
                    heard.said[message_id].citations.extend(citations)
                case Withdrawn(message_id):
                    heard.said.pop(message_id, None)
                case RunFailed(message):
                    heard.error = message
                case RunPaused(_, _, approvals):
                    heard.asked.extend(approval.question for approval in approvals)
                    return approvals
    return ()
