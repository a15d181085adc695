"""Tokens: what each turn of the transcripts would have a model read, part by part, before and after it is narrowed.

The offline model plays; what it is given is counted as a provider's model would read it, and as a provider that keeps
prompts would find it again.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import wiring
from agent.models.offline import OfflineProvider
from agent.turn import Agent
from domain.model_calls import OFFLINE, Account, ModelCall
from domain.people import Clock, Profile
from evals.conversations import Moment, Stage, replay
from evals.transcripts import Transcript
from graphs.asking import Terms
from graphs.conversation import build_conversation
from graphs.fitting import MESSAGE_TOKENS, texts_of
from graphs.narrowing import EVERYTHING, Surface, narrowed, surfaces
from graphs.pieces import Asked, Piece
from language.understanding import understand
from ml.intent import IntentModel
from ml.tokens import Tokens
from settings import Settings
from storage.people import People, Profiles
from tools.registry import TOOLS

MOST = 32_000
PARTS = ("tools", "instructions", "memory", "history", "message", "passages", "steps")
"""In the order in which a provider reads them; `memory` is the person and a summary, `steps` the turn's own results."""
LEAST_KEPT, KEPT_BY = 1_024, 128
"""OpenAI keeps a prompt's beginning from so many tokens on, by so many; Anthropic wants 1,024 or more too."""
KEPT_PRICE = 0.1
"""What a token costs that is read from a provider's cache, against one that is not: of both providers' newest."""

Segment = tuple[str, str]
"""The part that it is of, and its words."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What was asked of the model in one turn, and the tools it called."""

    conversation: str
    asked: tuple[Asked, ...]
    called: frozenset[str]

    @property
    def surface(self) -> str:
        """The name of the tools that are shown where the turn is narrowed, by the grammar alone, as beside a model."""
        person = next(message for message in reversed(self.asked[0].messages) if message.type == "human")
        known = person.additional_kwargs
        now = datetime.fromisoformat(known["now"]).astimezone(ZoneInfo(known["zone"]))
        return narrowed(understand(known["said"], Clock(now=now)).to_json())


@dataclass(frozen=True, kw_only=True)
class Read:
    """Tokens of a prompt by part, and how many of them the provider has read before."""

    tokens: Mapping[str, int]
    known: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.tokens.values())


@dataclass
class Listening:
    """The offline model, with what it is asked."""

    asked: list[Asked] = field(default_factory=list)

    async def stream(self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]) -> AsyncIterator[Piece]:
        """As it answers."""
        self.asked.append(asked)
        async with aclosing(OfflineProvider().stream(asked, most_tokens=0)) as pieces:  # type: ignore[type-var]  # typed as an iterator, it is a generator
            async for piece in pieces:
                yield piece

    def taken(self) -> tuple[Asked, ...]:
        """What it was asked since."""
        asked, self.asked = tuple(self.asked), []
        return asked


async def measure(transcripts: Sequence[Transcript]) -> list[str]:
    """The lines of the report."""
    with TemporaryDirectory(prefix="metacortex-tokens-") as home:
        tokens = Tokens(Path(home))
        await tokens.load()
        turns = await _played(transcripts, Path(home), tokens)
    shown = surfaces(TOOLS)
    return [*_table(turns, shown, tokens), "", *_of_narrowing(turns, shown)]


async def _played(transcripts: Sequence[Transcript], home: Path, tokens: Tokens) -> list[Turn]:
    listening, moment = Listening(), Moment()
    async with wiring.opened(Settings(home=home, model=OFFLINE, database_url=None), now=moment) as parts:
        agent = Agent(
            pool=parts.pool,
            conversation=build_conversation(
                speaker=listening,
                tools=TOOLS,
                intents=IntentModel.load(),
                terms=Terms(tokens=tokens, most_tokens=MOST),
            ),
            embeddings=parts.embeddings,
            model_name=OFFLINE,
            now=moment,
        )

        async def someone(name: str, zone: str) -> Profile:
            user_id = await People(parts.pool).create(name, "evals")
            return await Profiles(parts.pool, user_id).change(zone=zone)

        async def settle(profile: Profile) -> None:
            await parts.worker.work_off()

        stage = Stage(agent=agent, moment=moment, someone=someone, settle=settle)
        turns = []
        async with aclosing(replay(transcripts, stage)) as played:
            async for case in played:
                conversation = case.id.partition("/")[0]
                turns.append(
                    Turn(conversation=conversation, asked=listening.taken(), called=frozenset(case.heard.tools))
                )
    return turns


def segments(asked: Asked, surface: Surface) -> Iterator[Segment]:
    """The prompt in the order in which it is read: tools, instructions, the person, what was said, the turn."""
    instructions, person, *rest = asked.messages
    yield "tools", surface.text
    yield "instructions", instructions.text
    yield "memory", person.text
    at = max(place for place, message in enumerate(rest) if message.type == "human")
    for message in rest[:at]:
        yield from (("history", text) for text in texts_of(message))
    head, fence, below = rest[at].text.rpartition("<passages>")
    passages, end, tail = below.partition("</passages>")
    said = str(rest[at].additional_kwargs["said"])
    yield "message", said
    yield "message", head.removeprefix(said) + fence
    yield "passages", passages
    yield "message", end + tail
    for message in rest[at + 1 :]:
        yield from (("steps", text) for text in texts_of(message))


