"""AG-UI: the native wire. A run goes in as `RunAgentInput` and comes out as a stream of events."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import orjson
from ag_ui.core import ResumeEntry, RunAgentInput, TextPart, UserMessage
from ag_ui.core.capabilities import (
    AgentCapabilities,
    HumanInTheLoopCapabilities,
    IdentityCapabilities,
    ToolsCapabilities,
    TransportCapabilities,
)
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from agent.events import to_json
from agent.turn import Agent, Reading, Turn
from domain.errors import Invalid
from domain.events import TERMINAL, Event, RunCancelled, RunFinished, RunPaused, RunStarted, Withdrawn
from domain.people import Profile
from domain.runs import Answer, Approval, Run
from domain.threads import MESSAGE_LENGTH
from protocols import sse
from protocols.auth import Caller, TheAgent, caller
from protocols.auth import agent as the_agent
from protocols.fields import checked_id, checked_json, checked_text
from protocols.problems import TooLarge
from protocols.rest import Context
from protocols.snapshots import Told, before, snapshot
from storage.threads import Threads

SNAPSHOT_LENGTH = 2_000

router = APIRouter(prefix="/agui", tags=["agui"])


async def run(agent: TheAgent, profile: Caller, asked: RunAgentInput) -> sse.Stream:
    """Take one turn: the last message is what the person says, or `resume` answers what a paused run asks.

    What is wrong with the request is a problem before the stream opens; what goes wrong after is an event in it.
    """
    turn = turn_of(asked, profile)
    threads = partial(_threads, agent, profile)
    if turn.answers:
        await _check_nothing_new(asked, threads())
    reading = await agent.take(turn)
    return sse.Stream(_Telling(reading, Told(), threads, _said_by(asked)).frames())


class TurnRoute(APIRoute):
    """Reads a turn's request in one go; one that cannot be read is told by FastAPI's way what is wrong with it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers it."""
        by_steps = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return await by_steps(request)
            try:
                asked = RunAgentInput.model_validate_json(await request.body())
            except (ValidationError, ClientDisconnect):
                return await by_steps(request)
            return await run(await the_agent(request), await caller(request), asked)

        return handler


router.add_api_route("", run, methods=["POST"], route_class_override=TurnRoute)


@router.post("/connect")
async def connect(agent: TheAgent, context: Context, asked: RunAgentInput) -> sse.Stream:
    """Come back to a thread: all that was said, the run under way from where it is, the questions that are open."""
    thread_id, run_id = checked_id("threadId", asked.thread_id), checked_id("runId", asked.run_id)
    store = agent.runs.store(context.profile.user_id)
    live, waiting = await store.under_way(thread_id), await store.waiting(thread_id)
    history = await context.threads.history(thread_id, SNAPSHOT_LENGTH)
    said = _said_by(asked)
    if live is None:
        open_ = _open_approvals(waiting, context.now)
        end = RunPaused(thread_id, run_id, open_) if open_ else RunFinished(thread_id, run_id)
        return sse.Stream(_at_rest(RunStarted(thread_id, run_id), before(history, ""), end, said))
    told, reached = Told(), 0
    for number, event in await agent.runs.so_far(context.profile.user_id, live.id):
        if isinstance(event, TERMINAL):
            break  # it has ended meanwhile; its end is told in its place
        told.take(event)
        reached = number
    reading = Reading(runs=agent.runs, user_id=context.profile.user_id, thread_id=thread_id, run_id=live.id)
    return sse.Stream(_under_way(reading, told, reached, lambda: context.threads, [*before(history, live.id)], said))


@router.get("/capabilities")
async def capabilities(profile: Caller) -> dict[str, Any]:
    """What this agent can do, in AG-UI's shape."""
    declared = AgentCapabilities(
        identity=IdentityCapabilities(name="MetaCortex", description="Tasks, notes and habits, by talking."),
        transport=TransportCapabilities(streaming=True, resumable=True),
        tools=ToolsCapabilities(supported=True, client_provided=False),
        human_in_the_loop=HumanInTheLoopCapabilities(supported=True, approvals=True, interrupts=True),
    )
    return declared.model_dump(by_alias=True, exclude_none=True)


def turn_of(asked: RunAgentInput, profile: Profile) -> Turn:
    """The turn that the request asks for; the server's history is the truth, so only its last message is read."""
    thread_id, run_id = checked_id("threadId", asked.thread_id), checked_id("runId", asked.run_id)
    branch_from, model = _forwarded(asked, "branchFrom"), _forwarded(asked, "model")
    answers = tuple(_answer(entry, f"resume[{number}]") for number, entry in enumerate(asked.resume or ()))
    if answers:
        return Turn(profile=profile, thread_id=thread_id, run_id=run_id, answers=answers, model=model)
    last = asked.messages[-1] if asked.messages else None
    if not isinstance(last, UserMessage):
        raise Invalid("messages", "do not end with a message of role 'user'; add what the person says.")
    field = f"messages[{len(asked.messages) - 1}]"
    text = checked_text(f"{field}.content", _text(last))
    if len(text) > MESSAGE_LENGTH:
        raise TooLarge(f"The message is longer than {MESSAGE_LENGTH} characters; split it or write a note.")
    if not text.strip():
        raise Invalid(f"{field}.content", "is empty; say something.")
    message_id = checked_id(f"{field}.id", last.id or str(uuid4()))
    # A branch from the message itself only asks for other words to it.
    branch_from = None if branch_from == message_id else branch_from
    return Turn(
        profile=profile,
        thread_id=thread_id,
        run_id=run_id,
        message_id=message_id,
        text=text,
        branch_from=branch_from,
        model=model,
    )


