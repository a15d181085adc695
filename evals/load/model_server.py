"""A scripted model: what it says, and how fast, can be changed while it runs.

A bare ASGI application, so that the model takes as little as it can of the machine on which others are measured:
`python -m uvicorn evals.load.model_server:app`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from evals import openai_wire as wire

WORD = " tok"


@dataclass(frozen=True, kw_only=True)
class Script:
    """What every answer is: so many tokens, the seconds before the first and between two, and a tool to call first."""

    tokens: int = 64
    first: float = 0.0
    between: float = 0.01
    calls: str | None = None
    arguments: str = "{}"


class Model:
    """The application; `PUT /script` gives it another script."""

    def __init__(self) -> None:
        self._script = Script()

    async def __call__(self, scope: wire.Scope, receive: wire.Receive, send: wire.Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        asked = await wire.body_of(receive)
        match scope["method"], scope["path"].removeprefix("/v1"):
            case "POST", "/chat/completions":
                await self._speak(asked, send)
            case "POST", "/embeddings":
                await wire.answer(send, wire.vectors(asked))
            case "PUT", "/script":
                self._script = Script(**asked)
                await wire.answer(send, asdict(self._script))
            case "GET", "/models":
                await wire.answer(send, wire.MODELS)
            case _:
                await wire.answer(send, {"error": {"message": "There is nothing here."}}, status=404)

    async def _speak(self, asked: Mapping[str, Any], send: wire.Send) -> None:
        script, usage = self._script, wire.usage_of(self._script.tokens)
        made = [(script.calls, script.arguments)] if script.calls and _may_call(asked) else []
        if not asked.get("stream"):
            words = "" if made else "".join(f"{WORD}{number}" for number in range(script.tokens))
            return await wire.answer(send, wire.whole(words, made, usage))
        pieces = wire.calls(*made) if made else [_token(number) for number in range(script.tokens)]
        wants_usage = (asked.get("stream_options") or {}).get("include_usage")
        pieces[0] = wire.first() + pieces[0]
        pieces[-1] += wire.last(called=bool(made), usage=usage if wants_usage else None)
        await _play(pieces, script, send)


app = Model()


def _may_call(asked: Mapping[str, Any]) -> bool:
    """True where there are tools, and what was said last is not a result."""
    return bool(asked.get("tools")) and asked["messages"][-1]["role"] != "tool"


async def _play(pieces: Sequence[bytes], script: Script, send: wire.Send) -> None:
    """Each piece at its time: one that is late does not push back those after it."""
    clock = asyncio.get_running_loop().time
    due = clock() + script.first
    await wire.begin_stream(send)
    for piece in pieces:
        if (wait := due - clock()) > 0:
            await asyncio.sleep(wait)
        await wire.piece(send, piece)
        due += script.between
    await wire.end_stream(send)


@cache
def _token(number: int) -> bytes:
    return wire.text(f"{WORD}{number}")
