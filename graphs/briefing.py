"""The briefing: all that a model is given for an answer, what never changes first and what is of this turn last."""

from collections.abc import Sequence
from datetime import datetime

from langchain_core.messages import AnyMessage, HumanMessage, SystemMessage

import prompts
from domain.people import Profile

STAYS = "Of what the person takes back, this was done and stays done"
SAID = "said"
"""Where a message that was added to keeps the person's words alone."""


def briefed(
    history: Sequence[AnyMessage], turn: Sequence[AnyMessage], *, profile: Profile, now: datetime, aside: Sequence[str]
) -> list[AnyMessage]:
    """The instructions, what was said before, and the turn so far; below what the person says stands what code knows.

    Up to the person's words it is the same in every step and turn, so that a provider can keep it. `aside` is what was
    done in the part of the conversation that the turn replaces.
    """
    at = next(index for index, message in enumerate(turn) if isinstance(message, HumanMessage))
    known, said = turn[at].additional_kwargs, turn[at].text
    below = prompts.turn(
        today=now.strftime("%A, %d %B %Y, %H:%M"),
        zone=profile.zone,
        facts="\n".join([*_readings(known), *(f"{STAYS}: {done}" for done in aside)]),
        passages="\n".join(_passages(known)),
    )
    told = HumanMessage(f"{said}\n\n{below}", id=turn[at].id, additional_kwargs={**known, SAID: said})
    return [SystemMessage(prompts.assistant(name=profile.name)), *history, *turn[:at], told, *turn[at + 1 :]]


def _readings(known: dict[str, object]) -> list[str]:
    understood = known.get("understanding")
    times = understood.get("times") if isinstance(understood, dict) else None
    return [f'"{phrase}" means {words}.' for phrase, words in times or ()]


def _passages(known: dict[str, object]) -> list[str]:
    """What was recalled, numbered as it is cited; what a tool finds later goes on counting."""
    recalled = known.get("passages")
    return [
        f"[{number}] {passage['kind']} {passage['id']} ({passage['date'] or 'no date'}): {passage['passage']}"
        for number, passage in enumerate(recalled if isinstance(recalled, list) else (), 1)
    ]
