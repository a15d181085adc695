"""Fitting: what of a conversation is told again where it is more than a model is to read at once.

What goes, goes in steps of a quarter: so the prompt begins with the same bytes for many turns, and a provider that
keeps prompts finds it again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from math import ceil

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage

import prompts
from graphs.pieces import Asked
from ml.tokens import Tokens

MESSAGE_TOKENS = 4
"""What a provider puts around each message."""
STEPS = 4
RESERVED = 0.15
"""Of the room: kept free for what is said in the turn, so that a longer passage or result moves nothing before it."""
REMEMBERED = 0.1
"""Of the room: at most so much goes to what is remembered of the person."""
CROWDED = 0.7
"""Of the room for what was said before: from here on its beginning is to be summed up."""
MOST_MESSAGES = 150
"""From so many on as well: of longer conversations only the latest 200 are read, and their beginning moves."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Tokens of a prompt, as they are counted here; `steps` are calls and results of the turn itself."""

    instructions: int = 0
    tools: int = 0
    memory: int = 0
    summary: int = 0
    history: int = 0
    passages: int = 0
    message: int = 0
    steps: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.to_json().values())

    def to_json(self) -> dict[str, int]:
        """By name, in the order in which they stand in a prompt."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much a model is to read at once: `most` tokens as its provider counts them."""

    tokens: Tokens
    model: str
    most: int

    @property
    def size(self) -> int:
        """In tokens as they are counted here."""
        return int(self.most / self.tokens.factor(self.model))

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return self.tokens.count(text, self.model)

    def count_message(self, message: BaseMessage) -> int:
        """Tokens of a message with its calls."""
        return MESSAGE_TOKENS + sum(map(self.count, texts_of(message)))

    async def prepare(self, texts: Sequence[str]) -> None:
        """Count what is long without holding up others."""
        await self.tokens.prepare(texts, self.model)


def texts_of(message: BaseMessage) -> list[str]:
    """All of a message that a model reads."""
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return [message.text, *(f"{call['name']} {json.dumps(call['args'], ensure_ascii=False)}" for call in calls)]


def counted(asked: Asked, model: str, *, tokens: Tokens) -> int:
    """The tokens of all that this model is asked, as its provider counts them, rounded up."""
    room = Room(tokens=tokens, model=model, most=0)
    told = sum(map(room.count_message, asked.messages))
    return ceil((told + (room.count(prompts.shown(asked.tools)) if asked.tools else 0)) * tokens.factor(model))


def fitting(sizes: Sequence[int], most: int) -> int:
    """How many of them fit together, from the first on."""
    return sum(size <= most for size in accumulate(sizes))


def turns_of(messages: Sequence[AnyMessage]) -> list[list[AnyMessage]]:
    """Each begins with what the person said; calls and their results stay together."""
    turns: list[list[AnyMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage) or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def oldest_to_leave_out(sizes: Sequence[int], room: int) -> int:
    """How many of the oldest turns go so that the rest fits: as many quarters of the room as they are over."""
    over = sum(sizes) - room
    if over <= 0:
        return 0
    step = max(1, room // STEPS)
    goes = ceil(over / step) * step
    return next((count for count, gone in enumerate(accumulate(sizes), 1) if gone >= goes), len(sizes))


def shortened(result: str, *, hard: bool = False) -> str:
    """What a tool answered in a turn that is over: without passages, which can be cited no more.

    `hard` leaves of each thing what it is called by.
    """
    if not hard and '"passages"' not in result:
        return result
    try:
        told = json.loads(result)
    except ValueError:
        return result
    if not isinstance(told, dict):
        return result
    told.pop("passages", None)
    if hard:
        told = {key: told[key] for key in ("summary", "action_id") if key in told} | {"items": _names(told)}
    return json.dumps(told, ensure_ascii=False)


def _names(told: Mapping[str, object]) -> list[dict[str, object]]:
    items = told.get("items")
    kept = ("ok", "kind", "id", "title", "name", "text", "question", "error")
    return [
        {key: item[key] for key in kept if key in item}
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
    ]
