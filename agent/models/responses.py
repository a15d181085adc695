"""OpenAI's responses: the wire of its reasoning models. Nothing is stored there; sealed thinking is given back."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from agent.models import dialogue
from agent.models.clients import Endpoint
from agent.models.failures import failure, told
from agent.models.fragments import Fragments
from agent.models.wire import count, decoded, encoded, spoken
from domain.model_calls import Usage
from graphs.pieces import Answered, Asked, Piece, Reasoned, Schema

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Item = dict[str, Any]


class Responses:
    """One model; `name` is its name in the settings (`openai:gpt-5-mini`), `effort` how long it may reason."""

    def __init__(self, client: "AsyncOpenAI", *, name: str, effort: str | None = None) -> None:
        self._endpoint = Endpoint(client, "/responses")
        self._name = name
        self._settings: dict[str, Any] = {"model": name.partition(":")[2], "store": False}
        if effort:
            self._settings["reasoning"] = {"effort": effort}

    @property
    def name(self) -> str:
        """As in the settings."""
        return self._name

    def stream(self, asked: Asked, *, most_tokens: int) -> AsyncIterator[Piece]:
        """The answer, piece by piece."""
        body = {
            **self._settings,
            "input": items(asked.messages, self._name),
            "stream": True,
            "max_output_tokens": most_tokens,
        }
        if stands_first := "\n\n".join(dialogue.instructions(asked.messages)):
            body["instructions"] = stands_first
        if asked.tools:
            body["tools"] = [_tool(tool) for tool in asked.tools]
        reader = ResponsesReader(self._name)
        return spoken(self._endpoint, body, reader, model=self._name)


def items(given: Sequence[BaseMessage], model: str) -> list[Item]:
    """The wire's items: words, calls, results and sealed thinking each stand by themselves."""
    return [item for message in dialogue.said(given) for item in _items(message, model)]


def _items(message: BaseMessage, model: str) -> list[Item]:
    match message:
        case HumanMessage():
            return [{"role": "user", "content": message.text}]
        case ToolMessage():
            id = dialogue.call_id(message.tool_call_id)
            return [{"type": "function_call_output", "call_id": id, "output": message.text}]
        case AIMessage():
            return _assistant(message, model)
        case _:
            return [{"role": "system", "content": message.text}]


def _assistant(message: AIMessage, model: str) -> list[Item]:
    words = [{"role": "assistant", "content": message.text}] if message.text else []
    called = [
        {
            "type": "function_call",
            "call_id": dialogue.call_id(id),
            "name": name,
            "arguments": encoded(arguments).decode(),
        }
        for id, name, arguments in dialogue.calls(message)
    ]
    return dialogue.woven(dialogue.kept(message, model), words, called)


def _tool(tool: Schema) -> Item:
    return {"type": "function", "strict": False, **tool["function"]}


class ResponsesReader:
    """Reads the frames of one answer."""

    def __init__(self, model: str) -> None:
        self.is_done = False
        self._model = model
        self._answered_by: str | None = None
        self.usage: Usage | None = None
        self._reason = "stop"
        self._is_filtered = False
        self._has_spoken = False
        self._fragments = Fragments()
        self._has_arguments: set[object] = set()
        self._stood: dict[object, list[Any]] = {}
        self._kept: list[Mapping[str, Any]] = []

    def take(self, frame: bytes) -> Sequence[Piece]:
        """The pieces of one frame."""
        if frame.startswith(b"[DONE]"):
            return ()
        event = decoded(frame)
        match event.get("type"):
            case "response.output_text.delta":
                return self._said(event["delta"])
            case "response.refusal.delta":
                self._reason = "refused"
                return self._said(event["delta"])
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                return (Reasoned(event["delta"]),) if event["delta"] else ()
            case "response.reasoning_summary_part.added":
                return (Reasoned("\n\n"),) if event.get("summary_index") else ()
            case "response.function_call_arguments.delta":
                return self._arguments(event["output_index"], event["delta"])
            case "response.function_call_arguments.done":
                return self._all_arguments(event["output_index"], event.get("arguments"))
            case "response.output_item.added":
                return self._begun(event["output_index"], event["item"])
            case "response.output_item.done":
                return self._ended(event["output_index"], event["item"])
            case "response.created" | "response.in_progress":
                self._answered_by = event["response"].get("model")
            case "response.completed" | "response.incomplete":
                self._done(event["response"])
            case "response.failed":
                raise told(event["response"].get("error"), self._model)
            case "error":
                raise told(event.get("error") or event, self._model)
            case None if event.get("error"):
                raise told(event["error"], self._model)
        return ()

    def end(self) -> Answered | None:
        """The last piece, where the answer came to its end."""
        if not self.is_done:
            return None
        if self._is_filtered:
            raise failure("refused", self._model, usage=self.usage)
        return Answered(
            model=self._model,
            answered_by=self._answered_by,
            reason="tool_calls" if self._reason == "stop" and len(self._fragments) else self._reason,
            usage=self.usage,
            kept=tuple(self._kept),
        )

    def _said(self, text: str) -> Sequence[Piece]:
        self._has_spoken = self._has_spoken or bool(text)
        return (text,) if text else ()

    def _begun(self, index: int, item: Item) -> Sequence[Piece]:
        if item.get("type") != "function_call":
            self._stood[index] = [len(self._fragments), self._has_spoken]
            return ()
        return self._fragments.take(
            index=index, id=item.get("call_id"), name=item["name"], arguments=self._new(index, item.get("arguments"))
        )

    def _arguments(self, index: int, text: str) -> Sequence[Piece]:
        return self._fragments.take(index=index, id=None, name=None, arguments=self._new(index, text))

    def _all_arguments(self, index: int, text: str | None) -> Sequence[Piece]:
        """Where a server sends no fragments, the whole comes at the end."""
        return () if index in self._has_arguments else self._arguments(index, text or "")

    def _new(self, index: int, text: str | None) -> str | None:
        if text:
            self._has_arguments.add(index)
        return text

    def _ended(self, index: int, item: Item) -> Sequence[Piece]:
        match item.get("type"):
            case "reasoning" if item.get("encrypted_content"):
                block = {name: item[name] for name in ("type", "id", "summary", "encrypted_content") if name in item}
                at = self._stood.get(index) or [len(self._fragments), self._has_spoken]
                self._kept.append({"model": self._model, "block": block, "at": at})
            case "function_call" if index not in self._has_arguments:
                return self._begun(index, item)
        return ()

    def _done(self, response: Mapping[str, Any]) -> None:
        self.is_done = True
        self._answered_by = response.get("model") or self._answered_by
        if usage := response.get("usage"):
            self.usage = usage_of(usage)
        if response.get("status") == "incomplete":
            why = (response.get("incomplete_details") or {}).get("reason")
            self._is_filtered = why == "content_filter" and self._reason != "refused"
            self._reason = self._reason if why == "content_filter" else "length"


def usage_of(usage: Mapping[str, Any]) -> Usage:
    """Tokens as this wire counts them."""
    before = usage.get("input_tokens_details") or {}
    after = usage.get("output_tokens_details") or {}
    return Usage(
        input_tokens=count(usage.get("input_tokens")),
        output_tokens=count(usage.get("output_tokens")),
        cached_tokens=count(before.get("cached_tokens")),
        cache_written_tokens=_written(before.get("cache_write_tokens")),
        reasoning_tokens=count(after.get("reasoning_tokens")),
    )


def _written(told_of: object) -> int:
    """One number, or one for each time that it is kept."""
    return sum(count(value) for value in told_of.values()) if isinstance(told_of, Mapping) else count(told_of)
