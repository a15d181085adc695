"""Transcripts: a conversation as a file, with what must come of each turn."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from domain.errors import Invalid
from domain.people import checked_zone

Expected = dict[str, object]
HERE = Path(__file__).with_name("conversations")


class BadTranscript(Exception):
    """A transcript that cannot be read; the message names the file and the field."""


def known_zone(name: str) -> str:
    """The zone's name; raises `ValueError`, as pydantic wants it."""
    try:
        return checked_zone(name)
    except Invalid as error:
        raise ValueError(error.message) from error


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Strict):
    """Pieces that the words of the assistant must and must not hold; `/…/` is a regular expression, case is ignored."""

    says: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")


class Effects(_Strict):
    """What the database must hold after the turn: only the fields that are named count.

    A name is matched as in `Reply`, but whole. `gone` are titles and names that nothing may have any more.
    """

    tasks: tuple[Expected, ...] = ()
    notes: tuple[Expected, ...] = ()
    habits: tuple[Expected, ...] = ()
    memories: tuple[Expected, ...] = ()
    gone: tuple[str, ...] = ()


class Turn(_Strict):
    """What is said, the answer if approval is asked for (and it must be asked for), and what must come of it.

    `tools` are the names called, in any order; None does not care, empty means none. Whatever changes in the database
    and is not named in `effects` is a fault: an empty `effects` says that nothing may change.
    """

    say: str
    now: AwareDatetime | None = None
    approve: bool | None = None
    tools: tuple[str, ...] | None = None
    effects: Effects = Effects()
    reply: Reply = Reply()
    cites: bool | None = None


class Transcript(_Strict):
    """One conversation of one new person, whose clock stands at `now` when it begins."""

    name: str
    now: AwareDatetime
    zone: Annotated[str, AfterValidator(known_zone)]
    turns: tuple[Turn, ...] = Field(min_length=1)

    def moment(self, turn: Turn, number: int) -> datetime:
        """The clock of a turn: its own, or a minute for each turn since the beginning."""
        begins = (turn.now or self.now).astimezone(ZoneInfo(self.zone))
        return begins if turn.now else begins + timedelta(minutes=number)


class _WordsOnly(yaml.SafeLoader):
    """Dates stay the words they were written as."""


_WordsOnly.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(files: Iterable[Path]) -> list[Transcript]:
    """Every transcript of these files; a file may hold several, as YAML documents. Raises `BadTranscript`."""
    return [transcript for file in files for transcript in _of_file(file)]


def shipped() -> list[Path]:
    """The transcripts that belong to the project."""
    return sorted(HERE.glob("*.yaml"))


def _of_file(file: Path) -> list[Transcript]:
    try:
        with file.open(encoding="utf-8") as text:
            return TypeAdapter(list[Transcript]).validate_python(list(yaml.load_all(text, _WordsOnly)))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadTranscript(f"{file}: cannot be read as YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadTranscript(f"{file}: {place}: {first['msg']}") from error
