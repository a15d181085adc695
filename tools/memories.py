"""Memories: what the person asks to be kept in mind, what it takes the place of, and what to forget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import Field

from domain.actions import Call
from domain.memories import Memory
from language.facts import fact_of
from storage.ledger import Decision
from tools import deletions
from tools.context import TurnContext
from tools.items import decision, done
from tools.references import Resolved, id_of, of_memory, resolve
from tools.tool import Arguments, Ask, Result, result_of


class Remember(Arguments):
    """What to keep in mind."""

    text: str = Field(description="One fact about the person, in their words.")


class Forget(Arguments):
    """What to forget."""

    memory: str = Field(max_length=2_000, description="The memory's id, or the person's words for it.")


async def remember(context: TurnContext, call: Call, arguments: Remember) -> Result:
    """Keep a fact about the person in mind for later conversations, where they ask for it ('remember that …'). Not for
    things to do (add_tasks), nor for texts (write_note). It takes the place of what it contradicts."""
    now = context.now
    memory = Memory(
        text=arguments.text,
        source_thread_id=context.thread_id or None,
        source_message_id=call.message_id or None,
        valid_from=context.clock.now.date(),
        created_at=now,
        updated_at=now,
    )
    weighed = weigh(memory.text, await context.memories.standing())
    answer = _remembered(memory, weighed, on=context.clock.now.date(), at=now)
    touched = [old.id for old in (weighed.repeats, *weighed.replaces) if old]
    return result_of(await context.ledger.act(call, lambda _: answer, at=now, memories=touched))


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A new statement beside what is known: which memory says it already, and which ones cannot hold beside it.

    `adds` is False where it only takes back what was known.
    """

    repeats: Memory | None
    replaces: tuple[Memory, ...]
    adds: bool = True


def weigh(text: str, standing: Iterable[Memory]) -> Weighed:
    """Kept memories go before proposed ones."""
    fact = fact_of(text)
    known = [(memory, fact_of(memory.text)) for memory in sorted(standing, key=lambda memory: memory.state)]
    replaces = tuple(memory for memory, other in known if fact.replaces(other))
    return Weighed(
        repeats=next((memory for memory, other in known if fact.repeats(other)), None),
        replaces=replaces,
        adds=fact.holds or not replaces,
    )


def ended(
    replaced: Sequence[Memory], *, by: Memory | None, on: date, at: datetime
) -> list[tuple[object | None, object | None]]:
    """The changes by which they are past: kept ones with their history, proposals without a trace."""
    return [
        (old, old.end(on=on, at=at, replaced_by=by.id if by else None) if old.state == "kept" else None)
        for old in replaced
    ]


def _remembered(memory: Memory, weighed: Weighed, *, on: date, at: datetime) -> Decision:
    if (old := weighed.repeats) and old.state == "kept":
        return decision("Known already:", "memory", [done("memory", old.id, old.text, old.text)], [])
    before = [old] if old else []
    kept = old.change(at=at, keep=True) if old else memory
    shown = [done("memory", kept.id, kept.text, kept.text)]
    changes = ended(weighed.replaces, by=kept if weighed.adds else None, on=on, at=at)
    if weighed.adds:
        changes = [(before[0] if before else None, kept), *changes]
    past = [old.text for old in weighed.replaces if old.state == "kept"]
    made = decision("Remembered:" if weighed.adds else "Noted:", "memory", shown, changes)
    if not past:
        return made
    instead = " and ".join(f'"{text}"' for text in past)
    return Decision(
        summary=f"{made.summary} That takes the place of {instead}, which is kept as past.",
        changes=made.changes,
        items=made.items,
    )


async def forget(context: TurnContext, call: Call, arguments: Forget) -> Result:
    """Forget one thing that was remembered. The person is asked first."""
    resolved = await _named(context, arguments.memory)
    return result_of(
        await context.ledger.act(
            call,
            lambda held: deletions.delete(
                "memory", [arguments.memory], resolved, held.memories, lambda memory: memory.text
            ),
            at=context.now,
            memories=resolved.ids,
        )
    )


async def ask_to_forget(context: TurnContext, arguments: Forget) -> Ask | None:
    """Always, where a memory is meant."""
    resolved = await _named(context, arguments.memory)
    titles = {memory.id: memory.text for memory in await context.memories.standing() if memory.id in resolved.ids}
    return deletions.ask("Forget", "memory", "memory", titles, resolved, one=True)


async def _named(context: TurnContext, reference: str) -> Resolved:
    if id_of(reference):
        return resolve([reference], (), kind="memory")
    return resolve([reference], [of_memory(memory) for memory in await context.memories.standing()], kind="memory")
