"""Wikilinks: `[[note]]`, `[[folder/note#heading|words]]`, which name files in a vault and titles here."""

import re
from collections.abc import Mapping

LINK = re.compile(r"\[\[([^\[\]|#^\n]{1,300})((?:[#^][^\[\]|\n]{0,300})?)(?:\|([^\[\]\n]{1,300}))?\]\]")
NO_LINK = frozenset("[]|#^\n")


def names_in(text: str) -> set[str]:
    """The names of the files that a text links to, without folder and ending, in lower case."""
    return {link[1].strip().rpartition("/")[2].lower().removesuffix(".md") for link in LINK.finditer(text)}


def by_title(text: str, titles: Mapping[str, str]) -> str:
    """Links to the titles of notes, where they named files; `titles` by path without ending, in lower case."""
    known: dict[str, str | None] = {}

    def link(found: re.Match[str]) -> str:
        if found[1] not in known:
            known[found[1]] = _title_of(found[1], titles)
        title = known[found[1]]
        if title is None or NO_LINK & set(title):
            return found[0]
        alias = f"|{found[3]}" if found[3] and found[3] != title else ""
        return f"[[{title}{found[2]}{alias}]]"

    return LINK.sub(link, text) if titles else text


def by_name(text: str, names: Mapping[str, str]) -> str:
    """Links to the names of files, where a note's title is not the name of its file; `names` by title."""

    def link(found: re.Match[str]) -> str:
        name = names.get(found[1].strip())
        return f"[[{name}{found[2]}|{found[3] or found[1]}]]" if name else found[0]

    return LINK.sub(link, text) if names else text


def _title_of(target: str, titles: Mapping[str, str]) -> str | None:
    wanted = target.strip().lower().removesuffix(".md")
    if wanted in titles:
        return titles[wanted]
    return next((title for path, title in sorted(titles.items()) if path.endswith(f"/{wanted}")), None)
