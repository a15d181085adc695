"""Targets: which tasks an order is about, as the person named them."""

import re
from typing import Any

from domain.people import Clock
from language.patterns import Wording
from language.requests.filters import common
from language.requests.frames import DETERMINER, LIST, named, names, points
from language.when import read

BUT = Wording(
    r"^(?P<all>.+?)[\s,]+(?:except(?:ing)?(?: for)?|but(?: not)?|besides|other than|apart from|aside from|without|"
    r"not)\s+(?P<but>.+)$"
)
DESCRIBED = Wording(
    r"^(?:an?|the|my|that)\s+\w+(?:\s+item)?\s+(?:with (?:the )?(?:title|name|description|content|topic|text)|"
    r"called|named|titled|that says|saying|about)\s+"
    r"[\"'“](?P<name>.+?)[\"'”](?P<rest>.*)$"
)
ALL_OF_IT = Wording(rf"(?:my |the |our )?(?:whole |entire )?(?:{LIST})")
QUOTED = re.compile(r"[\"“](?P<name>[^\"”]{2,})[\"”]")
MANY = Wording(r"^(?:all|every(?:thing|one)?|each|any|both|them|these|those|the (?:others|rest))\b")
TIMED = ("point", "interval", "open", "time")

Target = tuple[str | None, dict[str, Any]]


def target(words: str, clock: Clock) -> Target:
    """The reference, and what else tells which: `names` of several; `but` what is left out of those that are `where`.

    What is named by a time or by what it has in common keeps its words: they are held against the tasks.
    """
    words = re.sub(r"\s+again$", "", words.strip(" \t,.;:!?"), flags=re.I)
    if described := DESCRIBED.match(words):
        return target(f"{described['name']} {described['rest']}".strip(), clock)
    if quoted := QUOTED.search(words):
        return quoted["name"], {}
    if ALL_OF_IT.fullmatch(words):
        return "all my tasks", {}
    but = BUT.match(words)
    if but and MANY.match(but["all"]):
        where = common(but["all"], clock)
        return but["all"], {"but": names(but["but"]), **({"where": where} if where is not None else {})}
    if points(words) or common(words, clock) is not None or any(one.kind in TIMED for one in read(words, clock)):
        return (words if points(words) else DETERMINER.sub("", words)), {}
    several = names(words)
    if len(several) > 1:
        return named(words), {"names": several}
    return several[0], {}
