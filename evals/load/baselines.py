"""The two baselines: a plain relay of the provider's stream, and LangGraph with its Postgres saver as it comes.

Each is a process of its own (`python -m uvicorn --factory evals.load.baselines:b_sse`); `OPENAI_BASE_URL` and, for the
second, `DATABASE_URL` say against what. They are built as their libraries' documents show, not as fast as can be.
"""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from openai import AsyncOpenAI
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel
from sse_starlette import EventSourceResponse

MODEL = "fake"
SYSTEM = "You are a helpful assistant for tasks, notes and habits."


class Said(BaseModel):
    """The body of `POST /chat`."""

    thread_id: str
    message: str


def b_sse() -> FastAPI:
    """The SDK's stream of objects, handed on token by token; no graph, no database."""
    client = AsyncOpenAI(max_retries=0)

    async def tokens(said: Said) -> AsyncIterator[str]:
        stream = await client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": said.message}],
            stream=True,
            stream_options={"include_usage": True},
        )
        async for chunk in stream:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                yield text

    app = FastAPI()
    _offer(app, tokens)
    return app


def d_async() -> FastAPI:
    """One node around `ChatOpenAI`, read by `stream_mode="messages"`, every step checkpointed in Postgres."""
    model = ChatOpenAI(model=MODEL, max_retries=0, stream_usage=True)
    graphs: dict[str, Any] = {}

    async def answer(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke([SystemMessage(SYSTEM), *state["messages"]])]}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        options: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
        address = os.environ["DATABASE_URL"]
        pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            address, min_size=4, max_size=10, kwargs=options, open=False
        )
        async with pool:
            saver = AsyncPostgresSaver(pool)
            await saver.setup()
            graph = StateGraph(MessagesState).add_node("answer", answer).add_edge(START, "answer")
            graphs["chat"] = graph.add_edge("answer", END).compile(checkpointer=saver)
            yield

    async def tokens(said: Said) -> AsyncIterator[str]:
        config = {"configurable": {"thread_id": said.thread_id}}
        given = {"messages": [HumanMessage(said.message)]}
        async for message, _ in graphs["chat"].astream(given, config, stream_mode="messages", durability="async"):
            if isinstance(message, AIMessageChunk) and message.content:
                yield message.text

    app = FastAPI(lifespan=lifespan)
    _offer(app, tokens)
    return app


def _offer(app: FastAPI, tokens: Callable[[Said], AsyncIterator[str]]) -> None:
    """`POST /chat` as a stream of `text` events and a `done`; `GET /health`."""

    @app.post("/chat")
    async def chat(said: Said) -> EventSourceResponse:
        async def events() -> AsyncIterator[dict[str, str]]:
            async for token in tokens(said):
                yield {"event": "text", "data": json.dumps({"content": token})}
            yield {"event": "done", "data": "{}"}

        return EventSourceResponse(events())

    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"ok": True}
