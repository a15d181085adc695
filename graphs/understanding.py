"""Understanding a message: by the grammar, and where that is unsure by what the intent model makes of the clause."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from language.explained import explained
from language.understanding import LONGEST, Guess, Understanding, understand
from ml.intent import IntentModel
from tools.context import TurnContext

LONGEST_QUERY = 2_000
MOST_CLAUSES = 4


async def understood(
    text: str, context: TurnContext, intents: IntentModel | None
) -> tuple[Understanding, list[float] | None]:
    """What the message asks for, with its words for time read, and its vector where one was made on the way."""
    grammar = understand(text, context.clock)
    clauses = grammar.unsure[:MOST_CLAUSES]
    if intents is None or not clauses:
        return _with_times(grammar, text, context), None
    is_whole = len(clauses) == len(grammar.requests) == 1
    vectors = await _vectors(text, clauses, context, intents, is_whole=is_whole)
    guesses = _guesses(clauses, intents, vectors)
    whole = vectors[0] if vectors and is_whole else None
    return _with_times(understand(text, context.clock, guesses), text, context), whole


def _with_times(understanding: Understanding, text: str, context: TurnContext) -> Understanding:
    """A model is told what words for time mean in a note, in what is too long, and in what code cannot read, too."""
    times = understanding.times or explained(text[:LONGEST], context.clock)
    return replace(understanding, times=tuple(dict.fromkeys(times)))


async def _vectors(
    text: str, clauses: Sequence[str], context: TurnContext, intents: IntentModel, *, is_whole: bool
) -> list[list[float]] | None:
    """One for each clause, the whole message's where it is all; None where the model knows no such vectors."""
    if context.embeddings is None or context.embeddings.name != intents.embedder:
        return None
    asked = [text[:LONGEST_QUERY]] if is_whole else clauses
    return [await context.embeddings.aembed_query(clause) for clause in asked]


def _guesses(clauses: Sequence[str], intents: IntentModel, vectors: list[list[float]] | None) -> Mapping[str, Guess]:
    known = None if vectors is None else np.asarray(vectors, dtype=np.float32)
    return {
        clause: Guess(intent=read.label, probability=read.probability, is_out_of_scope=read.is_out_of_scope)
        for clause, read in zip(clauses, intents.predict(clauses, known), strict=True)
    }
