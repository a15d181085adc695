"""The offline model's reply: what the tools answered, in plain sentences and nothing else."""

import re
from collections.abc import Mapping
from typing import Any

from agent.answers import NOT_FOUND, answer
from agent.offline_parts import Ask, Part, Recall, Say, Told
from agent.offline_turn import Answered, Turn
from agent.offline_words import UNKNOWN, which

Cited = list[dict[str, str]]
LISTS = frozenset({"find_tasks", "find_notes", "plan_day", "habit_insights"})
OPENINGS = ("", "Done: ", "", "OK, ")
DID = re.compile(r"(?:Added|Changed|Completed|Logged|Wrote|Started|Deleted)\b")
SILENT = "That did not work, and I do not know why; nothing was said about it."


def reply(parts: list[Part], turn: Turn) -> tuple[str, Cited]:
    """The words for every part in order, and the citations that their markers count."""
    said: list[str] = []
    citations: Cited = []
    for part in parts:
        words, cited = _words(part, turn, len(citations) + 1)
        citations += cited
        if words and words not in said:
            said.append(words)
    return ("\n\n" if any("\n" in words for words in said) else " ").join(said), citations


def _words(part: Part, turn: Turn, first: int) -> tuple[str, Cited]:
    match part:
        case Say(words=words) | Ask(words=words):
            return words, []
        case Recall(question=question, far=far, instead=instead):
            otherwise = instead or (UNKNOWN if far else "")
            said, cited = answer(question, turn.passages or (), first=first, is_sure=bool(otherwise))
            return (said, cited) if cited or not otherwise else (otherwise, [])
        case Told(silent=True):
            return "", []
        case Told(call=call) if not call.result:
            return SILENT, []
        case Told(call=Answered(tool="search", arguments={"query": str(query)}) as call):
            return answer(query, _passages(call), first=first)
        case Told(call=Answered(tool="summarize_notes") as call):
            return _summary(call, first)
        case Told(call=call):
            return opened(_told(call), turn.mark), []
    return SILENT, []


def opened(text: str, mark: str) -> str:
    """What was done, begun in one of several ways."""
    opening = which(OPENINGS, mark)
    return f"{opening}{text[0].lower()}{text[1:]}" if opening and DID.match(text) else text


def _passages(call: Answered) -> list[Mapping[str, Any]]:
    found = call.result.get("passages") or call.items
    return [passage for passage in found if isinstance(passage, Mapping) and "kind" in passage and "id" in passage]


def _summary(call: Answered, first: int) -> tuple[str, Cited]:
    """A summary of notes with what it rests on."""
    text = _told(call)
    cited = list({(str(p["kind"]), str(p["id"])): None for p in _passages(call)})
    if not cited:
        return text or NOT_FOUND, []
    marked = (
        text if "[1]" in text else text + " " + "".join(f"[{number}]" for number in range(first, first + len(cited)))
    )
    return marked, [{"kind": kind, "id": id_} for kind, id_ in cited]


def _told(call: Answered) -> str:
    """The summary, what was found, how times were read, what went wrong and what is asked, each said once."""
    text = str(call.result.get("summary") or "").strip()
    lines = (
        [line for item in call.items if (line := _line(item)) and _name(item) not in text] if call.tool in LISTS else []
    )
    if lines:
        text = "\n".join([text.rstrip(".:") + ":" if text else "Here they are:", *(f"- {line}" for line in lines)])
    for item in call.items:
        reading, name = item.get("reading"), _name(item)
        if call.tool not in LISTS and reading and str(reading) not in text:
            text += f" {f'“{name}”' if name else 'I read the time as'}: {reading}."
        for extra in (item.get("error"), item.get("question")):
            if extra and str(extra) not in text:
                text += f" {extra}"
    return text.strip()


def _line(item: Mapping[str, Any]) -> str:
    if item.get("ok") is False:
        return ""
    name = _name(item)
    details = [item.get("reading") or item.get("due"), item.get("done") and "done"]
    return ", ".join(str(part) for part in (name, *details) if part) if name else ""


def _name(item: Mapping[str, Any]) -> str:
    return str(item.get("title") or item.get("name") or item.get("text") or "")
