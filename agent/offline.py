"""The model that answers without a key: it decides by what the grammar read, and says only what tools answered."""

from collections.abc import Collection, Sequence

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.tool import tool_call

from agent.offline_parts import next_calls
from agent.offline_plan import plan
from agent.offline_turn import turn_of
from agent.wording import reply


def answered(messages: Sequence[BaseMessage], tools: Collection[str] | None = None) -> AIMessage:
    """The next calls while there are any, then the reply; of `tools` where they are named, else of all.

    Deterministic: the same messages give the same answer, in words and in calls.
    """
    turn = turn_of(messages)
    parts = plan(turn, tools)
    if acts := next_calls(parts):
        calls = [
            tool_call(name=act.tool, args=dict(act.arguments), id=f"call_{turn.mark}{turn.calls_made + number}")
            for number, act in enumerate(acts, start=1)
        ]
        return AIMessage(content="", tool_calls=calls)
    text, citations = reply(parts, turn)
    return AIMessage(content=text, response_metadata={"citations": citations})
