"""What was said before, as the messages a model is given."""

import json
from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from domain.threads import Message
from graphs.citing import without_markers

UNANSWERED = json.dumps(
    {
        "summary": "This waits for the person's yes, or was never carried out; look before repeating it.",
        "action_id": None,
        "items": [],
    }
)


def as_model_messages(history: Sequence[Message]) -> list[AnyMessage]:
    """Each call is followed by its result; one that has none (a pause, a cut) gets a result that says so.

    What was cited then is no longer there to be cited, so its markers are left out.
    """
    results = {message.tool_call_id: message for message in history if message.role == "tool"}
    messages: list[AnyMessage] = []
    for message in history:
        match message.role:
            case "user":
                messages.append(HumanMessage(message.content, id=message.id))
            case "assistant":
                messages.append(_assistant(message, without_markers(message.content, message.citations)))
                for call in message.tool_calls:
                    result = results.get(call.id)
                    content = result.content if result else UNANSWERED
                    messages.append(ToolMessage(content, tool_call_id=call.id, name=call.name))
            case "tool":
                pass
    return messages


def as_turn(messages: Sequence[Message]) -> list[AnyMessage]:
    """The messages of a turn under way, as they are: a call without a result is still to be carried out."""
    told: list[AnyMessage] = []
    for message in messages:
        match message.role:
            case "user":
                told.append(HumanMessage(message.content, id=message.id))
            case "assistant":
                told.append(_assistant(message, message.content))
            case "tool":
                told.append(ToolMessage(message.content, id=message.id, tool_call_id=str(message.tool_call_id)))
    return told


def _assistant(message: Message, said: str) -> AIMessage:
    calls = [{"id": call.id, "name": call.name, "args": dict(call.arguments)} for call in message.tool_calls]
    return AIMessage(said, id=message.id, tool_calls=calls)
