"""OpenAI's chat completions: the wire that every compatible server speaks, vLLM, Ollama and llama.cpp among them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from agent.models import dialogue
from agent.models.clients import Endpoint
from agent.models.failures import failure, told
from agent.models.fragments import Fragments
from agent.models.wire import count, decoded, encoded, spoken
from domain.model_calls import Usage
from graphs.pieces import Answered, Asked, Piece, Reasoned

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OWN_HOSTS = (".openai.com", ".openai.azure.com", ".services.ai.azure.com")
"""Where OpenAI's models are served by those who made the wire."""
ALOUD = ("reasoning_content", "reasoning")
"""What compatible servers call the model's thinking aloud."""
REASONS = {
    **dict.fromkeys(("length", "max_tokens", "model_length"), "length"),
    **dict.fromkeys(("content_filter", "refusal", "safety"), "refused"),
}


class ChatCompletions:
    """One model; `name` is its name in the settings (`openai:gpt-5-mini`), `effort` how long it may reason."""

    def __init__(self, client: "AsyncOpenAI", *, name: str, effort: str | None = None) -> None:
        self._endpoint = Endpoint(client, "/chat/completions")
        self._name = name
        self._settings: dict[str, Any] = {"model": name.partition(":")[2]}
        if effort:
            self._settings["reasoning_effort"] = effort
        # OpenAI's reasoning models know only the new name, many compatible servers only the old one.
        is_own = client.base_url.host.endswith(OWN_HOSTS)
        self._most = "max_completion_tokens" if is_own else "max_tokens"

    @property
    def name(self) -> str:
        """As in the settings."""
        return self._name

    def stream(self, asked: Asked, *, most_tokens: int) -> AsyncIterator[Piece]:
        """The answer, piece by piece."""
        body = {
            **self._settings,
            "messages": messages(asked.messages, self._name),
            "stream": True,
            "stream_options": {"include_usage": True},
            self._most: most_tokens,
        }
        if asked.tools:
            body["tools"] = list(asked.tools)
        reader = ChatReader(self._name)
        return spoken(self._endpoint, body, reader, model=self._name)


def messages(given: Sequence[BaseMessage], model: str) -> list[dict[str, Any]]:
    """The wire's messages; the instructions are one, as many templates of open models take no more."""
    stands_first = "\n\n".join(dialogue.instructions(given))
    first = [{"role": "system", "content": stands_first}] if stands_first else []
    return first + [_message(message, model) for message in dialogue.said(given)]


def _message(message: BaseMessage, model: str) -> dict[str, Any]:
    match message:
        case HumanMessage():
            return {"role": "user", "content": message.text}
        case ToolMessage():
            id = dialogue.call_id(message.tool_call_id)
            return {"role": "tool", "tool_call_id": id, "content": message.text}
        case AIMessage():
            return _assistant(message, model)
        case _:
            return {"role": "system", "content": message.text}


def _assistant(message: AIMessage, model: str) -> dict[str, Any]:
    told_back = {name: text for part in dialogue.kept(message, model) for name, text in part["fields"].items()}
    called = [
        {
            "id": dialogue.call_id(id),
            "type": "function",
            "function": {"name": name, "arguments": encoded(arguments).decode()},
        }
        for id, name, arguments in dialogue.calls(message)
    ]
    if not called:
        return {"role": "assistant", "content": message.text, **told_back}
    return {"role": "assistant", "content": message.text or None, "tool_calls": called, **told_back}


