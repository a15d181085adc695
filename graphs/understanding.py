"""Understanding a message: by the grammar, and where that is unsure by what the intent model makes of the clause."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from domain.model_calls import OFFLINE
from language.explained import explained
from language.spelling import mended
from language.understanding import LONGEST, Guess, Understanding, understand
from ml.intent import IntentModel
from tools.context import TurnContext

LONGEST_QUERY = 2_000
MOST_CLAUSES = 4


async def understood(
    text: str, context: TurnContext, intents: IntentModel | None, embedding: Awaitable[list[list[float]]]
) -> Understanding:
    """What the message asks for, for a model with its words for time read; `embedding` makes the message's vectors."""
    grammar = understand(text, context.clock)
    clauses = grammar.unsure[:MOST_CLAUSES]
    if intents is None or not clauses:
        return _with_times(grammar, text, context)
    is_whole = len(clauses) == len(grammar.requests) == 1
    vectors = await _vectors(clauses, context, intents, embedding if is_whole else None)
    guesses = _guesses(clauses, intents, vectors)
    return _with_times(understand(text, context.clock, guesses), text, context)


def timed(text: str, context: TurnContext) -> Understanding:
    """The words for time alone, for a model that is shown all tools: what is asked for it decides by itself.

    The offline model reads the requests should it have to stand in.
    """
    return _with_times(Understanding(requests=()), text, context)


def _with_times(understanding: Understanding, text: str, context: TurnContext) -> Understanding:
    """A model is told what words for time mean in a note, in what is too long, and in what code cannot read, too."""
    if context.model == OFFLINE:
        return understanding
    times = explained(mended(text[:LONGEST]), context.clock)
    return replace(understanding, times=tuple(dict.fromkeys(times)))


async def _vectors(
    clauses: Sequence[str], context: TurnContext, intents: IntentModel, whole: Awaitable[list[list[float]]] | None
) -> list[list[float]] | None:
    """One for each clause, the whole message's where it is all; None where the model knows no such vectors."""
    if context.embeddings is None or context.embeddings.name != intents.embedder:
        return None
    if whole is None:
        return [await context.embeddings.aembed_query(clause) for clause in clauses]
    return (await whole)[:1] or None


def _guesses(clauses: Sequence[str], intents: IntentModel, vectors: list[list[float]] | None) -> Mapping[str, Guess]:
    known = None if vectors is None else np.asarray(vectors, dtype=np.float32)
    return {
        clause: Guess(intent=read.label, probability=read.probability, is_out_of_scope=read.is_out_of_scope)
        for clause, read in zip(clauses, intents.predict(clauses, known), strict=True)
    }
