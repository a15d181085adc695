"""The offline model as a provider: it needs no network, no key and no money, and is the last one left."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

from agent.offline import answered
from domain.model_calls import OFFLINE, Usage
from graphs.pieces import Answered, Asked, CallArguments, CallBegun, Piece

WORD = re.compile(r"\s*\S+\s*$|\s*\S+")


class OfflineProvider:
    """Answers whole turns, and words the end of those in which another model has acted."""

    name = OFFLINE

    async def stream(self, asked: Asked, *, most_tokens: int) -> AsyncIterator[Piece]:
        """See `Provider`; what it says is short."""
        # Which tools were shown may have been narrowed to save another model's tokens; this one's choice costs none.
        # In a thread: what is quoted is read by the embedder.
        message = await asyncio.to_thread(answered, asked.messages, None if asked.tools else ())
        for word in WORD.findall(message.text):
            yield word
        for index, call in enumerate(message.tool_calls):
            yield CallBegun(index, call["name"])
            yield CallArguments(index, json.dumps(call["args"], ensure_ascii=False))
        reason = "tool_calls" if message.tool_calls else "stop"
        yield Answered(model=OFFLINE, reason=reason, usage=Usage(), metadata=message.response_metadata)
