"""A LangChain chat model over whatever answers here: for titles, summaries and what else asks for a text as a whole."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict

from agent.models.failures import failure
from domain.model_calls import Account, ModelCall, Usage
from graphs.pieces import KEPT, Abandoned, Answered, Asked, CallArguments, CallBegun, Notice, Piece, Reasoned, Speaker
from graphs.speaking import UNSTORABLE


class SpeakerModel(BaseChatModel):
    """Asks `speaker` on behalf of `account`; each attempt is handed to `charge`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    speaker: Any
    account: Account
    charge: Callable[[ModelCall], None]

    @property
    def _llm_type(self) -> str:
        return "metacortex"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Each model decides for itself which of them it calls; `tool_choice` has no meaning here."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("models are awaited here: use `ainvoke` or `astream`")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """The whole answer, without what an abandoned attempt had said."""
        chunks: list[ChatGenerationChunk] = []
        async with aclosing(self._pieces(messages, kwargs)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Abandoned):
                    chunks.clear()
                else:
                    chunks += _chunks(piece)
        return generate_from_stream(iter(chunks))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Piece by piece. LangChain has no way to take words back, so an abandoned attempt is the end."""
        has_spoken = False
        async with aclosing(self._pieces(messages, kwargs)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Abandoned) and has_spoken:
                    raise failure("cut", "the model")
                for chunk in _chunks(piece):
                    has_spoken = True
                    if run_manager:
                        await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk

    def _pieces(self, messages: Sequence[BaseMessage], given: dict[str, Any]) -> Any:
        speaker: Speaker = self.speaker
        return speaker.stream(Asked(messages=messages, tools=given.get("tools") or ()), self.account, self.charge)


def _chunks(piece: Piece) -> list[ChatGenerationChunk]:
    match piece:
        case str(text):
            message = AIMessageChunk(content=UNSTORABLE.sub("\ufffd", text))
        case Reasoned(text):
            message = AIMessageChunk(content="", additional_kwargs={"reasoning_content": text})
        case CallBegun(index, name):
            call = tool_call_chunk(name=name, args="", id=f"call_{index}", index=index)
            message = AIMessageChunk(content="", tool_call_chunks=[call])
        case CallArguments(index, text):
            call = tool_call_chunk(name=None, args=text, id=None, index=index)
            message = AIMessageChunk(content="", tool_call_chunks=[call])
        case Answered():
            message = _last(piece)
        case Abandoned() | Notice():
            return []
    return [ChatGenerationChunk(message=message)]


def _last(answered: Answered) -> AIMessageChunk:
    metadata = {
        "model_name": answered.answered_by or answered.model,
        "finish_reason": answered.reason,
        **answered.metadata,
    }
    kept = {KEPT: list(answered.kept)} if answered.kept else {}
    return AIMessageChunk(
        content="",
        additional_kwargs=kept,
        response_metadata=metadata,
        usage_metadata=_counted(answered.usage) if answered.usage else None,
        chunk_position="last",
    )


def _counted(usage: Usage) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.input_tokens + usage.output_tokens,
        input_token_details=InputTokenDetails(
            cache_read=usage.cached_tokens, cache_creation=usage.cache_written_tokens
        ),
        output_token_details=OutputTokenDetails(reasoning=usage.reasoning_tokens),
    )
