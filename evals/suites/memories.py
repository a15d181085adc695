"""Memories: which messages the gate before reflection takes for a lasting fact, by what they were written to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.reflection import Gate
from evals.suites.suite import BadCases
from ml.embedding import LocalEmbeddings
from ml.fact import FactModel

FROZEN = Path(__file__).parents[1] / "memories" / "frozen.yaml"


class Messages(BaseModel):
    """Messages with a lasting fact in them, and messages without one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    facts: tuple[str, ...] = Field(min_length=1)
    junk: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A message and what was let in of it."""

    id: str
    message: str
    is_fact: bool
    let_in: Sequence[str]

    @property
    def is_right(self) -> bool:
        """Of a fact something is let in, of junk nothing."""
        return bool(self.let_in) == self.is_fact

    def to_json(self) -> dict[str, Any]:
        """The case as a line of `--json`."""
        return {
            "id": self.id,
            "message": self.message,
            "fact": self.is_fact,
            "let_in": list(self.let_in),
            "score": int(self.is_right),
        }


def messages(file: Path) -> Messages:
    """The messages of a file; raises `BadCases`."""
    try:
        return Messages.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadCases(f"{file}: cannot be read as YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadCases(f"{file}: {place}: {first['msg']}; it holds two lists of messages, facts and junk.") from error


async def weighed(given: Messages) -> list[Weighed]:
    """Each message before the gate as the product builds it, with the local embedder."""
    gate = Gate(model=FactModel.load(), embeddings=LocalEmbeddings())
    named = [("fact", given.facts), ("junk", given.junk)]
    return [
        Weighed(id=f"{name}-{number}", message=text, is_fact=name == "fact", let_in=await gate.facts_in(text))
        for name, texts in named
        for number, text in enumerate(texts, 1)
    ]


def summary(cases: Sequence[Weighed]) -> Iterable[str]:
    """Recall, precision, and how much junk was let in."""
    facts = [case for case in cases if case.is_fact]
    kept = sum(bool(case.let_in) for case in facts)
    junk = sum(bool(case.let_in) for case in cases if not case.is_fact)
    yield f"recall       {kept / len(facts):.3f} ({kept} of {len(facts)} facts)"
    yield f"precision    {kept / max(kept + junk, 1):.3f} ({kept} of {kept + junk} let in)"
    yield f"junk let in  {junk / (len(cases) - len(facts)):.3f} ({junk} of {len(cases) - len(facts)})"
