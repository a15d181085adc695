"""Imports: how a conversation fares while a vault is brought in beside it, how long that takes, and the same twice."""

import io
import random
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from evals.processes import NotMeasured
from evals.speed import TALK, Figure, served, turns_of

WORDS_A_NOTE = 200
VOCABULARY = 20_000
TALK_PROMISED, TOOL_PROMISED = 150.0, 300.0


def measure(*, notes: int, turns: int) -> Iterator[Figure | str]:
    """Turns alone, beside the import, and beside the embedding after it; raises `NotMeasured`."""
    vault = made(notes)
    yield f"a vault of {notes} notes of about {WORDS_A_NOTE} words, {len(vault) / 1e6:.1f} MB packed"
    with (
        TemporaryDirectory(prefix="metacortex-imports-") as folder,
        served(Path(folder)) as (_, url),
        httpx2.Client(base_url=url, timeout=120) as client,
    ):
        _pair(client, 0)
        yield from _figures("alone", [_pair(client, number) for number in range(1, turns + 1)])
        started = time.perf_counter()
        place = _sent(client, vault)
        yield f"uploaded and looked through in {time.perf_counter() - started:.1f} s"
        beside: list[tuple[float, float]] = []
        while _state(client, place)["status"] == "going":
            beside.append(_pair(client, turns + len(beside) + 1))
        took = time.perf_counter() - started
        yield from _figures("beside the import", beside)
        yield f"{_made(_state(client, place))} in {took:.1f} s, {notes / took:.0f} notes/s"
        after = [_pair(client, turns + len(beside) + number) for number in range(1, turns + 1)]
        yield from _figures("beside the embedding after it", after)
        taking = time.perf_counter()
        taken = client.get("/export", params={"format": "vault"}).content
        yield f"taken along in {time.perf_counter() - taking:.1f} s, {len(taken) / 1e6:.1f} MB packed"
        again = time.perf_counter()
        place = _sent(client, vault)
        while (state := _state(client, place))["status"] == "going":
            time.sleep(0.05)
        yield f"the same zip again: {_made(state)} in {time.perf_counter() - again:.1f} s"


def made(notes: int) -> bytes:
    """A zip of notes that look like somebody's: front matter, tags, links, a task in each fifth; the same each time."""
    chance = random.Random(notes)
    words = [_word(chance) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(notes):
            said = chance.choices(words, weights, k=chance.randint(WORDS_A_NOTE // 2, WORDS_A_NOTE * 3 // 2))
            path = f"Folder {number % 40}/{words[number % 500]} {number}.md"
            entry = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, _note(number, said, chance), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _note(number: int, said: list[str], chance: random.Random) -> str:
    half = len(said) // 2
    day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    parts = [
        f"---\ntags: [{said[0]}]\ncreated: {day}\n---\n# {' '.join(said[:3])}",
        f"{' '.join(said[:half])}. #{said[2]}",
        f"## {' '.join(said[3:5])}",
        f"{' '.join(said[half:])}. See [[{said[5]} {chance.randrange(number + 1)}]].",
    ]
    if number % 5 == 0:
        parts.append(f"- [ ] {' '.join(said[:4])} 📅 2027-01-{chance.randint(1, 28):02} #{said[1]}")
    return "\n\n".join(parts) + "\n"


def _word(chance: random.Random) -> str:
    parts = (chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))
    return "".join(parts)


def _sent(client: httpx2.Client, vault: bytes) -> str:
    answer = client.post("/import", content=vault, params={"name": "vault.zip"})
    if answer.status_code != 202:
        raise NotMeasured(f"the vault was answered with {answer.status_code}: {answer.text[:300]}")
    return str(answer.headers["Location"])


def _state(client: httpx2.Client, place: str) -> dict[str, Any]:
    state: dict[str, Any] = client.get(place).json()
    if state["status"] == "failed" or state["problems"]:
        raise NotMeasured(f"the import failed: {state['error']} {state['problems'][:3]}")
    return state


def _made(state: dict[str, Any]) -> str:
    return f"created {state['created'] or 'nothing'}, unchanged {state['unchanged']}"


def _pair(client: httpx2.Client, number: int) -> tuple[float, float]:
    """A turn without tools and one with a tool."""
    (talk,) = turns_of(client, [TALK])
    (act,) = turns_of(client, [f"buy {number + 2} apples"], called="add_tasks")
    return talk, act


def _figures(where: str, pairs: list[tuple[float, float]]) -> Iterator[Figure]:
    if not pairs:
        raise NotMeasured("the import was over before a turn was; give it more notes.")
    talk, acts = zip(*pairs, strict=True)
    yield Figure(name=f"talk {where}", milliseconds=talk, promised=TALK_PROMISED)
    yield Figure(name=f"a tool {where}", milliseconds=acts, promised=TOOL_PROMISED)
