"""The same question behind the scenes is not paid for twice: the very same, of the same person, to the same model."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
from langchain_core.messages import BaseMessage

from domain.model_calls import Account, ModelCall, Usage
from graphs.pieces import Abandoned, Answered, Asked, Piece, Speaker
from graphs.speaking import UNSTORABLE
from storage.kept_answers import KeptAnswer, KeptAnswers
from storage.postgres import Pool

# What differs from one making of the same question to the next, and no model sees.
NOT_ASKED = frozenset({"id", "response_metadata", "usage_metadata"})


class RememberingSpeaker:
    """Answers from what is kept where it can, else asks `speaker`, as it always does for a turn.

    `model` is the one that answers where none is chosen.
    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        pool: Pool,
        model: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._speaker = speaker
        self._pool = pool
        self._model = model
        self._now = now

    def stream(self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]) -> AsyncIterator[Piece]:
        """The answer; one that is kept is charged as `cached`, at no cost."""
        if not account.is_background:
            return self._speaker.stream(asked, account, charge)
        return self._remembered(asked, account, charge)

    async def _remembered(
        self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]
    ) -> AsyncGenerator[Piece, None]:
        model, answers = asked.model or self._model, KeptAnswers(self._pool, account.user_id)
        hash = _hash(model, asked)
        kept = await answers.get(hash, self._now())
        if kept is not None:
            charge(self._charged(model, asked, account, kept))
            yield kept.text
            yield Answered(model=model, answered_by=kept.answered_by)
            return
        said = ""
        async with aclosing(self._speaker.stream(asked, account, charge)) as answer:  # type: ignore[type-var]  # a generator, typed as an iterator
            async for piece in answer:
                match piece:
                    case str(text):
                        said += text
                    case Abandoned():
                        said = ""
                    # Not one that was cut short or calls tools, nor that of another model.
                    case Answered(model=who, reason="stop", answered_by=name) if said and who == model:
                        said = UNSTORABLE.sub("\ufffd", said)
                        await answers.keep(hash, KeptAnswer(text=said, answered_by=name), self._now())
                yield piece

    def _charged(self, model: str, asked: Asked, account: Account, kept: KeptAnswer) -> ModelCall:
        return ModelCall(
            id=uuid4(),
            account=account,
            model=model,
            answered_by=kept.answered_by,
            prompt=asked.prompt,
            tools_hash=asked.tools_hash,
            usage=Usage(),
            cost=Decimal(0),
            outcome="cached",
            started_at=self._now(),
            total_ms=0,
        )


def _hash(model: str, asked: Asked) -> bytes:
    question = {"model": model, "prompt": asked.prompt, "messages": [_plain(each) for each in asked.messages]}
    return sha256(orjson.dumps(question | {"tools": list(asked.tools)}, option=orjson.OPT_SORT_KEYS)).digest()


def _plain(message: BaseMessage) -> dict[str, Any]:
    return message.model_dump(mode="json", exclude=set(NOT_ASKED))
