"""The model that answers without a key: it decides by what the grammar read, and says only what tools answered."""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.offline_parts import next_calls
from agent.offline_plan import plan
from agent.offline_turn import turn_of
from agent.wording import reply


class OfflineModel(BaseChatModel):
    """Deterministic: the same messages give the same answer, in words and in calls."""

    name: str | None = "offline"

    @property
    def _llm_type(self) -> str:
        return "metacortex-offline"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Only tools that are bound are called; `tool_choice` has no meaning here."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=answered(messages, kwargs.get("tools")))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _chunks(answered(messages, kwargs.get("tools"))):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(answered(messages, kwargs.get("tools"))):
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk


def answered(messages: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]] | None) -> AIMessage:
    """The next calls while there are any, then the reply; without `tools` none is held back."""
    turn = turn_of(messages)
    bound = None if tools is None else frozenset(tool["function"]["name"] for tool in tools)
    parts = plan(turn, bound)
    if acts := next_calls(parts):
        calls = [
            tool_call(name=act.tool, args=dict(act.arguments), id=f"call_{turn.mark}{turn.calls_made + number}")
            for number, act in enumerate(acts, start=1)
        ]
        return AIMessage(content="", tool_calls=calls, response_metadata={"model_name": "offline"})
    text, citations = reply(parts, turn)
    return AIMessage(content=text, response_metadata={"model_name": "offline", "citations": citations})


def words_of(text: str) -> list[str]:
    """The text in the pieces in which it is told."""
    return re.findall(r"\s*\S+\s*$|\s*\S+", text)


def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    """Words one by one, each call as its name and then its arguments; last, what is known of the whole."""
    for word in words_of(message.text):
        yield ChatGenerationChunk(message=AIMessageChunk(content=word))
    for index, call in enumerate(message.tool_calls):
        begun = tool_call_chunk(name=call["name"], args="", id=call["id"], index=index)
        arguments = tool_call_chunk(name=None, args=json.dumps(call["args"], ensure_ascii=False), id=None, index=index)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[begun]))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[arguments]))
    last = AIMessageChunk(content="", response_metadata=message.response_metadata, chunk_position="last")
    yield ChatGenerationChunk(message=last)
