"""Activities: what a habit is made of, found in the sentence around it.

"I'd like to get into the habit of running" is about running; so are "running, that's my goal" and "let's track my
running".
"""

import re

from language.patterns import Wording
from language.verbs import ACTIVITIES, stem

# What is said around an activity and names none.
_AROUND = """
a all also am an and any are as at be become becoming been being but by can could did do does doing done for from had
has have having he hello hey hi i i'd i'll i'm i've if in is it it'd it'll it's its just let let's lets like
may maybe me might more must my myself of off okay ok on once one onto or our out over please pls really self shall
should so some such than that that's the then there these they this those to us was way we we'd we'll we're we've
well were what which will with would yes you you'd your
actually again altogether always anyway completely consistently definitely finally further hopefully instead least
likewise now often only properly rather regular regularly simply still
aim aimed aiming aims attempt begin beginning begins began commit commits committed committing consider considering
count counting decide decided deciding dream dreaming fancy go goes going gone gonna hope hoped hopes hoping idea
intend intended intending intends intention keen keep keeping kindly love make making made mean meant mind need needs
plan planned planning plans promise promised resolve resolved resolution see seriously start started starting starts
swear thinking think thought tried tries try trying wanna want wanted wanting wants went wish wishes wishing
challenge commitment goal goals habit habits mission new objective purpose routine target targets year's
tab tabs accountable called named next titled honest track tracked tracking tracks eye help helping log logging
monitor remember
back every each far front time times today tonight tomorrow week weekly onwards starting
"""
# Verbs of building, which also stand in the name of what is done ("make the bed").
_BUILT = """
add adding adopt build building create creating develop developing establish form forming get gets getting give
incorporate introduce put putting set setting squeeze fit turn turning
"""
_LEFT_OF_DONE = """
about almost another around banged clocked completed complete covered did easy even exactly finished finish good got
great had knocked little logged long lovely made managed nailed nearly nice put quick record recorded roughly short
slow small smashed squeezed totalled asap whole add down entry register registered enter entered report belt came
come tell proud yay note mark fit fitted total in-all hit got-in wrapped
"""
_ASKING = """
across asap ask asked about alright along check checking chart come comes coming close curious current currently days
doing
enough ever feedback left lowdown play remaining
far fare faring feel get gets getting gimme give going good hear hit hitting hows how how's how've information insight
insights keep keeping keeps know lately last latest look looked looking looks many meet meeting met month much
numbers news
often overall overview pace perform performing performance progress progressing quick quickly reach reached reaching
recent recently report review score shape shaping show showing situation stack stand standing standings state
statistics stats status stick sticking sticks story streak streaks things successful succeeding summary tell terms
they're
update updates up-to-date view what what's whats when where wonder wondering
"""
AROUND = frozenset(_AROUND.split())
BUILT = frozenset(_BUILT.split())
DONE = frozenset(_LEFT_OF_DONE.split())
ASKING = frozenset(_ASKING.split())
SPORTS = frozenset(
    """
    aerobics badminton basketball boxing cardio football gym gymnastics jogging karate meditation mindfulness
    pilates sport sports stretching swim tennis volleyball workout workouts yoga jog walks runs journaling
    """.split()
)
STEMS = frozenset(stem(verb) for verb in ACTIVITIES - {"do", "go", "take", "play", "work"}) | {stem("jog")}
ARTICLES = frozenset({"a", "an", "the", "my", "some", "one"})
PHRASES = Wording(
    r"\b(?:(?:take|taking|took) up|work(?:ing)? (?:up to|on|towards?)|make time for|in(?:to)? the (?:habit|routine) of|"
    r"made? up my mind|(?:as|into) an? (?:\w+ )?(?:habit|routine|goal)|on a regular basis|as (?:often|far|best) as|"
    r"get (?:back )?in(?:to)?|in total|in all|all in all)\b"
)
HABIT = Wording(r"\b(?:habits?|routine|goal|target|resolution)\b")
PARTS = re.compile(r"\s*(?:[,;:()!?…/|]+|\.(?!\d)|\s[–—-]\s|[–—])\s*")
MOST_WORDS = 7


def core(words: str, further: frozenset[str] = frozenset()) -> str:
    """The words that name what is done, empty where none does; `further` words name nothing either."""
    found = cores(words, further)
    return next((part for part in found if is_activity(part)), found[0] if found else "")


def cores(words: str, further: frozenset[str] = frozenset()) -> list[str]:
    """What each part of a sentence names, of those that name something."""
    builds = HABIT.search(words) is not None
    parts = PARTS.split(PHRASES.sub(" ", words))
    return [name for part in parts if (name := _bare(part, further, builds=builds))]


def is_activity(words: str) -> bool:
    """True for what people do again and again: `running`, `piano practice`, `go for a walk`."""
    tokens = words.lower().split()
    if not tokens or len(tokens) > MOST_WORDS:
        return False
    return any(
        stem(token) in STEMS or token in SPORTS for token in (tokens[0], tokens[-1])
    ) or words.lower().startswith(("work out", "working out", "worked out"))


def _bare(part: str, further: frozenset[str], *, builds: bool) -> str:
    tokens = [token for token in part.split() if re.search(r"\w", token)]
    while tokens and _is_around(tokens, further, builds=builds):
        tokens.pop(0)
    while tokens and (tokens[-1].lower().strip("'\"") in AROUND | BUILT | further):
        tokens.pop()
    return " ".join(_innermost(tokens)).strip(" .,!\"'")


def _innermost(tokens: list[str]) -> list[str]:
    """From the activity on, where words of the sentence stand before it: `taken the decision to run`."""
    lower = [token.lower().strip("'\"") for token in tokens]
    acts = [place for place, token in enumerate(lower) if stem(token) in STEMS or token in SPORTS]
    if not acts or not AROUND.intersection(lower[: acts[0]]):
        return tokens
    return tokens[acts[0] :]


def _is_around(tokens: list[str], further: frozenset[str], *, builds: bool) -> bool:
    first, rest = (
        tokens[0].lower().strip("'\""),
        [token.lower() for token in tokens[1:] if token.lower() not in ARTICLES],
    )
    if first in AROUND or first in further or first in ("up", "down"):
        return True
    is_next = not rest or rest[0] in ("into", "in", "out", "back", "going", "to") or is_activity(rest[0])
    return first in BUILT and (builds or is_next)
