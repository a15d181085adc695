"""Closeness: how near the words of a question come to words of the sentences of a passage, by what both mean there."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.embedding import Read

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Closeness:
    """`whole` is how near the nearest sentence is as a whole.

    The words of the question come as near as `mean` and at `least`, wherever in the passage or its title, and as near
    as `each` to those of each sentence itself.
    """

    whole: float
    mean: float
    least: float
    each: tuple[float, ...]


def closeness(question: Read, sentences: Sequence[Read], titled: Sequence[int], middle: "NDArray[Any]") -> Closeness:
    """How near they are; before each sentence stand so many letters of its title.

    `middle` is where words lie on average, which says nothing about any.
    """
    import numpy

    asked = _directions(question, middle)
    if not len(asked):
        return Closeness(whole=0.0, mean=0.0, least=0.0, each=(0.0,) * len(sentences))
    nothing = numpy.zeros((len(asked), 1), dtype=asked.dtype)
    near = [numpy.hstack([nothing, asked @ _directions(each, middle).T]) for each in sentences]
    own = [1 + bisect_left(each.starts, letters) for each, letters in zip(sentences, titled, strict=True)]
    best = numpy.hstack(near).max(1)
    return Closeness(
        whole=max(float(question.vector @ each.vector) for each in sentences),
        mean=float(best.mean()),
        least=float(best.min()),
        each=tuple(
            float(numpy.hstack([nothing, words[:, first:]]).max(1).mean())
            for words, first in zip(near, own, strict=True)
        ),
    )


def _directions(read: Read, middle: "NDArray[Any]") -> "NDArray[Any]":
    import numpy

    apart = read.words - middle
    directions: NDArray[Any] = apart / (numpy.linalg.norm(apart, axis=1, keepdims=True) + 1e-9)
    return directions
