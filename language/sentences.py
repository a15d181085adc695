"""Sentences: where one ends, and where one message asks for several things."""

import re
from itertools import pairwise

import sentencex

from language.patterns import Wording
from language.readings import Span
from language.shields import is_shielded, quotes
from language.verbs import BEGINNING, begins_order, lemma_of_past

LONGEST = 2_000
DAYS = (
    r"(?:(?:by|on|until|till|before|this|next|every|each)\s+)*(?:today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|"
    r"satur|sun)days?|"
    r"the\s+weekend|(?:the\s+)?end\s+of\s+the\s+(?:day|week|month)|this\s+(?:morning|afternoon|evening|week)|"
    r"next\s+week)"
)
"""A day that may stand before what is to be done on it."""
POLITE = Wording(
    rf"(?:{DAYS}\b[\s,:]*|"
    r"\s|[-*•]\s|\d{1,2}[.)]\s|\[[ x]\]\s|\b(?:and|also|then|please|pls|plz|hey|ok|okay|so|oh|just|can|could|would|"
    r"will|may|might|you|kindly|i['’]ve|i|we|need|needs|want|have|must|should|gotta|got|to|i['’]d|like|let['’]s|"
    r"don['’]t|never|maybe|"
    r"later|finally|first|next)\b,?)*"
)
NOTE = Wording(r"\b(?:notes?|memo|journal(?:\s+entry)?|write\s+down|jot\s+down|remember\s+that)\b[^:\n]{0,40}:")
NOTE_WITHOUT_COLON = Wording(
    r"^\W*(?:please\s+)?(?:take\s+a\s+note|note\s+that|write\s+down|jot\s+down|remember\s+that)\b"
)
LIST = Wording(r"^.{0,40}\b(?:tasks|to-?dos|reminders|my\s+list|the\s+list|todo\s+list|to-do\s+list)\s*:\s*")
# Blanks are read from the first of them only: a run of many is read once.
BREAK = Wording(
    r"(?:(?<!\s)\s+)?(?:,\s*(?:and\s+|but\s+|plus\s+|so\s+)?(?:also\s+|then\s+|after\s+that\s+)*|;\s*)|"
    r"(?<!\s)\s+(?:(?:and|but|plus)\s+(?:also\s+|then\s+|after\s+that\s+)*|then\s+|also\s+|[/+&–—-]\s+|"
    r"oh,?\s+(?:and\s+)?(?:also\s+)?)"
)
I_DID = Wording(r"\s*i(?:['’]ve| have)?\s+(?:just\s+|already\s+|also\s+)*[a-z]+\b")
ASKED = Wording(r"\s*(?:what|when|where|who|how|which|is|are|do|did)(?:'s)?\b")
GLUED = re.compile(r"(?<=[a-z0-9][.!?])(?=[A-Z][a-z]+\s)")
ASIDE = Wording(
    r"(?:and\s+|oh\s+|also\s+|please\s+)*(?:(?:what|what's|whats|when|where|who|how|which|do i have|did i|is there|"
    r"are there|am i)\b|"
    r"(?:the|my)\s+[\w' ]{2,30}?\s+(?:has|have|needs?|must|should)\s+(?:to\s+)?(?:be|get)\b|(?:an?|"
    r"another)\s+(?:reminder|task|alarm|to-?do)\s+(?:to|for|about)\b|(?:it|that|this)(?:'s|\s+is|\s+should|"
    r"\s+takes)\b|i\s+(?:also\s+|just\s+|already\s+)?(?P<past>[a-z]+)\b)"
)
IN_ADVANCE = Wording(r"\s*(?:please\s+)?(?:remind|alert|notify)\s+me\s+\S+\s+\w+\s+(?:before|earlier|in\s+advance)")
RUN_ON_LONGEST = 300
STOP = re.compile(r"[,;:.!?\n]\s")
# Verbs of which another one may be what they are about: "help dad clean the garage".
OF_OTHERS = frozenset("ask have help hear let make remind see teach tell want watch wake".split())
ACTS = (
    r"(?:call|phone|ring|finish|send|pay|email|clean|wash|fix|return|submit|pick\s+up|buy|get|make|write|take|cancel)"
)
WHOM = r"(?:the|my|our|mom|mum|mommy|mother|dad|daddy|father|grandma|grandpa|granny|grandmother|grandfather|some|a|an)"
AFTER_A_DAY = Wording(
    rf"\b(?:today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day|this week|next week|noon|"
    rf"\d{{1,2}}(?::\d\d)?\s?[ap]m)(?P<gap>\s+)(?=(?:{ACTS}\s+\w|[a-z]+\s+(?:the|my|our|some|an?)\s))"
)
AFTER_A_THING = Wording(
    rf"\b(?!(?:and|or|to|please|must|can|could|should|will|would|not|don['’]t|never|always|me|i|we|you|just|also|"
    rf"then|or|the|a|an|my|our|{ACTS})\b)"
    rf"[a-z'’]+(?P<gap>\s+)(?={ACTS}\s+{WHOM}\b)"
)
# Half of a surrogate pair, which is no text to the segmenter.
HALF_LETTER = re.compile("[\ud800-\udfff]")
LINE = re.compile(r"\s*\n\s*")
BULLET = re.compile(r"\s*(?:[-*•]\s+|\(?\d{1,2}[.)]\s+|\[[ x]\]\s+)*")
NUMBERED = re.compile(r"(?:^|(?<=[\s,;:]))\(?(?P<number>\d{1,2})[.)]\s+(?=[A-Za-z\"“])")
HAVING = Wording(
    r"(?:(?:and|also|then|please|to|i|we|must|should|need)\s+)*have\s+(?:the|my|our|that|this|those|these|all)\b"
)


