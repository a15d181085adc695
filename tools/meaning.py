"""What is meant where no word is shared: "picking up my suit" is the task "Collect the dry cleaning"."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.errors import NotFound
from storage.search import Within
from tools.context import TurnContext
from tools.references import MARGIN, Candidate, Unclear, asked, coverage, share_only_the_verb, similarity, tokens
from tools.search import compared

LEAST = 0.2
"""From this score a thing may be meant: a cosine of .4, where nothing else speaks for it."""
WORTH_ASKING = 0.17
SAME_DEED = 0.7
"""The cosine from which two of the same verb are one: "call mum" and "Call mom" are .86, Alice and Bob .59."""
NEAREST = 10


async def by_meaning(context: TurnContext, reference: str, candidates: Sequence[Candidate], *, kind: str) -> UUID:
    """The one whose meaning is clearly nearest; raises `Unclear` with the top three, `NotFound` where none is near."""
    cosines = await _cosines(context, reference, kind)
    words = tokens(reference)
    scored = sorted(
        ((_score(words, one) + 0.5 * cosines[one.id], one) for one in candidates if _may_be(words, one, cosines)),
        key=lambda pair: -pair[0],
    )
    best = scored[0][0] if scored else 0.0
    if best >= LEAST and (len(scored) == 1 or best - scored[1][0] >= MARGIN):
        return scored[0][1].id
    near = [one for score, one in scored[:3] if score >= WORTH_ASKING]
    if best >= LEAST and len(near) > 1:
        raise Unclear(asked(reference, near, kind=kind), near)
    raise NotFound(f"There is no {kind} like {reference!r}; name it by more of its words, or look for it first.")


def _may_be(words: Sequence[str], candidate: Candidate, cosines: Mapping[UUID, float]) -> bool:
    cosine = cosines.get(candidate.id)
    return cosine is not None and (cosine >= SAME_DEED or not share_only_the_verb(words, tokens(candidate.title)))


def _score(words: Sequence[str], candidate: Candidate) -> float:
    title = tokens(candidate.title)
    return 0.35 * coverage(words, title) + 0.3 * similarity(" ".join(words), " ".join(title)) - candidate.malus


async def _cosines(context: TurnContext, reference: str, kind: str) -> dict[UUID, float]:
    if context.embeddings is None:
        return {}
    found = await compared(context, reference, within=Within(kinds=(kind,)), limit=NEAREST)
    return {hit.id: hit.cosine for hit in found.hits if hit.cosine is not None}
