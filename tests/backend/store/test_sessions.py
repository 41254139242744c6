"""Sessions of PostgreSQL: a connection that goes back to the pool leaves no lock behind."""

import asyncio

import pytest

from backend.store.postgres import session_for_locks
from backend.store.sql import connection, execute

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("database", ["postgres"], indirect=True),
]


async def _locks() -> int:
    held = "SELECT 1 AS one FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"
    return len(await execute(held))


async def _locking(is_held: asyncio.Event) -> None:
    async with session_for_locks() as session:
        await session.execute("SET statement_timeout = 4711; SELECT pg_advisory_lock(4711)")
        is_held.set()
        await asyncio.Event().wait()


async def _held() -> "asyncio.Task[None]":
    is_held = asyncio.Event()
    task = asyncio.create_task(_locking(is_held))
    await is_held.wait()
    return task


async def test_a_lock_and_a_setting_last_as_long_as_their_block() -> None:
    task = await _held()
    assert await _locks() == 1
    task.cancel()
    await asyncio.wait([task])
    assert await _locks() == 0
    pool = connection()._pool
    assert pool.get_size() == pool.get_idle_size()
    for _ in range(pool.get_size()):
        assert await execute("SHOW statement_timeout") == [{"statement_timeout": "0"}]


async def test_a_session_that_is_gone_ends_its_block_as_any_other() -> None:
    async with session_for_locks() as session:
        await session.execute("SELECT pg_advisory_lock(4711)")
        session.terminate()
    assert await execute("SELECT 1 AS one") == [{"one": 1}]
    pool = connection()._pool
    assert pool.get_size() == pool.get_idle_size()


async def test_where_a_lock_cannot_be_given_up_its_session_ends() -> None:
    async def break_off() -> None:
        async with session_for_locks() as session:
            await session.execute("SELECT pg_advisory_lock(4711)")
            # A second statement at the same time is refused, also the one that clears up.
            asyncio.ensure_future(session.execute("SELECT pg_sleep(1)")).add_done_callback(
                lambda done: done.exception()
            )
            await asyncio.sleep(0)

    with pytest.raises(Exception, match="another operation is in progress"):
        await break_off()
    for _ in range(200):
        if not await _locks():
            break
        await asyncio.sleep(0.01)
    assert await _locks() == 0
