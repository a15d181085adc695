"""Which object is meant: the person's words, or an id, held against what they have."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import MetaCortexError, NotFound
from domain.habits import Habit
from domain.memories import Memory
from domain.notes import Note, title_of
from domain.tasks import Task
from language.verbs import TASKS

MARGIN = 0.08
LEAST = 0.3
EMPTY = """
a about an and at by do entry for from habit habits i in is it item me memory memories my note notes of on one or
our please reminder tag task tasks that the thing this to todo with you your
"""
PAST = """
ran:run swam:swim bought:buy wrote:write went:go slept:sleep ate:eat drank:drink drunk:drink paid:pay sent:send
made:make did:do done:do read:read rode:ride took:take taken:take met:meet
"""
PARTICLES = frozenset("away back down off out over up".split())
SAME_THING = 0.4
IGNORED = frozenset(EMPTY.split())
IRREGULAR = dict(pair.split(":") for pair in PAST.split())
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


class Unclear(MetaCortexError):
    """Several things could be meant; the message is the question to put, `choices` what could be."""

    def __init__(self, message: str, choices: "Sequence[Candidate | Choice]" = ()) -> None:
        super().__init__(message)
        self.choices = tuple(choices)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What may be meant and is no thing, such as a time: `id` names it to the tool that asks."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Something that may be meant: `title` is matched, `more` (tags, first words) a little, `shown` tells it apart."""

    id: UUID
    title: str
    more: str = ""
    shown: str = ""
    malus: float = 0.0


def of_task(task: Task) -> Candidate:
    """A done task is meant only where no open one fits as well."""
    due = f", due {task.due.date}" if task.due else ""
    more = " ".join((*task.tags, task.project or ""))
    malus = 0.0 if task.is_open else 0.2
    return Candidate(id=task.id, title=task.title, more=more, shown=f'"{task.title}"{due}', malus=malus)


def of_note(note: Note) -> Candidate:
    """By title, or by the first words where there is none."""
    title = note.title or title_of(note.body)
    more = " ".join((*note.tags, note.body[:300]))
    return Candidate(id=note.id, title=title, more=more, shown=f'"{title}" ({note.created_at.date()})')


def of_habit(habit: Habit) -> Candidate:
    """By name; an archived one only where no other fits."""
    malus = 0.2 if habit.archived_at else 0.0
    return Candidate(id=habit.id, title=habit.name, shown=f'"{habit.name}"', malus=malus)


def of_memory(memory: Memory) -> Candidate:
    """By its text."""
    return Candidate(id=memory.id, title=memory.text, shown=f'"{memory.text}"')


def id_of(reference: str) -> UUID | None:
    """The id where the reference is one."""
    try:
        return UUID(reference.strip())
    except ValueError:
        return None


def meant(reference: str, candidates: Sequence[Candidate], *, kind: str) -> UUID:
    """The one that is clearly meant; raises `Unclear` with the top three, `NotFound` where nothing resembles."""
    if (by_id := id_of(reference)) is not None:
        return by_id
    ranked = ranking(reference, candidates)
    if not ranked and not tokens(reference) and candidates:
        ranked = [(0.0, candidate) for candidate in candidates]
    if not ranked:
        raise NotFound(f"There is no {kind} like {reference!r}; name it by more of its words, or look for it first.")
    best = ranked[0][0]
    if len(ranked) == 1 or best - ranked[1][0] >= MARGIN:
        return ranked[0][1].id
    choices = [candidate for _, candidate in ranked[:3]]
    raise Unclear(asked(reference, choices, kind=kind), choices)


def asked(reference: str, choices: Sequence[Candidate], *, kind: str) -> str:
    """The question which of a few is meant."""
    shown = [choice.shown or f'"{choice.title}"' for choice in choices]
    return f"Which {kind} do you mean by {reference!r}: {', '.join(shown[:-1])} or {shown[-1]}?"


def ranking(reference: str, candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    """Those that resemble the reference, likeliest first, 0 to 1."""
    wanted = tokens(reference)
    scored = [(score(reference, wanted, candidate), candidate) for candidate in candidates]
    return sorted((pair for pair in scored if pair[0] >= LEAST), key=lambda pair: -pair[0])


def score(reference: str, wanted: Sequence[str], candidate: Candidate) -> float:
    """How many of the reference's words the title has, how much of it they are, and how alike the letters are."""
    if _folded(reference) == _folded(candidate.title):
        return 1.0 - candidate.malus
    if not wanted:
        return 0.0
    words = tokens(candidate.title)
    found = coverage(wanted, words)
    aside = coverage(wanted, tokens(candidate.more)) if found < 1 and candidate.more else 0.0
    if share_only_the_verb(wanted, words) and aside <= found:
        return 0.0
    covered = coverage(words, wanted)
    alike = similarity(" ".join(wanted), " ".join(words))
    if found == 0 and aside == 0 and alike < 0.35:
        return 0.0
    return min(0.97, 0.55 * found + 0.15 * covered + 0.25 * alike + 0.45 * max(0.0, aside - found)) - candidate.malus


def share_only_the_verb(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """True where both do the same to different things: "call Alice" is not "Call Bob"."""
    if not wanted or not words or wanted[0] != words[0] or wanted[0] not in VERBS:
        return False
    one, other = ([word for word in each[1:] if word not in PARTICLES] for each in (wanted, words))
    if not one or not other:
        return False
    return coverage(one, other) == 0 and similarity(" ".join(one), " ".join(other)) < SAME_THING


def tokens(text: str) -> list[str]:
    """The words that tell things apart, roughly stemmed."""
    words = [word.casefold() for word in WORD.findall(text)]
    return [stem(word) for word in words if word not in IGNORED]


def stem(word: str) -> str:
    """`running`, `runs` and `ran` become `run`; rough on purpose, both sides are cut alike."""
    word = re.sub(r"['’]s?$", "", word)
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending in ("ings", "ing", "ies", "ied", "ation", "ers", "er", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


VERBS = frozenset(stem(verb) for verb in TASKS)


def similarity(one: str, other: str) -> float:
    """Dice over letter trigrams."""
    first, second = _trigrams(one), _trigrams(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def coverage(wanted: Sequence[str], words: Sequence[str]) -> float:
    """The share of `wanted` that stands in `words`; a near spelling counts most of a hit."""
    if not wanted or not words:
        return 0.0
    return sum(max(_same(word, other) for other in words) for word in wanted) / len(wanted)


def _same(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) >= 4 and (one.startswith(other) or other.startswith(one)):
        return 0.9
    return 0.8 if min(len(one), len(other)) >= 4 and similarity(one, other) >= 0.6 else 0.0


def _trigrams(text: str) -> set[str]:
    return {f"  {word} "[at : at + 3] for word in text.split() for at in range(len(word) + 1)}


def _folded(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What each reference came to: an id once each in `found`, or why not in `failures`."""

    found: tuple[tuple[str, UUID], ...]
    failures: tuple[tuple[str, MetaCortexError], ...]

    @property
    def ids(self) -> tuple[UUID, ...]:
        """The ids in the order they were named."""
        return tuple(id for _, id in self.found)


def resolve(references: Iterable[str], candidates: Sequence[Candidate], *, kind: str) -> Resolved:
    """Every reference on its own; one that fails leaves the others."""
    found: dict[UUID, str] = {}
    failures: list[tuple[str, MetaCortexError]] = []
    for reference in references:
        try:
            found.setdefault(meant(reference, candidates, kind=kind), reference)
        except MetaCortexError as error:
            failures.append((reference, error))
    return Resolved(found=tuple((reference, id) for id, reference in found.items()), failures=tuple(failures))
