"""Contexts: all that a turn, or a request over REST, may touch."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from agent.embedders import Embedders, PersonsEmbedders
from agent.log import RunLog
from domain.actions import Origin
from domain.model_calls import Account
from domain.people import Profile
from domain.runs import Run
from domain.threads import Backdrop, Message
from graphs.understanding import LONGEST_QUERY
from storage.habits import Habits
from storage.ledger import Ledger
from storage.memories import Memories
from storage.notes import Notes
from storage.postgres import Pool
from storage.search import Search
from storage.summaries import Summaries
from storage.tasks import Tasks
from storage.threads import Threads
from tools.context import Looks, Summarizer, TurnContext
from tools.search import vectors_of


class Contexts:
    """Opens them: stores bound to the person, and now."""

    def __init__(
        self,
        *,
        pool: Pool,
        embeddings: Embedders | None,
        summarizer_of: Callable[[UUID], Summarizer] | None,
        now: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._embeddings = embeddings
        self.looks = Looks()
        self._summarizer_of = summarizer_of
        self._now = now

    def of(
        self,
        profile: Profile,
        *,
        origin: Origin = "agent",
        now: datetime | None = None,
        thread_id: str = "",
        run_id: str | None = None,
        **more: Any,
    ) -> TurnContext:
        """The context of whatever this person asks for."""
        user_id = profile.user_id
        return TurnContext(
            profile=profile,
            now=(now or self._now()).astimezone(profile.tzinfo),
            thread_id=thread_id,
            run_id=run_id,
            origin=origin,
            tasks=Tasks(self._pool, user_id),
            notes=Notes(self._pool, user_id),
            habits=Habits(self._pool, user_id),
            memories=Memories(self._pool, user_id),
            search=Search(self._pool, user_id),
            ledger=Ledger(self._pool, user_id),
            threads=Threads(self._pool, user_id),
            summaries=Summaries(self._pool, user_id),
            embeddings=self._paid(user_id, thread_id, run_id),
            looks=self.looks,
            summarizer=self._summarizer_of and self._summarizer_of(user_id),
            **more,
        )

    def embedding(self, user_id: UUID, run: Run, text: str) -> asyncio.Task[list[list[float]]]:
        """The vectors of what a person says, made while the run begins."""
        return asyncio.create_task(vectors_of(self._paid(user_id, run.thread_id, run.id), text[:LONGEST_QUERY]))

    def of_run(
        self,
        profile: Profile,
        run: Run,
        told: RunLog,
        *,
        embedding: asyncio.Task[list[list[float]]] | None = None,
        turn: Sequence[Message],
        history: Sequence[Message],
        backdrop: Backdrop,
        done_aside: Sequence[str],
    ) -> TurnContext:
        """The context of a run: `turn` is what was said in its turn so far, `history` what was said apart from it."""
        return self.of(
            profile,
            now=run.created_at,
            thread_id=run.thread_id,
            run_id=run.id,
            log=told,
            history=tuple(history),
            backdrop=backdrop,
            answers={answer.approval_id: answer for answer in run.answers},
            done_aside=tuple(done_aside),
            model=run.model,
            embedding=embedding,
            attempt=run.attempts,
            may_write=not (_only_words(run, turn) and any(_has_acted(message, run) for message in turn)),
        )

    def _paid(self, user_id: UUID, thread_id: str, run_id: str | None) -> PersonsEmbedders | None:
        """The embedders of what this person looks for, at their cost."""
        if self._embeddings is None:
            return None
        return self._embeddings.on_behalf(
            Account(user_id=user_id, purpose="embedding", is_awaited=True, thread_id=thread_id or None, run_id=run_id)
        )


def _only_words(run: Run, turn: Sequence[Message]) -> bool:
    """True where another run was asked this before: the run answers it in other words."""
    asked = next((message for message in turn if message.role == "user"), None)
    return asked is not None and run.root_id == run.id and asked.run_id != run.id


def _has_acted(message: Message, run: Run) -> bool:
    """True for the answer of a call that changed something in a run before this one."""
    if message.role != "tool" or message.run_id == run.id:
        return False
    result = json.loads(message.content)
    return isinstance(result, dict) and bool(result.get("action_id"))
