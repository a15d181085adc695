"""Summaries for the offline model: their action items as tasks, when that is asked with them or after them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agent.offline_calls import parts_of
from agent.offline_parts import Act, Part
from agent.offline_turn import Turn
from language.request import Request
from language.requests import notes
from language.requests.summaries import before_taking, takes_actions


def taken(request: Request, turn: Turn) -> list[Part] | None:
    """The action items of the last summary as tasks; None where that is not what is asked.

    Where the summary is asked for in the same message, nothing is taken before it is there.
    """
    if request.intent == "note_summarize" and (first := before_taking(request.text)):
        again = notes.request(first) or notes.summarized(first)
        return [*parts_of(replace(request, text=first, arguments=again.arguments), turn), *_tasks(turn)]
    if not takes_actions(request.text):
        return None
    is_coming = any(each.intent == "note_summarize" for each in turn.understanding.requests)
    return _tasks(turn, earlier=not is_coming) or ([] if is_coming else None)


def _tasks(turn: Turn, *, earlier: bool = False) -> list[Part]:
    """The tasks of the last summary of this turn, or of those before."""
    calls = (*turn.earlier, *turn.answered) if earlier else turn.answered
    last = next((call for call in reversed(calls) if call.tool == "summarize_notes"), None)
    tasks: list[Mapping[str, Any]] = list(last.result.get("tasks") or ()) if last else []
    return [Act(tool="add_tasks", arguments={"tasks": tasks})] if tasks else []
