"""Answers to questions, in the person's own sentences; none where no passage speaks of what was asked."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from language.sentences import segments
from language.verbs import stem
from tools.references import coverage

AT_MOST = 3
NEAR = 0.45
"""A cosine from which a passage may answer without sharing a word."""
FAINT = 0.2
"""Sharing a part of the words is not enough below this cosine."""
CLOSE = 0.85
"""A passage is told beside the best one from this part of its score."""
_LIGHT = """
a about again all am an and any anything are as at be been but by can could did do does find for from had has have how
i if in is it its know last look many me mention mentioned much my note noted notes of on or our remember said say
says search so some something talk task tasks tell than that the their them there they think this to told up was we
were what when where which who whom whose why will with would write written wrote you your
"""
LIGHT = frozenset(stem(word) for word in _LIGHT.split())
NOT_FOUND = "I could not find that in your notes, tasks or habits."


def answer(question: str, passages: Sequence[Mapping[str, Any]], *, first: int) -> tuple[str, list[dict[str, str]]]:
    """The reply and what it cites, markers counted from `first`; citing nothing where nothing was found."""
    asked = content(question)
    scored = sorted(((_score(asked, passage), passage) for passage in passages), key=lambda pair: -pair[0])
    best = scored[0][0] if scored else 0.0
    kept = [passage for score, passage in scored if score > 0 and score >= CLOSE * best][:AT_MOST]
    if not kept:
        return NOT_FOUND, []
    lines = [f"{_said(passage, asked)} [{number}]" for number, passage in enumerate(kept, start=first)]
    cited = [{"kind": str(passage["kind"]), "id": str(passage["id"])} for passage in kept]
    return (lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)), cited


def content(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+(?:'s)?", text.replace("’", "'"))) - LIGHT


def _score(asked: frozenset[str], passage: Mapping[str, Any]) -> float:
    """0 where the passage is not about the question; else the share of words in common and the nearness in meaning."""
    cosine = passage.get("cosine")
    text = f"{passage.get('title') or ''} {passage.get('passage') or ''}"
    share = coverage(tuple(asked), tuple(content(text)))
    near = float(cosine) if cosine is not None else FAINT
    if near >= NEAR or share >= 0.6 or (share >= 0.5 and near >= FAINT) or (share > 0 and near >= 0.35):
        return share + max(near, 0.0)
    return 0.0


def _said(passage: Mapping[str, Any], asked: frozenset[str]) -> str:
    title, quote = str(passage.get("title") or "").strip(), _best_sentence(str(passage.get("passage") or ""), asked)
    day, kind = _day(passage.get("date")), str(passage.get("kind"))
    if kind != "note":
        return f"Among your {kind}s is “{quote or title}”" + (f" ({day})." if day else ".")
    named = f" in “{title}”" if title and not quote.startswith(title.rstrip("…")) else ""
    return f"{f'On {day} you' if day else 'You'} wrote{named}: “{quote or title}”"


def _best_sentence(text: str, asked: frozenset[str]) -> str:
    """The sentence that shares most with the question, the first of equals."""
    sentences = [text[start:end].strip(" \n\t#*->") for start, end in segments(text)] or [text.strip()]
    sentences = [sentence for sentence in sentences if sentence]
    best = max(sentences, key=lambda sentence: len(asked & content(sentence)), default="")
    return best if len(best) <= 400 else best[:400].rsplit(" ", 1)[0] + "…"


def _day(date: object) -> str | None:
    try:
        moment = datetime.fromisoformat(str(date))
    except ValueError:
        return None
    return f"{moment.day} {moment:%B %Y}"
