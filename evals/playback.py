"""Playback: what the offline model said in a transcript, step by step, said again by a provider.

What changes from database to database is put in its place: ids that a tool told, and the numbers of passages.
"""

import json
import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.threads import Citation
from evals.conversations import Case, Stage, replay
from evals.faults.asked import Request
from evals.faults.provider_server import ProviderServer, served
from evals.faults.wrongs import Script
from evals.hearing import Heard, Said
from evals.stage import on
from evals.transcripts import Transcript
from evals.wires import Spoken
from language.lasting import statements_in
from settings import Settings

MODEL, SMALL = "played", "small"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MARKER = re.compile(r"\[(\d{1,3})\]")
SHOWN = re.compile(r"\[(\d+)\] \w+ \S+ \(")
"""How a passage begins that stands below the person's words: its number, then of what it is."""
PIECE = re.compile(r"\s*\S+\s*$|\s*\S+")
SILENT = Spoken(words=("Nothing.",))


class Unscripted(Exception):
    """A provider was asked something that the offline model was not."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One transcript as the offline model played it: what was said to it, and what came of each."""

    turns: Sequence[tuple[str, Heard]]


@dataclass
class Player:
    """The mind of a provider that plays one recording at a time; `lost` says where it was asked something else."""

    recordings: Mapping[str, Recording]
    lost: list[str] = field(default_factory=list)
    _now: Recording = field(default_factory=lambda: Recording(turns=()))
    _ids: dict[str, str] = field(default_factory=dict)

    def announced(self, transcripts: Iterable[Transcript]) -> Iterator[Transcript]:
        """The transcripts, each put on when its turn comes."""
        for transcript in transcripts:
            self._now, self._ids = self.recordings[transcript.name], {}
            yield transcript

    def __call__(self, request: Request) -> Spoken:
        """What the offline model said here."""
        if request.model == SMALL:
            return self._noticed(request)
        words = request.said[-1].partition("\n\n<turn>")[0]
        asked_before = sum(text.partition("\n\n<turn>")[0] == words for text in request.said[:-1])
        heard = [heard for said, heard in self._now.turns if said == words][asked_before:]
        steps = list(heard[0].said.values()) if heard else []
        if request.step >= len(steps):
            self.lost.append(f"step {request.step + 1} of {words[:80]!r}")
            return SILENT
        self._learn(steps, request)
        return self._again(steps[request.step], request)

    def _noticed(self, request: Request) -> Spoken:
        """Behind the scenes: the statements in the message that is asked about, as lines."""
        given = "\n".join(request.said)
        asked_about = max((said for said, _ in self._now.turns if said in given), key=len, default="")
        lines = [f"- {statement}\n" for statement in statements_in(asked_about)]
        return Spoken(words=tuple(lines)) if lines else SILENT

    def _learn(self, steps: Sequence[Said], request: Request) -> None:
        """Which id here stands for which there: tools told them in the same order."""
        results = [call.result or "" for step in steps[: request.step] for call in step.calls]
        here = [line.text for line in request.turn if line.role == "tool"]
        for then, now in zip(results, here, strict=False):
            self._ids |= zip(UUID.findall(then), UUID.findall(now), strict=False)

    def _again(self, said: Said, request: Request) -> Spoken:
        numbers = {
            int(citation.marker or place): _number(citation, request)
            for place, citation in enumerate(said.citations, 1)
        }

        def renumbered(found: re.Match[str]) -> str:
            number = numbers.get(int(found[1]), int(found[1]))
            return f"[{number}]"

        words = MARKER.sub(renumbered, said.words)
        calls = tuple((call.tool, self._here(call.arguments or "{}")) for call in said.calls)
        return Spoken(words=tuple(PIECE.findall(words)), calls=calls)

    def _here(self, arguments: str) -> str:
        return UUID.sub(lambda found: self._ids.get(found[0], found[0]), arguments)


def _number(citation: Citation, request: Request) -> int | None:
    """Under which number the passage is shown here."""
    flat = _flat(citation.passage)
    for line in request.turn:
        if line.role == "tool":
            for passage in json.loads(line.text).get("passages") or ():
                if flat in _flat(str(passage["passage"])):
                    return int(passage["marker"])
    below = _flat(request.said[-1])
    shown = [SHOWN.findall(below[: found.start()]) for found in re.finditer(re.escape(flat), below)]
    return next((int(numbers[-1]) for numbers in shown if numbers), None)


def _flat(text: str) -> str:
    return " ".join(text.split())


async def recorded(transcripts: Sequence[Transcript], stage: Stage) -> dict[str, Recording]:
    """The transcripts as the model of the stage plays them; raises `Unscripted` where it does not do as is written."""
    played: dict[str, list[tuple[str, Heard]]] = {transcript.name: [] for transcript in transcripts}
    async for case in replay(transcripts, stage):
        if not case.passed:
            raise Unscripted(f"{case.id}: {'; '.join(case.faults)}")
        played[case.id.rpartition("/")[0]].append((case.say, case.heard))
    return {name: Recording(turns=turns) for name, turns in played.items()}


def settings_of(server: ProviderServer, wire: str, **more: object) -> Settings:
    """The settings of a product whose model speaks that wire of the server."""
    provider = "anthropic" if wire == "messages" else "openai"
    chosen = {"model": f"{provider}:{MODEL}", "model_small": f"{provider}:{SMALL}", "database_url": None}
    api = "responses" if wire == "responses" else "chat"
    return Settings.model_validate({**server.settings(api=api), **chosen, **more})


@contextmanager
def playing(recordings: Mapping[str, Recording]) -> Iterator[tuple[ProviderServer, Player]]:
    """A provider that plays these, listening."""
    player = Player(recordings)
    with served(player, Script()) as server:
        yield server, player


async def played_over(
    wire: str, transcripts: Sequence[Transcript], recordings: Mapping[str, Recording]
) -> AsyncGenerator[Case, None]:
    """Every turn of the transcripts once more, now over a provider's wire, on a database of its own."""
    with TemporaryDirectory(prefix="metacortex-evals-") as home, playing(recordings) as (server, player):
        async with on(settings_of(server, wire, home=Path(home))) as stage:
            async for case in replay(player.announced(transcripts), stage):
                yield case
        if player.lost:
            raise Unscripted(f"The provider was asked what the offline model was not: {'; '.join(player.lost[:5])}")
