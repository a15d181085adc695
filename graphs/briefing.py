"""The briefing: all that a model is given for an answer, what never changes first and what is of this turn last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from langchain_core.messages import AnyMessage, HumanMessage, SystemMessage, ToolMessage

import prompts
from domain.people import Profile
from domain.threads import Backdrop, Message
from graphs.fitting import (
    CROWDED,
    MOST_MESSAGES,
    REMEMBERED,
    RESERVED,
    Parts,
    Room,
    fitting,
    oldest_to_leave_out,
    shortened,
    texts_of,
    turns_of,
)
from graphs.history import as_model_messages
from graphs.narrowing import Surface
from prompts import CURRENT, Versions

STAYS = "Of what the person takes back, this was done and stays done"
SAID = "said"
"""Where a message that was added to keeps the person's words alone."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOBODY = Backdrop()


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What a model is given, and its tokens part by part where they are counted.

    It is crowded where so much was said before that the beginning of it is to be summed up.
    """

    messages: list[AnyMessage]
    parts: Parts = field(default_factory=Parts)
    is_crowded: bool = False


async def brief(
    history: Sequence[Message],
    turn: Sequence[AnyMessage],
    *,
    profile: Profile,
    now: datetime,
    aside: Sequence[str],
    backdrop: Backdrop = NOBODY,
    versions: Versions = CURRENT,
    surface: Surface | None = None,
    room: Room | None = None,
    smaller: float = 1.0,
) -> Brief:
    """The instructions, the person, what was said before, and the turn; below what is said stands what code knows.

    Up to the person's words it is the same in every step and turn, so that a provider can keep it. `aside` is what was
    done in the part of the conversation that the turn replaces. Without `room` nothing is counted and nothing left out;
    `smaller` takes so much of what would be given. Nothing of what the person just said is ever left out.
    """
    draft = _Draft(turn, profile, now, aside, backdrop, versions)
    if room is None:
        return Brief(messages=draft.messages(as_model_messages(history)))
    since = [message for message in history if not backdrop.summary or message.position > backdrop.upto]
    before = [_lighter(message) for message in as_model_messages(since)]
    await room.prepare([text for message in (*before, *turn) for text in texts_of(message)])
    return _Fitting(draft, before, room, surface).brief(smaller)


@dataclass(frozen=True)
class _Draft:
    """What there is to tell, before it is known how much of it is told."""

    turn: Sequence[AnyMessage]
    profile: Profile
    now: datetime
    aside: Sequence[str]
    backdrop: Backdrop
    versions: Versions

    @cached_property
    def at(self) -> int:
        """Where the person's words stand in the turn."""
        return next(index for index, message in enumerate(self.turn) if isinstance(message, HumanMessage))

    @cached_property
    def instructions(self) -> str:
        return prompts.assistant(name=self.profile.name, versions=self.versions)

    @cached_property
    def memories(self) -> list[str]:
        return [f"- {text}" for text in self.backdrop.memories]

    @cached_property
    def passages(self) -> list[str]:
        """What was recalled, numbered as it is cited; what a tool finds later goes on counting."""
        recalled = self.turn[self.at].additional_kwargs.get("passages")
        return [
            f"[{number}] {passage['kind']} {passage['id']} ({passage['date'] or 'no date'}): {passage['passage']}"
            for number, passage in enumerate(recalled if isinstance(recalled, list) else (), 1)
        ]

    def person(self, memories: Iterable[str]) -> str:
        """Who is spoken to, and what stands behind the conversation."""
        return prompts.person(
            name=self.profile.name,
            week=DAYS[self.profile.week_start],
            dates="with the day first" if self.profile.day_first else "with the month first",
            memories="\n".join(memories),
            earlier=self.backdrop.summary,
            versions=self.versions,
        )

    def below(self, passages: Iterable[str]) -> str:
        """What stands below the person's words."""
        return prompts.turn(
            today=self.now.strftime("%A, %d %B %Y, %H:%M"),
            zone=self.profile.zone,
            facts="\n".join([*self._readings, *(f"{STAYS}: {done}" for done in self.aside)]),
            passages="\n".join(passages),
            versions=self.versions,
        )

    def messages(
        self,
        before: Sequence[AnyMessage],
        *,
        memories: int | None = None,
        passages: int | None = None,
        steps: Sequence[AnyMessage] | None = None,
    ) -> list[AnyMessage]:
        """All of it, with so many memories and passages."""
        message, said = self.turn[self.at], self.turn[self.at].text
        told = HumanMessage(
            f"{said}\n\n{self.below(self.passages[:passages])}",
            id=message.id,
            additional_kwargs={**message.additional_kwargs, SAID: said},
        )
        return [
            SystemMessage(self.instructions),
            SystemMessage(self.person(self.memories[:memories])),
            *before,
            *self.turn[: self.at],
            told,
            *(self.turn[self.at + 1 :] if steps is None else steps),
        ]

    @property
    def _readings(self) -> list[str]:
        understood = self.turn[self.at].additional_kwargs.get("understanding")
        times = understood.get("times") if isinstance(understood, dict) else None
        return [f'"{phrase}" means {words}.' for phrase, words in times or ()]


