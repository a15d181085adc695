"""Guesses: a judgement from outside the grammar at what a clause asks for, and what comes of it."""

import re
from dataclasses import dataclass, replace

from domain.people import Clock
from language.patterns import Wording
from language.request import Intent, Request
from language.requests import habit_logs, habit_queries, habits, new_tasks, notes, task_changes, task_queries
from language.requests.frames import points, without_times
from language.requests.rhythms import often_of
from language.verbs import begins_order
from language.when import read

LIKELY = 0.45
"""From this probability a guess decides where the grammar is unsure."""
NEARLY_SURE = 0.85
"""From this probability a guess stops what only looks like a thing to do."""
ASKING = Wording(
    r"^(?:(?:do|can|could|would|will) you |please |may i |let me |i(?:'d| would)? (?:like|want|need|love) to |"
    r"i (?:was|am) |i'm |so |now )*"
    r"(?:recall|repeat|(?:am )?trying to (?:remember|recall|think)|remember|recollect|ask(?: you)?|know|hear|look "
    r"up|check|find out|tell me|remind me|"
    r"refresh my memory(?: on| about|:)?|wonder(?:ing)?|curious|"
    r"i (?:just |completely |totally )?(?:forgot|forget|wonder)|i(?:'ve| have) (?:just |completely |"
    r"totally )?forgotten|i (?:can't|cannot|can not|don't|do not) "
    r"(?:quite |really )?(?:remember|recall|know)|(?:it|that) (?:escapes|slipped) me)"
    r"(?: again| of| about)?[\s,:]+(?=(?:what|what's|when|where|who|who's|which|whether|why|how)\b)"
)
"""Before the question itself: `I forgot what …`, `may I ask what …`."""
QUESTION = Wording(
    r"^(?:what|what's|whats|when|where|who|who's|whom|whose|which|why|how|how's|did|does|is|are|was|were|has|have i|"
    r"am|should|can i|could i|"
    r"do (?:i|we|you|they|my|any))\b|^tell me (?:again )?about\b|"
    r"^(?:tell|remind) me (?:again )?(?:what|when|where|who|how|which|why)\b|\?$"
)
NEVER = Wording(
    r"^(?:tell|write|sing|give|show|teach|read|draw|make|get|ask|play|find|explain) (?:me|us)\b(?! (?:an? |another "
    r")?(?:new )?(?:reminder|task|note|list|alarm|to-?do|event|meeting|appointment)\b)|"
    r"^(?:set|change|make|remove|clear|rename|update|delete) its\b|^(?:explain|translate|calculate|compute|pretend|"
    r"imagine|ignore|sing|play|turn (?:on|off|up|down|the)|define|"
    r"spell|convert|recommend|suggest|navigate|"
    r"switch (?:on|off)|dim|roll a|flip a|say)\b"
)
ORDERS = Wording(
    r"\b(?:move|push|reschedule|shift|postpone|change|make|delete|remove|cancel|drop|scrap|mark|tick|check|complete|"
    r"finish|rename)\b"
)
LOOKS = ("task_find", "note_find", "note_summarize", "plan_day", "habit_insights", "memory_find")
# Words of which none names a thing: a guess at an undo is believed where there is no other.
BACK = frozenset(
    """
    a about accident action actually again all and are as back be been before bring by can cancel change changed changes
    could correct did do done edit error everything get go had have how i i'd i'm is it it's just last latest let
    let's like
    me mean mind mistake move my need never no not now of off oh old on one oops out place please previous put really
    restore return reverse revert right roll scratch set should so sorry state step switch take than that that's
    the them
    then there they thing things this to turn undo un-do unmark wait want was wasn't way we were what where will with
    would wrong yes you your
    """.split()
)
# What nobody asks of a program: however the rest sounds, it is the person's own to do.
OWN_HANDS = frozenset(
    """
    bring buy clean collect cook drop feed fix fold hang iron mend mow pack paint pick repair sew sweep take tidy
    vacuum walk wash water wipe wrap
    """.split()
)
MOST_WORDS = 5
# Around the name of a thing that is done, not needed, or put off.
AROUND = frozenset(
    """
    a about actually again ain't all already also am an and another any anymore are be been being but came can
    can't cancel cannot change check complete completed could delete did do doesn't don't done drop finally
    finish finished for forget free get go goes gone good got ha had has have haven't hey i i'd i'll i'm i've in
    is isn't it it's its just let let's longer make mark me more move my need needed needs never news no not now
    of off oh ok okay on one or our out over please push put ready remove reschedule reverse rid scrap set so
    something still stuff take task that that's the then there thing this tick to today tomorrow too unnecessary
    up us want was wasn't we we've well when will with won't would wrapped yay yes you your
    """.split()
)
# Which words of a question ask for all memories or notes; any other one asks for what stands in them.
ALL_OF = {
    "memory_find": re.compile(r"\b(?:know|remember\w*|stor\w+|memor\w+|sav\w+|kept|keep|learn\w*|about me)\b", re.I),
    "note_find": re.compile(r"\b(?:notes?|jot\w*|memos?|entr(?:y|ies))\b", re.I),
}
BODY = re.compile(r"^[^:]{0,60}:\s*(?P<body>\S.*)$", re.S)
WAS_AT = Wording(
    r"^i(?:'ve been| have been| was| went| got)? (?:at|to|in) (?:the |my )?|^i (?:did|had|made) (?:my |some |an? )?"
)


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A judgement from outside the grammar: which intent a clause has, and whether it is none of ours."""

    intent: str
    probability: float
    is_out_of_scope: bool = False


def settled(request: Request, guess: Guess, clock: Clock) -> Request:
    """The reading that a guess at the intent gives, where it is likely and the words can be read that way."""
    if request.intent == "task_create" and new_tasks.is_bare(request):
        return _bare_order(request, guess, clock)
    if guess.is_out_of_scope or guess.intent == "out_of_scope":
        if request.intent == "question":
            return replace(request, arguments={**request.arguments, "far": True})
        is_weak = request.intent == "unknown" or guess.probability >= NEARLY_SURE
        return replace(request, intent="unknown", arguments={}, otherwise=None) if is_weak else request
    is_look = guess.intent in ("note_summarize", "habit_insights") and guess.probability >= NEARLY_SURE
    is_ours = (
        is_look or request.intent != "question" or re.search(r"\b(?:i|i'm|i've|my|me|we|our)\b", request.text, re.I)
    )
    if request.intent == "question" and (all_of := ALL_OF.get(guess.intent)) and not all_of.search(request.text):
        return request
    is_barred = guess.intent not in (*LOOKS, "question") and NEVER.search(request.text) is not None
    if guess.probability < LIKELY or guess.intent == request.intent or not is_ours or is_barred:
        return request
    return _as(guess.intent, request.text, clock) or request


def _bare_order(request: Request, guess: Guess, clock: Clock) -> Request:
    """`turn the lights off`: where it is hardly one of the person's things to do, they are asked."""
    is_own = request.text.split(maxsplit=1)[0].lower() in OWN_HANDS
    if guess.intent == "out_of_scope" and guess.probability >= NEARLY_SURE and not is_own:
        return replace(request, arguments={**request.arguments, "confirm": True})
    is_of_notes = guess.intent in ("note_summarize", "note_find") and re.search(
        r"\bmy\b.*\bnotes\b", request.text, re.I
    )
    if guess.probability < (LIKELY if is_of_notes else NEARLY_SURE) or is_own:
        return request
    if guess.intent in ("undo", "smalltalk") or guess.intent in LOOKS:
        return _as(guess.intent, request.text, clock) or request
    return request


