"""Front matter: the YAML block at the head of a Markdown file, read as plain words and taken apart without loss."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

try:
    from yaml import CBaseLoader as Loader
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import BaseLoader as Loader  # type: ignore[assignment]

LONGEST = 50_000
BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
KEY = re.compile(r"([^\s#&*!|>'\"%@`\[\]{},:-][^:\n]*):(?=[ \t\n])")


@dataclass(frozen=True, kw_only=True)
class Matter:
    """`values` by key in lower case; `entries` are the block's lines under each key, as they stand."""

    values: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[tuple[str, str], ...] = ()
    body: str
    is_broken: bool = False

    def said(self, *keys: str) -> str | None:
        """The first of these that is one word or one line."""
        return next((value for key in keys if isinstance(value := self.values.get(key), str) and value), None)

    def listed(self, *keys: str) -> list[str]:
        """All of these: a list, or words with commas or spaces between them."""
        values = [self.values[key] for key in keys if key in self.values]
        words: list[str] = []
        for value in values:
            if isinstance(value, str):
                words += re.split(r"\s*,\s*" if "," in value else r"\s+", value)
            elif isinstance(value, list):
                words += [part for part in value if isinstance(part, str)]
        return words

    def without(self, keys: Collection[str]) -> str:
        """The body, under a block of what else was said above it."""
        kept = "".join(lines for key, lines in self.entries if key not in keys)
        return f"---\n{kept}---\n{self.body}" if kept.strip() else self.body


def read(text: str) -> Matter:
    """What stands above the text; a block that is not YAML is left in the text."""
    found = BLOCK.match(text)
    if found is None or len(found[1]) > LONGEST:
        return Matter(body=text)
    try:
        values = yaml.load(found[1], Loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        values = None
    entries = _entries(found[1])
    if not isinstance(values, dict) or len(entries) != len(values):
        # A rule across the page is no front matter, and neither is an empty block.
        return Matter(body=text, is_broken=bool(found[1].strip()) and ":" in found[1])
    named = {str(key).strip().lower(): value for key, value in values.items()}
    return Matter(values=named, entries=entries, body=text[found.end() :])


def write(values: Mapping[str, Any], more: str, body: str) -> str:
    """A block of these values and of lines that are YAML already, and the body under it."""
    ours = yaml.safe_dump(dict(values), allow_unicode=True, sort_keys=False, width=10**6)
    return f"---\n{ours}{more}---\n{body}"


def _entries(block: str) -> tuple[tuple[str, str], ...]:
    """The lines of each top-level key; what stands before the first belongs to it."""
    entries: list[tuple[str, str]] = []
    before = ""
    for line in block.splitlines(keepends=True):
        begins = KEY.match(line) or re.match(r"(['\"])(.+?)\1[ \t]*:(?=[ \t\n])", line)
        if begins:
            key = begins[begins.lastindex or 1]
            entries.append((key.strip().lower(), before + line))
            before = ""
        elif entries:
            entries[-1] = (entries[-1][0], entries[-1][1] + line)
        else:
            before += line
    return tuple(entries)
