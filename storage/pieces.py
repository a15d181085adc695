"""Pieces: how a text is cut for search, at headings and between sentences; each stands in it word for word."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

WORDS = 100
"""A usual piece; what is left over is shared out evenly, so that none has more than about one and a half times that."""
LETTERS = 10
"""So many letters count as a word where there are fewer spaces: in links, and in scripts that have none."""
HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*)")
FENCE = re.compile(r" {0,3}(```|~~~)")
SENTENCE = re.compile(r".*?(?:[.!?…][\"'”’)\]*_]*\s+|[。！？]+|\n\s*|$)", re.DOTALL)
WORD = re.compile(rf"\S{{1,{WORDS * LETTERS}}}\s*")


class Piece(NamedTuple):
    """A part of a text and the headings that it stands under, outermost first."""

    path: tuple[str, ...]
    text: str


def cut(text: str) -> list[Piece]:
    """The pieces of a text, in order; none where it is blank."""
    if "#" not in text and _size(text) <= WORDS / 2:
        # However its sentences are counted, they are no more than one piece together.
        return [Piece((), text.strip())] if text.strip() else []
    return [Piece(path, piece) for path, section in _sections(text) for piece in _filled(section)]


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """What stands under each heading, that heading with it; one with nothing under it goes with the next."""
    above: list[tuple[int, str]] = []
    section, is_empty, fence = "", True, None
    for line in text.splitlines(keepends=True):
        heading = None if fence else HEADING.match(line)
        if heading and not is_empty:
            yield _names(above), section
            section, is_empty = "", True
        if heading:
            level = len(heading[1])
            above = [*(each for each in above if each[0] < level), (level, heading[2].rstrip().rstrip("#").rstrip())]
        elif line.strip():
            is_empty = False
        if mark := FENCE.match(line):
            fence = mark[1] if fence is None else None if fence == mark[1] else fence
        section += line
    yield _names(above), section


def _names(above: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(name for _, name in above if name)


def _filled(section: str) -> Iterator[str]:
    """Sentences together, so many that the pieces are about equally long."""
    sentences = [(sentence, _size(sentence)) for sentence in _sentences(section)]
    whole = sum(size for _, size in sentences)
    usual = whole / max(1, round(whole / WORDS))
    piece, end, so_far = "", usual, 0.0
    for sentence, size in sentences:
        if piece.strip() and so_far + size / 2 > end:
            yield piece.strip()
            piece, end = "", end + usual
        piece += sentence
        so_far += size
    if piece.strip():
        yield piece.strip()


def _sentences(section: str) -> Iterator[str]:
    for sentence in SENTENCE.findall(section):
        yield from WORD.findall(sentence) if _size(sentence) > WORDS else [sentence]


def _size(text: str) -> float:
    return max(len(text.split()), len(text.strip()) / LETTERS)
