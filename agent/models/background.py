"""Models for work behind the scenes: asked on a person's behalf, their calls written down at once."""

import asyncio
import logging
from uuid import UUID

from agent.models.speaker_model import SpeakerModel
from domain.errors import MetaCortexError
from domain.model_calls import Account, ModelCall, Purpose
from graphs.pieces import Speaker
from storage.model_calls import ModelCalls
from storage.postgres import Pool

logger = logging.getLogger("metacortex.models")


class Background:
    """Makes them; what was called is stored by `settle` at the latest."""

    def __init__(self, speaker: Speaker, *, pool: Pool) -> None:
        self._speaker = speaker
        self._pool = pool
        self._storing: set[asyncio.Task[None]] = set()

    def model(self, user_id: UUID, purpose: Purpose) -> SpeakerModel:
        """A LangChain chat model that is paid for by this person's budget for such work."""
        account = Account(user_id=user_id, purpose=purpose)
        return SpeakerModel(speaker=self._speaker, account=account, charge=self._store)

    async def settle(self) -> None:
        """Wait until all calls are stored."""
        if self._storing:
            await asyncio.wait(self._storing)

    def _store(self, call: ModelCall) -> None:
        # A charge is taken where nothing can be waited for, as when a stream is closed.
        task = asyncio.create_task(self._stored(call))
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def _stored(self, call: ModelCall) -> None:
        try:
            await ModelCalls(self._pool, call.account.user_id).record([call])
        except MetaCortexError as error:
            # What was set aside for it stays so: a budget is on the safe side.
            logger.warning("a call of %s could not be written down: %r", call.model, error)
