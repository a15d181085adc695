"""Mentions: the people and the place that a line names; they are noticed and stay in the title."""

import re

from language.lines.line import READ, Line

KIN = (
    r"(?i:mom|mum|mother|dad|father|grandma|grandpa|granny|grandmother|grandfather|aunt|uncle|sister|brother|wife|"
    r"husband|partner|boss|landlord|neighbou?r|dentist|doctor|parents)"
)
NAME = (
    r"(?:(?:(?:Dr|Mr|Mrs|Ms|Prof)\.?\s+)?[A-Z][\w'’-]*[a-zà-ž](?:\s+[A-Z][\w-]*[a-zà-ž])?"
    rf"|(?:(?i:my|the|our)\s+)?{KIN}(?!\w))"
)
NAMES = rf"(?P<names>{NAME}(?:\s*,\s*{NAME}(?=\s*,|\s+and\b))*(?:\s*,?\s+(?:and|&)\s+{NAME})?)"
MEETING = r"(?i:with|call|phone|ring|text|e-?mail|message|meet|see|visit|ask|tell|invite|thank|remind|pay|for)"
PEOPLE = re.compile(rf"\b{MEETING}(?:\s+(?i:to|back|up|with))?\s+{NAMES}")
NAME_BREAK = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+")

ENDS = rf"(?=\s*(?:[,.;!?){READ}]|$)|\s+(?i:with|on|at|by|to|for|and|about|before|after)\b)"
PLACE = re.compile(
    r"\b(?i:at|near|outside|inside)\s+(?P<place>(?i:home|work|school|church|university|college)\b"
    rf"|(?i:the|my|our)\s+[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){{0,2}}?{ENDS}"
    r"|[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*){0,3})"
)


def mentioned(line: Line) -> Line:
    """With the people and the place that are named."""
    for match in PLACE.finditer(line.rest):
        span = match.span("place")
        if line.draft.location is None and line.is_free(span):
            line = line.mentioning("location", span, location=match["place"])
    for match in PEOPLE.finditer(line.rest):
        names = tuple(NAME_BREAK.split(match["names"]))
        if line.is_free(match.span("names")):
            people = tuple(dict.fromkeys((*line.draft.people, *names)))
            line = line.mentioning("people", match.span("names"), people=people)
    return line
