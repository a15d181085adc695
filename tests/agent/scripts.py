"""Models that say what they were given, and tools that stop where a test wants them to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage

from domain.actions import Call
from domain.model_calls import Account, ModelCall
from graphs.pieces import Answered, Asked, CallArguments, CallBegun, Piece
from protocols.snapshots import Told
from tools.context import TurnContext
from tools.registry import TOOLS
from tools.tool import Result, Tool


class Stuck:
    """A model that says so much and no more, until it is freed."""

    def __init__(self, words: str = "") -> None:
        self.words = words
        self.reached = asyncio.Event()
        self.freed = asyncio.Event()


Said = AIMessage | Exception | Stuck


class Script:
    """A model that says what it was given, in order; `asked` keeps the messages of each call."""

    def __init__(self, *says: Said) -> None:
        self.says = list(says)
        self.asked: list[Any] = []

    async def stream(self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]) -> AsyncIterator[Piece]:
        self.asked.append(asked.messages)
        match self.says.pop(0):
            case Exception() as error:
                raise error
            case Stuck() as stuck:
                if stuck.words:
                    yield stuck.words
                stuck.reached.set()
                await stuck.freed.wait()
            case AIMessage() as message:
                for piece in pieces(message):
                    yield piece
        yield Answered(model="script")


class Play:
    """A model that answers each thing a person says with its own row of messages, whoever asks and however often.

    Once `fails` is set it fails before its next piece.
    """

    def __init__(self, rows: Mapping[str, Sequence[AIMessage]]) -> None:
        self._rows = rows
        self.fails = False

    async def stream(self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]) -> AsyncIterator[Piece]:
        messages = asked.messages
        place = max(n for n, message in enumerate(messages) if isinstance(message, HumanMessage))
        step = sum(isinstance(message, AIMessage) for message in messages[place:])
        for piece in pieces(self._rows[messages[place].additional_kwargs["said"]][step]):
            # Whoever reads gets to hear each piece before the next one comes.
            await asyncio.sleep(0.001)
            if self.fails:
                raise ConnectionError("the provider is gone")
            yield piece
        await asyncio.sleep(0.001)
        if self.fails:
            raise ConnectionError("the provider is gone")
        yield Answered(model="play")


class Stop:
    """A tool that goes no further, before or after it `acts`, until it is freed."""

    def __init__(self, name: str, *, acts: bool) -> None:
        self._tool = TOOLS[name]
        self._acts = acts
        self.reached = asyncio.Event()
        self.freed = asyncio.Event()

    @property
    def tools(self) -> dict[str, Tool]:
        """All tools, this one in its place."""
        return {**TOOLS, self._tool.name: replace(self._tool, run=self._run)}

    async def _run(self, context: TurnContext, call: Call, arguments: Any) -> Result:
        if self._acts:
            await self._tool.run(context, call, arguments)
        self.reached.set()
        await self.freed.wait()
        return await self._tool.run(context, call, arguments)


def pieces(message: AIMessage) -> list[Piece]:
    """The message as a provider streams it: word by word, then each call in two halves."""
    said: list[Piece] = [word for word in message.text.replace(" ", " \n").split("\n") if word]
    for index, call in enumerate(message.tool_calls):
        arguments = json.dumps(call["args"])
        half = len(arguments) // 2
        said += [CallBegun(index, call["name"]), CallArguments(index, arguments[:half])]
        said.append(CallArguments(index, arguments[half:]))
    return said


def seen(events: Iterable[Any]) -> list[dict[str, Any]]:
    """What a reader of these events sees in the end, as AG-UI's messages; in how many pieces they came is not seen."""
    told = Told()
    for event in events:
        told.take(event)
    return told.messages


def calls(*wanted: tuple[str, dict[str, Any]], text: str = "") -> AIMessage:
    """A message that calls these tools; a provider may give the same id twice."""
    return AIMessage(text, tool_calls=[{"id": "same", "name": name, "args": args} for name, args in wanted])


def add(*titles: str) -> tuple[str, dict[str, Any]]:
    """A call that adds tasks."""
    return "add_tasks", {"tasks": [{"title": title} for title in titles]}


def delete(*tasks: str) -> tuple[str, dict[str, Any]]:
    """A call that deletes tasks."""
    return "delete_tasks", {"tasks": list(tasks)}


DONE = AIMessage("Done.")