def requests(text: str) -> tuple[str, ...]:
    """The things a message asks for, one by one: "buy milk, call mom and finish the report" is three.

    Nothing is split within quotation marks or in the words of a note, nor where the second half has no verb of its own
    ("buy milk and eggs").
    """
    return tuple(text[start:end] for start, end in pieces(text, asides=True))


def pieces(text: str, *, asides: bool = False) -> list[Span]:
    """Where the things to do of a text stand; with `asides` also questions and remarks among them."""
    whole = _trimmed(text, (0, len(text)))
    if whole[0] >= whole[1]:
        return []
    if len(text) > LONGEST or NOTE_WITHOUT_COLON.match(text):
        return [whole]
    quoted = quotes(text)
    note = NOTE.search(text)
    limit = note.start() if note and not is_shielded(note.span(), quoted) else len(text)
    cuts = _cuts(text, quoted, limit, asides=asides)
    if note and limit < len(text) and not cuts:
        return [whole]
    bounds = zip([0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)], strict=True)
    found = [_trimmed(text, bound) for bound in bounds]
    return [(start, end) for start, end in found if start < end] or [whole]


def segments(text: str) -> list[Span]:
    """Where the sentences of a body stand, without the white space between them."""
    found, position = [], 0
    text = HALF_LETTER.sub("\N{REPLACEMENT CHARACTER}", text)
    for sentence in sentencex.segment("en", text):
        words = sentence.strip()
        start = text.find(words, position) if words else -1
        if start >= 0:
            found.append((start, start + len(words)))
            position = start + len(words)
    return found


def _cuts(text: str, quoted: list[Span], limit: int, *, asides: bool) -> list[Span]:
    """The separators at which the text falls into requests, as far as `limit`."""
    numbered = _numbered(text)
    cuts = [found.span() for found in (*LINE.finditer(text), *GLUED.finditer(text))]
    sentences = segments(text) if "." in text or "?" in text or "!" in text else []
    following = pairwise(sentences)
    cuts += [(end, start) for (_, end), (start, _) in following if not text[:end].lower().endswith("every!")]
    listed = LIST.match(text)
    if listed:
        cuts += [(found.start(), found.end()) for found in BREAK.finditer(text, listed.end())]
    else:
        cuts += [*_breaks(text, quoted, asides=asides), *_run_on(text, quoted)]
    cuts = [cut for cut in cuts if not is_shielded(cut, numbered)] + numbered
    kept: list[Span] = []
    for start, end in sorted(cuts):
        is_free = end <= limit and (not kept or start >= kept[-1][1]) and not is_shielded((start, end), quoted)
        if is_free and text[:start].strip() and text[end:].strip():
            kept.append((start, end))
    return kept


