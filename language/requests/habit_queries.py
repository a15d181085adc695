"""Questions about habits: how one goes, how long its streak is, how often it was done."""

import re

from language.patterns import Patterns, Wording
from language.request import Request
from language.requests.activities import ASKING, core, is_activity
from language.requests.frames import tight

HABIT = r"(?:my |the |our )?(?P<{}>.+?)(?:'s)?(?: habits?)?"
PERIOD = (
    r"(?: (?:today|this (?:week|month|year)|last (?:week|month)|lately|so far|recently|these days|overall|"
    r"at the moment))*"
)
ASKED = Patterns(
    rf"^{pattern}{PERIOD}\s*\?*$"
    for pattern in (
        r"how(?:'s| is) (?:my )?(?P<habit>[a-z]+ing)",
        r"(?:give me |show me |i'd like )?(?:an? |the )?(?:update|report|news) (?:on|about|for|of) my "
        r"(?P<habit>[a-z -]+?)",
        rf"how (?:it|things|everything|that) (?:goes|go|is going|are going|'s going) with {HABIT.format('habit')}",
        r"(?:my )?(?P<habit>[\w' -]{2,30}?)\s*[,:–—-]\s*(?:where do i stand|how am i doing|how's it going|how is it "
        r"going|any progress|status)",
        rf"where (?:do i stand|am i) (?:with|on) {HABIT.format('habit')}",
        rf"how(?:'s| is| are| has| have|s) {HABIT.format('habit')}(?: streak)? (?:going|doing|coming(?: along)?|"
        rf"been(?: going)?|progressing|looking)",
        rf"how (?:am i|have i been|'m i) (?:doing|getting on|progressing|coming along) (?:with|at|on|in) "
        rf"{HABIT.format('habit')}",
        rf"how(?:'s| is|s) it (?:going|coming(?: along)?) with {HABIT.format('habit')}",
        rf"am i (?:keeping up|on track|doing well|doing ok(?:ay)?|making progress|consistent|behind) (?:with|on|in|"
        rf"at) {HABIT.format('habit')}",
        r"(?:what's|what is|whats|show(?: me)?|how long is|how (?:good|long) is|tell me(?: about)?) (?:my |the "
        r")(?:current |"
        r"longest )?(?P<habit>.+?) (?:streak|progress|stats|statistics|score|history|insights?)",
        r"(?:my )?(?P<habit>[\w -]+?) (?:streak|progress|stats|insights?)",
        rf"(?:show|give|tell)(?: me)? (?:the |my |some )?(?:insights?|progress|stats|statistics|history|streak) "
        rf"(?:for|on|about|into|of|with) {HABIT.format('habit')}",
        r"(?:(?:how often|how many times|how many days) (?:did|do|have)|when (?:did|have)) i (?:last |ever )?"
        r"(?P<habit>.+?)(?: last)?",
        r"(?:how much|how many|how far|how long) (?:(?!tasks|notes|reminders)[\w ]+? )?(?:did|do|have) i "
        r"(?P<habit>.+?)",
        r"(?:show|list)(?: me)? (?:all )?(?:of )?(?:my )?(?P<all>habits)(?: and .*)?|(?:what|which|how)(?:'s)?(?: "
        r"are| is)?(?: all)?(?: my)? (?P<w>habits)\b.*|"
        r"(?:how am i doing with|tell me about|check) (?:all )?my (?P<a>habits)|my (?P<m>habits)|habit (?P<r>report|"
        r"check|status|stats|"
        r"overview|summary|insights)",
    )
)
NO_HABIT = Wording(
    r"^(?:day|week|month|everything|it|things?|you|life|work|tasks?|notes?|list|to-?dos?|finish.*|complete.*|get "
    r"done.*|write.*|have(?: left)?)\b"
)
HOW = Wording(r"\bhow(?:'?s)?\b|\bwhat(?:'s| is| does| do)\b|^(?:is|are|has|have|am|was)\b")
GOES = Wording(
    r"\b(?:go(?:es|ing)?|doing|do|coming|com(?:e|es)|getting (?:on|along)|looks?|looking|been|progress(?:ing)?|"
    r"shaping|far(?:e|es|ing)|"
    r"along|stand|well|performing|keeping|close|sticking|status|state)\b"
)
PROGRESS = Wording(
    r"\b(?:progress|status|stats?|statistics|streaks?|insights?|reports?|updates?|overview|review|score|history|"
    r"on track|keep(?:ing)? "
    r"(?:up|to|at)|kept (?:up|to|at)|stick(?:ing)? (?:to|with)|stuck (?:to|with)|hit(?:ting)?|meet(?:ing)?|met|"
    r"reach(?:ed|ing)?|story|"
    r"news|state|check (?:in )?(?:on|my)|consisten(?:t|cy)|enough|so far|lately|recently|left|remaining|lowdown|"
    r"feedback|where (?:do|am|are) (?:i|we)|look at)\b"
)
ORDERED = Wording(
    r"^(?:add|set|remind|buy|write|finish|send|delete|remove|complete|move|change|update|rename|mark|note|create|"
    r"start|book|schedule|log|"
    r"record|track|make|put|undo|i (?:ran|did|went|have to|need to|must|want to start|just))\b"
)
SHOWN = Wording(
    r"^(?:show|tell me about|let me see|view|display|what about|how about|see)\b|\b(?:today|this (?:week|"
    r"month))\s*\?\s*$"
)
MOST_WORDS = 3
LONGEST = 200


def asked(text: str) -> Request | None:
    """How a habit goes, or all of them; None where something else is asked."""
    if about := _about(text):
        return Request(intent="habit_insights", text=text, reference=about)
    for _, found in ASKED.matches(text):
        named = found.groupdict().get("habit")
        everything = named is None or re.fullmatch(r"(?:all )?(?:my )?habits?", named, re.I)
        if named and not everything and (NO_HABIT.match(named) or len(named.split()) > 5):
            return None
        reference = None if everything else tight(re.sub(r"^(?:go|going|do|been|for a)\s+", "", str(named)))
        return Request(intent="habit_insights", text=text, reference=reference)
    return None


def guessed(text: str) -> Request | None:
    """How a habit goes, for one who knows that this is asked."""
    name = core(text, ASKING)
    if is_activity(name):
        return Request(intent="habit_insights", text=text, reference=name)
    spoken = re.search(r"\b(?:habits?|streak|progress|going|doing|track|often)\b", text, re.I)
    return Request(intent="habit_insights", text=text) if spoken else None


def _about(text: str) -> str | None:
    """The activity whose course is asked for, in whatever words."""
    goes = HOW.search(text) and (GOES.search(text) or re.match(r"(?:\w+ ){0,2}how\b", text, re.I))
    if len(text) > LONGEST or ORDERED.match(text) or not (goes or PROGRESS.search(text) or SHOWN.search(text)):
        return None
    name = core(text, ASKING)
    is_named = is_activity(" ".join(name.split()[-1:])) or (is_activity(name) and name.lower().startswith("work"))
    return name if is_named and len(name.split()) <= MOST_WORDS else None
