"""Reflection: what a person lets drop about themselves is noticed behind the scenes and proposed as a memory.

Only the person's own messages are looked through, each once, and nothing is kept without their yes.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from langchain_core.messages import HumanMessage

import prompts
from agent.embedders import Embedder
from domain.actions import Call
from domain.memories import LENGTH, Memory
from domain.model_calls import ModelFailure
from graphs.pieces import ChatModel
from language.lasting import is_lasting, statements_in
from ml.fact import FactModel, as_weighed
from storage.ledger import Decision, Ledger
from storage.memories import Memories
from storage.people import Profiles
from storage.postgres import Pool
from storage.reflections import Reflections, Said
from tools.items import done
from tools.memories import weigh
from tools.references import coverage

logger = logging.getLogger("metacortex.reflection")
BY_CODE = "reflection by code"
PATIENCE_SECONDS = 30.0
BATCH = 32
OWN_WORDS = 0.6
"""So much of what a model noticed must stand in the person's own words."""


DOUBT = 0.8
"""What the rules are sure of needs so much of the model's bar."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Which statements are lasting facts: by rules, and by a learned model where its embedder is at hand."""

    model: FactModel
    embeddings: Embedder | None

    async def facts_in(self, message: str) -> list[str]:
        """The lasting facts in a message, each in the person's words."""
        statements = statements_in(message)
        if not statements:
            return []
        sure = [is_lasting(statement) for statement in statements]
        if self.embeddings is None or self.embeddings.name != self.model.embedder:
            return [statement for statement, is_sure in zip(statements, sure, strict=True) if is_sure]
        vectors = await self.embeddings.aembed_documents([as_weighed(statement) for statement in statements])
        shares = self.model.probabilities(statements, vectors)
        return [
            statement
            for statement, is_sure, share in zip(statements, sure, shares, strict=True)
            if share >= self.model.bar * (DOUBT if is_sure else 1)
        ]


async def reflect(
    pool: Pool,
    model: ChatModel | None,
    gate: Gate,
    user_id: UUID,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Look through what the person said since, and propose the facts in it that are not known."""
    reflections = Reflections(pool, user_id)
    while messages := await reflections.unread(BATCH):
        for said in messages:
            facts, by = await noticed(model, gate, said.content)
            if facts:
                await _propose(pool, user_id, said, facts, by=by, at=now())
            await reflections.read(said.position)


async def noticed(model: ChatModel | None, gate: Gate, message: str) -> tuple[Sequence[str], str]:
    """The lasting facts in a message, and who found them: code, or the model where there is one that answers.

    The same gate stands before both.
    """
    if model is None:
        return await gate.facts_in(message), BY_CODE
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            spoken = await model.ainvoke([HumanMessage(prompts.reflection(said=message))])
    except (ModelFailure, TimeoutError) as error:
        logger.warning("no model looked for facts, code did (%s)", error)
        return await gate.facts_in(message), BY_CODE
    own = tuple(_words(message))
    lines = re.findall(r"(?m)^\s*[-*]\s+(.+?)\s*$", spoken.text)
    facts = await _let_in(gate, (line for line in lines if coverage(tuple(_words(line)), own) >= OWN_WORDS))
    return facts, prompts.version("reflection")


async def _let_in(gate: Gate, lines: Iterable[str]) -> list[str]:
    """The lines that are facts as a whole."""
    return [line for line in lines if await gate.facts_in(line)]


async def _propose(pool: Pool, user_id: UUID, said: Said, facts: Sequence[str], *, by: str, at: datetime) -> None:
    day = at.astimezone((await Profiles(pool, user_id).get()).tzinfo).date()
    known = [*await Memories(pool, user_id).standing()]
    new = []
    for text in facts:
        weighed = weigh(text, known)
        if weighed.repeats is None and weighed.adds and len(text) <= LENGTH:
            memory = Memory(
                text=text,
                source_thread_id=said.thread_id,
                source_message_id=said.id,
                valid_from=day,
                proposed_by=by,
                created_at=at,
                updated_at=at,
            )
            new.append(memory)
            known.append(memory)
    if not new:
        return
    call = Call(
        thread_id="",
        message_id=f"{said.thread_id}/{said.id}",
        tool_call_id="reflection",
        origin="background",
        tool="remember",
        arguments={"facts": [memory.text for memory in new]},
    )
    decision = Decision(
        summary="Noticed: " + "; ".join(memory.text for memory in new),
        changes=tuple((None, memory) for memory in new),
        items=tuple(done("memory", memory.id, memory.text, memory.text) for memory in new),
    )
    await Ledger(pool, user_id).act(call, lambda _: decision, at=at)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
