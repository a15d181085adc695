"""`summ_qmsum`, `summ_dialogsum`: a text in few words, held against what people wrote, beside four other ways."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from statistics import fmean

from evals.suites.centrality import BASELINES, within
from evals.suites.rouge import KINDS, rouge
from evals.suites.suite import BadCases, Judged, Row, Suite
from language.digests import Length, digest
from language.prose import prose

WORDS = {"qmsum-segment": 75, "qmsum-full": 150, "dialogsum": 26}
"""How long a summary may be, about as long as those that people wrote."""
OURS, OTHERS = "summary", tuple(BASELINES)
LABEL = re.compile(r"(?<!\S)(?P<name>[A-Z][\w'.-]*(?: [A-Z][\w'.()-]*){0,4}):\s")


async def answer(cases: Sequence[Row], file: Path, model: str) -> AsyncIterator[Row]:
    """The sentences that say most, within the words of the source; `others` are what the other ways choose."""
    if model != "offline":
        raise BadCases("summaries are judged offline only; leave out --model.")
    meetings = _meetings(file) if any("text_ref" in case for case in cases) else {}
    for case in cases:
        text = case["text"] if "text" in case else meetings[case["text_ref"]]
        words = WORDS[case["source"]]
        points = digest([text], length=Length(words=words), query=case.get("query") or "").points
        sentences = prose(text)
        others = {name: within(sentences, choose(sentences), words) for name, choose in BASELINES.items()}
        yield {OURS: "\n".join(point.words for point in points), "others": others}


def score(case: Row, prediction: Row) -> float:
    """The mean of the three kinds."""
    return fmean(_scores(case, prediction[OURS]).values())


def table(cases: Sequence[Judged]) -> Iterable[str]:
    """Each way's figures over all cases, ours first, and how many words it took."""
    for source in sorted({case.case["source"] for case in cases}):
        chosen = [case for case in cases if case.case["source"] == source]
        yield f"{source}, n={len(chosen)}, at most {WORDS[source]} words"
        for name in (OURS, *OTHERS):
            said = [case.prediction[OURS] if name == OURS else case.prediction["others"][name] for case in chosen]
            scores = [_scores(case.case, each) for case, each in zip(chosen, said, strict=True)]
            figures = " ".join(f"{kind} {100 * fmean(score[kind] for score in scores):5.2f}" for kind in KINDS)
            yield f"  {name:<9} {figures}  words {fmean(len(each.split()) for each in said):.1f}"


def _scores(case: Row, summary: str) -> dict[str, float]:
    references = [re.sub(r"(?<=[.!?])\s+", "\n", reference.strip()) for reference in case["references"]]
    return rouge(summary, references)


def _meetings(file: Path) -> dict[str, str]:
    """Whole meetings from their passages, each turn of speech on a line of its own again."""
    name = f"{file.stem.removesuffix('_full')}_corpus.jsonl"
    places = (file.parent / name, file.parent.parent / "retrieval_qmsum" / name)
    corpus = next((place for place in places if place.exists()), None)
    if corpus is None:
        raise BadCases(f"{file}: whole meetings need their passages, {' or '.join(map(str, places))}.")
    meetings: dict[str, list[str]] = {}
    for line in corpus.read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        meetings.setdefault(passage["meeting"], []).append(passage["text"])
    return {meeting: _in_turns("\n".join(passages)) for meeting, passages in meetings.items()}


def _in_turns(text: str) -> str:
    """Broken before each name that speaks more than once."""
    often = {name for name, times in Counter(label["name"] for label in LABEL.finditer(text)).items() if times > 1}
    return LABEL.sub(lambda label: f"\n{label[0]}" if label["name"] in often else label[0], text)


SUITE = Suite(answer=answer, score=score, table=table)
