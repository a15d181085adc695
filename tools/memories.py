"""Memories: what the person asks to be kept in mind, and what to forget."""

from pydantic import Field

from domain.actions import Call
from domain.memories import Memory
from tools import deletions
from tools.context import TurnContext
from tools.items import decision, done
from tools.references import Resolved, id_of, of_memory, resolve
from tools.tool import Arguments, Ask, Result, result_of

ALL = 200


class Remember(Arguments):
    """What to keep in mind."""

    text: str = Field(description="One fact about the person, in their words.")


class Forget(Arguments):
    """What to forget."""

    memory: str = Field(max_length=2_000, description="The memory's id, or the person's words for it.")


async def remember(context: TurnContext, call: Call, arguments: Remember) -> Result:
    """Keep a fact about the person in mind for later conversations, where they ask for it ('remember that …'). Not for
    things to do (add_tasks), nor for texts (write_note)."""
    now = context.now
    known = {_folded(memory.text): memory for memory in (await context.memories.list(limit=ALL)).items}
    if old := known.get(_folded(arguments.text)):
        answer = decision("Known already:", "memory", [done("memory", old.id, old.text, old.text)], [])
    else:
        memory = Memory(text=arguments.text, source_message_id=call.message_id or None, created_at=now, updated_at=now)
        answer = decision(
            "Remembered:", "memory", [done("memory", memory.id, memory.text, memory.text)], [(None, memory)]
        )
    return result_of(await context.ledger.act(call, lambda _: answer, at=now))


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
    titles = {
        memory.id: memory.text for memory in (await context.memories.list(limit=ALL)).items if memory.id in resolved.ids
    }
    return deletions.ask("Forget", "memory", "memory", titles, resolved, one=True)


async def _named(context: TurnContext, reference: str) -> Resolved:
    if id_of(reference):
        return resolve([reference], (), kind="memory")
    memories = (await context.memories.list(limit=ALL)).items
    return resolve([reference], [of_memory(memory) for memory in memories], kind="memory")


def _folded(text: str) -> str:
    return " ".join(text.casefold().rstrip(".!").split())
