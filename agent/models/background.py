"""Models for work behind the scenes: asked on a person's behalf, their calls written down at once."""

from uuid import UUID

from agent.models.charges import Charges
from agent.models.speaker_model import SpeakerModel
from domain.model_calls import Account, Purpose
from graphs.pieces import Speaker


class Background:
    """Makes them."""

    def __init__(self, speaker: Speaker, *, charges: Charges) -> None:
        self._speaker = speaker
        self._charges = charges

    def model(self, user_id: UUID, purpose: Purpose) -> SpeakerModel:
        """A LangChain chat model that is paid for by this person's budget for such work."""
        account = Account(user_id=user_id, purpose=purpose)
        return SpeakerModel(speaker=self._speaker, account=account, charge=self._charges)
