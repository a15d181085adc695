import asyncio

import psycopg
import pytest
from langgraph.checkpoint.base import empty_checkpoint

from storage.checkpoints import Checkpoints


@pytest.fixture
def config(user):
    return {"configurable": {"thread_id": f"{user}/thread/run", "checkpoint_ns": ""}}


@pytest.fixture
async def kept(pool, user, config):
    """Where a checkpoint of the user with one value and one pending write stands."""
    saver = Checkpoints(pool, user)
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"messages": ["hello"]}
    checkpoint["channel_versions"] = {"messages": "1"}
    place = await saver.aput(config, checkpoint, {"source": "loop", "step": 1}, {"messages": "1"})
    await saver.aput_writes(place, [("messages", ["more"])], "task", "path")
    await saver.keep()
    return place


async def test_what_is_put_is_written_only_where_it_is_kept(pool, user, config, rows_of):
    saver = Checkpoints(pool, user)

    place = await saver.aput(config, empty_checkpoint(), {}, {})
    await saver.aput_writes(place, [("messages", ["more"])], "task")

    found = rows_of(user)
    assert not (found["checkpoints"] or found["checkpoint_blobs"] or found["checkpoint_writes"])


async def test_a_fresh_run_reads_no_checkpoint(pool, user, config, kept):
    assert await Checkpoints(pool, user, fresh=True).aget_tuple(config) is None


async def test_a_checkpoint_comes_back_with_its_writes(pool, user, config, kept):
    found = await Checkpoints(pool, user).aget_tuple(config)

    assert found.checkpoint["channel_values"] == {"messages": ["hello"]}
    assert found.pending_writes == [("task", "messages", ["more"])]
    assert [each.config async for each in Checkpoints(pool, user).alist(config)] == [found.config]


async def test_many_use_it_at_once(pool, user, config, kept):
    saver = Checkpoints(pool, user)

    found = await asyncio.gather(*(saver.aget_tuple(config) for _ in range(30)))

    assert all(each.checkpoint["channel_values"] == {"messages": ["hello"]} for each in found)


async def test_another_user_neither_sees_nor_writes_nor_deletes_it(pool, user, other_user, config, kept):
    saver = Checkpoints(pool, other_user)

    assert await saver.aget_tuple(config) is None
    assert [each async for each in saver.alist(None)] == []
    await saver.aput(config, empty_checkpoint(), {}, {})
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await saver.keep()
    theirs = Checkpoints(pool, other_user)
    await theirs.aput_writes(kept, [("messages", ["theirs"])], "task")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await theirs.keep()
    await saver.adelete_thread(config["configurable"]["thread_id"])

    assert (await Checkpoints(pool, user).aget_tuple(config)).pending_writes == [("task", "messages", ["more"])]


async def test_a_deleted_thread_leaves_no_checkpoint(pool, user, threads, config, kept, rows_of, noon):
    await threads.ensure("thread", noon)

    await threads.delete("thread")

    found = rows_of(user)
    assert not (found["checkpoints"] or found["checkpoint_blobs"] or found["checkpoint_writes"])
