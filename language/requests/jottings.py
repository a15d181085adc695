"""Jottings: what the person wants kept word for word, and the ways to say so."""

import re

from language.patterns import Found, Patterns, Wording, begun_anew
from language.request import Request
from language.requests.frames import NOTE
from language.verbs import base_of, begins_order

LONGEST = 600
"""In longer texts what stands last is not searched for."""
ASKS = (
    r"(?:(?:please|pls|kindly|just|do|now|and|so|ok|okay|can (?:you|u|i|we)|(?:could|would|will) you|let me|let us|"
    r"let's|"
    r"lets|be so kind as to|i(?:'d| would|'ll| will|'m going to| should)? ?(?:rather |just )?(?:(?:like|love|want|need|"
    r"wish|have) (?:you )?to)?|you (?:can|could|may|should))\s+)*"
)
IT = (
    r"(?:this|that|it|these|the following|what follows|something|one thing|the fact|"
    rf"(?:(?:an?|the|this|another|one|my)\s+)?(?:(?!down\b)\w+\s+)?{NOTE})"
)
KEPT_WHERE = (
    r"(?:,?\s*\b(?:for (?:me|us|later|myself|the record|(?:my |future |later )*reference|my (?:own )?(?:notes|records|"
    r"files))|(?:in|into|to|under|among|with) (?:my |the )?notes|as (?:a |my )?notes?|in a note|somewhere|please|now|"
    r"quickly|to (?:my)?self|in writing|if you (?:would|could|please|can))\b)*"
)
LINK = (
    r"(?:\s*[:–—]\s*|\s+-\s+|\s*\n\s*|\s*,\s+(?:that\s+)?|\s+(?:that(?: says| reads)?|saying(?: that)?|which (?:says|"
    r"reads)|to say(?: that)?|to the effect that|(?:of|about) the fact that|with the (?:text|words|content)|"
    r"how)\b\s*[:,]?"
    r"\s+)"
)
RIGHT_ON = (
    r"\s+(?!(?:to|about|on|for|of|in|from|with|called|titled|named|tagged|at|by|tomorrow|every)\b)(?=\S+(?:\s+\S+){3})"
)
"""Dictated, nothing stands between the order and the words that are to be kept."""
BODY = r"(?P<body>\S.*)$"
WRITE = Wording(
    r"^(?:(?:take|make|add|write|create|save|new|leave|keep|start)\s+(?:me\s+)?(?:a\s+)?(?:new\s+|"
    r"quick\s+)?|(?:a\s+)?quick\s+)?(?:note|memo|journal entry|journal|(?:idea|thought|quote|observation)(?=:))"
    r"(?:\s+to\s+(?:my)?self|\s+for me|,? please)*(?:\s+(?:titled|called|named)\s+(?P<title>[^:\n]{1,200}?))?"
    r"(?:\s*[:–]\s*|\s+-\s+|\s+(?:that(?: says)?|saying(?: that)?|which says(?: that)?|to the effect that)\s+|"
    rf"\s*\n\s*){BODY}",
    re.S,
)
# Verb, what is written, and where to, in the orders that people say them.
ASKED_FOR = Wording(ASKS)
HEADS = Patterns(
    rf"(?s:{head}{BODY})"
    for head in (
        rf"(?:jot|scribble|write|note)(?:\s+{IT})?\s+down(?:\s+{IT})?{KEPT_WHERE}(?:{LINK}|\s+)",
        rf"(?:take|put|get|type|set)\s+(?:{IT}\s+(?:down|up)|down(?:\s+{IT})?){KEPT_WHERE}{LINK}",
        rf"(?:take|make|add|write|create|save|leave|keep|start|record|log|put|enter|store|file|drop|jot|type)\s+"
        rf"(?:me\s+|up\s+|in\s+)*(?:(?:an?|the|this|another|one|my)\s+)?(?:(?!to\b)\w+\s+)?{NOTE}(?:\s+(?:in|down))?"
        rf"(?:\s+of\s+(?:this|that|it|the following))?{KEPT_WHERE}(?:{LINK}|{RIGHT_ON})",
        rf"(?:an?\s+)?(?:quick|new|short|another)\s+{NOTE}{KEPT_WHERE}{RIGHT_ON}",
        rf"(?:{NOTE}|memo)\s+(?:to\s+(?:my)?self|for\s+me){RIGHT_ON}",
        rf"memo{RIGHT_ON}",
        rf"(?:make|take)\s+note(?:\s+of)?{KEPT_WHERE}(?:{LINK}|\s+)",
        r"(?:make|take)\s+an?\s+note\s+of\s+(?!it$|that$|this$)",
        rf"(?:save|store|record|keep|file|note|jot|remember|document|capture|write|type)\s+(?:this|these|the following)"
        rf"{KEPT_WHERE}(?:\s+note)?(?:{LINK}|(?<=note){RIGHT_ON})",
        rf"log\s+(?:this|the following){KEPT_WHERE}{LINK}(?!.{{0,40}}\d)",
        rf"(?:save|store|record|keep|file|log|note|put|add|write|enter|type|get)\s+(?:this|it|that|the following)"
        rf"(?=,?\s+(?:in|into|to|under|as|among)\b){KEPT_WHERE}(?<!it)(?<!this)(?<!that)(?<!following){LINK}",
        rf"(?:save|store|file|keep)\s+(?:(?:it|that)\s+)?(?:as\s+a\s+note|for\s+later){LINK}",
        rf"(?:put|add|write|enter|save|record)\s+(?:(?:in|into|to|under|among)\s+(?:my|the)\s+notes){LINK}",
        rf"(?:jot|note|document|minute)\s+(?:{LINK}|that\s+)",
        r"(?:record|log)\s+that\s+(?!i\b|i'|we\b|my\b)",
        r"(?:just\s+)?(?:for|to)\s+(?:the|my|our|future|later)\s+(?:own\s+)?(?:records?|notes?|files|reference|memory)"
        r"\s*[:,–—]\s*",
        rf"(?:here(?:'s| is|s)|this is)\s+(?:an?\s+|one\s+|something\s+)?(?:to\s+|for\s+)?(?:my\s+|quick\s+)*{NOTE}"
        rf"{KEPT_WHERE}{LINK}",
    )
)
# What was said is to be kept: "…, note that down", "…. Save that as a note."
KEEP_THAT = Wording(
    r"^(?P<body>\S.{8,}?)(?:\s*[,.;!–—-]+\s*|\s+)(?:\(note\)|(?:(?<=[,.;!–—-] )|(?<=[,.;!–—-]))"
    rf"(?:and\s+)?{ASKS}(?:(?:note|jot|write|take|put|get|scribble)\s+(?:(?:that|this|it)\s+)?down(?:\s+(?:that|this|"
    rf"it))?|"
    r"(?:note|keep)\s+(?:that|this|it)|(?:make|take|keep)\s+(?:an?\s+)?note(?:\s+of\s+(?:that|this|it))?|"
    rf"(?:save|keep|store|put|add|file|record|log|write)\s+(?:that|this|it)(?=\s+(?:as|in|into|to|under|with)\b))"
    rf"{KEPT_WHERE})[\s.!?]*$",
    re.S,
)
BARE = Wording(
    r"^note\s+(?!(?:about|on|for|from|titled|called|tagged|named|down|to|this|that|it|with|in|of|is|was|taking|pad|"
    r"book)\b)(?P<body>[\w'-]+ [\w'-]+ \S.*)$",
    re.S,
)
LABELLED = Wording(
    r"^(?=[^:\n]{0,50}\b(?:notes?|for me|for later|the record)\b)(?![^:\n]*\b(?:about|on|task|called|named|titled|"
    r"to (?:the|that)|my \w+ note)\b)"
    r"(?:for|keep|put|add|save|store|i need|i want|i'd like|here's|please|can you|could you|"
    r"remember)\b[^:\n]{0,50}:\s*(?P<body>\S.*)$",
    re.S,
)
OF_TASKS = Wording(r"^.{0,40}\b(?:tasks?|to-?dos?|reminders?|habits?|list)\b\s*[:–-]|^.{0,20}\bremind\b")
TO_DO = Wording(
    r"^(?:i|we)(?:'ve| have|'d| would|'ll| will)? (?:got to|to|need|must|ought|should|want|like|gotta|"
    r"can't forget)\b|^(?:don't|do not) "
    r"(?:let me )?forget\b|^i(?:'ve| have)? (?:ran|run|walked|swum|swam)\b"
)
ASKED = Wording(r"^(?:would|do|could) you mind (?P<act>[a-z]+ing)\b")
NAMED_ONLY = Wording(rf"^(?:(?:that|this|it|down|please|for me|{NOTE})\s*)+$")
EMPTY = Wording(
    r"^(?:(?:take|make|add|write|create|new|start|i want to (?:write|make))\s+)?(?:a\s+|"
    r"another\s+)?(?:new\s+)?note(?:\s+(?:about|on|for)\s+(?P<title>[^:\n]{1,100}))?$|^note:?$"
)
TAG = re.compile(r"(?<!\S)#([^\W\d][\w/-]*)")


