"""What the person's words point at among the things just spoken of: `it`, `the second one`, `all but the last`."""

import re
from collections.abc import Sequence
from uuid import uuid4

from agent.offline_turn import Item, Turn
from language.requests.frames import ONES, named, points
from tools.references import MARGIN, Candidate, ranking

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
PLACES = {word: place for place, word in enumerate(ORDINALS)}
PLACES |= {f"{place + 1}{ending}": place for place in range(30) for ending in ("st", "nd", "rd", "th")} | {
    "last": -1,
    "latest": -1,
    "newest": -1,
    "bottom": -1,
    "top": 0,
    "former": 0,
    "latter": -1,
    "final": -1,
}
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "few": 3, "couple": 2}
RUN = re.compile(rf"(?:the )?(?P<end>first|last|top) (?P<count>\d+|{'|'.join(NUMBERS)})(?: (?:of them|{ONES}))?", re.I)
PLACE = re.compile(
    rf"(?:the |number |no\.? |option )?(?:(?P<word>{'|'.join(PLACES)})|"
    rf"(?:(?P<kind>{ONES}) (?:number |no\.? ?)?)?#?(?P<digit>\d{{1,4}})(?:st|nd|rd|th)?)"
    rf"(?: (?:one|of them|{ONES}))?",
    re.I,
)
SINGLE = re.compile(
    r"(?:it|that|this|(?:that|this|the same)(?: (?:new )?(?:one|task|note|habit|reminder|item|thing|event|alarm|"
    r"meeting))?|the (?:new|latest|last) (?:task|note|habit|reminder)|"
    r"(?:the )?(?:same )?(?:\w+ ){0,3}(?:that |which )?(?:i|we|you)(?:'ve| have)? just (?:added|made|created|set|"
    r"wrote|mentioned|changed|put in|entered))",
    re.I,
)
OTHERS = re.compile(
    r"(?:all )?(?:of )?(?:the )?(?:other|others|rest|remaining|old|older|previous)(?: (?:two|three|four))?"
    rf"(?: (?:of them|{ONES}))?",
    re.I,
)
EVERYTHING = re.compile(r"(?:all|everything|every one|each)", re.I)
THEM = re.compile(
    r"both|(?:all|both|each|every one) of (?:it|them|those|these)|(?:them|these|those) (?:both|all|two|three)", re.I
)
ALL_OF_A_KIND = re.compile(
    r"(?:all )?(?:of )?(?:(?:the|those|these|my) )?(?:two |three |both )?(?:tasks|reminders|items|events|alarms|"
    r"meetings|to-?dos|ones|notes)",
    re.I,
)
OTHER = re.compile(r"(?:the )?other (?:one|task|note|habit)", re.I)
AND = re.compile(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)\s*", re.I)
CLOSE = 0.45


def pointed(words: str, turn: Turn, kind: str | None = None) -> list[Item]:
    """The things of the conversation that the words point at; empty where they name something instead."""
    words = words.strip(" .!?,")
    if SINGLE.fullmatch(words):
        return turn.focus(kind=kind)[-1:] or turn.focus()[-1:]
    shown = turn.focus(several=True, kind=kind) or turn.focus(several=True)
    if not shown:
        return []
    if all(found := [PLACE.fullmatch(part) for part in AND.split(words)]):
        is_kind = any(place["kind"] for place in found if place)
        return [] if is_kind and not _is_listed(turn) else placed(words, shown)
    if places := placed(words, shown):
        return places
    if OTHER.fullmatch(words) or OTHERS.fullmatch(words):
        if len(shown) < 2:
            return []
        touched = {
            item["id"]
            for call in turn.earlier[-3:]
            if call.wrote and len(call.things) < len(shown)
            for item in call.things
        }
        return [item for item in shown if item["id"] not in touched]
    if ALL_OF_A_KIND.fullmatch(words) and turn.previous and turn.previous[-1].tool not in ("add_tasks", "write_note"):
        return shown
    if words.lower() == "both" or words.lower().endswith(" both"):
        return shown[-2:]
    if EVERYTHING.fullmatch(words):
        return shown if len(shown) > 1 and _is_listed(turn) else []
    return shown if points(words) or THEM.fullmatch(words) else []


def _is_listed(turn: Turn) -> bool:
    """True where the turn before ended with several things: `task 3` is then the third of them."""
    return bool(turn.previous) and len(turn.previous[-1].things) > 1


def is_pronoun(words: str) -> bool:
    """True for words that name nothing by themselves: `it`, `those`, `both`."""
    return (
        re.fullmatch(
            r"(?:it|that|this|them|those|these|both|(?:that|this|those|these) ones?|"
            r"(?:both|all|each) of (?:them|these|those))",
            words.strip(" .!?"),
            re.I,
        )
        is not None
    )


def placed(words: str, shown: Sequence[Item]) -> list[Item]:
    """Those at the places that the words name: `the second one`, `1 and 3`, `the last two`."""
    words = words.strip(" .!?,")
    if run := RUN.fullmatch(words):
        count = int(run["count"]) if run["count"].isdigit() else NUMBERS[run["count"].lower()]
        return list(shown[-count:] if run["end"].lower() == "last" else shown[:count])
    found: list[Item] = []
    kind = ""
    for part in AND.split(words):
        place = PLACE.fullmatch(part)
        kind = (place and place["kind"]) or kind
        at = _place(place) if place and not _is_title(place, kind, shown) else None
        if at is None or at >= len(shown):
            return []
        found.append(shown[at])
    return found


def _is_title(place: re.Match[str], kind: str, shown: Sequence[Item]) -> bool:
    """`task 3` where something is called so, `7` where that is all its name."""
    wanted = f"{kind.casefold().removesuffix('s')} {place['digit']}" if kind and place["digit"] else place[0].casefold()
    titles = [str(item.get("title") or "").casefold() for item in shown]
    return wanted in titles or (" " in wanted and any(re.search(rf"\b{re.escape(wanted)}\b", each) for each in titles))


def _place(place: re.Match[str]) -> int | None:
    if place["word"]:
        return PLACES[place["word"].lower()]
    return int(place["digit"]) - 1 if int(place["digit"]) else None


def among(words: str, shown: Sequence[Item], *, least: float = CLOSE) -> Item | None:
    """The one of these that the words name clearly."""
    ids = {uuid4(): item for item in shown}
    candidates = [
        Candidate(id=id, title=str(item.get("title") or ""), more=" ".join(item.get("tags") or ()))
        for id, item in ids.items()
    ]
    ranked = ranking(named(words), candidates)
    if not ranked or ranked[0][0] < least:
        return None
    return ids[ranked[0][1].id] if len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= MARGIN else None


def without(items: Sequence[Item], left_out: Sequence[str]) -> list[Item]:
    """The items but for those that are named or counted."""
    named = [among(words, items) for words in left_out if not placed(words, items)]
    gone = [item for words in left_out for item in placed(words, items)] + [item for item in named if item]
    return [item for item in items if item not in gone]
