"""Anthropic's messages, with marks where its cache of prompts shall begin anew."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agent.models import dialogue
from agent.models.clients import Endpoint
from agent.models.failures import failure, told
from agent.models.wire import count, decoded, encoded, spoken
from domain.model_calls import Usage
from graphs.pieces import Answered, Asked, CallArguments, CallBegun, Piece, Reasoned, Schema

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

MARK = {"cache_control": {"type": "ephemeral"}}
EARLIER = "(The conversation began earlier.)"
"""The first message must be the person's."""
OLDER = re.compile(r"claude-(?:3-|(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-\d{8}|-latest)?$)")
"""Models that think for a number of tokens; the later ones are told the effort, and decide for themselves."""
BUDGETS = {"low": 0.25, "medium": 0.5, "high": 0.75}
"""Shares of what an answer may take."""
LEAST_THOUGHT = 1024
REASONS = {
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
}
Block = dict[str, Any]


class Messages:
    """One model; `name` is its name in the settings (`anthropic:claude-haiku-4-5`), with `effort` it thinks first."""

    def __init__(self, client: "AsyncAnthropic", *, name: str, effort: str | None = None) -> None:
        self._endpoint = Endpoint(client, "/v1/messages")
        self._name = name
        self._effort = effort

    @property
    def name(self) -> str:
        """As in the settings."""
        return self._name

    def stream(self, asked: Asked, *, most_tokens: int) -> AsyncIterator[Piece]:
        """The answer, piece by piece."""
        body: dict[str, Any] = {
            "model": self._name.partition(":")[2],
            "max_tokens": most_tokens,
            "stream": True,
            "messages": messages(asked.messages, self._name),
        }
        if system := _system(dialogue.instructions(asked.messages)):
            body["system"] = system
        if asked.tools:
            body["tools"] = _tools(asked.tools)
        if self._effort:
            body |= _thinking(
                body["model"], self._effort, most_tokens, may_think=_may_think(asked.messages, self._name)
            )
        reader = MessagesReader(self._name)
        return spoken(self._endpoint, body, reader, model=self._name)


def messages(given: Sequence[BaseMessage], model: str) -> list[dict[str, Any]]:
    """The wire's messages, in which person and assistant take turns; a mark stands before the person's newest."""
    said = dialogue.said(given)
    newest = dialogue.newest(said)
    turns: list[dict[str, Any]] = []
    for at, message in enumerate(said):
        blocks = _blocks(message, model)
        if at == newest - 1:
            blocks[-1] |= MARK
        role = "assistant" if isinstance(message, AIMessage) else "user"
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    if turns and turns[0]["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": [_text(EARLIER)]})
    return turns


def _blocks(message: BaseMessage, model: str) -> list[Block]:
    match message:
        case AIMessage():
            return _assistant(message, model)
        case ToolMessage():
            id = dialogue.call_id(message.tool_call_id)
            return [{"type": "tool_result", "tool_use_id": id, "content": message.text}]
        case _:
            return [_text(message.text)]


def _assistant(message: AIMessage, model: str) -> list[Block]:
    # Blank text is refused.
    words = [_text(message.text)] if message.text.strip() else []
    called = [
        {"type": "tool_use", "id": dialogue.call_id(id), "name": name, "input": dict(arguments)}
        for id, name, arguments in dialogue.calls(message)
    ]
    return dialogue.woven(dialogue.kept(message, model), words, called) or [_text("…")]


def _system(parts: Sequence[str]) -> list[Block]:
    """Marked after the instructions, which never change, and after all that stands below them."""
    blocks = [_text(part) for part in parts]
    for at in {0, len(blocks) - 1} if blocks else ():
        blocks[at] |= MARK
    return blocks


def _tools(tools: Sequence[Schema]) -> list[Block]:
    told_of = [tool["function"] for tool in tools]
    blocks = [
        {"name": tool["name"], "description": tool.get("description", ""), "input_schema": tool["parameters"]}
        for tool in told_of
    ]
    blocks[-1] |= MARK
    return blocks


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _thinking(model: str, effort: str, most_tokens: int, *, may_think: bool) -> dict[str, Any]:
    if OLDER.match(model):
        budget = max(LEAST_THOUGHT, int(most_tokens * BUDGETS.get(effort, 0.5)))
        fits = may_think and budget < most_tokens
        return {"thinking": {"type": "enabled", "budget_tokens": budget}} if fits else {}
    thinking = {"thinking": {"type": "adaptive", "display": "summarized"}} if may_think else {}
    return {"output_config": {"effort": effort}, **thinking}