def written(text: str) -> Request | None:
    """The note that a whole message is, its body in the person's exact words."""
    found = _told(begun_anew(ASKED, lambda found: base_of(found["act"]), text))
    if not found or NAMED_ONLY.match(found["body"].strip(" .!")):
        empty = EMPTY.match(text.strip(" .!"))
        named = {"title": empty["title"]} if empty and empty["title"] else {}
        return Request(intent="note_write", text=text, arguments=named) if empty else None
    body, title = found["body"].strip(), found.groupdict().get("title")
    tags = list(dict.fromkeys(tag.lower() for tag in TAG.findall(body)))
    arguments = {"body": body, **({"title": title.strip()} if title else {}), **({"tags": tags} if tags else {})}
    return Request(intent="note_write", text=text[:200], arguments=arguments)


def _told(text: str) -> Found | None:
    """Where the body of a note stands, by the first of the ways to say so."""
    if found := WRITE.match(text):
        return found
    if OF_TASKS.match(text):
        return LABELLED.match(text)
    asked = ASKED_FOR.match(text)
    begins = asked.end() if asked else 0
    heads = (found for _, found in HEADS.matches(text, begins))
    if found := next(heads, None) or LABELLED.match(text) or BARE.match(text):
        return found
    kept = KEEP_THAT.match(text) if len(text) <= LONGEST else None
    return None if kept is None or begins_order(kept["body"]) or TO_DO.match(kept["body"]) else kept