def _numbered(text: str) -> list[Span]:
    """The numbers of a list within a line: `1) milk, 2) bread`."""
    found = list(NUMBERED.finditer(text))
    if [int(one["number"]) for one in found] != list(range(1, len(found) + 1)) or len(found) < 2:
        return []
    return [(len(text[: one.start()].rstrip(" ,;")), one.end()) for one in found]


def _breaks(text: str, quoted: list[Span], *, asides: bool) -> list[Span]:
    """Commas and conjunctions with a verb to begin on either side."""
    found: list[Span] = []
    begins = 0
    for match in BREAK.finditer(text):
        if is_shielded(match.span(), quoted):
            continue
        begun = _begins_with_verb(text, match.end()) or (
            asides and (_is_aside(text, match.end()) or _goes_on(text, begins, match.end()))
        )
        if begun and _has_verb(text, begins, match.start()):
            found.append(match.span())
            begins = match.end()
    return found


def _run_on(text: str, quoted: list[Span]) -> list[Span]:
    """`call mom on sunday finish the report`: one thing to do behind another without a sign between them."""
    found: list[Span] = []
    if len(text) > RUN_ON_LONGEST or STOP.search(text):
        return found
    begins = 0
    for match in (*AFTER_A_DAY.finditer(text), *AFTER_A_THING.finditer(text)):
        start, end = match.span("gap")
        before = text[begins:start].split()
        is_order = len(before) > 1 and begins_order(text[begins:]) and before[0].lower() not in OF_OTHERS
        if is_order and not is_shielded((start, end), quoted) and _begins_with_verb(text, end):
            found.append((start, end))
    return found


def _begins_with_verb(text: str, start: int) -> bool:
    if IN_ADVANCE.match(text, start):
        return False
    polite = POLITE.match(text, start)
    word = re.compile(r"[A-Za-z]+").match(text, polite.end() if polite else start)
    if word is None:
        return False
    if HAVING.match(text, start):
        return True
    # "buy paint and brush": a noun that is also a verb stands alone, a verb has something to act on.
    after = text[word.end() :].lstrip()
    verb = word[0].lower()
    return (
        (verb in BEGINNING or begins_order(text[word.start() :]))
        and bool(after)
        and after[0] not in ",.;!?"
        and not after.lower().startswith(("and ", "or "))
        and not (verb == "tag" and re.match(r"#?[\w-]+\s*(?:,|$)", after))
    )


def _is_aside(text: str, start: int) -> bool:
    """A question, a remark on what was named, or what the person did."""
    found = ASIDE.match(text, start)
    return found is not None and (not found["past"] or lemma_of_past(found["past"]) is not None)


def _goes_on(text: str, begins: int, start: int) -> bool:
    """`I bought milk and called mom`: the person who did the first did the second."""
    word = re.compile(r"[A-Za-z]+\s").match(text, start)
    return bool(I_DID.match(text, begins) and word and lemma_of_past(word[0].strip()))


def _has_verb(text: str, start: int, end: int) -> bool:
    if ASKED.match(text, start):
        return True
    words = (word.lower() for word in re.findall(r"[A-Za-z]+", text[start:end]))
    return any((word in BEGINNING and word != "wait") or lemma_of_past(word) for word in words)


def _trimmed(text: str, span: Span) -> Span:
    """The span without white space and list marks before it, and without a comma after it."""
    start, end = span
    bullet = BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    while end > start and text[end - 1] in " \t\r\n,;":
        end -= 1
    return start, end
