"""Runs over REST: how one stands, its events while this process has them, and its end."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request
from sse_starlette import EventSourceResponse

from agent.events import interrupt
from domain.errors import Conflict, NotFound
from domain.runs import Run
from protocols import sse
from protocols.auth import Caller, TheAgent
from protocols.fields import Id
from storage.runs import Runs

router = APIRouter(prefix="/runs", tags=["runs"])
RunId = Annotated[Id, Path()]


def _runs(request: Request, profile: Caller) -> Runs:
    stored: Callable[[UUID], Runs] = request.app.state.runs_of
    return stored(profile.user_id)


StoredRuns = Annotated[Runs, Depends(_runs)]


@router.get("/{run_id}")
async def get(runs: StoredRuns, run_id: RunId) -> dict[str, Any]:
    """How a run stands, with the approvals it waits for."""
    return shape(await runs.get(run_id))


@router.get("/{run_id}/events")
async def events(
    agent: TheAgent,
    profile: Caller,
    runs: StoredRuns,
    run_id: RunId,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventSourceResponse:
    """The run's events after `Last-Event-ID`, to its end."""
    log = agent.runs.find(profile.user_id, run_id)
    if log is None:
        run = await runs.get(run_id)
        raise NotFound(f"The events of run {run_id!r} are gone; read GET /threads/{run.thread_id}/messages.")
    return sse.stream(log, after=sse.number_of(last_event_id, run_id))


@router.post("/{run_id}/cancel")
async def cancel(agent: TheAgent, profile: Caller, runs: StoredRuns, run_id: RunId) -> dict[str, Any]:
    """End a run that is under way; 409 where it has ended."""
    run = await runs.get(run_id)
    if not await agent.runs.cancel(profile.user_id, run_id):
        raise Conflict(f"Run {run_id!r} is not under way; it is {run.status}.")
    return shape(await runs.get(run_id))


def shape(run: Run) -> dict[str, Any]:
    """A run on the wire; its approvals are in the form in which they are answered."""
    return {
        "id": run.id,
        "thread_id": run.thread_id,
        "status": run.status,
        "model": run.model,
        "approvals": [interrupt(approval) for approval in run.approvals],
        "error": run.error,
        "created_at": run.created_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
