"""Summarising with a model: parts of the notes at once, then one summary of those, each line with what it rests on."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig

import prompts
from domain.model_calls import ModelFailure
from graphs.pieces import ChatModel
from language.digests import KINDS, Digest, Kind, Length, Place, Point
from language.summaries import Kept, weigh

logger = logging.getLogger("metacortex.summaries")
PART_CHARACTERS = 24_000
"""About 6,000 tokens: what a model reads at once."""
PARTS = 8
READABLE = PARTS * PART_CHARACTERS * 3 // 4
"""So much is read at most; of more, the sentences that say most. The numbers of sentences take the rest."""
AT_ONCE = 3
PART_WORDS = 200
PATIENCE_SECONDS = 60.0
LINE = re.compile(
    r"\s*(?:[-*•]\s+)?\**(?P<kind>point|decision|action|question)s?\**\s*(?:\((?P<owner>[^()\n]{1,80})\))?\**\s*:\**\s*"
    r"(?P<words>\S.*)",
    re.IGNORECASE,
)
MARK = re.compile(r"\s*\[(\d+(?:\s*[,;]\s*\d+)*)\]")
OURSELVES = frozenset({"i", "me", "myself", "the person", "you", "we", "us"})
# Inside a turn, what an inner model says is nothing for the reader of the turn.
INWARD: RunnableConfig = {"tags": ["nostream"]}


class ModelSummarizer:
    """Sums up by a model; a point that rests on no sentence of the notes is dropped."""

    def __init__(self, model: Callable[[], ChatModel], *, name: str) -> None:
        self.name = f"{name} {prompts.version('summary')} {prompts.version('summary_merged')}"
        self._model = model

    async def digest(self, texts: Sequence[str], *, length: Length, about: str) -> Digest | None:
        """The points that fit the length; None where the model gave none that rests on anything."""
        sentences = _readable(weigh(texts, query=about))
        parts = list(_parts(sentences))
        words = length.words if len(parts) == 1 else PART_WORDS
        gate = asyncio.Semaphore(AT_ONCE)
        asked = [prompts.summary(notes=part, about=about, words=words) for part in parts]
        lines = [line for answer in await asyncio.gather(*(self._ask(each, gate) for each in asked)) for line in answer]
        if len(parts) > 1 and lines:
            merging = prompts.summary_merged(notes="\n".join(lines), about=about, words=length.words)
            lines = await self._ask(merging, gate) or lines
        points = [point for line in lines if (point := _point(line, sentences))]
        if not points:
            logger.warning("the model gave no summary that rests on the notes")
            return None
        fitting = sorted(_fitting(points, length), key=lambda point: KINDS.index(point.kind))
        return Digest(points=tuple(fitting), actions=tuple(point for point in points if point.kind == "action"))

    async def _ask(self, prompt: str, gate: asyncio.Semaphore) -> list[str]:
        """The lines of the answer that have the form asked for."""
        try:
            async with gate, asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._model().ainvoke([HumanMessage(prompt)], INWARD)
        except (ModelFailure, TimeoutError) as error:
            logger.warning("the model gave no summary (%s)", error)
            return []
        return [line for line in answer.text.splitlines() if LINE.match(line)]


def _readable(sentences: Sequence[Kept]) -> list[Kept]:
    """As many as can be read, those that say most, in their order."""
    left, kept = READABLE, list[int]()
    for at in sorted(range(len(sentences)), key=lambda at: -sentences[at].weight):
        if len(sentences[at].text) <= left:
            kept.append(at)
            left -= len(sentences[at].text)
    return [sentences[at] for at in sorted(kept)]


def _parts(sentences: Sequence[Kept]) -> Iterator[str]:
    """The sentences with their numbers, note by note, in parts that a model can read."""
    lines, size, source = list[str](), 0, -1
    for number, each in enumerate(sentences, start=1):
        line = f"[{number}] {each.text}"
        if lines and size + len(line) > PART_CHARACTERS:
            yield "\n".join(lines)
            lines, size, source = [], 0, -1
        if each.source != source:
            lines.append(f"Note {each.source + 1}:")
            source = each.source
        lines.append(line)
        size += len(line)
    if lines:
        yield "\n".join(lines)


def _point(line: str, sentences: Sequence[Kept]) -> Point | None:
    """What a line says, where a sentence of that number was shown."""
    found = LINE.match(line)
    if found is None:
        return None
    numbers = {int(number) for marks in MARK.findall(found["words"]) for number in re.findall(r"\d+", marks)}
    used = [sentences[number - 1] for number in sorted(numbers) if 0 < number <= len(sentences)]
    words = MARK.sub("", found["words"]).strip(" *")
    if not used or not words:
        return None
    kind: Kind = next(kind for kind in KINDS if kind == found["kind"].casefold())
    owner = (found["owner"] or "").strip()
    places = tuple(Place(source=each.source, start=each.sentence.start, end=each.sentence.end) for each in used)
    is_named = kind == "action" and bool(owner) and owner.casefold() not in OURSELVES
    return Point(kind=kind, text=words, places=places, owner=owner if is_named else None)


def _fitting(points: Iterable[Point], length: Length) -> list[Point]:
    """The first that fit, one at least: a model does not always count."""
    kept, left = list[Point](), length.words
    for point in points:
        size = len(point.words.split())
        if (not kept or size <= left) and len(kept) != length.sentences:
            kept.append(point)
            left -= size
    return kept
