"""A suite: cases of one shape, who answers them, what is right, and the table that says how good it is."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
SHAPELESS = (KeyError, TypeError, AttributeError, IndexError, ValueError)
"""What reading a field raises that is missing or of another type."""


class BadCases(Exception):
    """A file of cases that cannot be read; its text says which line and why."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A case, its prediction in the fields of its shape, and the score of it, 0 to 1."""

    case: Row
    prediction: Row
    score: float

    def to_json(self) -> dict[str, Any]:
        """The case as a line of `--json`."""
        return {"id": self.case["id"], **self.prediction, "score": self.score}


@dataclass(frozen=True, kw_only=True)
class Suite:
    """How cases of one shape are answered (in order, one prediction each), scored and summed up.

    `answer` gets the cases, the file they came from (documents and starting states stand beside it) and the model's
    name. `counts` says which cases the rate is over; `table` prints the rest.
    """

    answer: Callable[[Sequence[Row], Path, str], AsyncIterator[Row]]
    score: Callable[[Row, Row], float]
    table: Callable[[Sequence[Judged]], Iterable[str]]
    counts: Callable[[Row], bool] = lambda case: True


def each(predict: Callable[[Row], Row]) -> Callable[[Sequence[Row], Path, str], AsyncIterator[Row]]:
    """The `answer` of a suite whose cases need nothing but their own row."""

    async def answer(cases: Sequence[Row], file: Path, model: str) -> AsyncIterator[Row]:
        for case in cases:
            yield predict(case)

    return answer


async def judged(suite: Suite, file: Path, model: str) -> list[Judged]:
    """Every case of the file, answered and scored; raises `BadCases` where a line is no case."""
    cases = read(file)
    found: list[Judged] = []
    try:
        async for prediction in suite.answer(cases, file, model):
            case = cases[len(found)]
            suite.counts(case)
            found.append(Judged(case=case, prediction=prediction, score=suite.score(case, prediction)))
    except SHAPELESS as error:
        raise _shapeless(file, cases[min(len(found), len(cases) - 1)], error) from error
    return found


def tabled(suite: Suite, cases: Sequence[Judged], file: Path) -> list[str]:
    """The suite's table; raises `BadCases` that names the case which lacks what it is made of."""
    try:
        return list(suite.table(cases))
    except SHAPELESS as error:
        for each in cases:
            try:
                list(suite.table([each]))
            except SHAPELESS as lack:
                raise _shapeless(file, each.case, lack) from lack
        raise BadCases(f"{file}: not of this suite's shape: {error!r}.") from error


def _shapeless(file: Path, case: Row, error: Exception) -> BadCases:
    return BadCases(f"{file}, case {case['id']}: not of this suite's shape: {error!r}.")


def rate(suite: Suite, cases: Sequence[Judged]) -> float:
    """The mean score of the cases that count; 0 where none does."""
    scores = [each.score for each in cases if suite.counts(each.case)]
    return sum(scores) / len(scores) if scores else 0.0


def read(file: Path) -> list[Row]:
    """One case a line; raises `BadCases` that names the line."""
    cases: list[Row] = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BadCases(f"{file}: not text in UTF-8: {error}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadCases(f"{file}:{number}: not JSON: {error}.") from error
        if not isinstance(case, dict) or "id" not in case:
            raise BadCases(f"{file}:{number}: a case is an object with an `id`.")
        cases.append(case)
    if not cases:
        raise BadCases(f"{file}: there is no case in it.")
    return cases


def by(cases: Iterable[Judged], key: Callable[[Row], str | None]) -> list[str]:
    """One line a group: its name, how many cases, their mean score; a case whose key is None stands in no group."""
    groups: dict[str, list[float]] = {}
    for each in cases:
        if (name := key(each.case)) is not None:
            groups.setdefault(name, []).append(each.score)
    return [f"{name:<36} n={len(of):5d}  {sum(of) / len(of):.3f}" for name, of in sorted(groups.items())]
