"""Residue: the title of a task, which is its line without what was read in it and without the words that only frame it.

A frame names nothing that is to be done: "could you remind me to", "please", "to my list", and what would be left
hanging where something was read ("is", "starts", "and lasts"). Everything else stays, in its order.
"""

import re

from language.lines.line import READ, Line, blanked
from language.patterns import Wording
from language.readings import Span
from language.words import VERBS, one_of

NOUN = "(task|tasks|todo|todos|to-do|to-dos|reminder|reminders)"
OWN_LIST = (
    "((my|the|our)( (todo|todos|to-do|to-dos|to do|task|tasks|reminders))? (list|lists|tasks|todos|to-dos|reminders)|"
    "((my|the|our|personal|work) )*(calendar|agenda|planner))"
)
MAKING = "(add|create|set|set up|make|schedule|put|enter|new)( me)?"
WHICH = "( (a|an|another|the|this|these|some|following))*( (new|quick|recurring|repeating))*"
CALLED = "( for (me|us))?( (to|for|as|called|named|titled|about|of|saying|that says))?"
LEADS = f"""
(please|pls|plz|kindly)
(can|could|would|will) (you|we)
(do not|don't|dont|never) forget( (to|about|that( i (have|need) to)?))?
(i )?(must not|mustn't|should not|shouldn't|cannot|can't) forget( (to|about|that( i (have|need) to)?))?
(do not|don't|dont) let me forget( (to|about|that( i (have|need) to)?))?
(help|remind) me( remember)?( (to|about|of|that( i (have|need) to)?))?
remember (to|that i (have|need) to)
make sure( that)? (to|i|we|you)( remember to)?
(i would|i'd) like( you)? to
(i|we) (need|want) you to
(i|we) (need|want|have) to be reminded( (to|about|of|that))?
(i'm|i am|we're|we are) (going|supposed) to
(i|we)( (also|really|still|now|just))? (need|want|have|ought|plan|got|am supposed|are supposed|am going|are going) to
((i|we)( (also|really|still|now|just))? (must|should|gotta)|gotta)( (also|really|probably))?
(i|we)('ve| have)( (still|also|really|just|only))? (got to|gotta)
(need|have|got) to
(let's|lets)
(i|we)('ve got| have got| have| got) (a|an)
(there is|there's) (a|an)
{MAKING}{WHICH} {NOUN}( (on|to|in|onto) {OWN_LIST})?{CALLED}
((new|my|our|the) )?{NOUN}( (to|for))?( :|:)
((my|our|the) )?((todo|to-do|to do|task) )?list( :|:)
with (a|an) (reminder|alert)
put down
(note to self|things to do|to do)( :|:)
add( the following)? to {OWN_LIST}( :|:)
"""
OPENINGS = "hey hi hello ok okay oh so well and also then now just next finally todo add"
AFTER = "to for that and then is it's"
HANGING = """
due, deadline, is, are, was, were, will be, it's, that's, starts, starting, begins, beginning, ends, ends within,
within, lasts, lasts for, lasting, goes, takes, takes place, happens, scheduled, scheduled for, and, or, but, each,
around, about, until, till, before, from, for, to, to recur, to repeat, remind me, please
"""
LEADING_TO = "in on at for to under with by from of about into"

GAP = rf"[\s{READ}]"


def _pattern(table: str) -> str:
    lines = (line.strip() for line in table.strip().splitlines())
    spelled = (line.replace("(", "(?:").replace("'", "['’]").replace(" ", f"{GAP}+") for line in lines)
    return "(?:" + "|".join(spelled) + ")"


