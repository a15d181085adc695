"""Condensing: the beginning of a conversation that has grown too long is summed up behind the scenes.

What is said next is then told with the summary and the latest turns; the conversation itself stays as it was.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from uuid import UUID

from langchain_core.messages import HumanMessage

import prompts
from domain.model_calls import ModelFailure
from domain.threads import Message
from graphs.fitting import MOST_MESSAGES, REMEMBERED, RESERVED, Room
from graphs.narrowing import EVERYTHING, surfaces
from graphs.pieces import ChatModel
from language.digests import Length, digest
from storage.condensed import Condensed, Crowded
from storage.postgres import Pool
from tools.registry import TOOLS

logger = logging.getLogger("metacortex.condensing")
BATCH = 16
READ = 1_000
KEPT = 0.4
"""Of the room for what was said before: so much of the latest turns stays word for word."""
KEPT_MESSAGES = MOST_MESSAGES // 2
PART_CHARACTERS = 24_000
"""About 6,000 tokens: what is summed up at once."""
MESSAGE_CHARACTERS = 4_000
WORDS = 250
LONGEST = 4_000
PATIENCE_SECONDS = 60.0
SPEAKERS = {"user": "The person", "assistant": "The assistant"}


async def condense(pool: Pool, model: ChatModel | None, room: Room, user_id: UUID) -> None:
    """Sum up the beginning of each thread that has grown too long, part by part; each part is kept at once."""
    stored, after = Condensed(pool, user_id), ""
    while threads := await stored.crowded(after=after, limit=BATCH):
        after = threads[-1].id
        for thread in threads:
            await _condense(stored, thread, model, room)
            await stored.leave(thread.id)


async def _condense(stored: Condensed, thread: Crowded, model: ChatModel | None, room: Room) -> None:
    summary, upto, is_more = thread.summary, thread.upto, True
    while is_more:
        messages = await stored.since(thread.id, upto, limit=READ)
        is_more = False
        # Counting a long conversation, and weighing its sentences, would hold up whoever is being answered.
        for part in parts(await asyncio.to_thread(beginning, messages, room)):
            summary = await condensed(model, summary, [line for message in part if (line := _line(message))])
            if not await stored.keep(thread.id, summary, of=part, since=upto):
                return
            upto, is_more = part[-1].position, len(messages) == READ


def beginning(messages: Sequence[Message], room: Room) -> list[list[Message]]:
    """The turns before the latest ones, which fit together in their share of the room; the last turn always stays."""
    turns: list[list[Message]] = []
    for message in messages:
        if message.role == "user" or not turns:
            turns.append([])
        turns[-1].append(message)
    left, kept = _room_for_history(room) * KEPT, 0
    for turn in reversed(turns):
        left -= sum(room.count(text) for message in turn for text in (message.content, _called(message)))
        stays = sum(map(len, turns[len(turns) - kept - 1 :])) <= KEPT_MESSAGES
        if kept and (left < 0 or not stays):
            break
        kept += 1
    return turns[: len(turns) - kept]


def _room_for_history(room: Room) -> float:
    """What tools, instructions, memories and the turn itself leave of it."""
    always = room.count(surfaces(TOOLS)[EVERYTHING].text) + room.count(prompts.assistant(name="-"))
    return room.size * (1 - RESERVED - REMEMBERED) - always


def parts(turns: Sequence[list[Message]]) -> Iterator[list[Message]]:
    """The turns, as many together as are summed up at once."""
    part: list[Message] = []
    size = 0
    for turn in turns:
        more = sum(len(_line(message)) for message in turn)
        if part and size + more > PART_CHARACTERS:
            yield part
            part, size = [], 0
        part, size = part + turn, size + more
    if part:
        yield part


async def condensed(model: ChatModel | None, summary: str, said: Sequence[str]) -> str:
    """What all that comes to: in the model's words where there is one that answers, else in the conversation's own."""
    lines = [*summary.splitlines(), *said]
    if model is not None and lines:
        asked = prompts.condensed(said="\n".join(lines), words=WORDS)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                spoken = await model.ainvoke([HumanMessage(asked)])
        except (ModelFailure, TimeoutError) as error:
            logger.warning("the model summed up no conversation (%s)", error)
        else:
            if told := [line for line in spoken.text.splitlines() if line.lstrip().startswith("- ")]:
                return _cut(told)
    texts = [line.removeprefix("- ") for line in lines]
    made = await asyncio.to_thread(digest, texts, length=Length(words=WORDS))
    return _cut([f"- {point.words}" for point in made.points])


def _cut(lines: Sequence[str]) -> str:
    """The lines that fit: a model does not always count."""
    told = ""
    for line in lines:
        if len(told) + len(line) >= LONGEST:
            break
        told += line.strip() + "\n"
    return told.strip()


def _line(message: Message) -> str:
    """What is to be read of a message: words as they were said, and of tools what was done."""
    if message.role == "tool":
        said, speaker = _done(message.content), "Done"
    else:
        said, speaker = message.content, SPEAKERS[message.role]
    words = " ".join(said[:MESSAGE_CHARACTERS].split())
    return f"{speaker}: {words}" if words else ""


def _done(result: str) -> str:
    """What a tool says it has changed."""
    try:
        told = json.loads(result)
    except ValueError:
        return ""
    return str(told.get("summary", "")) if isinstance(told, dict) and told.get("action_id") else ""


def _called(message: Message) -> str:
    return json.dumps([dict(call.arguments) for call in message.tool_calls]) if message.tool_calls else ""
