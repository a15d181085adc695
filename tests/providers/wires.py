"""A provider of each wire at an address, and what is heard of its answer."""

from langchain_core.messages import HumanMessage

from agent.models.chat_completions import ChatCompletions
from agent.models.clients import anthropic_client, openai_client
from agent.models.messages import Messages
from agent.models.responses import Responses
from domain.model_calls import ModelFailure
from graphs.pieces import Asked
from tests.providers import written
from tests.providers.written import Script

KEY = "sk-secret-0123456789"
ASKED = Asked(messages=[HumanMessage("hi")])
HELLO = Script(steps=[("text", None, "Hel"), ("text", None, "lo")])
WRITE = {"chat": written.chat, "responses": written.responses, "messages": written.messages}
WIRES = list(WRITE)


def provider_of(wire, address, http_client=None, silence_seconds=5):
    """The provider of that wire, and its client to be closed."""
    if wire == "messages":
        client = anthropic_client(
            api_key=KEY, base_url=address, http_client=http_client, silence_seconds=silence_seconds
        )
        return Messages(client, name="anthropic:m"), client
    base = f"{address}/v1"
    client = openai_client(api_key=KEY, base_url=base, http_client=http_client, silence_seconds=silence_seconds)
    return (ChatCompletions if wire == "chat" else Responses)(client, name="openai:m"), client


async def heard(provider):
    """The pieces until it failed, and the failure."""
    pieces = []
    try:
        async for piece in provider.stream(ASKED, most_tokens=100):
            pieces.append(piece)
    except ModelFailure as failure:
        return pieces, failure
    return pieces, None


def begun(wire):
    """The frames of an answer up to its first words."""
    frames = WRITE[wire](HELLO)
    return frames[: next(at for at, frame in enumerate(frames) if b"Hel" in frame) + 1]
