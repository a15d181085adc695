"""Taking everything along over HTTP: a file that is sent while it is made."""

from collections.abc import Callable
from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from agent.exports import exported
from domain.imports import Format
from protocols.rest import Context
from storage.exports import Exports

router = APIRouter(prefix="/export", tags=["export"])
_TYPES = {
    200: {
        "content": {"application/zip": {}, "text/calendar": {}},
        "description": f"One of {', '.join(get_args(Format))}.",
    }
}


@router.get("", response_class=StreamingResponse, responses=_TYPES)  # type: ignore[arg-type]  # FastAPI's own shape
async def export(request: Request, context: Context, format: Annotated[Format, Query()] = "vault") -> StreamingResponse:
    """All there is, to be read elsewhere or brought in again.

    `vault` has notes and tasks as Markdown, `todoist` and `icalendar` tasks, `loop` habits.
    """
    exports_of: Callable[[UUID], Exports] = request.app.state.exports_of
    export = exported(format, exports_of(context.profile.user_id), context.habits, context.clock)
    headers = {"Content-Disposition": f'attachment; filename="{export.name}"'}
    return StreamingResponse(export.parts, media_type=export.media_type, headers=headers)
