"""What the offline model says without a tool, and how it words the answer to a question about tasks."""

import re
from collections.abc import Sequence
from uuid import UUID

from agent.offline_turn import Answered
from language.request import Request
from tools.references import Candidate, ranking

EXAMPLES = "“remind me to call the dentist tomorrow at 3pm” or “what's due this week?”"
UNKNOWN = (
    "I did not understand that, or it is not something I can do. "
    f"I look after your tasks, notes and habits: try {EXAMPLES}."
)
HELP = (
    "I keep your tasks, notes and habits, and answer questions from what you wrote. Try “remind me to call the dentist "
    "tomorrow at 3pm”, “note: the landlord agreed to repaint the hallway”, “I want to run 3 times a week” "
    "or “what's due this week?”. What I did wrong, “undo” takes back."
)
SMALLTALK = (
    "I am the assistant of this app and no person: I keep your tasks, notes and habits in order. What shall I do "
    "for you?"
)
FOREIGN = (
    "That looks like {language}. I understand only English for now, so I changed nothing; please say it in English."
)
TOO_LONG = (
    "That is too long for me to read as a request, so I changed nothing. Begin it with “note:” and I keep it as a note."
)
NO_ACCOUNT = "I need no account for that, and I keep no passwords. What shall I do?"
GREETINGS = (
    f"Hello! I look after your tasks, notes and habits: try {EXAMPLES}.",
    f"Hi! What shall I do? Try {EXAMPLES}.",
)
WELCOME = ("You're welcome.", "Any time.", "Glad to help.")
BYE = ("Until next time.", "Goodbye.", "See you.")
PLEASED = ("Good.", "Glad to hear it.")
NOTHING = ("All right, I changed nothing.", "Fine, everything stays as it is.")
AFFIRMED = ("Good. What shall I do?", "All right. What next?")
NOTHING_ASKED = "I have asked nothing that a yes would settle, so I changed nothing. What shall I do?"
WAITS = "What I asked above takes its own answer, given there: a yes typed here settles nothing, so I changed nothing."
YES = re.compile(
    r"(?:yes|yeah|yep|yup|yea|y|please do|do (?:it|that)|go (?:ahead|for it)|create it|confirm(?:ed)?)\b", re.I
)
NO_BODY = "What should the note say?"
WHAT_TO_DO = ("What shall I put down?", "What is it about?")
WHEN = ("When shall I remind you?", "When should I remind you of it?")
CHANGE_WHAT = ("What shall I change about it?", "What should it become?")
NO_TIMES = "A goal of 0 times is none, so I started no habit. Say how often, for example “3 times a week”."
NO_HABIT = "I found no habit “{habit}” to log that under. Shall I create it? Say “yes” and I create it and log this."
NOTED = "All right. Say “add”, “move” or “delete” and the thing, where I shall do something about it."
WHICH_ONE = ("Which one? Say what it is about, or when it is.", "Which one do you mean?")
NOTHING_REMEMBERED = "I keep nothing in mind about that yet. Say “remember that …” and I do."
NOTHING_TO_CORRECT = (
    "I am not sure what that refers to, so I changed nothing. Say which task you mean, for example “move the "
    "dentist to Friday”."
)
WHAT_IS = "I am not sure what “{reference}” is. Name the task, or ask me for a list first."
NOT_DONE_HERE = "I did nothing to “{reference}” in this conversation that I could take back."
BROKEN_OFF = (
    "The model that began this answer stopped, so I only tell you what came of it and did nothing more. "
    "Ask again for what is missing."
)
NOTHING_SAID = "I have said nothing yet."
WHAT_IS_WRONG = "What should be different? (“undo” takes it back.)"
PUT_DOWN = "I cannot do that myself. Shall I put “{title}” on your list of tasks?"
REMEMBER = "Shall I keep that in mind?"
LABEL = re.compile(
    r"^(?:(?:it's|it is|its|that's)\s+(?:about|for|called|to)\s+|(?:the|its)\s+(?:title|name|description|content|"
    r"topic|text|subject|task|reminder)\s+(?:is|should be|would be|:)\s*|"
    r"(?:call|name|title)\s+it\s+|to\s+|about\s+|that\s+i\s+(?:need|have)\s+to\s+)+",
    re.I,
)


def which(options: Sequence[str], mark: str) -> str:
    """One of several ways to say it: the same in the same turn, another in another."""
    return options[sum(map(ord, mark)) % len(options)] if mark else options[0]


def said(intent: str, text: str, mark: str) -> str:
    """What is answered to what needs no tool."""
    match intent:
        case "greeting":
            return _courtesy(text, mark)
        case "help":
            return HELP
        case "smalltalk":
            return SMALLTALK
        case "affirm":
            return NOTHING_ASKED if YES.match(text.strip()) else which(AFFIRMED, mark)
        case "deny":
            return which(NOTHING, mark)
        case "correct" | "follow_up":
            return NOTHING_TO_CORRECT
    return UNKNOWN


def answered(ask: str, call: Answered, request: Request) -> str | None:
    """The answer to a question about tasks, from those that were found; None where there is none of that name."""
    things = call.things
    if ask == "count":
        head = str(call.result.get("summary") or "").partition("\n")[0].rstrip(":.")
        return f"You have {head}." if things else f"{head}."
    if ask == "free":
        return None if things else f"Nothing is planned for {request.arguments['due']}: you are free."
    if ask == "next":
        return f"Next is {things[0]['reading']}." if things else None
    by_id = {UUID(str(item["id"])): item for item in things}
    candidates = [Candidate(id=id, title=str(item["title"])) for id, item in by_id.items()]
    ranked = ranking(str(request.arguments.get("query")), candidates)
    named = [by_id[candidate.id] for _, candidate in ranked[:3]]
    if not named:
        return None
    if ask == "when":
        return "\n".join(
            f"{item['reading']}." if item.get("due") else f"“{item['title']}” has no date."
            for item in named[: _alike(ranked)]
        )
    item = named[0]
    on_list = re.search(r"\b(?:list|agenda|calendar|schedule)\b", request.text, re.I)
    if on_list:
        return f"Yes: {item['reading']}{', done' if item.get('done') else ''}."
    return f"Yes, “{item['title']}” is done." if item.get("done") else f"Not yet: {item['reading']}."


def _alike(ranked: Sequence[tuple[float, Candidate]]) -> int:
    """How many of them fit about as well as the best."""
    return sum(score >= ranked[0][0] - 0.1 for score, _ in ranked[:3])


def _courtesy(text: str, mark: str) -> str:
    if re.search(r"thank|thx|cheers|appreciate|\bty\b", text, re.I):
        return which(WELCOME, mark)
    if re.search(r"bye|good night|see you|see ya|that's all|that will be all|that is all|later", text, re.I):
        return which(BYE, mark)
    if re.match(r"(?:hi|hello|hey|hiya|howdy|yo|good (?:morning|afternoon|evening|day))\b", text, re.I):
        return which(GREETINGS, mark)
    return which(PLEASED, mark)