def said_before_1_0(event: Event) -> tuple[bytes, ...]:
    """The event for clients up to 0.0.59, which reject a cancelled outcome."""
    match event:
        case RunCancelled(thread_id, run_id):
            told = {"type": "CUSTOM", "name": "metacortex.cancelled", "value": {"runId": run_id}}
            finished = {"type": "RUN_FINISHED", "threadId": thread_id, "runId": run_id}
            return orjson.dumps(told), orjson.dumps(finished)
        case _:
            return (to_json(event),)


def _said_by(asked: RunAgentInput) -> sse.Said:
    return sse.one if asked.protocol_version else said_before_1_0


class _Telling:
    """What one client has been told of a run; where words are taken back, a snapshot without them follows."""

    def __init__(self, reading: Reading, told: Told, threads: Callable[[], Threads], said: sse.Said) -> None:
        self._reading = reading
        self._told = told
        self._untold: list[Event] = []  # folded into messages only where that is needed
        self._threads = threads
        self._said = said

    def frames(self, after: int = 0) -> AsyncGenerator[bytes, None]:
        """The run's frames past that number."""
        return sse.frames_of(self._reading, after, self._framed)

    async def _framed(self, batch: sse.Batch) -> bytes:
        if not any(isinstance(event, Withdrawn) for _, event in batch):
            self._untold += [event for _, event in batch]
            return sse.frames(batch, self._reading.run_id, self._said)
        made = []
        for number, event in batch:
            made.append(sse.frames([(number, event)], self._reading.run_id, self._ended_first))
            if isinstance(event, Withdrawn):
                history = await self._threads().history(self._reading.thread_id, SNAPSHOT_LENGTH)
                said = [*before(history, self._reading.run_id), *self._told.messages]
                made.append(sse.frame(snapshot(said)))
        return b"".join(made)

    def _ended_first(self, event: Event) -> tuple[bytes, ...]:
        """What was told and not stored before its process died has no end in the log."""
        for untold in self._untold:
            self._told.take(untold)
        self._untold.clear()
        ends = tuple(self._told.ends_of(event.message_id)) if isinstance(event, Withdrawn) else ()
        self._told.take(event)
        return tuple(data for each in (*ends, event) for data in self._said(each))


async def _under_way(
    reading: Reading,
    told: Told,
    reached: int,
    threads: Callable[[], Threads],
    history: list[dict[str, Any]],
    said: sse.Said,
) -> AsyncGenerator[bytes, None]:
    yield sse.frame(to_json(RunStarted(reading.thread_id, reading.run_id)))
    yield sse.frame(snapshot([*history, *told.messages]))
    for event in told.reopened():
        yield sse.frame(to_json(event))
    rest = _Telling(reading, told, threads, said).frames(max(reached, 1))
    async with aclosing(rest) as frames:
        async for frame in frames:
            yield frame


async def _at_rest(
    start: Event, history: list[dict[str, Any]], end: Event, said: sse.Said
) -> AsyncGenerator[bytes, None]:
    for data in (*said(start), snapshot(history), *said(end)):
        yield sse.frame(data)


def _open_approvals(waiting: Sequence[Run], now: datetime) -> tuple[Approval, ...]:
    """What the latest pause still asks: clients answer all they are shown at once, and a run takes up one pause."""
    asked = (tuple(each for each in run.approvals if each.expires_at > now) for run in reversed(waiting))
    return next(filter(None, asked), ())


def _threads(agent: Agent, profile: Profile) -> Threads:
    return agent.context(profile, origin="rest").threads


async def _check_nothing_new(asked: RunAgentInput, threads: Threads) -> None:
    """Raises `Invalid` where a message that is not stored stands beside answers: it would be lost."""
    last = asked.messages[-1] if asked.messages else None
    if not isinstance(last, UserMessage) or not _text(last).strip():
        return
    if last.id not in {message.id for message in await threads.history(asked.thread_id, SNAPSHOT_LENGTH)}:
        field = f"messages[{len(asked.messages) - 1}]"
        raise Invalid(field, "is new and stands beside `resume`; send the answers first, then the message.")


def _forwarded(asked: RunAgentInput, name: str) -> str | None:
    """One of the properties of ours; raises `Invalid`."""
    given = asked.forwarded_props.get(name) if isinstance(asked.forwarded_props, dict) else None
    if given is None:
        return None
    field = f"forwardedProps.{name}"
    if not isinstance(given, str):
        raise Invalid(field, "is no text.")
    # A model's name may hold a slash.
    return checked_id(field, given) if name == "branchFrom" else checked_text(field, given)


def _text(message: UserMessage) -> str:
    """The words of the message; parts that cannot be read are skipped."""
    if isinstance(message.content, str):
        return message.content
    return "\n".join(part.text for part in message.content if isinstance(part, TextPart))


def _answer(entry: ResumeEntry, field: str) -> Answer:
    approval_id = checked_id(f"{field}.interruptId", entry.interrupt_id)
    if entry.status == "cancelled":
        return Answer(approval_id=approval_id, approved=False)
    payload = {"approved": entry.payload} if isinstance(entry.payload, bool) else entry.payload
    if not isinstance(payload, dict) or not isinstance(payload.get("approved"), bool):
        raise Invalid(f"{field}.payload", 'is not like {"approved": true} or {"approved": false, "reason": "…"}.')
    checked_json(f"{field}.payload", payload)
    reason, edited = payload.get("reason"), payload.get("editedArgs")
    if reason is not None and not isinstance(reason, str):
        raise Invalid(f"{field}.payload.reason", "is not a text.")
    if edited is not None and not isinstance(edited, dict):
        raise Invalid(f"{field}.payload.editedArgs", "is not an object.")
    return Answer(approval_id=approval_id, approved=payload["approved"], reason=reason, arguments=edited)
