"""Errors on the wire: `application/problem+json` for each, with the field and the cure."""

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.errors import Busy, Conflict, Denied, Invalid, MetaCortexError, NotFound, RuleBroken, Unavailable

logger = logging.getLogger("metacortex.http")
_STATUS: Mapping[type[MetaCortexError], int] = {
    NotFound: 404,
    Invalid: 422,
    RuleBroken: 422,
    Conflict: 409,
    Busy: 409,
    Denied: 401,
    Unavailable: 503,
}
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "2"}}


class TooLarge(MetaCortexError):
    """The message is too long."""


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """One problem document; further members stand beside the standard ones."""
    title = HTTPStatus(status).phrase
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    # ASCII escapes, because a refused text may hold what UTF-8 cannot carry.
    body = json.dumps(document, ensure_ascii=True).encode()
    return Response(body, status, headers=headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error that leaves the app a problem document."""
    app.add_exception_handler(MetaCortexError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, MetaCortexError)
    status = 413 if isinstance(error, TooLarge) else _STATUS.get(type(error), 500)
    if isinstance(error, Invalid):
        return problem(status, error.message, errors=[{"field": error.field, "problem": error.problem}])
    if isinstance(error, Busy):
        return problem(status, error.message, run_id=error.run_id)
    return problem(status, error.message, headers=_HEADERS.get(status))


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"field": _field(e["loc"]), "problem": _sentence(e)} for e in error.errors()]
    status = 400 if any(e["type"] == "json_invalid" for e in error.errors()) else 422
    return problem(status, "; ".join(f"{e['field']}: {e['problem']}" for e in errors[:5]), errors=errors[:50])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), headers=error.headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "Something went wrong here; it is logged. Nothing was changed halfway.")


def _field(place: Sequence[int | str]) -> str:
    """`tags[0]` of ("body", "tags", 0); where the error is in the body itself, "body"."""
    inner = place[1:] if len(place) > 1 and place[0] in ("body", "query", "path", "header") else place
    if place[0] == "body" and len(place) == 2 and isinstance(place[1], int):
        return "body"  # the offset at which the JSON broke
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inner).lstrip(".")


def _sentence(error: Mapping[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")
