"""Charges: calls of models that are written down at once, apart from the runs that may have caused them."""

import asyncio
import logging

from domain.errors import MetaCortexError
from domain.model_calls import ModelCall
from storage.model_calls import ModelCalls
from storage.postgres import Pool

logger = logging.getLogger("metacortex.models")


class Charges:
    """Called with one, it is stored by `settle` at the latest."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._storing: set[asyncio.Task[None]] = set()

    def __call__(self, call: ModelCall) -> None:
        """Store it soon: a charge is taken where nothing can be waited for, as when a stream is closed."""
        task = asyncio.create_task(self._stored(call))
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def settle(self) -> None:
        """Wait until all calls are stored, those of meanwhile too."""
        while self._storing:
            await asyncio.wait(self._storing)

    async def _stored(self, call: ModelCall) -> None:
        try:
            await ModelCalls(self._pool, call.account.user_id).record([call])
        except MetaCortexError as error:
            # What was set aside for it stays so: a budget is on the safe side.
            logger.warning("a call of %s could not be written down: %r", call.model, error)