def _as(intent: str, text: str, clock: Clock) -> Request | None:
    """The text read as what it is said to be, None where it cannot be."""
    match intent:
        case "greeting" | "thanks" | "goodbye" | "praise":
            return Request(intent="greeting", text=text)
        case "datetime" if not re.search(r"\?|^(?:what|which|when|tell|how)\b", text, re.I):
            return None
        case "undo" if not BACK.issuperset(re.findall(r"[a-z']+", text.lower())):
            return None
        case "smalltalk" if NEVER.match(text) or begins_order(text):
            return Request(intent="unknown", text=text)
        case "help" | "smalltalk" | "undo" | "affirm" | "deny" | "datetime" | "memory_find" | "plan_day":
            return Request(intent=intent, text=text)
        case "task_create":
            told = NEVER.search(text) or QUESTION.match(text) or new_tasks.STATEMENT.match(text)
            return None if told else new_tasks.drafted(text, clock)
        case "task_find" if new_tasks.STATEMENT.match(text) and not text.endswith("?"):
            return None
        case "task_find":
            return task_queries.listed(text, clock)
        case "note_find":
            return notes.found_notes(text)
        case "note_summarize":
            return notes.summarized(text)
        case "habit_insights":
            return habit_queries.guessed(text)
        case "habit_log":
            done = WAS_AT.sub("", text)
            is_told = text.endswith("?") or new_tasks.STATEMENT.match(done)
            return None if is_told else habit_logs.logged(f"log {done}", clock)
        case "memory_add":
            return Request(intent="memory_add", text=text, arguments={"text": text})
        case "question":
            return question(text)
        case "task_complete" | "task_delete" | "task_update":
            return _changed(intent, text, clock)
        case "habit_create" if often_of(text):
            return habits.wished(text, clock)
        case "note_write" if body := BODY.match(text):
            return Request(intent="note_write", text=text, arguments={"body": body["body"].strip()})
    return None


def _changed(intent: Intent, text: str, clock: Clock) -> Request | None:
    """The order that stands somewhere in the sentence, else a change of what its content words name."""
    for found in ORDERS.finditer(text):
        embedded = task_changes.request(text[found.start() :], clock)
        if embedded and embedded.intent == intent and not points(embedded.reference or "it"):
            return embedded
    words = [word for word in re.findall(r"[\w'-]+", without_times(text, clock)) if word.lower() not in AROUND]
    if not words or len(words) > MOST_WORDS:
        return None
    reference = " ".join(words)
    if intent != "task_update":
        return Request(intent=intent, text=text, reference=reference)
    timed = [one for one in read(text, clock) if one.kind in ("point", "time", "interval")]
    return Request(intent=intent, text=text, reference=reference, arguments={"due": timed[-1].text}) if timed else None


def question(text: str) -> Request:
    """What is asked, without "I forgot" and the like before it."""
    return Request(intent="question", text=text, arguments={"query": ASKING.sub("", text).rstrip("? ")})