def _may_think(given: Sequence[BaseMessage], model: str) -> bool:
    """A turn that began without this model's thinking cannot go on with it."""
    turn = given[dialogue.newest(given) :]
    called = [message for message in turn if isinstance(message, AIMessage) and dialogue.calls(message)]
    return all(dialogue.kept(message, model) for message in called)


class MessagesReader:
    """Reads the frames of one answer."""

    def __init__(self, model: str) -> None:
        self.is_done = False
        self._model = model
        self._answered_by: str | None = None
        self._usage: dict[str, Any] = {}
        self._reason: str | None = None
        self._has_spoken = False
        self._calls: dict[int, int] = {}
        self._whole: dict[int, Any] = {}
        self._thoughts: dict[int, Block] = {}
        self._stood: dict[int, list[Any]] = {}
        self._kept: list[Mapping[str, Any]] = []

    @property
    def usage(self) -> Usage | None:
        """What was told so far."""
        return usage_of(self._usage) if self._usage else None

    def take(self, frame: bytes) -> Sequence[Piece]:
        """The pieces of one frame."""
        event = decoded(frame)
        match event.get("type"):
            case "content_block_delta":
                return self._delta(event["index"], event["delta"])
            case "content_block_start":
                return self._begun(event["index"], event["content_block"])
            case "content_block_stop":
                return self._ended(event["index"])
            case "message_start":
                message = event["message"]
                self._answered_by = message.get("model")
                self._usage |= _known(message.get("usage"))
            case "message_delta":
                self._reason = event["delta"].get("stop_reason") or self._reason
                self._usage |= _known(event.get("usage"))
            case "message_stop":
                self.is_done = True
            case "error":
                raise told(event.get("error"), self._model)
        return ()

    def end(self) -> Answered | None:
        """The last piece, where the answer came to its end."""
        if not self.is_done and self._reason is None:
            return None
        reason = REASONS.get(self._reason or "", "stop")
        if reason == "refused":
            raise failure("refused", self._model, usage=self.usage)
        return Answered(
            model=self._model,
            answered_by=self._answered_by,
            reason="tool_calls" if reason == "stop" and self._calls else reason,
            usage=self.usage,
            kept=tuple(self._kept),
        )

    def _begun(self, index: int, block: Block) -> Sequence[Piece]:
        match block["type"]:
            case "text" if block.get("text"):
                return self._said(block["text"])
            case "tool_use":
                self._calls[index] = len(self._calls)
                self._whole[index] = block.get("input")
                return (CallBegun(self._calls[index], block["name"]),)
            case "thinking" | "redacted_thinking":
                self._thoughts[index] = dict(block)
                self._stood[index] = [len(self._calls), self._has_spoken]
                return (Reasoned(block["thinking"]),) if block.get("thinking") else ()
        return ()

    def _delta(self, index: int, delta: Block) -> Sequence[Piece]:
        match delta["type"]:
            case "text_delta":
                return self._said(delta["text"])
            case "input_json_delta":
                if delta["partial_json"] and index in self._calls:
                    self._whole.pop(index, None)
                    return (CallArguments(self._calls[index], delta["partial_json"]),)
            case "thinking_delta":
                self._think(index, "thinking", delta["thinking"])
                return (Reasoned(delta["thinking"]),) if delta["thinking"] else ()
            case "signature_delta":
                self._think(index, "signature", delta["signature"])
        return ()

    def _ended(self, index: int) -> Sequence[Piece]:
        thought = self._thoughts.pop(index, None)
        if thought is not None:
            self._kept.append({"model": self._model, "block": thought, "at": self._stood[index]})
        whole = self._whole.pop(index, None)
        return (CallArguments(self._calls[index], encoded(whole).decode()),) if whole else ()

    def _said(self, text: str) -> Sequence[Piece]:
        self._has_spoken = self._has_spoken or bool(text)
        return (text,) if text else ()

    def _think(self, index: int, field: str, text: str) -> None:
        thought = self._thoughts[index]
        thought[field] = thought.get(field, "") + text


def _known(usage: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (usage or {}).items() if value is not None}


def usage_of(usage: Mapping[str, Any]) -> Usage:
    """Tokens as this wire counts them: what was read from the cache or written to it stands beside the rest."""
    read, written = count(usage.get("cache_read_input_tokens")), count(usage.get("cache_creation_input_tokens"))
    details = usage.get("output_tokens_details") or {}
    return Usage(
        input_tokens=count(usage.get("input_tokens")) + read + written,
        output_tokens=count(usage.get("output_tokens")),
        cached_tokens=read,
        cache_written_tokens=written,
        reasoning_tokens=count(details.get("thinking_tokens")),
    )
