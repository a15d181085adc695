"""Versions of prompts: which stand side by side, and who gets which."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import Any
from uuid import UUID

FRONT_MATTER = re.compile(r"\A---\nversion: (?P<version>\S+)\n---\n", re.ASCII)
LABEL = re.compile(r"(?P<prompt>[a-z_]+)@(?P<version>[\w.]+)", re.ASCII)
CHOSEN = ("assistant", "person", "turn")
"""What a turn is told by; the others are asked behind the scenes, by their current versions."""
Versions = Mapping[str, str]
"""By the prompt's name its version, as `assistant@3`; what is absent is the current one."""
CURRENT: Versions = MappingProxyType({})


def check(setting: str) -> None:
    """Raises `ValueError` where the setting names what is not there."""
    _arms(setting)


def choose(setting: str, user_id: UUID) -> Versions:
    """The versions that this person gets, always the same ones; raises `ValueError` as `check` does.

    `assistant@3|assistant@4` gives either to half of the people; several prompts are parted by commas.
    """
    if not setting:
        return CURRENT
    return {prompt: labels[_place(user_id, labels)] for prompt, labels in _arms(setting).items()}


def version(prompt: str, versions: Versions = CURRENT) -> str:
    """The version that is used, as it stands in the file's front matter; kept with every run."""
    return f"{prompt}@{_front(_file(prompt, versions))}"


def used(versions: Versions = CURRENT) -> str:
    """The versions of all that a turn is told by, as `assistant@4 person@1 turn@2`."""
    return " ".join(version(prompt, versions) for prompt in CHOSEN)


def template(prompt: str, versions: Versions = CURRENT) -> Template:
    """What the file says, without its front matter."""
    return _template(_file(prompt, versions))


def tools_hash(schemas: Iterable[Mapping[str, Any]]) -> str:
    """Names what a model was shown as its tools; the order counts, for a provider's cache too."""
    return sha256(shown(schemas).encode()).hexdigest()[:12]


def shown(schemas: Iterable[Mapping[str, Any]]) -> str:
    """The tools as one text."""
    return json.dumps(list(schemas), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@cache
def _arms(setting: str) -> Mapping[str, tuple[str, ...]]:
    arms: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in setting.split(","))):
        labels = tuple(label.strip() for label in part.split("|"))
        names = {found["prompt"] if (found := LABEL.fullmatch(label)) else "" for label in labels}
        prompt = names.pop()
        if names or prompt not in CHOSEN or prompt in arms:
            raise ValueError(
                f"{part!r} does not name versions of one of {', '.join(CHOSEN)}, each once; write e.g. "
                f"{version('assistant')!r}, or two of them parted by '|'"
            )
        there = _labels(prompt)
        for label in labels:
            if label not in there:
                raise ValueError(f"there is no prompt {label!r}; there are {', '.join(sorted(there))}")
        arms[prompt] = labels
    return arms


def _place(user_id: UUID, labels: tuple[str, ...]) -> int:
    """Which of them is this person's: as many people for each, and another division for other labels."""
    return int.from_bytes(sha256(f"{'|'.join(labels)} {user_id}".encode()).digest()[:8]) % len(labels)


@cache
def _labels(prompt: str) -> Mapping[str, str]:
    """The versions that are there, with their files; raises `ValueError` where a file is not what its name says."""
    found: dict[str, str] = {}
    for file in sorted(each.name for each in files(__package__ or "prompts").iterdir()):
        if file == f"{prompt}.md" or re.fullmatch(rf"{prompt}@[\w.]+\.md", file):
            label = f"{prompt}@{_front(file)}"
            if label in found or file not in (f"{prompt}.md", f"{label}.md"):
                raise ValueError(f"prompts/{file}: its front matter says {label}; name it so, or give it its version.")
            found[label] = file
    return found


def _file(prompt: str, versions: Versions) -> str:
    label = versions.get(prompt)
    return _labels(prompt)[label] if label else f"{prompt}.md"


@cache
def _template(file: str) -> Template:
    return Template(FRONT_MATTER.sub("", _text(file)).lstrip("\n"))


@cache
def _front(file: str) -> str:
    match = FRONT_MATTER.match(_text(file))
    if match is None:
        raise ValueError(f"prompts/{file}: the front matter with its version is missing.")
    return match["version"]


@cache
def _text(file: str) -> str:
    return files(__package__ or "prompts").joinpath(file).read_text(encoding="utf-8")
