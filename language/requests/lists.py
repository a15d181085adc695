"""Lists: several new tasks behind a colon (`add these: milk, bread and eggs`)."""

import re
from collections.abc import Sequence

from domain.people import Clock
from language.patterns import Wording
from language.request import Request
from language.requests.new_tasks import drafted
from language.sentences import BULLET, NUMBERED, requests
from language.verbs import begins_order
from language.when import read

# What may stand before the colon of a list, and what of it says that a list follows.
OF_LISTS = r"""
please can could would you let me us us' i i've i'd i'm we we've have got need to want like gotta must should add put
create make set up enter jot write down note save give here are is these those this the following of my our on for in
into as a an few couple some more new also and then get do done be one two three four five six seven \d+ things?
tasks? to-?dos? to-?do items? reminders? list lists errands chores stuff today's tomorrow's today tomorrow tonight
week this week's weekend next up remind going too well shopping agenda that's what all remember don't forget buy
deadlines?
""".split()
LISTING = Wording(
    r"\b(?:things|tasks|to-?dos?|to do|items|errands|chores|stuff|list|these|those|following|reminders|need|needed|"
    r"next up|up next|more|gotta|buy|deadlines|"
    r"remind me of|i have|i've got|also|too)\b"
)
LISTED = Wording(
    rf"^(?!(?:remove|delete|take)\b)(?:(?:{'|'.join(OF_LISTS)})\b[\s,]*){{1,12}}(?<!note)(?<!notes)\s*(?::(?!\d\d)|"
    rf"[.?]|\s[–-]\s)\s*(?=\S)|"
    r"^(?!(?:remove|delete|take|strike|erase|drop|clear)\b)(?:my |the )?(?:\w+ ){0,2}(?P<project>\w+) "
    r"list(?<!\d)\s*(?::|\s[–-]\s)\s*(?=\S)"
)
ITEM = Wording(r"\s*(?:[,;\n]\s*(?:and\s+|then\s+|also\s+)*|\s+and\s+(?:also\s+|then\s+)?)\s*")


def listed(text: str, clock: Clock) -> Request | None:
    """The tasks of a list behind a colon: `add these: milk, bread and eggs`."""
    found = LISTED.match(text)
    if not found or re.search(r"\b(?:notes?|memo|journal|habits?)\b", found[0], re.I):
        return None
    if not found["project"] and not LISTING.search(found[0]):
        return None
    items = _items(text[found.end() :])
    if not found[0].rstrip().endswith(":") and len(items) < 2:
        return None
    made = [drafted(item, clock) for item in items if item.strip()]
    if not all(made):
        return None
    when = " ".join(one.text for one in read(found[0], clock))
    tasks = [{**({"due": when} if when else {}), **task} for one in made if one for task in one.arguments["tasks"]]
    if found["project"] and found["project"].lower() not in ("to-do", "todo", "task", "my", "the", "a"):
        tasks = [{**task, "project": found["project"].lower()} for task in tasks]
    return Request(intent="task_create", text=text, arguments={"tasks": tasks}) if tasks else None


def _items(text: str) -> Sequence[str]:
    """What stands in a list: each line or what semicolons part, else each order, else each name."""
    parts = [BULLET.sub("", part, count=1) for part in re.split(r"\s*[;\n]\s*(?:and\s+)?", text) if part.strip()]
    if len(parts) > 1:
        return parts
    clauses = requests(text)
    return clauses if begins_order(clauses[0]) or NUMBERED.match(text) else ITEM.split(text)
