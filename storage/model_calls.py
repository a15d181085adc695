"""Where calls of language models are kept: what each took, what it cost, and what became of it."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from domain.model_calls import ModelCall
from storage.store import Store

LONGEST_NAME = 200
MOST_TOKENS = 2**31 - 1

# The table's trigger adds each to what was spent and to its run, and takes its reservation back.
KEEP = """
    INSERT INTO model_calls (
        user_id, id, tenant_id, thread_id, run_id, purpose, is_background, model, answered_by, prompt, tools_hash,
        input_tokens, output_tokens, cached_tokens, cache_written_tokens, reasoning_tokens, is_estimated, cost,
        outcome, failure, started_at, first_token_ms, total_ms
    )
    SELECT users.id, call.id, users.tenant_id, thread_id, run_id, purpose, is_background, model, answered_by, prompt,
        tools_hash, input_tokens, output_tokens, cached_tokens, cache_written_tokens, reasoning_tokens, is_estimated,
        cost, outcome, failure, started_at, first_token_ms, total_ms
    FROM jsonb_to_recordset(%(calls)s) AS call (
        id uuid, thread_id text, run_id text, purpose text, is_background boolean, model text, answered_by text,
        prompt text, tools_hash text, input_tokens int, output_tokens int, cached_tokens int, cache_written_tokens int,
        reasoning_tokens int, is_estimated boolean, cost numeric, outcome text, failure text, started_at timestamptz,
        first_token_ms int, total_ms int
    ) JOIN users ON users.id = %(user_id)s{where}
    ON CONFLICT (user_id, id) DO NOTHING
"""
# Part of a statement of which `held` has a row where it may write.
KEEP_CALLS = f""", called AS ({KEEP.format(where=" WHERE EXISTS (SELECT FROM held)")})"""


class ModelCalls(Store):
    """Keeps them; one that is kept twice counts once."""

    async def record(self, calls: Sequence[ModelCall]) -> None:
        """Calls on this person's behalf."""
        if calls:
            await self._run(KEEP.format(where=""), {"calls": Jsonb(rows_of_calls(calls))})


def rows_of_calls(calls: Sequence[ModelCall]) -> list[dict[str, Any]]:
    """The rows of these calls, as JSON has them; whose they are is told by the transaction."""
    return [_row(call) for call in calls]


def _row(call: ModelCall) -> dict[str, Any]:
    usage, account = call.usage, call.account
    return {
        "id": str(call.id),
        "thread_id": account.thread_id,
        "run_id": account.run_id,
        "purpose": account.purpose,
        "is_background": account.is_background,
        "model": call.model,
        "answered_by": call.answered_by and _storable(call.answered_by),
        "prompt": call.prompt,
        "tools_hash": call.tools_hash,
        "input_tokens": _bounded(usage.input_tokens),
        "output_tokens": _bounded(usage.output_tokens),
        "cached_tokens": _bounded(usage.cached_tokens),
        "cache_written_tokens": _bounded(usage.cache_written_tokens),
        "reasoning_tokens": _bounded(usage.reasoning_tokens),
        "is_estimated": usage.is_estimated,
        "cost": None if call.cost is None else str(call.cost),
        "outcome": call.outcome,
        "failure": call.failure,
        "started_at": call.started_at.isoformat(),
        "first_token_ms": call.first_token_ms,
        "total_ms": call.total_ms,
    }


# What providers say of themselves is told, whatever it is.
def _storable(name: str) -> str:
    return "".join(letter for letter in name[:LONGEST_NAME] if letter.isprintable())


def _bounded(tokens: int) -> int:
    return min(max(tokens, 0), MOST_TOKENS)
