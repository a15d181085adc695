"""What is kept for a while only.

The events of runs, questions that nobody answers, checkpoints of no more use, answers of models to work behind the
scenes, and what was spent.
"""

from datetime import datetime, timedelta

from storage.kept_answers import LASTS as ANSWERS_LAST
from storage.store import Store

NOT_ANSWERED = "The question was not answered in time."
MONEY_LASTS = timedelta(days=400)
"""How long it is told what was spent."""

# A question whose yes still counts is left open, however short the while.
GIVE_UP = """
    UPDATE runs SET status = 'cancelled', error = %(error)s, finished_at = %(at)s
    WHERE user_id = %(user_id)s AND status = 'paused' AND created_at < %(before)s AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(approvals) AS approval
        WHERE (approval ->> 'expires_at')::timestamptz > %(at)s
    )
"""
FORGET_EVENTS = """
    DELETE FROM run_events USING runs
    WHERE run_events.user_id = %(user_id)s AND runs.user_id = %(user_id)s AND runs.id = run_events.run_id
        AND runs.finished_at < %(before)s
"""
# A checkpoint's thread is `user/thread/run`; the thread is quoted, so its first slash is the end of it.
FORGET_CHECKPOINTS = tuple(
    f"""
    DELETE FROM {table} AS kept
    WHERE starts_with(thread_id, %(user_id)s::text || '/') AND NOT EXISTS (
        SELECT FROM runs
        WHERE runs.user_id = %(user_id)s AND status IN ('running', 'paused')
            AND root_id = regexp_replace(kept.thread_id, '^[^/]*/[^/]*/', '')
    )
    """
    for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
)
FORGET_MONEY = (
    "DELETE FROM model_calls WHERE user_id = %(user_id)s AND started_at < %(money_before)s",
    "DELETE FROM reservations WHERE user_id = %(user_id)s AND reserved_at < %(money_before)s",
    "DELETE FROM spending WHERE user_id = %(user_id)s AND day < (%(money_before)s AT TIME ZONE 'UTC')::date",
)
FORGET_ANSWERS = "DELETE FROM kept_answers WHERE user_id = %(user_id)s AND created_at < %(answers_before)s"
DUE_AGAIN = """
    SELECT min(due_at) AS due_at FROM (
        SELECT min(started_at) + %(money_lasts)s AS due_at FROM model_calls WHERE user_id = %(user_id)s
        UNION ALL
        SELECT min(created_at) + %(answers_last)s FROM kept_answers WHERE user_id = %(user_id)s
        UNION ALL
        SELECT finished_at + %(keep)s AS due_at FROM runs
        WHERE user_id = %(user_id)s AND finished_at IS NOT NULL AND EXISTS (
            SELECT FROM run_events WHERE run_events.user_id = %(user_id)s AND run_id = runs.id
        )
        UNION ALL
        SELECT greatest(created_at + %(keep)s, (
            SELECT max((approval ->> 'expires_at')::timestamptz) FROM jsonb_array_elements(approvals) AS approval
        )) FROM runs
        WHERE user_id = %(user_id)s AND status = 'paused'
        UNION ALL
        SELECT %(at)s + %(keep)s FROM runs
        WHERE user_id = %(user_id)s AND status = 'running'
    ) AS kept
"""


class Retention(Store):
    """Lets go of what has been kept for long enough; a run's row and its messages stay."""

    async def compact(self, *, at: datetime, keep: timedelta) -> datetime | None:
        """Let go of what ended, or was asked, longer ago than `keep`; when to come again, None where nothing waits."""
        wanted = {
            "user_id": self._user_id, "at": at, "keep": keep, "before": at - keep, "error": NOT_ANSWERED,
            "money_lasts": MONEY_LASTS, "money_before": at - MONEY_LASTS,
            "answers_last": ANSWERS_LAST, "answers_before": at - ANSWERS_LAST,
        }  # fmt: skip
        async with self._transaction() as pipeline:
            for statement in (GIVE_UP, FORGET_EVENTS, *FORGET_CHECKPOINTS, *FORGET_MONEY, FORGET_ANSWERS):
                pipeline.execute(statement, wanted)
            row = await pipeline.execute(DUE_AGAIN, wanted).fetchone()
        assert row is not None
        due_at: datetime | None = row["due_at"]
        return due_at