class ChatReader:
    """Reads the frames of one answer."""

    def __init__(self, model: str) -> None:
        self.is_done = False
        self._model = model
        self._answered_by: str | None = None
        self.usage: Usage | None = None
        self._reason: str | None = None
        self._has_refused = False
        self._has_spoken = False
        self._aloud: tuple[str, list[str]] | None = None
        self._fragments = Fragments()

    def take(self, frame: bytes) -> Sequence[Piece]:
        """The pieces of one frame."""
        if frame.startswith(b"[DONE]"):
            self.is_done = True
            return self._fragments.end()
        chunk = decoded(frame)
        if error := chunk.get("error"):
            raise told(error, self._model)
        if self._answered_by is None:
            self._answered_by = chunk.get("model")
        if usage := chunk.get("usage"):
            self.usage = usage_of(usage)
        choices = chunk.get("choices")
        return self._choice(choices[0]) if choices else ()

    def end(self) -> Answered | None:
        """The last piece, where the answer came to its end: some servers send no `[DONE]`, some no reason."""
        if self._reason is None and not (self.is_done and (self._has_spoken or len(self._fragments))):
            return None
        reason = REASONS.get(self._reason or "", "stop")
        if reason == "refused" and not self._has_refused:
            # A filter has stopped the model in the middle of its words.
            raise failure("refused", self._model, usage=self.usage)
        reason = "refused" if self._has_refused else reason
        return Answered(
            model=self._model,
            answered_by=self._answered_by,
            reason="tool_calls" if reason == "stop" and len(self._fragments) else reason,
            usage=self.usage,
            kept=self._kept(),
        )

    def _choice(self, choice: Mapping[str, Any]) -> Sequence[Piece]:
        if reason := choice.get("finish_reason"):
            self._reason = reason
            if reason == "error":
                raise failure("overload", self._model)
        delta = choice.get("delta")
        if not delta:
            return ()
        content = delta.get("content")
        if content and type(content) is str and (len(delta) == 1 or (len(delta) == 2 and "role" in delta)):
            self._has_spoken = True
            return (content,)
        return self._pieces(delta)

    def _pieces(self, delta: Mapping[str, Any]) -> list[Piece]:
        pieces: list[Piece] = []
        if field := next((name for name in ALOUD if delta.get(name)), None):
            pieces.append(self._reasoned(field, delta[field]))
        if content := delta.get("content"):
            pieces += _parts(content)
        if refusal := delta.get("refusal"):
            self._has_refused = True
            pieces.append(refusal)
        self._has_spoken = self._has_spoken or any(isinstance(piece, str) for piece in pieces)
        for part in delta.get("tool_calls") or ():
            function = part.get("function") or {}
            pieces += self._fragments.take(
                index=part.get("index"),
                id=part.get("id"),
                name=function.get("name"),
                arguments=function.get("arguments"),
            )
        return pieces

    def _reasoned(self, field: str, text: str) -> Reasoned:
        if self._aloud is None:
            self._aloud = (field, [])
        self._aloud[1].append(text)
        return Reasoned(text)

    def _kept(self) -> tuple[Mapping[str, Any], ...]:
        """Servers that tell the thinking want it back with the results of the calls that came of it."""
        if self._aloud is None or not len(self._fragments):
            return ()
        field, texts = self._aloud
        return ({"model": self._model, "fields": {field: "".join(texts)}},)


def _parts(content: Any) -> list[Piece]:
    """Content of several kinds, as Mistral sends it."""
    if isinstance(content, str):
        return [content]
    pieces: list[Piece] = []
    for part in content:
        thought = part.get("thinking")
        if thought:
            texts = [thought] if isinstance(thought, str) else [inner.get("text", "") for inner in thought]
            pieces.append(Reasoned("".join(texts)))
        elif text := part.get("text"):
            pieces.append(text)
    return pieces


def usage_of(usage: Mapping[str, Any]) -> Usage:
    """Tokens as this wire counts them; some servers count the reasoning beside the answer, so the total decides."""
    asked, made = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
    before = usage.get("prompt_tokens_details") or {}
    after = usage.get("completion_tokens_details") or {}
    return Usage(
        input_tokens=asked,
        output_tokens=max(made, count(usage.get("total_tokens")) - asked),
        cached_tokens=count(before.get("cached_tokens")) or count(usage.get("prompt_cache_hit_tokens")),
        cache_written_tokens=count(before.get("cache_write_tokens")),
        reasoning_tokens=count(after.get("reasoning_tokens")),
    )
