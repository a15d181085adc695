"""Answers to questions, in the person's own sentences; none where no passage speaks of what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from language.evidence import SELDOM, Evidence, Question, asked, evidence, weights
from ml.answerable import Answerable, features, load

AT_MOST = 3
COMPARED = 3
"""So many of the first passages are read for an answer."""
WELL = 0.7
"""Another passage is told beside the best one where its best sentence has this share of what is asked."""
RANK = 0.3
"""How much the place that search gave a passage counts beside its words and its meaning."""
LONGEST = 400
NOT_FOUND = "I could not find that in your notes, tasks or habits."
CLOSEST = "I could not find that. The closest I found: "


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A passage that may answer, what it has for the question, and the features that judge it."""

    passage: Mapping[str, Any]
    evidence: Evidence
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
    head, scores = model.head(found[0].features), [model.score(each.features) for each in found]
    if scores[0] < (head.answers if is_sure else head.closest):
        return NOT_FOUND, []
    if scores[0] < head.answers:
        return f"{CLOSEST}{_said(found[0])} [{first}]", [_cited(found[0])]
    kept = [
        each
        for each, score in zip(found, scores, strict=True)
        if each is found[0] or (score >= head.answers and each.evidence.here >= WELL)
    ][:AT_MOST]
    lines = [f"{_said(each)} [{number}]" for number, each in enumerate(kept, start=first)]
    return (lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)), [_cited(each) for each in kept]


def candidates(question: str, passages: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """The passages that may answer, the one that shares most with the question first."""
    wanted = asked(question)
    weight = weights(wanted, [f"{passage.get('title') or ''} {passage.get('passage') or ''}" for passage in passages])
    found = [_candidate(wanted, weight, passage, passages) for passage in passages[:COMPARED]]
    return sorted(found, key=_worth, reverse=True)


def _worth(found: Candidate) -> float:
    near, rank = found.passage.get("cosine"), found.passage.get("score")
    return found.evidence.share + max(float(near or 0), 0.0) + RANK * float(rank or 0)


def _candidate(
    question: Question, weight: Mapping[str, float], passage: Mapping[str, Any], passages: Sequence[Mapping[str, Any]]
) -> Candidate:
    body = str(passage.get("passage") or "")
    found = evidence(question, str(passage.get("title") or ""), body, weight)
    others = [each for each in passages if each is not passage]
    return Candidate(
        passage=passage,
        evidence=found,
        features=features(
            cosine=passage.get("cosine"),
            next_cosine=max((float(each.get("cosine") or 0) for each in others), default=0.0),
            words=float(passage.get("words") or 0),
            next_words=max((float(each.get("words") or 0) for each in others), default=0.0),
            share=found.share,
            here=found.here,
            has=found.has,
            fits=found.fits,
            beyond=found.beyond,
            attribute=found.attribute,
            counted=found.counted,
            is_seldom=question.kind in SELDOM,
            names=found.names,
            head=found.head,
            asks=len(question.stems),
        ),
    )


def _cited(found: Candidate) -> dict[str, Any]:
    passage, sentence = found.passage, found.evidence
    return {"kind": str(passage["kind"]), "id": str(passage["id"]), "start": sentence.start, "end": sentence.end}


def _said(found: Candidate) -> str:
    passage = found.passage
    body = str(passage.get("passage") or "")
    quote = body[found.evidence.start : found.evidence.end].strip(" \n\t#*->")
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
