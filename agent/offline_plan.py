"""The plan of a turn: what is said and called for all that it asks, with what the turn before left open."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from agent.offline_answers import answers, asks_of
from agent.offline_calls import parts_of, put_down
from agent.offline_follow_up import carried_on, corrected, said_again, told, wrong
from agent.offline_parts import Act, Part, Say, Told, merged, unfolded
from agent.offline_summaries import taken
from agent.offline_turn import READS, Turn
from agent.offline_words import BROKEN_OFF, PUT_DOWN
from language.request import Request

OFFERED = re.compile(re.escape(PUT_DOWN).replace(re.escape("{title}"), "(?P<title>.+?)"))
LET_BE = re.compile(
    r"(?:\w+[\s,]+){0,2}(?:cancel|scratch|strike|scrap|forget|nix|ignore|never ?mind) (?:about )?(?:that|it)\W*", re.I
)
"""Undoes what was done, and is a no to what is asked."""
FAR_BACK = 4
"""So many turns of questions and answers are gone through again."""


def plan(turn: Turn, bound: Collection[str] | None) -> list[Part]:
    """All parts of the turn in the order they were asked, with the answers that are there.

    A turn may have been begun by another model. What that one only looked up is looked up anew; where it has acted,
    nothing is done a second time: the answers that are there are told, and nothing else.
    """
    for place, call in enumerate((*turn.answered, None)):
        own = replace(turn, answered=turn.answered[place:])
        parts = _planned(own, bound)
        if parts is not None and _are_ours(parts):
            return parts
        if call is None or call.tool not in READS:
            break
    told = [Told(act=Act(tool=call.tool, arguments=call.arguments), call=call, silent=False) for call in turn.answered]
    return [*told, Say(words=BROKEN_OFF)]


def _planned(turn: Turn, bound: Collection[str] | None, depth: int = FAR_BACK) -> list[Part] | None:
    """The same, None where the calls are another model's."""
    parts = _answer(turn, depth) or said_again(turn) or _asked(turn)
    return unfolded(merged(parts), turn.answered, bound, asks_of)


def _are_ours(parts: Sequence[Part]) -> bool:
    """True where what was called is what this model would call; ids tell nothing, since the conversation gives them."""
    made = [part for part in parts if isinstance(part, Told)]
    return all(json.loads(json.dumps(part.act.arguments)) == part.call.arguments for part in made)


def _answer(turn: Turn, depth: int) -> list[Part] | None:
    """The parts that a question of the turn before gets as its answer."""
    before = turn.before
    if depth == 0 or "?" not in turn.said or before is None:
        return None
    if turn.understanding.requests[0].intent == "undo" and LET_BE.fullmatch(turn.text.strip()):
        no = Request(intent="deny", text=turn.text)
        turn = replace(turn, understanding=replace(turn.understanding, requests=(no,)))
    # What made us offer was a guess that is not kept: the question itself says what it was about.
    offered = [put_down(offer["title"]) for offer in OFFERED.finditer(turn.said)]
    of_tools = [part for call in turn.previous for part in asks_of(call)]
    return answers(turn, [*of_tools, *(_planned(before, None, depth - 1) or ()), *offered])


def _asked(turn: Turn) -> list[Part]:
    return [part for request in turn.understanding.requests for part in _parts(request, turn)]


def _parts(request: Request, turn: Turn) -> list[Part]:
    if (tasks := taken(request, turn)) is not None:
        return tasks
    match request.intent:
        case "deny" if turn.previous and turn.previous[-1].wrote and LET_BE.fullmatch(turn.text.strip()):
            return parts_of(replace(request, intent="undo"), turn)
        case "deny" if turn.previous and turn.previous[-1].wrote and "?" not in turn.said:
            return [wrong(turn)]
        case "correct":
            return corrected(request, turn)
        case "follow_up":
            return carried_on(request, turn)
        case "fields":
            return told(request, turn)
        case "task_find" if request.text.rstrip("? ") == request.arguments.get("due") and turn.previous:
            bare = Request(intent="follow_up", text=request.text, reference=request.arguments["due"])
            return carried_on(replace(bare, otherwise=request), turn)
    return parts_of(request, turn)