def read(told: Sequence[Segment], before: Iterable[Sequence[Segment]], tokens: Tokens) -> Read:
    """What is read, and what of it stood at the beginning of one of the prompts before."""
    sizes = [(part, _size(text, tokens)) for part, text in told]
    best: list[int] = []
    for other in before:
        same = _same(told, other, tokens)
        best = max(best, same, key=sum)
    left = sum(best) // KEPT_BY * KEPT_BY if sum(best) >= LEAST_KEPT else 0
    known = dict.fromkeys(PARTS, 0)
    for (part, _), size in zip(told, best, strict=False):
        known[part] += min(size, left)
        left -= min(size, left)
    return Read(tokens={part: sum(size for of, size in sizes if of == part) for part in PARTS}, known=known)


def _same(told: Sequence[Segment], before: Sequence[Segment], tokens: Tokens) -> list[int]:
    """Tokens of each segment that are the same, up to the first that is not."""
    same = []
    for (_, mine), (_, theirs) in zip(told, before, strict=False):
        if mine != theirs:
            pairs = enumerate(zip(mine, theirs, strict=False))
            at = next((place for place, (one, two) in pairs if one != two), min(len(mine), len(theirs)))
            same.append(tokens.count(mine[:at]))
            break
        same.append(_size(mine, tokens))
    return same


def _size(text: str, tokens: Tokens) -> int:
    return tokens.count(text) + MESSAGE_TOKENS if text else 0


def _read(turns: Sequence[Turn], surface_of: Callable[[Turn], Surface], tokens: Tokens) -> list[list[Read]]:
    """Each call of each turn; a prompt is found again from the same conversation, or from the last with these tools."""
    last: dict[str, list[Segment]] = {}
    made = []
    for turn in turns:
        surface, calls = surface_of(turn), []
        for asked in turn.asked:
            told = list(segments(asked, surface))
            before = [last[name] for name in (turn.conversation, surface.hash) if name in last]
            calls.append(read(told, before, tokens))
            last[turn.conversation] = last[surface.hash] = told
        made.append(calls)
    return made


def _table(turns: Sequence[Turn], shown: Mapping[str, Surface], tokens: Tokens) -> list[str]:
    whole = _read(turns, lambda turn: shown[EVERYTHING], tokens)
    few = _read(turns, lambda turn: shown[turn.surface], tokens)
    rows = [
        "| tokens a turn | all tools | of them found again | narrowed | of them found again |",
        "|---|---|---|---|---|",
    ]
    for part in PARTS:
        cells = [_mean(made, part, known) for made in (whole, few) for known in (False, True)]
        rows.append(f"| {part} | " + " | ".join(f"{cell:,.0f}" for cell in cells) + " |")
    sums = [sum(_mean(made, part, known) for part in PARTS) for made in (whole, few) for known in (False, True)]
    rows.append("| **all** | " + " | ".join(f"**{each:,.0f}**" for each in sums) + " |")
    calls = sorted(call.total for turn in whole for call in turn)
    middle, high = (calls[int(share * len(calls))] for share in (0.5, 0.95))
    kept_whole, kept_few = (sums[at] - (1 - KEPT_PRICE) * sums[at + 1] for at in (0, 2))
    return [
        *rows,
        "",
        f"{len(turns)} turns, {len(calls)} calls; a call reads {middle:,.0f} tokens in the middle, {high:,.0f} at p95.",
        f"Paid for as so many tokens a turn: {sums[0]:,.0f}, narrowed {sums[2]:,.0f}; "
        f"by a provider that keeps prompts {kept_whole:,.0f}, narrowed {kept_few:,.0f}.",
    ]


def _mean(made: Sequence[Sequence[Read]], part: str, known: bool) -> float:
    return sum((call.known if known else call.tokens)[part] for turn in made for call in turn) / len(made)


def _of_narrowing(turns: Sequence[Turn], shown: Mapping[str, Surface]) -> list[str]:
    names: dict[str, set[Any]] = {
        name: {schema["function"]["name"] for schema in surface.schemas} for name, surface in shown.items()
    }
    acting = [turn for turn in turns if turn.called]
    right = sum(turn.called <= names[turn.surface] for turn in acting)
    few = sum(turn.surface != EVERYTHING for turn in turns)
    missed = [f"hidden: {sorted(turn.called - names[turn.surface])} in {turn.surface!r}, {turn.conversation}"
              for turn in acting if not turn.called <= names[turn.surface]]  # fmt: skip
    return [
        f"Narrowed: {few} of {len(turns)} turns; the tools that were called are among those shown on "
        f"{right} of {len(acting)} turns ({right / max(1, len(acting)):.1%}).",
        *missed,
    ]
