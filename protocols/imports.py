"""Bringing things in over HTTP: an upload is looked through while it arrives, and read by a job."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, cast
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.datastructures import UploadFile

from domain.errors import Conflict, Invalid, MetaCortexError
from domain.imports import File, Import, Problem
from language.exchange import archives
from protocols.fields import Text, checked_id
from protocols.rest import KEY_TAKEN, Context, Write
from storage.imports import Imports

router = APIRouter(prefix="/import", tags=["import"])
MAX_UPLOAD_SIZE = 100_000_000
IN_MEMORY = 1_000_000
AT_ONCE, LETTERS_AT_ONCE = 200, 1_000_000
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object",
        "required": [archives.FIELD],
        "properties": {archives.FIELD: {"type": "string", "format": "binary"}},
    }
}
_BODY = {
    "required": True,
    "content": {
        **dict.fromkeys(("application/zip", "text/csv", "text/calendar", "text/markdown"), _BINARY),
        "multipart/form-data": _FORM,
    },
}


@router.post("", status_code=202, openapi_extra={"requestBody": _BODY})
async def bring(
    request: Request,
    response: Response,
    context: Context,
    name: Annotated[Text | None, Query(max_length=200)] = None,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Bring in a Markdown vault, Todoist's CSVs, a calendar or Loop's habits, in the body or as the `file` of a form.

    What it is, is seen from what is in it; `name` is its file name, where the body has none. `GET /import/{id}` says
    how far it is.
    """
    imports = _imports(request, context.profile.user_id)
    async with _arrived(request, name) as (content, called, size):
        hash = await asyncio.to_thread(_hash, content)
        upload = await asyncio.to_thread(archives.opened, content, name=called, size=size)
        new = Import(
            id=_id(context.profile.user_id, idempotency_key),
            format=upload.format,
            name=called,
            hash=hash,
            created_at=context.now,
        )
        if await imports.begin(new):
            await _keep(imports, new.id, upload.texts())
            request.app.state.nudge()
    kept = await imports.get(new.id)
    if kept.hash not in (b"", new.hash):
        raise Invalid("Idempotency-Key", KEY_TAKEN)
    response.headers["Location"] = f"/import/{new.id}"
    return shape(kept)


@router.get("/{import_id}")
async def get(request: Request, context: Context, import_id: UUID) -> dict[str, Any]:
    """How far it is, and what came of it; `POST /import/{id}/undo` takes back all of its `actions`."""
    return shape(await _imports(request, context.profile.user_id).get(import_id))


@router.post("/{import_id}/undo")
async def undo(request: Request, write: Write, import_id: UUID) -> dict[str, Any]:
    """Take back what it made and changed; what was changed since stays, and is told in `left`.

    409 while it is still going. Asked again, it goes on where it was broken off. Each of the `actions` that took
    something back can be undone itself.
    """
    it = await _imports(request, write.context.profile.user_id).get(import_id)
    if it.status in ("arriving", "going"):
        raise Conflict("This import is still going; wait until it is finished, and undo it then.")
    standing = await write.context.ledger.standing(it.actions)
    undone = [await write.undo(action, leaving_changed=True) for action in standing]
    items = [item for action in undone for item in action.result["items"]]
    return {
        "undone": dict(Counter(item["kind"] for item in items if item["ok"])),
        "left": [
            {"kind": item["kind"], "id": item["id"], "problem": item["error"]} for item in items if not item["ok"]
        ],
        "actions": [str(action.id) for action in undone],
    }


def shape(it: Import) -> dict[str, Any]:
    """An import on the wire."""
    return {
        "id": str(it.id),
        "format": it.format,
        "name": it.name,
        "status": it.status,
        "files": it.files,
        "files_done": it.files_done,
        "created": dict(it.created),
        "updated": dict(it.updated),
        "unchanged": it.unchanged,
        "problems": [{"path": problem.path, "problem": problem.problem} for problem in it.problems],
        "actions": [str(action) for action in it.actions],
        "error": it.error,
        "created_at": it.created_at.isoformat(),
        "finished_at": it.finished_at.isoformat() if it.finished_at else None,
    }


@asynccontextmanager
async def _arrived(request: Request, name: str | None) -> AsyncIterator[tuple[BinaryIO, str, int]]:
    """The upload, what it is called, and how many bytes it has; kept on disk where it is large."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=10) as form:
            file = form.get(archives.FIELD)
            if not isinstance(file, UploadFile):
                raise Invalid(archives.FIELD, "is missing; send the upload under this name.")
            yield file.file, _called(name or file.filename), file.size or 0
        return
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spooled:
        async for part in request.stream():
            spooled.write(part)
        size = spooled.tell()
        spooled.seek(0)
        yield cast(BinaryIO, spooled), _called(name), size


async def _keep(imports: Imports, id: UUID, texts: Iterator[File | Problem]) -> None:
    """All its texts; where one breaks off, nothing is kept."""
    problems: list[Problem] = []
    count = 0
    try:
        while some := await asyncio.to_thread(_some, texts):
            files = [text for text in some if isinstance(text, File)]
            problems += [text for text in some if isinstance(text, Problem)]
            count += len(files)
            await imports.keep(id, files)
        if not count:
            found = f" ({problems[0].path}: {problems[0].problem})" if problems else ""
            raise Invalid(archives.FIELD, f"holds nothing that can be read{found}; send {archives.WANTED}.")
    except MetaCortexError:
        await imports.drop(id)
        raise
    await imports.go(id, problems)


def _some(texts: Iterator[File | Problem]) -> list[File | Problem]:
    some: list[File | Problem] = []
    letters = 0
    for text in islice(texts, AT_ONCE):
        some.append(text)
        letters += len(text.text) if isinstance(text, File) else 0
        if letters > LETTERS_AT_ONCE:
            break
    return some


def _hash(content: BinaryIO) -> bytes:
    hash = sha256()
    while part := content.read(IN_MEMORY):
        hash.update(part)
    content.seek(0)
    return hash.digest()


def _called(name: str | None) -> str:
    """The last part of a file's name, whichever system it is from."""
    last = (name or "").replace("\\", "/").rpartition("/")[2].replace("\x00", "")
    return last.encode(errors="ignore").decode()[:200] or "import"


def _id(user_id: UUID, key: str | None) -> UUID:
    return uuid5(user_id, f"import {checked_id('Idempotency-Key', key)}") if key is not None else uuid4()


def _imports(request: Request, user_id: UUID) -> Imports:
    imports_of: Callable[[UUID], Imports] = request.app.state.imports_of
    return imports_of(user_id)
