"""Conversations and their messages over REST."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from domain.threads import Message, Thread
from protocols.auth import TheAgent
from protocols.fields import Body, Cursor, Id, Limit, Text
from protocols.rest import Context, listed

router = APIRouter(prefix="/threads", tags=["threads"])
ThreadId = Annotated[Id, Path()]


class ThreadChange(Body):
    """The body of `PATCH /threads/{id}`."""

    title: Annotated[Text, Field(min_length=1, max_length=500)]


@router.get("")
async def find(context: Context, query: Text | None = None, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """Threads, the one last spoken in first."""
    return listed(await context.threads.list(query=query, limit=limit, cursor=cursor), shape)


@router.get("/{thread_id}")
async def get(context: Context, thread_id: ThreadId) -> dict[str, Any]:
    """One thread."""
    return shape(await context.threads.get(thread_id))


@router.patch("/{thread_id}")
async def rename(context: Context, thread_id: ThreadId, changes: ThreadChange) -> dict[str, Any]:
    """Give it another title."""
    await context.threads.rename(thread_id, changes.title)
    return shape(await context.threads.get(thread_id))


@router.delete("/{thread_id}", status_code=204)
async def delete(agent: TheAgent, context: Context, thread_id: ThreadId) -> None:
    """Delete the conversation, its run under way ended first; what was done in it stays done."""
    if busy := await agent.runs.store(context.profile.user_id).under_way(thread_id):
        await agent.cancel(context.profile.user_id, busy.id)
    await context.threads.delete(thread_id)


@router.get("/{thread_id}/messages")
async def messages(
    context: Context, thread_id: ThreadId, limit: Limit = 50, cursor: Cursor = None, aside: bool = False
) -> dict[str, Any]:
    """The thread's messages, oldest first; with `aside` also those that a later branch has replaced."""
    await context.threads.get(thread_id)
    found = await context.threads.messages(thread_id, limit=limit, cursor=cursor, aside=aside)
    return listed(found, message_shape)


def shape(thread: Thread) -> dict[str, Any]:
    """A thread on the wire."""
    return {
        "id": thread.id,
        "title": thread.title,
        "created_at": thread.created_at.isoformat(),
        "updated_at": thread.updated_at.isoformat(),
    }


def message_shape(message: Message) -> dict[str, Any]:
    """A message on the wire."""
    return {
        "id": message.id,
        "thread_id": message.thread_id,
        "parent_id": message.parent_id,
        "run_id": message.run_id,
        "role": message.role,
        "content": message.content,
        "tool_calls": [asdict(call) for call in message.tool_calls],
        "tool_call_id": message.tool_call_id,
        "citations": [asdict(citation) for citation in message.citations],
        "created_at": message.created_at.isoformat(),
        "aside": message.aside,
    }
