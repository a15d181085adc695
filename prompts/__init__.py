"""What we say to the model: text files with a version, one typed function each."""

import re
from functools import cache
from importlib.resources import files
from string import Template

_FRONT_MATTER = re.compile(r"\A---\nversion: (?P<version>\S+)\n---\n", re.ASCII)
_FENCE = re.compile(r"<\s*/?\s*(?:turn|passages|facts|conversation|message|notes)\b(?:[^<>\n]{0,40}>)?", re.IGNORECASE)


def assistant(*, name: str) -> str:
    """The system message: the same bytes in every turn of a person, and up to the name in everybody's."""
    if not name.strip():
        raise ValueError("name: the prompt needs a value.")
    return Template(_words("assistant")).substitute({"name": _inert(name)})


def turn(*, today: str, zone: str, facts: str, passages: str) -> str:
    """What changes from turn to turn, to stand last: below the person's message. A missing value is an error.

    `facts` (what code read in the message) and `passages` (what the person wrote before) may be empty; no word in
    them can end the block that marks them as data.
    """
    always = {"today": today, "zone": zone}
    for key, value in always.items():
        if not value.strip():
            raise ValueError(f"{key}: the prompt needs a value.")
    blocks = {"facts": _inert(facts) or "none", "passages": _inert(passages) or "none"}
    return Template(_words("turn")).substitute({key: _inert(value) for key, value in always.items()} | blocks)


def title(*, said: str, answered: str) -> str:
    """The message that asks for a conversation's title; no word of it can end the block that marks it as data."""
    if not said.strip():
        raise ValueError("said: the prompt needs a value.")
    return Template(_words("title")).substitute({"said": _inert(said), "answered": _inert(answered) or "…"})


def reflection(*, said: str) -> str:
    """The message that asks for the lasting facts in one message; no word of it can end the block of data."""
    if not said.strip():
        raise ValueError("said: the prompt needs a value.")
    return Template(_words("reflection")).substitute({"said": _inert(said)})


def summary(*, notes: str, about: str, words: int) -> str:
    """The message that asks for a summary of numbered sentences; `about` may be empty."""
    return _summing_up("summary", notes, about, words)


def summary_merged(*, notes: str, about: str, words: int) -> str:
    """The message that asks for one summary of the lines of several."""
    return _summing_up("summary_merged", notes, about, words)


def _summing_up(prompt: str, notes: str, about: str, words: int) -> str:
    if not notes.strip():
        raise ValueError("notes: the prompt needs a value.")
    given = {"notes": _inert(notes), "about": _inert(about) or "all of it", "words": str(words)}
    return Template(_words(prompt)).substitute(given)


def version(prompt: str) -> str:
    """The version that stands in the file's front matter, kept with every run that used it."""
    match = _FRONT_MATTER.match(_text(prompt))
    if match is None:
        raise ValueError(f"prompts/{prompt}.md: the front matter with its version is missing.")
    return f"{prompt}@{match['version']}"


def _words(prompt: str) -> str:
    return _FRONT_MATTER.sub("", _text(prompt)).lstrip("\n")


@cache
def _text(prompt: str) -> str:
    return files(__name__).joinpath(f"{prompt}.md").read_text(encoding="utf-8")


def _inert(text: str) -> str:
    """The text without anything that looks like the fence of a block."""
    return _FENCE.sub("[fence removed]", text).strip()
