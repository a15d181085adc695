"""Answers to questions, in the person's own sentences; none where no passage speaks of what was asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from language.evidence import Question, as_spelled, asked, held, named, share, weights
from language.prose import prose
from ml.answerable import Answerable, features, load
from ml.closeness import Closeness, closeness
from ml.embedding import LocalEmbeddings, Read

AT_MOST = 3
COMPARED = 3
"""So many of the first passages are read for an answer."""
RIVAL = 0.5
"""Each of them has this share of the best score at least."""
WELL = 0.7
"""Another passage is told beside the best one where its best sentence has this share of what is asked."""
SENTENCES = 12
"""So many sentences of a passage are read at most; a note's piece has fewer."""
FARTHER = 3.0
"""How much a sentence that is farther from the question counts less for what it holds."""
LONGEST = 400
NOT_FOUND = "I could not find that in your notes, tasks or habits."
CLOSEST = "I could not find that. The closest I found: "
GIVEN = {
    "task": frozenset({"date", "clock"}),
    "habit": frozenset({"count", "frequency", "span"}),
    "entry": frozenset({"date", "clock"}),
}
"""What a thing of a kind has, though its words do not say it."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A passage that may answer, and the features that judge it.

    Its best sentence goes from `start` to `end` and has `here` of what is asked; the question's words come as near as
    `mean` to words of the passage.
    """

    passage: Mapping[str, Any]
    start: int
    end: int
    here: float
    mean: float
    features: Mapping[str, float]


def answer(
    question: str, passages: Sequence[Mapping[str, Any]], *, first: int, is_sure: bool = False
) -> tuple[str, list[dict[str, Any]]]:
    """The reply and what it cites, markers counted from `first`; citing nothing where nothing was found.

    Where it is unclear whether the best passage answers, the reply says so and still shows it, unless it `is_sure` to
    be left out.
    """
    found = candidates(question, passages)
    if not found:
        return NOT_FOUND, []
    model = _model()
    scores = [model.score(each.features) for each in found]
    if scores[0] < (model.answers if is_sure else model.closest):
        return NOT_FOUND, []
    if scores[0] < model.answers:
        return f"{CLOSEST}{_said(found[0])} [{first}]", [_cited(found[0])]
    kept = [
        each
        for each, score in zip(found, scores, strict=True)
        if each is found[0] or (score >= model.answers and each.here >= WELL)
    ][:AT_MOST]
    lines = [f"{_said(each)} [{number}]" for number, each in enumerate(kept, start=first)]
    return (lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)), [_cited(each) for each in kept]


def candidates(question: str, passages: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """The passages that may answer, the one that the question's words come nearest to first."""
    if not passages:
        return []
    wanted, compared = asked(question), _rivals(passages)
    texts = [f"{passage.get('title') or ''} {passage.get('passage') or ''}" for passage in passages]
    weight = weights(wanted, texts)
    spans = [_sentences(str(passage.get("passage") or "")) for passage in compared]
    titles = [[_title(passage, span) for span in those] for passage, those in zip(compared, spans, strict=True)]
    told = [
        f"{title}{str(passage.get('passage') or '')[slice(*span)]}"
        for passage, those, before in zip(compared, spans, titles, strict=True)
        for span, title in zip(those, before, strict=True)
    ]
    read = iter(_reader().read([as_read(as_spelled(question, texts)), *told]))
    asks = next(read)
    found = [
        _candidate(wanted, weight, passage, those, _close(asks, read, before))
        for passage, those, before in zip(compared, spans, titles, strict=True)
    ]
    return sorted(found, key=lambda each: each.mean, reverse=True)


def _rivals(passages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    scores = [float(passage.get("score") or 0) for passage in passages[:COMPARED]]
    return [passage for passage, score in zip(passages[:COMPARED], scores, strict=True) if score >= RIVAL * max(scores)]


def as_read(question: str) -> str:
    """The question with its mark, whether or not that was typed: it changes what each word means."""
    return f"{question.rstrip(' ?.!')}?"


def _sentences(body: str) -> list[tuple[int, int]]:
    return [(sentence.start, sentence.end) for sentence in prose(body)][:SENTENCES] or [(0, len(body))]


def _title(passage: Mapping[str, Any], span: tuple[int, int]) -> str:
    """What is read before a sentence, for it says what that is about; nothing before what begins with it."""
    title, said = str(passage.get("title") or "").strip(), str(passage.get("passage") or "")[slice(*span)]
    return f"{title}. " if title and not said.startswith(title.rstrip("…")) else ""


def _close(question: Read, read: Iterator[Read], titles: Sequence[str]) -> Closeness:
    return closeness(question, [next(read) for _ in titles], [len(title) for title in titles], _model().middle)


def _candidate(
    question: Question,
    weight: Mapping[str, float],
    passage: Mapping[str, Any],
    spans: Sequence[tuple[int, int]],
    close: Closeness,
) -> Candidate:
    title, body = str(passage.get("title") or ""), str(passage.get("passage") or "")
    given = question.kind is not None and question.kind.name in GIVEN.get(str(passage.get("kind")), ())
    sure = [1.0 if given else held(question, body[start:end]) for start, end in spans]
    worth = [(each or 0.0) - FARTHER * (max(close.each) - near) for each, near in zip(sure, close.each, strict=True)]
    start, end = spans[worth.index(max(worth))]
    return Candidate(
        passage=passage,
        start=start,
        end=end,
        here=share(weight, body[start:end]),
        mean=close.mean,
        features=features(
            whole=close.whole,
            least=close.least,
            holds=None if None in sure else max(worth),
            whether=question.whether,
            names=named(question, f"{title} {body}"),
        ),
    )


def _cited(found: Candidate) -> dict[str, Any]:
    passage = found.passage
    return {"kind": str(passage["kind"]), "id": str(passage["id"]), "start": found.start, "end": found.end}


def _said(found: Candidate) -> str:
    passage = found.passage
    body = str(passage.get("passage") or "")
    quote = body[found.start : found.end].strip(" \n\t#*->")
    quote = quote if len(quote) <= LONGEST else quote[:LONGEST].rsplit(" ", 1)[0] + "…"
    title = str(passage.get("title") or "").strip()
    day, kind = _day(passage.get("date")), str(passage.get("kind"))
    if kind == "message":
        who = "I" if passage.get("speaker") == "assistant" else "you"
        return f"{f'On {day} {who}' if day else who.capitalize()} said: “{quote}”"
    if kind != "note":
        return f"Among your {PLURALS.get(kind, f'{kind}s')} is “{quote or title}”" + (f" ({day})." if day else ".")
    named = f" in “{title}”" if title and not quote.startswith(title.rstrip("…")) else ""
    return f"{f'On {day} you' if day else 'You'} wrote{named}: “{quote or title}”"


PLURALS = {"memory": "memories", "entry": "habits' entries"}


def _day(date: object) -> str | None:
    try:
        moment = datetime.fromisoformat(str(date))
    except ValueError:
        return None
    return f"{moment.day} {moment:%B %Y}"


@cache
def _model() -> Answerable:
    return load()


@cache
def _reader() -> LocalEmbeddings:
    return LocalEmbeddings()
