"""Parts of a turn: calls of tools, words, questions; and in which order they go out."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.offline_turn import READS, Answered, Turn

ADDS = frozenset({"add_tasks", "write_note", "remember"})
NOT_HERE = "I cannot do that here."


@dataclass(frozen=True, kw_only=True)
class Act:
    """One call of a tool. What its answer leads to says `then`: parts in place of the answer's words, or None."""

    tool: str
    arguments: Mapping[str, Any]
    then: "Callable[[Answered], list[Part] | None] | None" = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Say:
    """Words that need no tool."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Recall:
    """A question to be answered from the passages that were recalled; `far` where it is hardly about the person.

    `instead` is what is said where none of them answers.
    """

    question: str
    far: bool = False
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question of ours; `answer` reads the person's next turn as its answer, None where that is none.

    Empty words where a tool's answer has put the question already, which is then `put`.
    """

    words: str
    answer: Callable[[Turn], "list[Part] | None"] = field(compare=False)
    put: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A call that has its answer; `silent` where other parts speak for it."""

    act: Act
    call: Answered
    silent: bool


Part = Act | Say | Recall | Ask | Told


def merged(parts: Sequence[Part]) -> list[Part]:
    """Neighbouring calls of one tool on a batch as one call, and the same words only once."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Act) and isinstance(last, Act) and part.tool == last.tool and not (part.then or last.then):
            key = next((key for key in ("tasks", "notes") if key in part.arguments and key in last.arguments), None)
            if key:
                joined[-1] = Act(tool=part.tool, arguments={key: [*last.arguments[key], *part.arguments[key]]})
                continue
        if not (isinstance(part, (Say, Recall)) and part in joined):
            joined.append(part)
    return joined


def bound_only(parts: Sequence[Part], bound: Collection[str] | None) -> list[Part]:
    """Tools that are not `bound` are not called."""
    if bound is None:
        return list(parts)
    return [Say(words=NOT_HERE) if isinstance(part, Act) and part.tool not in bound else part for part in parts]


def unfolded(
    parts: Sequence[Part],
    answered: Sequence[Answered],
    bound: Collection[str] | None,
    asks: Callable[[Answered], list[Part]],
) -> list[Part] | None:
    """The parts with their answers, and what these lead to, as far as there are answers.

    None where the answers are to other calls than these: another model has made them.
    """
    waiting, answers, done = deque(bound_only(parts, bound)), deque(answered), list[Part]()
    while waiting:
        part = waiting.popleft()
        if not isinstance(part, Act) or not answers:
            done.append(part)
            continue
        call = answers.popleft()
        if call.tool != part.tool:
            return None
        more = part.then(call) if part.then else None
        done.append(Told(act=part, call=call, silent=more is not None))
        following = asks(call) if more is None else more
        waiting.extendleft(reversed(bound_only(merged(following), bound)))
    return None if answers else done


def next_calls(parts: Sequence[Part]) -> list[Act]:
    """The calls that may go out together now; one that may touch what an earlier one makes waits for it."""
    stage: list[Act] = []
    for act in (part for part in parts if isinstance(part, Act)):
        wrote = any(before.tool not in READS for before in stage)
        if (stage and stage[-1].then) or (wrote and act.tool not in ADDS):
            break
        stage.append(act)
    return stage
