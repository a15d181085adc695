"""What a provider was asked, read alike from each of its wires."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evals.wires import Wire

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Line:
    """One message of a conversation: `role` is `system`, `user`, `assistant` or `tool`, whatever the wire calls it."""

    role: str
    text: str
    calls: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Request:
    """One request; `fault` is what was done to it, `written` how many tokens left for it, `is_over` their end.

    `number` counts the requests of a server, `attempt` those that asked the same of the same model.
    """

    wire: Wire
    body: Mapping[str, Any]
    number: int
    attempt: int = 1
    fault: str | None = None
    written: int = 0
    is_over: bool = False

    @property
    def model(self) -> str:
        """As the wire names it, without its provider."""
        return str(self.body.get("model"))

    @property
    def tools(self) -> list[str]:
        """The names of the tools that may be called."""
        return [str(tool.get("name") or tool["function"]["name"]) for tool in self.body.get("tools") or ()]

    @property
    def read(self) -> int:
        """About how many tokens were to be read."""
        return len(json.dumps(self.body)) // CHARACTERS_A_TOKEN

    @cached_property
    def lines(self) -> list[Line]:
        """The conversation."""
        if self.wire.name == "responses":
            return list(_of_responses(self.body))
        return list(_of_messages(self.body) if self.wire.name == "messages" else _of_chat(self.body))

    @property
    def instructions(self) -> str:
        """What stands before the conversation."""
        return "\n".join(line.text for line in self.lines if line.role == "system")

    @property
    def said(self) -> list[str]:
        """What the person said, what code knows about it below."""
        return [line.text for line in self.lines if line.role == "user"]

    @property
    def told(self) -> list[str]:
        """What tools answered."""
        return [line.text for line in self.lines if line.role == "tool"]

    @property
    def turn(self) -> list[Line]:
        """What came after the last thing that the person said."""
        lines = self.lines
        last = max((at for at, line in enumerate(lines) if line.role == "user"), default=-1)
        return lines[last + 1 :]

    @property
    def step(self) -> int:
        """How often the assistant has called tools in this turn."""
        return len(self._calling())

    @property
    def rounds(self) -> int:
        """How often it did so in a way that tools understood."""
        return sum(not any(map(_is_malformed, results)) for results in self._calling())

    def _calling(self) -> list[list[str]]:
        """The rounds of calls in this turn, each with what tools answered."""
        rounds: list[list[str]] = []
        before = None
        for line in self.turn:
            # A Responses answer with two calls is two items in a row.
            if line.calls and not (before and before.calls):
                rounds.append([])
            if line.role == "tool" and rounds:
                rounds[-1].append(line.text)
            before = line
        return rounds


def _is_malformed(result: str) -> bool:
    return any(item.get("malformed") for item in json.loads(result).get("items") or ())


def _of_chat(body: Mapping[str, Any]) -> Iterator[Line]:
    for message in body["messages"]:
        role = "system" if message["role"] == "developer" else str(message["role"])
        calls = tuple(str(call["function"]["name"]) for call in message.get("tool_calls") or ())
        yield Line(role, _text(message.get("content")), calls)


def _of_messages(body: Mapping[str, Any]) -> Iterator[Line]:
    yield Line("system", _text(body.get("system")))
    for message in body["messages"]:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for part in parts:
            if part["type"] == "tool_result":
                yield Line("tool", _text(part.get("content")))
        calls = tuple(str(part["name"]) for part in parts if part["type"] == "tool_use")
        if (text := _text(parts)) or calls:
            yield Line(str(message["role"]), text, calls)


def _of_responses(body: Mapping[str, Any]) -> Iterator[Line]:
    if body.get("instructions"):
        yield Line("system", str(body["instructions"]))
    given = body["input"]
    for item in [{"role": "user", "content": given}] if isinstance(given, str) else given:
        match item.get("type", "message"):
            case "function_call":
                yield Line("assistant", "", (str(item["name"]),))
            case "function_call_output":
                yield Line("tool", _text(item["output"]))
            case "message":
                role = "system" if item["role"] == "developer" else str(item["role"])
                yield Line(role, _text(item["content"]))


def _text(content: str | Sequence[Mapping[str, Any]] | None) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part["text"]) for part in content or () if "text" in part)