VERB = one_of(VERBS)
LEAD = Wording(rf"{_pattern(LEADS)}(?![\w'’-])")
OPENING = re.compile(
    rf"{one_of(OPENINGS.split())}(?:\s*[,!:…]+|(?=\s+(?:{VERB}|i|i['’]\w+|we|can|could|would|please|don['’]?t|"
    rf"let['’]?s)\b)|(?=\s+[\"'“‘]))|(?-i:TODO)\b",
    re.IGNORECASE,
)
FOLLOWING = Wording(rf"{one_of(AFTER.split())}(?!\w)")
HANGS = Wording(rf"(?<![\w'’]){one_of(word.strip() for word in HANGING.split(','))}$")
ALONE = re.compile(rf"\s*(?:[,.;:!?{READ}]|$)")
LED_TO = Wording(rf"(?<!\S){one_of(LEADING_TO.split())}\s*$")
BETWEEN = Wording(rf"(?<={READ})(?:[\s,;:&–—-]|\b(?:and|or|is|due|it['’]s)\b)+(?={READ})")
BRACKETED = re.compile(rf"[(\[][\s,;]*{READ}+[\s,;{READ}]*[)\]]")
LEFT = Wording(rf"\b(?:due|deadline)\s*:?\s*(?={READ})|\b(?:is|are)\s*(?={READ}+\s*(?:at|in|with)\b)")
ENDED = Wording(r"(?:(?:\s*[,.!]+|\s)\s*(?:please|pls|plz)|[,.!]\s*(?:thanks|thank\s+you|thx))[\s.!]*$")
LISTED = Wording(_pattern(f"(to|on|onto|in) {OWN_LIST}") + rf"(?=[\s.,!?{READ}]*$)")
ASKED = Wording(r"\W*(?:please\s+)?(?:can|could|would|will)\s+(?:you|we)\b")
PUT = Wording(r"(?:add|put)\s+(?:an?\s+)?")
PLAIN_ADD = Wording(r"\W*(?:(?:please|can|could|would|will|you)\s+)*add\s+(?!.*\b(?:to|into|in|for|on)\b)")
CALLED_OUT = re.compile(rf"!+(?=\s*{READ})")
CUT = re.compile(rf"\s*{READ}[\s{READ}]*")
BETWEEN_SIGNS = re.compile(rf"([,;:–—-]){CUT.pattern}\1")
BEFORE_A_SIGN = re.compile(rf"{CUT.pattern}(?=[,.;:!?])")


def title_of(line: Line) -> str:
    """What is left to name the task, "" where nothing is."""
    text = blanked(line.rest, _led_to(line), READ)
    unlisted = LISTED.sub(READ, text)
    is_plain = line.draft.due is not None and PLAIN_ADD.match(line.rest) is not None
    is_put = is_plain or unlisted != text or any(_is_put(read, line.text) for read in line.draft.spans)
    text = LEFT.sub("", BRACKETED.sub(READ, BETWEEN.sub(READ, unlisted)))
    title = _without_end(_without_lead(CALLED_OUT.sub("", text), is_put))
    return _written(title.rstrip("?") if ASKED.match(line.text) else title)


def is_named(rest: str) -> bool:
    """True where words are left that say what is to be done."""
    return any(character.isalnum() for character in _without_lead(rest, False))


def _led_to(line: Line) -> tuple[Span, ...]:
    """The "in" of "… in #garden", where nothing follows that it could belong to."""
    rest, found = line.rest, []
    for name, (start, end) in line.draft.spans:
        begins = max(0, start - 10)
        before = LED_TO.search(rest[begins:start]) if name in ("tags", "project") and (start, end) in line.cut else None
        if before and ALONE.match(rest, end):
            found.append((begins + before.start(), start))
    return tuple(found)


def _is_put(read: tuple[str, Span], text: str) -> bool:
    """True for the project of "add … to the garden project"."""
    field, (start, _) = read
    return field == "project" and re.compile(r"(?:to|on|onto)\b", re.IGNORECASE).match(text, start) is not None


def _without_lead(text: str, is_put: bool) -> str:
    while True:
        rest = text.lstrip(f" \t\r\n,;:.!?…)–—-{READ}")
        rest = rest if READ in text[: len(text) - len(rest)] else text.lstrip()
        lead = LEAD.match(rest) or OPENING.match(rest) or (PUT.match(rest) if is_put else None)
        if lead is None and READ in text[: len(text) - len(rest)]:
            lead = FOLLOWING.match(rest)
        if lead is None:
            return rest
        text = READ + rest[lead.end() :]


def _without_end(text: str) -> str:
    """Without courtesies, and without what hangs on something that was read at the end."""
    text = ENDED.sub("", text)
    rest = text.rstrip(" \t\r\n,;:.!?…")
    while rest.endswith(READ):
        rest = rest.rstrip(f" \t\r\n.,;:–—@({READ}-")
        hanging = HANGS.search(rest[-40:])
        if hanging is None:
            return rest
        rest = rest[: -len(hanging[0])] + READ
    return text.rstrip(" \t\r\n,;:.")


def _written(text: str) -> str:
    """On one line, with a capital; a title that is one quotation stands without the marks."""
    text = BEFORE_A_SIGN.sub("", BETWEEN_SIGNS.sub(lambda found: found[1], text)) if READ in text else text
    title = " ".join(CUT.sub(" ", text).split())
    if not title.strip("\"'“”‘’`"):
        return ""
    if len(title) > 2 and title[0] in "\"'“‘" and title[-1] in "\"'”’" and not re.search(r"[\"“”]", title[1:-1]):
        title = title[1:-1].strip()
    first = title.split(" ", 1)[0]
    capital = title[:1].upper()
    # The capital of "ß" is two letters, and that of "ſ" is one of another.
    return capital + title[1:] if first.islower() and capital.lower() == title[:1] else title
