"""Prose: the sentences of a note or a conversation, each with its place, its heading and who says it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sentencex import segment

from language.speech import spoken

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?P<title>.*?)\s*#*\s*$")
BOLD_HEADING = re.compile(r"\s*(?:\*\*|__)(?P<title>[^*_]{1,80}?):?(?:\*\*|__):?\s*$")
TITLE_LINE = re.compile(r"\s*(?P<title>[A-Z][\w /&'’-]{1,40}):\s*$")
ITEM = re.compile(r"\s*(?:>\s*)*(?:(?:[-*+•–]|\d{1,3}[.)])\s+(?:\[(?P<box>[^\]\n])\]\s+)?|\[(?P<bare>[ xX])\]\s+)")
QUOTE = re.compile(r"\s*(?:>\s?)+")
FENCE = re.compile(r"\s*(?:```|~~~)")
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
LABEL = re.compile(r"\s*(?:\*\*)?(?P<name>#?[A-Z][\w.'’#-]*(?:\s[A-Z(][\w.'’()-]*){0,5})(?:\*\*)?:(?:\*\*)?\s+(?=\S)")
NO_NAMES = frozenset(
    """
    action agenda aim answer attendee background cc conclusion context date deadline decided decision done due example
    fact from goal idea important info issue item link location meeting next note open outcome owner participant place
    plan present pro problem project purpose q question reason result risk source statu step subject summary tag task
    time tip title to todo topic update warning what when where why
    """.split()
)
IMAGE = re.compile(r"!\[[^\[\]]{0,500}\]\([^()]{0,2000}\)|!\[\[[^\[\]]{0,500}\]\]")
LINK = re.compile(
    r"\[\[(?:[^\[\]|]{0,500}\|)?([^\[\]|]{0,500})\]\]|\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:\s\"[^\"]{0,500}\")?\)"
)
MARKS = re.compile(r"\*\*|__|~~|==|`|(?<!\w)[*_](?=\w)|(?<=[\w.!?])[*_](?!\w)")
AFTER_MAY = re.compile(r"(?<=\bMay[.!?] )(?=[A-Z][a-z])")
WRAPPED = 60
"""A shorter line was not broken for want of room: it ends what it says."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """`text` are its words without marks, `start` and `end` where they stand.

    Sentences of one paragraph, list item or turn of speech share their `block`; `box` is the mark in a list item's
    check box, a blank where it is open.
    """

    text: str
    start: int
    end: int
    block: int
    heading: str = ""
    speaker: str = ""
    is_item: bool = False
    box: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Block:
    start: int
    end: int
    heading: str
    speaker: str = ""
    is_item: bool = False
    box: str | None = None


def sentences_of(text: str) -> list[str]:
    """The words of each sentence of a Markdown body; headings are none, unless there is nothing else."""
    found = [sentence.text for sentence in prose(text)]
    return found or [" ".join(text.split())] * bool(WORD.search(text))


def prose(text: str) -> list[Sentence]:
    """The sentences in their order; headings and blocks of code are none, a list item is at least one."""
    names = _names(text)
    found = []
    for number, block in enumerate(_blocks(text, names)):
        at = block.start
        # A line break within a paragraph is a blank, and places stay as they are.
        for part in _parts(re.sub(r"[\r\n\t]", " ", text[block.start : block.end])):
            words = _plain(part, is_speech=bool(block.speaker))
            lead = len(part) - len(part.lstrip())
            if WORD.search(words):
                found.append(
                    Sentence(
                        text=words,
                        start=at + lead,
                        end=at + len(part.rstrip()),
                        block=number,
                        heading=block.heading,
                        speaker=block.speaker,
                        is_item=block.is_item,
                        box=block.box,
                    )
                )
            at += len(part)
    return found


def headings_of(text: str) -> list[str]:
    """The headings of a Markdown body."""
    return [heading for _, line in _lines(text) if (heading := _title(line))]


def _parts(text: str) -> Iterator[str]:
    """The sentences, with their blanks; the segmenter takes the month of May, at an end, for an abbreviation."""
    for part in segment("en", text):
        yield from AFTER_MAY.split(part)


def _blocks(text: str, names: frozenset[str]) -> Iterator[_Block]:
    """Paragraphs, list items and turns of speech."""
    heading, under, is_code = "", None, False
    for start, line in _lines(text):
        end = start + len(line)
        if FENCE.match(line):
            is_code = not is_code
        title = _title(line)
        if is_code or FENCE.match(line) or not line.strip() or title is not None:
            if under:
                yield under
            under, heading = None, heading if title is None else title
            continue
        item, label = ITEM.match(line), LABEL.match(line)
        speaker = label["name"] if label and label["name"] in names else ""
        if (
            under
            and not item
            and not speaker
            and not line.lstrip().startswith(("|", ">"))
            and _goes_on(text, under, line)
        ):
            under = replace(under, end=end)
            continue
        if under:
            yield under
        words = item or (label if speaker else None) or QUOTE.match(line)
        box = (item["box"] or item["bare"]) if item else None
        begin = start + (words.end() if words else 0)
        under = _Block(start=begin, end=end, heading=heading, speaker=speaker, is_item=bool(item), box=box)
    if under:
        yield under


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = front.end() if (front := FRONT_MATTER.match(text)) else 0
    for line in text[at:].splitlines(keepends=True):
        yield at, line.rstrip("\r\n")
        at += len(line)


def _title(line: str) -> str | None:
    found = HEADING.match(line) or BOLD_HEADING.match(line) or TITLE_LINE.match(line)
    return _plain(found["title"]) if found else None


def _goes_on(text: str, under: _Block, line: str) -> bool:
    """True where a line goes on with the block above it: that was broken for want of room, or this one is indented."""
    above = text[under.start : under.end]
    last = above.rsplit("\n", 1)[-1]
    if not under.is_item and last.lstrip().startswith("|"):
        return False
    first = line.lstrip()[:1]
    ended = last.rstrip().endswith((".", "!", "?", ":", ";")) or len(last.strip()) < WRAPPED
    return not (ended and (first.isupper() or first.isdigit() or (under.is_item and not line[:1].isspace())))


def _names(text: str) -> frozenset[str]:
    """Who speaks: names before a colon that begin at least half of the lines, two of them or more."""
    lines = [line for _, line in _lines(text) if line.strip()]
    labels = [label["name"] for line in lines if (label := LABEL.match(line))]
    names = [name for name in labels if not all(word.removesuffix("s") in NO_NAMES for word in name.casefold().split())]
    return frozenset(names) if len(names) >= 2 and len(names) * 2 >= len(lines) else frozenset()


def _plain(text: str, *, is_speech: bool = False) -> str:
    """The words without Markdown's marks, and said words without what only fills a pause."""
    text = LINK.sub(lambda link: link[1] or link[2] or "", IMAGE.sub(" ", text))
    words = " ".join(MARKS.sub("", text).split())
    return spoken(words) if is_speech else words
