"""The application: every way to talk to the agent under one roof, with health and the page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.turn import Agent
from domain.budgets import Budget
from protocols import (
    actions,
    agui,
    exports,
    habits,
    imports,
    me,
    memories,
    notes,
    problems,
    runs,
    search,
    tasks,
    threads,
    usage,
)
from protocols.auth import Door
from storage.exports import Exports
from storage.imports import Imports
from storage.people import Profiles
from storage.runs import Runs
from storage.spending import Spending

WEB = Path(__file__).parent.parent / "web"
# A note of a million characters in JSON escapes, and some air.
MAX_BODY_SIZE = 8_000_000
TOO_LARGE = "The body is larger than {} MB; send less at a time."
_PROTOCOLS = (agui, tasks, notes, habits, search, memories, actions, threads, runs, me, imports, exports, usage)
_SAFE = [
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


def build(
    *,
    agent: Agent,
    door: Door,
    profiles_of: Callable[[UUID], Profiles],
    runs_of: Callable[[UUID], Runs],
    imports_of: Callable[[UUID], Imports],
    exports_of: Callable[[UUID], Exports],
    spending_of: Callable[[UUID], Spending],
    budgets: Sequence[Budget],
    is_ready: Callable[[], Awaitable[bool]],
    nudge: Callable[[], None],
) -> FastAPI:
    """All routes over these parts; `nudge` is called after a write."""
    app = FastAPI(title="MetaCortex", docs_url=None, redoc_url=None)
    app.state.agent = agent
    app.state.door = door
    app.state.profiles_of = profiles_of
    app.state.runs_of = runs_of
    app.state.imports_of = imports_of
    app.state.exports_of = exports_of
    app.state.spending_of = spending_of
    app.state.budgets = budgets
    app.state.is_ready = is_ready
    app.state.nudge = nudge
    problems.install(app)
    app.add_middleware(Bounds)
    for protocol in _PROTOCOLS:
        # Each router says its whole paths; one within another is searched twice for each request.
        app.router.routes.extend(protocol.router.routes)
    app.add_api_route("/health/live", _live, tags=["health"])
    app.add_api_route("/health/ready", _ready, tags=["health"])
    app.add_api_route("/", _page, include_in_schema=False)
    app.mount("/web", StaticFiles(directory=WEB))
    return app


class Bounds:
    """Tells browsers to run only our own scripts, and refuses a body that is too large.

    By what it declares or by what arrives: FastAPI's own `max_body_size` answers a declared excess in plain text, which
    no handler can turn into a problem. Pure ASGI, so that streams pass untouched.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to whatever is answered; count while the body is read, and what is too much becomes a 413."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_SAFE]
            await send(message)

        most = imports.MAX_UPLOAD_SIZE if scope["path"] == imports.router.prefix else MAX_BODY_SIZE
        too_large = TOO_LARGE.format(most // 1_000_000)
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared[:20]) > most:
            refusal = problems.problem(413, too_large, headers={"Connection": "close"})
            return await refusal(scope, receive, send_with_headers)
        arrived = 0

        async def receive_counting() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > most:
                raise HTTPException(413, too_large)
            return message

        await self._app(scope, receive_counting, send_with_headers)


async def _live() -> dict[str, str]:
    return {"status": "ok"}


async def _ready(request: Request) -> Any:
    if request.app.state.agent.runs.draining:
        return problems.problem(503, "This server is stopping.")
    if not await request.app.state.is_ready():
        return problems.problem(503, "The database does not answer; try again in a moment.")
    return {"status": "ok", "searches": asdict(request.app.state.agent.looks)}


async def _page() -> Response:
    return FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})
