"""The scripted model: what it says follows from the conversation alone, so that asking it again changes nothing.

A bare ASGI application on OpenAI's wire (`python -m uvicorn evals.faults.script:app`). It refuses, as OpenAI does, a
history in which a call has no result; `GET /refused` lists what it refused.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, TypeAlias
from zlib import crc32

from evals import openai_wire as wire
from evals.faults.asked import Request
from evals.wires import Call, Spoken

FIRST_SECONDS = (0.05, 0.6)
BETWEEN_SECONDS = (0.02, 0.12)
WORDS = 14

Message: TypeAlias = Mapping[str, Any]
ERRANDS = Spoken(words=("Errands",))


def add(*titles: str) -> str:
    """What a person writes to get these tasks, each by a call of its own in one message."""
    return f"add {' '.join(titles)}"


def chain(*titles: str) -> str:
    """The same, each in a round of its own."""
    return f"chain {' '.join(titles)}"


def delete(title: str) -> str:
    """What a person writes to lose that task, which asks for approval."""
    return f"delete {title}"


def talk(words: int, about: str) -> str:
    """What a person writes to hear so many words."""
    return f"talk {words} {about}"


def answer_to(messages: Sequence[Message]) -> Spoken:
    """What comes next, by the last thing the person said and the rounds of calls since then."""
    last = max((at for at, message in enumerate(messages) if message["role"] == "user"), default=-1)
    rounds = sum(bool(message.get("tool_calls")) for message in messages[last + 1 :])
    return said(_text(messages[last]) if last >= 0 else "", rounds)


def said(to: str, rounds: int) -> Spoken:
    """What is said to what a person wrote, of which the first line counts, after so many rounds of calls."""
    answers = _plan(to.partition("\n")[0].split())
    return answers[min(rounds, len(answers) - 1)]


def heard(request: Request) -> Spoken:
    """The same on any wire; a call that was wrong in itself is made again."""
    return said(request.said[-1], request.rounds) if request.tools and request.said else ERRANDS


def unanswered(messages: Sequence[Message]) -> list[str]:
    """The ids of calls that are not followed by their results."""
    missing: list[str] = []
    for at, message in enumerate(messages):
        wanted = [str(call["id"]) for call in message.get("tool_calls") or ()]
        given = [str(result.get("tool_call_id")) for result in messages[at + 1 : at + 1 + len(wanted)]]
        missing += [id for id in wanted if id not in given]
    return missing


def _plan(words: Sequence[str]) -> tuple[Spoken, ...]:
    match words:
        case ["add", *titles]:
            return (_calling(*(_adding(title) for title in titles)), _speech(WORDS, *titles))
        case ["chain", *titles]:
            return (*(_calling(_adding(title)) for title in titles), _speech(WORDS, *titles))
        case ["delete", title]:
            return (_calling(("delete_tasks", json.dumps({"tasks": [title]}))), _speech(WORDS, title))
        case ["talk", number, *about]:
            return (_speech(int(number), *about),)
        case _:
            return (ERRANDS,)


def _adding(title: str) -> Call:
    return "add_tasks", json.dumps({"tasks": [{"title": title}]})


def _calling(*calls: Call) -> Spoken:
    """Every other message says something before it calls."""
    talks = crc32(repr(calls).encode()) % 2
    return Spoken(words=_words("One moment, I am at it.") if talks else (), calls=calls)


def _speech(count: int, *about: str) -> Spoken:
    return Spoken(words=_words(" ".join((*about, *(f"word{number}" for number in range(count))))))


def _words(text: str) -> tuple[str, ...]:
    return tuple(f"{word} " for word in text.split())


def _text(message: Message) -> str:
    content = message["content"]
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)


class Model:
    """The application."""

    def __init__(self) -> None:
        self._refused: list[str] = []
        self._random = Random()

    async def __call__(self, scope: wire.Scope, receive: wire.Receive, send: wire.Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        asked = await wire.body_of(receive)
        if scope["method"] == "POST" and not asked:
            return  # whoever asked was killed before saying what
        match scope["path"].removeprefix("/v1"):
            case "/chat/completions":
                await self._speak(asked, send)
            case "/embeddings":
                await wire.answer(send, wire.vectors(asked))
            case "/refused":
                await wire.answer(send, {"refused": self._refused})
            case _:
                await wire.answer(send, wire.MODELS)

    async def _speak(self, asked: Mapping[str, Any], send: wire.Send) -> None:
        if missing := unanswered(asked["messages"]):
            self._refused += missing
            said = f"An assistant message with 'tool_calls' must be followed by tool messages: {', '.join(missing)}"
            return await wire.answer(send, {"error": {"message": said}}, status=400)
        spoken = answer_to(asked["messages"]) if asked.get("tools") else ERRANDS
        frames = [wire.text(word) for word in spoken.words] + wire.calls(*spoken.calls)
        usage = wire.usage_of(len(frames))
        if not asked.get("stream"):
            return await wire.answer(send, wire.whole(spoken.text, spoken.calls, usage))
        await asyncio.sleep(self._random.uniform(*FIRST_SECONDS))
        await wire.begin_stream(send)
        for frame in (wire.first(), *frames, wire.last(called=bool(spoken.calls), usage=usage)):
            await wire.piece(send, frame)
            await asyncio.sleep(self._random.uniform(*BETWEEN_SECONDS))
        await wire.end_stream(send)


app = Model()
