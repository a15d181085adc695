"""Asking: what a model is given for its next answer, with which tools, and for whose money."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

import prompts
from domain.model_calls import OFFLINE, Account, ModelCall
from graphs.briefing import Brief, brief
from graphs.citing import Markers
from graphs.fitting import Room
from graphs.narrowing import EVERYTHING, Surface, narrowed, surfaces
from graphs.pieces import Asked, Piece, Speaker
from ml.tokens import Tokens
from prompts import Versions
from tools.context import Log, TurnContext
from tools.tool import Tool

SMALLER = (1.0, 0.5, 0.25)
"""So much is given, step by step, where a model finds that it was too much."""
Telling = Callable[[AsyncIterator[Piece]], Awaitable[tuple[AIMessage, Markers]]]
"""Tells the pieces of an answer as they come, and gives what came of them."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a model is asked: with which versions of the prompts, how much at once, and whether with few tools only.

    Without `tokens` nothing is counted and nothing left out.
    """

    prompts: str = ""
    narrows: bool = False
    tokens: Tokens | None = None
    most_tokens: int = 0

    def room(self, model: str | None) -> Room | None:
        """How much that model is given; the offline one reads all there is."""
        if self.tokens is None or model in (None, OFFLINE):
            return None
        return Room(tokens=self.tokens, model=model, most=self.most_tokens)


class Asking:
    """Asks `speaker`; what lives as long as the process."""

    def __init__(self, speaker: Speaker, tools: Mapping[str, Tool], terms: Terms) -> None:
        self._speaker = speaker
        self._surfaces = surfaces(tools)
        self._terms = terms

    async def answer(
        self, turn: Sequence[AnyMessage], context: TurnContext, log: Log, told: Telling
    ) -> tuple[AIMessage, Markers]:
        """What the model makes of the turn so far; raises `ModelFailure`."""
        account = Account(
            user_id=context.profile.user_id, purpose="turn", thread_id=context.thread_id, run_id=context.run_id
        )
        versions, surface = prompts.choose(self._terms.prompts, account.user_id), self._surface(turn)
        given: list[Brief] = []

        async def asked() -> Asked:
            given.append(await self._briefed(turn, context, versions, surface, SMALLER[len(given)]))
            return Asked(
                messages=given[-1].messages,
                tools=surface.schemas,
                model=context.model,
                prompt=prompts.used(versions),
                tools_hash=surface.hash,
                shorter=asked if len(given) < len(SMALLER) else None,
            )

        answer = await told(self._speaker.stream(await asked(), account, partial(self._charge, log, given)))
        if given[-1].is_crowded and not answer[0].tool_calls:
            await context.threads.ask_to_condense(context.thread_id)
        return answer

    def _surface(self, turn: Sequence[AnyMessage]) -> Surface:
        if not self._terms.narrows:
            return self._surfaces[EVERYTHING]
        said = next(message for message in turn if isinstance(message, HumanMessage))
        return self._surfaces[narrowed(said.additional_kwargs.get("understanding"))]

    async def _briefed(
        self, turn: Sequence[AnyMessage], context: TurnContext, versions: Versions, surface: Surface, smaller: float
    ) -> Brief:
        own = {message.id for message in turn}
        return await brief(
            [message for message in context.history if message.id not in own],
            turn,
            profile=context.profile,
            now=context.now,
            aside=context.done_aside,
            backdrop=context.backdrop,
            versions=versions,
            surface=surface,
            room=self._terms.room(context.model),
            smaller=smaller,
        )

    def _charge(self, log: Log, given: Sequence[Brief], call: ModelCall) -> None:
        """Keep the record of a call, and learn from what the provider counted."""
        log.charge(call)
        if self._terms.tokens and not call.usage.is_estimated:
            self._terms.tokens.learn(call.model, given[-1].parts.total, call.usage.input_tokens)
