"""What we say to the model: text files with a version, one typed function each; a missing value is an error."""

import re
from collections.abc import Mapping

from prompts.versions import CURRENT, Versions, check, choose, shown, template, tools_hash, used, version

__all__ = [
    "CURRENT", "Versions", "assistant", "check", "choose", "condensed", "person", "reflection", "shown",
    "summary", "summary_merged", "title", "tools_hash", "turn", "used", "version",
]  # fmt: skip

_FENCE = re.compile(
    r"<\s*/?\s*(?:turn|passages|facts|person|memories|earlier|conversation|message|notes|said)\b(?:[^<>\n]{0,40}>)?",
    re.IGNORECASE,
)


def assistant(*, name: str, versions: Versions = CURRENT) -> str:
    """The system message: the same bytes in every turn of everybody, but for versions that say the name."""
    return _filled("assistant", {"name": name}, versions=versions)


def person(*, name: str, week: str, dates: str, memories: str, earlier: str, versions: Versions = CURRENT) -> str:
    """Who the person is and what is remembered of them and of this conversation: it rarely changes.

    `memories` and `earlier` may be empty; no word in them can end the block that marks them as data.
    """
    always = {"name": name, "week": week, "dates": dates}
    return _filled("person", always, {"memories": memories, "earlier": earlier}, versions=versions)


def turn(*, today: str, zone: str, facts: str, passages: str, versions: Versions = CURRENT) -> str:
    """What changes from turn to turn, to stand last: below the person's message.

    `facts` (what code read in the message) and `passages` (what the person wrote before) may be empty; no word in
    them can end the block that marks them as data.
    """
    return _filled("turn", {"today": today, "zone": zone}, {"facts": facts, "passages": passages}, versions=versions)


def title(*, said: str, answered: str) -> str:
    """The message that asks for a conversation's title; no word of it can end the block that marks it as data."""
    return _filled("title", {"said": said}, {"answered": answered}, nothing="…")


def reflection(*, said: str) -> str:
    """The message that asks for the lasting facts in one message; no word of it can end the block of data."""
    return _filled("reflection", {"said": said})


def condensed(*, said: str, words: int) -> str:
    """The message that asks what the beginning of a conversation came to."""
    return _filled("condensed", {"said": said, "words": str(words)})


def summary(*, notes: str, about: str, words: int) -> str:
    """The message that asks for a summary of numbered sentences; `about` may be empty."""
    return _filled("summary", {"notes": notes, "words": str(words)}, {"about": about}, nothing="all of it")


def summary_merged(*, notes: str, about: str, words: int) -> str:
    """The message that asks for one summary of the lines of several."""
    return _filled("summary_merged", {"notes": notes, "words": str(words)}, {"about": about}, nothing="all of it")


def _filled(
    prompt: str,
    always: Mapping[str, str],
    perhaps: Mapping[str, str] | None = None,
    *,
    nothing: str = "none",
    versions: Versions = CURRENT,
) -> str:
    """The prompt with its values; raises `ValueError` for an empty one among those that must `always` be there."""
    for key, value in always.items():
        if not value.strip():
            raise ValueError(f"{key}: the prompt needs a value.")
    given = {key: _inert(value) for key, value in always.items()}
    given |= {key: _inert(value) or nothing for key, value in (perhaps or {}).items()}
    return template(prompt, versions).substitute(given)


def _inert(text: str) -> str:
    """The text without anything that looks like the fence of a block."""
    return _FENCE.sub("[fence removed]", text).strip()
