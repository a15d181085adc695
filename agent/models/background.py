"""Models for work behind the scenes: asked on a person's behalf, for a purpose that says which budget pays."""

from uuid import UUID

from agent.models.charges import Charges
from agent.models.speaker_model import SpeakerModel
from domain.model_calls import Account, Purpose
from graphs.pieces import Speaker


class Background:
    """Makes them, all of one speaker; their calls are handed to `charges`."""

    def __init__(self, speaker: Speaker, *, charges: Charges) -> None:
        self._speaker = speaker
        self._charges = charges

    def model(self, user_id: UUID, purpose: Purpose) -> SpeakerModel:
        """A LangChain chat model that is paid for by this person's budget for such work."""
        account = Account(user_id=user_id, purpose=purpose)
        return SpeakerModel(speaker=self._speaker, account=account, charge=self._charges)