class _Fitting:
    """Chooses what is told: old turns go first, then the last passages, then the oldest memories."""

    def __init__(self, draft: _Draft, before: list[AnyMessage], room: Room, surface: Surface | None) -> None:
        self._draft = draft
        self._room = room
        self._turns = turns_of(before)
        self._messages = len(before)
        self._steps = list(draft.turn[draft.at + 1 :])
        self._memories = [room.count(line) + 1 for line in draft.memories]
        self._passages = [room.count(line) + 1 for line in draft.passages]
        self._always = Parts(
            instructions=room.count(draft.instructions),
            tools=room.count(surface.text) if surface else 0,
            summary=room.count(draft.backdrop.summary),
            message=room.count(draft.turn[draft.at].text) + room.count(draft.below(())),
            steps=self._size(self._steps),
        )
        self._frame = room.count(draft.person(())) - self._always.summary

    def brief(self, smaller: float) -> Brief:
        """What fits; of a prompt that was too long so much less."""
        sizes = [self._size(turn) for turn in self._turns]
        remembered = fitting(self._memories, int(self._room.size * REMEMBERED))
        size = self._room.size
        if smaller < 1:
            size = int(min(size, self._parts(sum(sizes), remembered, len(self._passages)).total) * smaller)
        stable = self._parts(0, remembered, 0)
        volatile = stable.message + stable.steps + sum(self._passages)
        left = size - (stable.total - stable.message - stable.steps) - max(volatile, int(size * RESERVED))
        is_crowded = sum(sizes) > left * CROWDED or self._messages >= MOST_MESSAGES
        if sum(sizes) > left:
            self._shorten_turns()
            sizes = [self._size(turn) for turn in self._turns]
        gone = oldest_to_leave_out(sizes, max(left, 0))
        kept = [message for turn in self._turns[gone:] for message in turn]
        over = self._parts(sum(sizes[gone:]), remembered, len(self._passages)).total - size
        if over > 0:
            over -= self._shorten_steps()
        passages = _cut(self._passages, over)
        over -= sum(self._passages[passages:])
        memories = _cut(self._memories[:remembered], over)
        messages = self._draft.messages(kept, memories=memories, passages=passages, steps=self._steps)
        return Brief(messages=messages, parts=self._parts(sum(sizes[gone:]), memories, passages), is_crowded=is_crowded)

    def _parts(self, history: int, memories: int, passages: int) -> Parts:
        return replace(
            self._always,
            memory=self._frame + sum(self._memories[:memories]),
            history=history,
            passages=sum(self._passages[:passages]),
        )

    def _size(self, messages: Iterable[AnyMessage]) -> int:
        return sum(map(self._room.count_message, messages))

    def _shorten_turns(self) -> None:
        """All but the latest turn keep of a tool's answer what things are called."""
        self._turns = [*([_lighter(each, hard=True) for each in turn] for turn in self._turns[:-1]), *self._turns[-1:]]

    def _shorten_steps(self) -> int:
        """All but the latest result of this very turn; how many tokens that saves."""
        last = next((at for at in reversed(range(len(self._steps))) if isinstance(self._steps[at], ToolMessage)), 0)
        self._steps = [_lighter(each, hard=True) if at < last else each for at, each in enumerate(self._steps)]
        saved = self._always.steps - (steps := self._size(self._steps))
        self._always = replace(self._always, steps=steps)
        return saved


def _lighter(message: AnyMessage, *, hard: bool = False) -> AnyMessage:
    """A tool's answer without what is of no use any more."""
    if not isinstance(message, ToolMessage):
        return message
    told = message.text
    less = shortened(told, hard=hard)
    return message if less is told else message.model_copy(update={"content": less})


def _cut(sizes: Sequence[int], over: int) -> int:
    """How many of them stay where so many tokens must go from the end."""
    kept = len(sizes)
    while kept and over > 0:
        kept -= 1
        over -= sizes[kept]
    return kept
