"""Runs over REST: how one stands, its events, and its end."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request

from agent.events import interrupt
from agent.turn import Reading
from domain.errors import Conflict
from domain.runs import Run
from protocols import sse
from protocols.auth import Caller, TheAgent
from protocols.fields import Id
from storage.runs import Runs

router = APIRouter(prefix="/runs", tags=["runs"])
RunId = Annotated[Id, Path()]


async def _runs(request: Request, profile: Caller) -> Runs:
    stored: Callable[[UUID], Runs] = request.app.state.runs_of
    return stored(profile.user_id)


StoredRuns = Annotated[Runs, Depends(_runs)]


@router.get("/{run_id}")
async def get(runs: StoredRuns, run_id: RunId) -> dict[str, Any]:
    """How a run stands, with the approvals it waits for."""
    return shape(await runs.with_searches(run_id))


@router.get("/{run_id}/events")
async def events(
    agent: TheAgent,
    profile: Caller,
    runs: StoredRuns,
    run_id: RunId,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int, Query(ge=0, lt=10**12)] = 0,
) -> sse.Stream:
    """The run's events after `Last-Event-ID` or `after`, to its end, whoever tells them."""
    run = await runs.get(run_id)
    reading = Reading(runs=agent.runs, user_id=profile.user_id, thread_id=run.thread_id, run_id=run_id)
    return sse.stream(reading, after=max(after, sse.number_of(last_event_id, run_id)))


@router.post("/{run_id}/cancel")
async def cancel(agent: TheAgent, profile: Caller, runs: StoredRuns, run_id: RunId) -> dict[str, Any]:
    """End a run that is under way or waits for approval, wherever it runs; 409 where it has ended."""
    if not await agent.cancel(profile.user_id, run_id):
        raise Conflict(f"Run {run_id!r} has ended already; it is {(await runs.get(run_id)).status}.")
    return shape(await runs.with_searches(run_id))


def shape(run: Run) -> dict[str, Any]:
    """A run on the wire; its approvals are in the form in which they are answered.

    What explains its answer: the model that gave it, the versions of the prompts, a hash of the tools that were shown,
    and what all calls of models took, embeddings for its searches among them; dollars of null are not known.
    """
    return {
        "id": run.id,
        "thread_id": run.thread_id,
        "status": run.status,
        "model": run.model,
        "message_id": run.message_id,
        "attempts": run.attempts,
        "approvals": [interrupt(approval) for approval in run.approvals],
        "error": run.error,
        "answered_by": run.answered_by,
        "prompt": run.prompt,
        "tools_hash": run.tools_hash,
        "usage": {
            "input_tokens": run.input_tokens,
            "output_tokens": run.output_tokens,
            "cached_tokens": run.cached_tokens,
            "dollars": None if run.cost is None else float(run.cost),
        },
        "created_at": run.created_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
